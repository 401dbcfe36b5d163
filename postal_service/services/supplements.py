"""A citizen sends what the agency asked for after the fact: an item of its own, with those papers and no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from postal_service.domain import custody_rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity, Counts, Leg
from postal_service.domain.crockford import Token
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import DossierId, ItemId, UnitCode
from postal_service.domain.procedures import PaperCount, ProcedureVersion
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import local
from postal_service.services import administrative, checklist, dossiers, numbers, places, procedures
from postal_service.services.dossiers import Dossier
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.storage.schema import PaperRow


class NothingWasAsked(RuleBroken):
    """The agency waits for no supplement to this dossier."""

    code = "supplement.nothing_was_asked"


class NotTheAskedPaper(RuleBroken):
    code = "supplement.not_the_asked_paper"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the agency waits for."""

    dossier: DossierId
    code: str
    version: ProcedureVersion
    agency: UnitCode
    reason: str  # an administrative.SupplementReason, or an imported request's own word
    papers: tuple[str, ...]  # names on the procedure's list


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A supplement on its way, with what its envelope's label says."""

    dossier: DossierId
    item: ItemId
    label: Token
    counts: Counts
    papers: tuple[PaperCount, ...]


def asked(session: Session, code: str, *, by: Actor, at: datetime) -> Asked:
    """What a dossier's agency asked for, for the counter where the citizen stands with its code.

    Raises RoleNeeded, NotADossierCode, NoSuchDay, FromTheFuture, UnknownDossier or NothingWasAsked.
    """
    by.need(Role.POSTAL_CLERK)
    return _asked(session, dossiers.with_code(session, code, at=at))


def _asked(session: Session, found: Dossier) -> Asked:
    request = administrative.supplement_asked(session, found)
    if found.administrative is not Administrative.SUPPLEMENT or request is None:
        raise NothingWasAsked(dossier=found.code)
    return Asked(
        dossier=found.id,
        code=found.code,
        version=procedures.version(session, found.procedure),
        agency=found.competent_unit,
        reason=request[0],
        papers=request[1],
    )


def accept(
    session: Session,
    keys: OfficeKeys,
    code: str,
    papers: Sequence[PaperCount],
    *,
    service: str,
    by: Actor,
    at: datetime,
) -> Sent:
    """Take a supplement at a post office, by the dossier's printed code, and send it to the desk.

    Any counter takes it, wherever the dossier was handed in. Raises RoleNeeded, NotADossierCode,
    UnknownDossier, NothingWasAsked, NotTheAskedPaper, PaperTwice, TooManyOfPaper, TooManySheets or
    CountsMalformed for an empty envelope.
    """
    by.need(Role.POSTAL_CLERK)
    found = dossiers.with_code(session, code, at=at)
    # Of two counters that take at once the second adds to what the first has added.
    wanted = _asked(session, dossiers.dossier_of(dossiers.row_of(session, found.id)))
    for paper in papers:
        if paper.name not in wanted.papers:
            raise NotTheAskedPaper(paper=paper.name[:80])
    taken = checklist.check_papers(wanted.version, papers, partly=True)
    desk = places.desk_of(session, wanted.agency, day=local(at).date())
    item, label = numbers.item_number(session, service), numbers.label()
    act = custody_rules.accept(
        capacity=Capacity.COUNTER,
        leg=Leg.SUP,
        counts=checklist.total(taken),
        destination=desk.code,
    )
    dossiers.give_item(
        session,
        item,
        Leg.SUP,
        wanted.dossier,
        origin=by.unit,
        destination=desk.code,
        token_hash=label.digest,
        made_by=by.staff,
        day=local(at).date(),
    )
    _add_papers(session, wanted, taken)
    tell(session, keys, [Told(item=item, parent=NO_PARENT, act=act)], by=by, at=at)
    return Sent(
        dossier=wanted.dossier, item=item, label=label.token, counts=act.counts, papers=taken
    )


def _add_papers(session: Session, wanted: Asked, taken: Sequence[PaperCount]) -> None:
    """The dossier's list grows by what was sent; the item's own counts stay what they were."""
    needs = wanted.version.papers
    positions = {need.name: position for position, need in enumerate(needs, start=1)}
    for paper in taken:
        position = positions[paper.name]
        key = (wanted.dossier, position)
        row = session.get(PaperRow, key, populate_existing=True) or PaperRow(
            dossier=wanted.dossier,
            position=position,
            name=paper.name,
            originals=0,
            certified=0,
            photocopies=0,
            original_to_return=needs[position - 1].original_to_return,
        )
        row.originals += paper.originals
        row.certified += paper.certified
        row.photocopies += paper.photocopies
        session.add(row)
    session.flush()
