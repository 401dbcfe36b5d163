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
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.procedures import PaperCount
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
class Sent:
    """A supplement on its way, with what its envelope's label says."""

    dossier: DossierId
    item: ItemId
    label: Token
    counts: Counts


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
    asked = administrative.supplement_asked(session, found)
    if found.administrative is not Administrative.SUPPLEMENT or asked is None:
        raise NothingWasAsked(dossier=found.code)
    for paper in papers:
        if paper.name not in asked[1]:
            raise NotTheAskedPaper(paper=paper.name[:80])
    version = procedures.version(session, found.procedure)
    taken = checklist.check_papers(version, papers, partly=True)
    desk = places.desk_of(session, found.competent_unit, day=local(at).date())
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
        found.id,
        origin=by.unit,
        destination=desk.code,
        token_hash=label.digest,
        made_by=by.staff,
        day=local(at).date(),
    )
    _add_papers(session, found, taken)
    tell(session, keys, [Told(item=item, parent=NO_PARENT, act=act)], by=by, at=at)
    return Sent(dossier=found.id, item=item, label=label.token, counts=act.counts)


def _add_papers(session: Session, found: Dossier, taken: Sequence[PaperCount]) -> None:
    """The dossier's list grows by what was sent; the item's own counts stay what they were."""
    needs = procedures.version(session, found.procedure).papers
    positions = {need.name: position for position, need in enumerate(needs, start=1)}
    for paper in taken:
        position = positions[paper.name]
        row = session.get(PaperRow, (found.id, position)) or PaperRow(
            dossier=found.id,
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
