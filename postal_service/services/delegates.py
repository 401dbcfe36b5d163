"""Name who receives a result in the owner's place, or take that back.

Whoever receives from now on gets a delivery code of his own, and the one before opens nothing any
more: a `rotate` event tells it, and knows the delegate by a commitment alone. As long as the result
is in no envelope there is no item to tell it of; then the events follow once it is
(services/results.py).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.identity import (
    CardComparison,
    CitizenCard,
    contradictions,
    refuse_contradictions,
)
from postal_service.domain.ids import DossierId, ItemId, StaffId
from postal_service.domain.persons import Person, PersonRole, compare_kept, owner_of
from postal_service.domain.refusals import Malformed, OutOfDate, RuleBroken
from postal_service.domain.standing import GIVEN_OUT, Administrative
from postal_service.domain.wording_dates import local
from postal_service.services import carried, delivery, dossiers, items, numbers, persons
from postal_service.services.delegated import Change
from postal_service.services.dossiers import Dossier
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.persons import DossierKey, Purpose
from postal_service.services.vault import Vault, open_sealed, seal
from postal_service.storage.schema import DelegationRow, ItemRow

NAMING: Final = (Role.DESK_CLERK, Role.POSTAL_CLERK)
OVER: Final = GIVEN_OUT | {Administrative.WITHDRAWN}
OWNERS: Final = (PersonRole.OWNER, PersonRole.SUBMITTER)
FIRST_ROTATION: Final = 1  # of the code that the citizen got at the reception

DelegationId = NewType("DelegationId", int)
NEVER: Final = DelegationId(0)


class NothingToReceive(RuleBroken):
    """The result was given out, or the dossier withdrawn."""

    code = "delegate.nothing_to_receive"


class OnItsWay(RuleBroken):
    """A courier has the result, or it changes hands: his phone may open it to the code before."""

    code = "delegate.on_its_way"


class NobodyNamed(RuleBroken):
    code = "delegate.nobody_named"


class NamedMeanwhile(OutOfDate):
    """Somebody else named or took back since the page was opened."""

    code = "delegate.named_meanwhile"


class Incomplete(Malformed):
    """A delegate is known by his citizen number and reached by his telephone."""

    code = "delegate.incomplete"


class OwnerHimself(Malformed):
    """The owner receives without being named."""

    code = "delegate.owner_himself"


class PaperNotNamed(Malformed):
    """A written authorisation is named by its number or day."""

    code = "delegate.paper_not_named"


class Ground(StrEnum):
    """What shows that the owner wants it so."""

    OWNER = "owner"  # he is here himself, his card was compared
    PAPER = "paper"  # his written authorisation was shown


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """That somebody was named, or no longer: nobody's particulars."""

    id: DelegationId
    change: Change
    ground: Ground
    made_by: StaffId
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What shows that the owner wants it so; `paper` is the authorisation's number or day."""

    ground: Ground
    paper: str = ""

    def __post_init__(self) -> None:
        if self.ground is Ground.PAPER and not self.paper.strip():
            raise PaperNotNamed


def name(
    session: Session,
    keys: OfficeKeys,
    dossier: DossierId,
    who: Person,
    *,
    shown: Shown,
    instead_of: DelegationId,
    by: Actor,
    at: datetime,
) -> DeliveryCode | None:
    """Name a delegate, in place of any before; his delivery code, to be printed now and kept nowhere.

    None where the result does not come by post. `instead_of` is the newest delegation that the
    caller saw. It is logged as a look at owner and delegate.

    Raises UnknownDossier, RoleNeeded, Incomplete, OwnerHimself, NothingToReceive, DossierErased,
    NamedMeanwhile, OnItsWay or ItemEnded; then nothing is changed.
    """
    if not (who.phone and who.citizen):
        raise Incomplete
    found, key = _begin(session, keys, dossier, instead_of, by=by)
    persons.keep(session, keys.vault, key, PersonRole.DELEGATE, who)
    people = _looked_at(session, keys, dossier, by=by, at=at)
    owner = owner_of(people)
    if owner is not None and owner.citizen == who.citizen:
        raise OwnerHimself
    content = {
        "delegate": [who.name, who.phone, who.citizen],
        "ground": shown.ground.value,
        "paper": shown.paper,
    }
    pledged = persons.commit(session, key, content)
    return _record(session, keys, found, key, Change.NAMED, shown, pledged, by=by, at=at)


def take_back(
    session: Session,
    keys: OfficeKeys,
    dossier: DossierId,
    *,
    shown: Shown,
    instead_of: DelegationId,
    by: Actor,
    at: datetime,
) -> DeliveryCode | None:
    """Nobody receives in the owner's place any more; the code is the owner's again.

    Raises what `name` raises of the dossier, and NobodyNamed.
    """
    found, key = _begin(session, keys, dossier, instead_of, by=by)
    if named(session, dossier) is None:
        raise NobodyNamed
    _looked_at(session, keys, dossier, by=by, at=at)
    persons.forget(session, dossier, PersonRole.DELEGATE)
    return _record(session, keys, found, key, Change.TAKEN_BACK, shown, "", by=by, at=at)


def compare_owner(
    session: Session,
    keys: OfficeKeys,
    dossier: DossierId,
    card: CitizenCard,
    *,
    by: Actor,
    at: datetime,
) -> CardComparison:
    """Compare the card of whoever says he is the owner; the look is logged.

    What it contradicts is the answer and no refusal: that would take the log of the look back.
    Raises UnknownDossier, RoleNeeded or DossierErased, and IdentityContradicts where the card
    contradicts itself: then nobody has looked yet.
    """
    _refuse_others(session, dossier, by)
    refuse_contradictions(contradictions(card, today=local(at).date()))
    return compare_kept(card, owner_of(_looked_at(session, keys, dossier, by=by, at=at)))


def named(session: Session, dossier: DossierId) -> Delegation | None:
    """The delegation that counts; None where nobody was named. The caller has asked `visible`."""
    newest = _newest(session, dossier)
    return newest if newest is not None and newest.change is Change.NAMED else None


def history(session: Session, dossier: DossierId, *, limit: int = 100) -> list[Delegation]:
    """Who named and took back, the newest first. The caller has asked `visible`."""
    rows = session.scalars(
        select(DelegationRow)
        .filter_by(dossier=dossier)
        .order_by(DelegationRow.id.desc())
        .limit(limit)
    )
    return [
        Delegation(
            id=DelegationId(row.id),
            change=Change(row.change),
            ground=Ground(row.ground),
            made_by=StaffId(row.made_by),
            made_at=row.made_at,
        )
        for row in rows
    ]


def papers(session: Session, vault: Vault, dossier: DossierId) -> Mapping[DelegationId, str]:
    """The letters that were shown, by their number or day; none once the dossier is erased.

    The caller has asked `visible`.
    """
    rows = session.scalars(
        select(DelegationRow).where(
            DelegationRow.dossier == dossier, DelegationRow.content.is_not(None)
        )
    ).all()
    if not rows:
        return {}
    key = persons.key_of(session, vault, dossier).key
    return {
        DelegationId(row.id): json.loads(open_sealed(key, row.content, _place(dossier)))
        for row in rows
        if row.content is not None
    }


def tell_of_codes(
    session: Session, keys: OfficeKeys, dossier: DossierId, item: ItemId, *, by: Actor, at: datetime
) -> None:
    """Tell of the codes that were given out before the result had its envelope, in their order."""
    rows = session.scalars(
        select(DelegationRow).filter_by(dossier=dossier, item=item).order_by(DelegationRow.id)
    ).all()
    codes = [
        acts.Rotate(rotation=row.rotation, lock=row.lock, why=row.change, commitment=row.commitment)
        for row in rows
        if row.rotation is not None and row.lock is not None
    ]
    if codes:
        custody = items.standing(session, item).custody
        told = [Told(item=item, parent=custody, act=act) for act in codes]
        tell(session, keys, told, by=by, at=at)


def _begin(
    session: Session, keys: OfficeKeys, dossier: DossierId, instead_of: DelegationId, *, by: Actor
) -> tuple[Dossier, DossierKey]:
    found = _refuse_others(session, dossier, by)
    if found.result_item:
        items.lock(session, [found.result_item])  # in the order of whoever delivers it
    # Two who name at once come one after the other.
    found = dossiers.dossier_of(dossiers.row_of(session, dossier))
    key = persons.key_of(session, keys.vault, dossier)
    if found.administrative in OVER:
        raise NothingToReceive(dossier=found.code)
    newest = _newest(session, dossier)
    if instead_of != (newest.id if newest else NEVER):
        raise NamedMeanwhile
    return found, key


def _refuse_others(session: Session, dossier: DossierId, by: Actor) -> Dossier:
    found = dossiers.visible(session, dossier, by=by)
    by.need(*NAMING)
    dossiers.refuse_unless_covered(session, dossier, *NAMING, by=by)
    return found


def _newest(session: Session, dossier: DossierId) -> Delegation | None:
    return next(iter(history(session, dossier, limit=1)), None)


def _looked_at(
    session: Session, keys: OfficeKeys, dossier: DossierId, *, by: Actor, at: datetime
) -> dict[PersonRole, Person]:
    asked = (*OWNERS, PersonRole.DELEGATE)
    return persons.look_many(
        session, keys.vault, [dossier], purpose=Purpose.NAMING, by=by, at=at, roles=asked
    )[dossier]


def _record(
    session: Session,
    keys: OfficeKeys,
    found: Dossier,
    key: DossierKey,
    change: Change,
    shown: Shown,
    commitment: str,
    *,
    by: Actor,
    at: datetime,
) -> DeliveryCode | None:
    code = _new_code(session, keys, found, change, commitment, by=by, at=at)
    row = DelegationRow(
        dossier=found.id,
        change=change.value,
        ground=shown.ground.value,
        content=seal(key.key, json.dumps(shown.paper).encode(), _place(found.id)),
        item=code.item if code else None,
        rotation=code.rotation if code else None,
        lock=code.lock if code else None,
        commitment=commitment,
        made_by=by.staff,
        made_unit=by.unit,
        made_at=at,
    )
    session.add(row)
    session.flush()
    return code


def _new_code(
    session: Session,
    keys: OfficeKeys,
    found: Dossier,
    change: Change,
    commitment: str,
    *,
    by: Actor,
    at: datetime,
) -> DeliveryCode | None:
    item = found.result_item
    if item is None:
        return None
    if session.get(ItemRow, item) is None:
        given = select(func.count()).select_from(DelegationRow).filter_by(item=item)
        before = FIRST_ROTATION + (session.scalar(given) or 0)
        return numbers.delivery_code(item, rotation=before + 1)
    standing = items.standing(session, item)
    if carried.is_on_its_way(standing):
        raise OnItsWay(item=item)
    return delivery.renew_code(
        session, keys, item, why=change.value, commitment=commitment, by=by, at=at
    )


def _place(dossier: DossierId) -> str:
    return f"delegation|{dossier}|paper"
