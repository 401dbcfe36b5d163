"""Dossiers as they stand: facts, papers and items; and who may see which.

Nothing personal stands here: people are in `persons`, custody is the ledger's.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from postal_service.domain import dossier_code
from postal_service.domain.actors import Actor, Role, RoleNeeded
from postal_service.domain.acts import Counts, Leg
from postal_service.domain.ids import DossierId, ItemId, StaffId, UnitCode
from postal_service.domain.phones import NotAPhoneNumber, e164
from postal_service.domain.refusals import Malformed, Unknown
from postal_service.domain.standing import GIVES_BACK, Administrative, Channel, Digitisation, Money
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.services import persons
from postal_service.services.procedures import VersionId
from postal_service.services.vault import Vault
from postal_service.storage.among import among
from postal_service.storage.schema import (
    DossierRow,
    ItemRow,
    PaperRow,
    RoundRow,
    StopItemRow,
    UnitRow,
)

FOUND_AT_MOST = 50
LOOKED_THROUGH = 2_000  # dossiers of a name or number, the newest first, whoever may see them
_AT_ONCE = 250
_ITEMS = cast("Table", ItemRow.__table__)
_DOSSIERS_OF = select(_ITEMS.c.item, _ITEMS.c.dossier).where(
    among(_ITEMS.c.item, "items"), _ITEMS.c.dossier.is_not(None)
)
# A courier sees what is in his own hands or on his own round, whatever his office holds.
SEEING = tuple(role for role in Role if role is not Role.COURIER)


class UnknownDossier(Unknown):
    """There is no such dossier; or it is not this person's to see."""

    code = "dossier.unknown"


class NothingToSearch(Malformed):
    code = "dossier.nothing_to_search"


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """The facts of a dossier. The units are those of its own date."""

    id: DossierId
    code: str
    procedure: VersionId
    channel: Channel
    origin: str  # desk, post_office, home, import
    helped_unit: UnitCode | None
    received_unit: UnitCode
    competent_unit: UnitCode
    posted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    resolved_at: datetime | None
    result_by_post: bool
    result_item: ItemId | None
    result_lock: str
    administrative: Administrative
    money: Money
    digitisation: Digitisation
    made_at: datetime
    erased_at: datetime | None

    @property
    def gives_back(self) -> bool:
        """There is no result: the citizen gets his papers back."""
        return self.administrative in GIVES_BACK


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found, of people's dossiers the newest first."""

    dossiers: tuple[Dossier, ...]
    more: bool  # there are others, or may be: not all were looked through


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What was handed in of one line of the checklist."""

    position: int
    name: str
    counts: Counts
    original_to_return: bool


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item number of a dossier, and what it is for."""

    item: ItemId
    leg: Leg
    dossier: DossierId | None
    origin: UnitCode
    destination: UnitCode
    token_hash: bytes
    collect_back: tuple[str, ...]


def load(session: Session, dossier: DossierId) -> Dossier:
    """A dossier by its id. Raises UnknownDossier. Who asks for a person asks `visible`."""
    return dossier_of(row_of(session, dossier))


def visible(session: Session, dossier: DossierId, *, by: Actor) -> Dossier:
    """A dossier that this person has to do with: by unit, or by an item in his own hands.

    Raises UnknownDossier alike where there is none and where it is somebody else's.
    """
    row = session.get(DossierRow, dossier)
    if row is None or not _seen(session, [row], by):
        raise UnknownDossier(dossier=dossier)
    return dossier_of(row)


def refuse_unless_covered(session: Session, dossier: DossierId, *roles: Role, by: Actor) -> None:
    """Refuse whoever has none of these roles where the dossier or an item of it lies, begins or ends.

    He may see it in another role, from another part of the organisation. Raises RoleNeeded.
    """
    row = session.get_one(DossierRow, dossier)
    units, _ = _places_of(session, [row])[row.id]
    if not _covered(session, units, roles, by):
        raise RoleNeeded(roles=", ".join(roles), unit=row.received_unit)


def by_code(session: Session, written: str, *, by: Actor, at: datetime) -> Dossier:
    """A dossier by its printed code, typed or scanned.

    Raises NotADossierCode, NoSuchDay, FromTheFuture or UnknownDossier.
    """
    found = with_code(session, written, at=at)
    row = session.get_one(DossierRow, found.id)
    if not _seen(session, [row], by):
        raise UnknownDossier(dossier=found.code)
    return found


def with_code(session: Session, written: str, *, at: datetime) -> Dossier:
    """A dossier by its printed code, for whoever holds the paper in his hand.

    Raises NotADossierCode, NoSuchDay, FromTheFuture or UnknownDossier.
    """
    code = dossier_code.parse(written, today=local(at).date()).canonical
    row = session.scalar(select(DossierRow).filter_by(code=code))
    if row is None:
        raise UnknownDossier(dossier=code)
    return dossier_of(row)


def find(session: Session, vault: Vault, query: str, *, by: Actor) -> Found:
    """Dossiers this person may see with this code, item number, phone, citizen number or name.

    Whole values only: personal data is found by blind index, never by a part of it. What others
    have to do with takes no place from his own: the newest LOOKED_THROUGH are gone through until
    FOUND_AT_MOST are found that he sees. Raises NothingToSearch for an empty query.
    """
    text = query.strip()[:120]
    if not text:
        raise NothingToSearch
    asked: list[DossierId] = []
    for rows in (
        session.scalars(select(DossierRow.id).filter_by(code=text.upper())),
        session.scalars(select(ItemRow.dossier).filter_by(item=text.upper())),
        _with_personal(session, vault, text),
    ):
        asked += [DossierId(row) for row in rows if row]
    unique = list(dict.fromkeys(asked))
    found: list[Dossier] = []
    for start in range(0, min(len(unique), LOOKED_THROUGH), _AT_ONCE):
        some = unique[start : min(start + _AT_ONCE, LOOKED_THROUGH)]
        found += map(dossier_of, _seen(session, _rows(session, some), by))
        if len(found) > FOUND_AT_MOST:
            break
    more = len(found) > FOUND_AT_MOST or len(unique) > LOOKED_THROUGH
    return Found(dossiers=tuple(found[:FOUND_AT_MOST]), more=more)


def papers(session: Session, dossier: DossierId) -> tuple[Paper, ...]:
    """The papers of a dossier, in the order of the checklist."""
    rows = session.scalars(select(PaperRow).filter_by(dossier=dossier).order_by(PaperRow.position))
    return tuple(
        Paper(
            position=row.position,
            name=row.name,
            counts=Counts(
                originals=row.originals, certified=row.certified, photocopies=row.photocopies
            ),
            original_to_return=row.original_to_return,
        )
        for row in rows
    )


def total(listed: Iterable[Paper]) -> Counts:
    """How many papers of each kind."""
    counted = [paper.counts for paper in listed]
    return Counts(
        originals=sum(each.originals for each in counted),
        certified=sum(each.certified for each in counted),
        photocopies=sum(each.photocopies for each in counted),
    )


def items_of(session: Session, dossier: DossierId) -> list[Item]:
    """The item numbers of a dossier, oldest first."""
    rows = session.scalars(
        select(ItemRow).filter_by(dossier=dossier).order_by(ItemRow.issued_on, ItemRow.item)
    )
    return [item_of(row) for row in rows]


def of_items(session: Session, asked: Iterable[ItemId]) -> dict[ItemId, DossierId]:
    """Which dossier each of these items belongs to; bags and unknown items are left out."""
    items = list(asked)
    if not items:
        return {}
    session.flush()  # the question goes past the session's objects
    rows = session.execute(_DOSSIERS_OF, {"items": items})
    return {ItemId(item): DossierId(dossier) for item, dossier in rows}


def give_item(
    session: Session,
    item: ItemId,
    leg: Leg,
    dossier: DossierId,
    *,
    origin: UnitCode,
    destination: UnitCode,
    token_hash: bytes,
    made_by: StaffId,
    day: date,
    collect_back: Sequence[str] = (),
    goes_with: ItemId | None = None,
    listed: Counts | None = None,
) -> None:
    """Enter an item number that was given out; `collect_back` is taken when it is delivered.

    An envelope for what is taken back `goes_with` the result at whose delivery it is filled. `listed`
    are the papers of what nobody of ours has counted yet: a first count that differs is a case.
    """
    session.add(
        ItemRow(
            item=item,
            issued_on=day,
            leg=leg.value,
            dossier=dossier,
            origin_unit=origin,
            destination_unit=destination,
            token_hash=token_hash,
            made_by=made_by,
            collect_back="\n".join(collect_back) or None,
            goes_with=goes_with,
            listed_originals=listed.originals if listed else None,
            listed_certified=listed.certified if listed else None,
            listed_photocopies=listed.photocopies if listed else None,
        )
    )
    session.flush()


def row_of(session: Session, dossier: DossierId) -> DossierRow:
    """The row that a use case changes. Raises UnknownDossier. On PostgreSQL it is locked."""
    asked = select(DossierRow).filter_by(id=dossier).with_for_update()
    # Whoever waited for the lock must not go on with what he read before it.
    row = session.scalar(asked.execution_options(populate_existing=True))
    if row is None:
        raise UnknownDossier(dossier=dossier)
    return row


def item_of(row: ItemRow) -> Item:
    return Item(
        item=ItemId(row.item),
        leg=Leg(row.leg),
        dossier=DossierId(row.dossier) if row.dossier else None,
        origin=UnitCode(row.origin_unit),
        destination=UnitCode(row.destination_unit),
        token_hash=row.token_hash,
        collect_back=tuple(row.collect_back.split("\n")) if row.collect_back else (),
    )


def dossier_of(row: DossierRow) -> Dossier:
    return Dossier(
        id=DossierId(row.id),
        code=row.code,
        procedure=VersionId(row.procedure),
        channel=Channel(row.channel),
        origin=row.origin,
        helped_unit=UnitCode(row.helped_unit) if row.helped_unit else None,
        received_unit=UnitCode(row.received_unit),
        competent_unit=UnitCode(row.competent_unit),
        posted_at=row.posted_at,
        received_at=row.received_at,
        due_at=row.due_at,
        resolved_at=row.resolved_at,
        result_by_post=row.result_by_post,
        result_item=ItemId(row.result_item) if row.result_item else None,
        result_lock=row.result_lock or "",
        administrative=Administrative(row.administrative),
        money=Money(row.money),
        digitisation=Digitisation(row.digitisation),
        made_at=row.made_at,
        erased_at=row.erased_at,
    )


def _with_personal(session: Session, vault: Vault, text: str) -> list[DossierId]:
    digits = "".join(text.split())
    if digits.isdigit() and len(digits) == 12:
        return persons.with_citizen(session, vault, digits, limit=LOOKED_THROUGH + 1)
    try:
        return persons.with_phone(session, vault, e164(text), limit=LOOKED_THROUGH + 1)
    except NotAPhoneNumber:
        return persons.with_name(session, vault, text, limit=LOOKED_THROUGH + 1)


def _rows(session: Session, asked: Sequence[DossierId]) -> list[DossierRow]:
    """The rows of these dossiers, in their order."""
    found = session.scalars(select(DossierRow).where(DossierRow.id.in_(asked)))
    rows = {row.id: row for row in found}
    return [rows[dossier] for dossier in asked if dossier in rows]


def _seen(session: Session, rows: Sequence[DossierRow], by: Actor) -> list[DossierRow]:
    """Those of these dossiers that this person sees, in their order. All are asked about at once."""
    near = _places_of(session, rows)
    mine = {dossier for dossier, (_, holders) in near.items() if by.staff in holders}
    mine |= _sent_to_collect(session, near.keys() - mine, by)
    units = {unit for dossier, (at, _) in near.items() if dossier not in mine for unit in at}
    covered = _covered(session, units, SEEING, by)
    return [row for row in rows if row.id in mine or not covered.isdisjoint(near[row.id][0])]


def _places_of(
    session: Session, rows: Sequence[DossierRow]
) -> dict[str, tuple[set[str], set[StaffId]]]:
    """Every unit that has to do with each dossier or an item of it, and who holds its items."""
    units = {
        row.id: set(filter(None, (row.helped_unit, row.received_unit, row.competent_unit)))
        for row in rows
    }
    holders: dict[str, set[StaffId]] = {row.id: set() for row in rows}
    items = session.scalars(select(ItemRow).where(ItemRow.dossier.in_(list(units)))).all()
    standings = holdings.standings(session, [ItemId(each.item) for each in items])
    for each in items:
        dossier = each.dossier or ""
        units[dossier] |= {each.origin_unit, each.destination_unit}
        standing = standings.get(ItemId(each.item))
        if standing is not None and standing.holder is not None:
            units[dossier].add(standing.holder.unit)
            holders[dossier].add(standing.holder.staff)
    return {dossier: (units[dossier], holders[dossier]) for dossier in units}


def _covered(
    session: Session, units: Iterable[str], roles: Iterable[Role], by: Actor
) -> frozenset[str]:
    """Those of these units that one of the roles covers."""
    asked = sorted(units)
    if not asked:
        return frozenset()
    paths = session.execute(select(UnitRow.code, UnitRow.path).where(UnitRow.code.in_(asked)))
    return frozenset(code for code, path in paths if by.may(*roles, path=path))


def _sent_to_collect(session: Session, asked: Collection[str], by: Actor) -> set[str]:
    """To which of these dossiers this person rides, to fetch them."""
    if not asked:
        return set()
    found = session.scalars(
        select(StopItemRow.reference)
        .join(RoundRow, RoundRow.id == StopItemRow.round)
        .where(
            StopItemRow.reference.in_(sorted(asked)),
            RoundRow.courier == by.staff,
            RoundRow.state.in_(["published", "acknowledged"]),
        )
    )
    return set(found)
