"""The agency's result goes on its way: by post under the number that was reserved for it, or over the desk.

Papers of a dossier that was refused or discontinued go back to the citizen in the same way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import custody_rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Capacity, Counts, Leg
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.crockford import Token
from postal_service.domain.custody import Standing, State
from postal_service.domain.custody_rules import CountsMalformed
from postal_service.domain.event import NO_PARENT
from postal_service.domain.identity import Entitlement
from postal_service.domain.ids import DossierId, ItemId, StaffId, UnitCode
from postal_service.domain.persons import PersonRole
from postal_service.domain.procedures import PostalWay, ProcedureVersion
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.standing import GIVEN_OUT, Administrative
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings, timelines
from postal_service.services import (
    delegates,
    dossiers,
    items,
    numbers,
    persons,
    places,
    procedures,
    receivers,
)
from postal_service.services.dossiers import Dossier, Paper
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.persons import DossierErased
from postal_service.services.steps import Decided, steps_of, take_step
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierRow, ItemRow

GOES_OUT = frozenset(
    {
        Administrative.RESOLVED,
        Administrative.REFUSED,
        Administrative.DISCONTINUED,
    }
)
AGENCY_SIDE = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY)


class WayOut(StrEnum):
    """How a result, or papers given back, leave the agency."""

    BY_POST = "by_post"
    AT_DESK = "at_desk"


class NotResolved(RuleBroken):
    """The agency has not decided yet."""

    code = "result.not_resolved"


class NotAskedByPost(RuleBroken):
    """The citizen fetches this result himself."""

    code = "result.not_by_post"


class AlreadyOnItsWay(RuleBroken):
    code = "result.already_on_its_way"


class NotCollectedBack(RuleBroken):
    """The procedure does not let this paper be taken back at the door."""

    code = "result.not_collected_back"


class NotAtTheAgency(RuleBroken):
    """A result begins its way at the agency's desk or at the agency."""

    code = "result.not_at_the_agency"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A result that lies at the agency for the post, with what its envelope's label says."""

    dossier: DossierId
    item: ItemId
    label: Token
    counts: Counts
    destination: UnitCode  # the post office that delivers it
    collect_back: tuple[str, ...]
    returns: tuple[Paper, ...]  # what must lie in the envelope too, or instead of a result
    gives_back: bool  # there is no result: the papers go back


def ways_out(session: Session, found: Dossier, *, by: Actor, at: datetime) -> frozenset[WayOut]:
    """How `by` may let go of a result or of papers now: what a page offers him. Raises nothing."""
    if not by.may(*AGENCY_SIDE):
        return frozenset()
    try:
        if not _is_kept_by(session, found, by, at):
            return frozenset()
    except UnknownUnit:  # the agency is no more, and its page has to open all the same
        return frozenset()
    ways = set()
    decided = found.administrative in GOES_OUT
    undecided = found.administrative is Administrative.RECEIVED  # sending it off resolves it
    if found.result_by_post and not _was_sent(session, found) and (decided or undecided):
        ways.add(WayOut.BY_POST)
    if decided and not _is_on_its_way(session, found):
        ways.add(WayOut.AT_DESK)
    return frozenset(ways)


def register_ready(
    session: Session,
    keys: OfficeKeys,
    dossier: DossierId,
    counts: Counts,
    *,
    collect_back: Sequence[str] | None = None,
    by: Actor,
    at: datetime,
) -> Ready:
    """Put a result into its envelope at the agency: the item comes to be, and waits for the post.

    `counts` are the papers in the envelope. `collect_back` are the old papers the courier takes
    at the door; none given means all that the procedure names, and of a dossier that ended without
    a result nothing, for nothing is exchanged. A dossier still in process is resolved by this act.

    Raises UnknownDossier, RoleNeeded, NotAtTheAgency, NotResolved, NotAskedByPost, NotByPost,
    AlreadyOnItsWay, NotCollectedBack, CountsMalformed, DossierErased or NoOfficeServes.
    """
    found = dossiers.visible(session, dossier, by=by)
    by.need(*AGENCY_SIDE)
    _refuse_elsewhere(session, found, by, at)
    # Who names a delegate or gives it out meanwhile waits, or is waited for.
    found = dossiers.dossier_of(dossiers.row_of(session, dossier))
    if not found.result_by_post or found.result_item is None:
        raise NotAskedByPost(dossier=found.code)
    version = procedures.version(session, found.procedure)
    version.refuse_unless_by_post(PostalWay.TO_CITIZEN)
    if _was_sent(session, found):
        raise AlreadyOnItsWay(item=found.result_item)
    taken_back = _collected_back(found, version, collect_back)
    if min(counts.originals, counts.certified, counts.photocopies) < 0:
        raise CountsMalformed(total=counts.total)
    destination = _office_of_receiver(session, keys, dossier, at)
    act = custody_rules.accept(
        capacity=Capacity.DESK,
        leg=Leg.OUT,
        counts=counts,
        destination=destination,
        lock=found.result_lock,
    )
    _resolve_if_open(session, found, by, at)
    label = numbers.label()
    dossiers.give_item(
        session,
        found.result_item,
        Leg.OUT,
        dossier,
        origin=by.unit,
        destination=destination,
        token_hash=label.digest,
        made_by=by.staff,
        day=local(at).date(),
        collect_back=taken_back,
    )
    tell(session, keys, [Told(item=found.result_item, parent=NO_PARENT, act=act)], by=by, at=at)
    delegates.tell_of_codes(session, keys, dossier, found.result_item, by=by, at=at)
    return Ready(
        gives_back=found.gives_back,
        dossier=dossier,
        item=found.result_item,
        label=label.token,
        counts=counts,
        destination=destination,
        collect_back=taken_back,
        returns=tuple(
            paper
            for paper in dossiers.papers(session, dossier)
            if (found.gives_back and paper.counts.total)
            or (paper.original_to_return and paper.counts.originals)
        ),
    )


def give_at_desk(
    session: Session,
    vault: Vault,
    dossier: DossierId,
    *,
    entitlement: Entitlement,
    by: Actor,
    at: datetime,
) -> Decided:
    """Give a result to the citizen over the agency's desk, or back the papers of a dossier without one.

    No event tells it, for the post has never had it: the step binds who received instead.

    Raises UnknownDossier, RoleNeeded, AlreadyOnItsWay when it travels by post, what
    `receivers.bind` raises, or StepOutOfPlace unless it is resolved, refused or discontinued.
    """
    found = dossiers.visible(session, dossier, by=by)
    by.need(*AGENCY_SIDE)
    _refuse_elsewhere(session, found, by, at)
    if found.result_item is not None:
        items.lock(session, [found.result_item])  # in the order of whoever delivers it
    row = dossiers.row_of(session, dossier)  # who puts it into an envelope meanwhile is waited for
    if _is_on_its_way(session, found):
        raise AlreadyOnItsWay(item=found.result_item)
    bound = receivers.bind(session, vault, dossier, entitlement)
    why = receivers.as_reason(entitlement.receiver, bound)
    return take_step(session, row, StepKind.RETURNED, why=why, by=by, at=at)


def note_delivered(
    session: Session, items: Iterable[ItemId], *, corrected_by: Actor | None = None, at: datetime
) -> tuple[DossierId, ...]:
    """Close the dossiers whose result, or papers, have reached the citizen; the others are left as they are.

    One that was closed by a delivery which did not occur, as a correction or a hand-over that came
    late tells, is open again. Called after events were recorded; saying it twice changes nothing.
    Raises nothing.
    """
    of = dossiers.of_items(session, items)
    standings = holdings.standings(session, of)
    _open_again(session, of, standings, corrected_by, at)
    rows = {
        item: dossiers.row_of(session, of[item])
        for item, standing in sorted(standings.items())
        if standing.leg is Leg.OUT and standing.state is State.DELIVERED
    }
    still_open = [item for item, row in rows.items() if row.administrative in GOES_OUT]
    closed: list[DossierId] = []
    for item, moments in timelines.of_items(session, still_open).items():
        row = rows[item]
        if row.administrative not in GOES_OUT:  # another item of it was told before
            continue
        told = next(each for each in moments if each.event == standings[item].custody)
        # Not before the agency had decided, which it tells itself.
        happened = min(max(told.happened_at, row.resolved_at or told.happened_at), at)
        by = Actor(staff=told.signed_by.staff, unit=told.signed_by.unit, path="", grants=())
        kind = StepKind.RETURNED
        take_step(session, row, kind, why=item, by=by, at=happened, recorded_at=at)
        closed.append(of[item])
    return tuple(closed)


def _open_again(
    session: Session,
    of: Mapping[ItemId, DossierId],
    standings: Mapping[ItemId, Standing],
    by: Actor | None,
    at: datetime,
) -> None:
    """Those that one of these items had closed and that it did not reach. What a desk gave stays given."""
    astray = {item for item in of if _is_not_delivered(standings.get(item))}
    if not astray:
        return
    closed = session.scalars(
        select(DossierRow.id).where(
            DossierRow.id.in_(sorted({of[item] for item in astray})),
            DossierRow.administrative.in_(sorted(GIVEN_OUT)),
        )
    )
    for dossier in sorted(map(DossierId, closed)):
        row = dossiers.row_of(session, dossier)
        taken = [each for each in steps_of(session, dossier) if each.kind is StepKind.RETURNED]
        if row.administrative not in GIVEN_OUT or not taken or taken[-1].why not in astray:
            continue
        # Who checked the correction says it, or whoever turned out to have it.
        last = taken[-1]
        who = by or _holder(standings.get(ItemId(last.why)), last)
        kind = StepKind.RETURN_CORRECTED
        take_step(session, row, kind, why=last.why, by=who, at=max(at, last.at), recorded_at=at)


def _is_not_delivered(standing: Standing | None) -> bool:
    """A result that is not with the citizen; or of which nothing is true any more."""
    if standing is None:
        return True
    return standing.leg is Leg.OUT and standing.state is not State.DELIVERED


def _holder(standing: Standing | None, delivered: Step) -> Actor:
    holder = standing.holder if standing else None
    if holder is None:
        return Actor(
            staff=StaffId(delivered.staff), unit=UnitCode(delivered.unit), path="", grants=()
        )
    return Actor(staff=holder.staff, unit=holder.unit, path="", grants=())


def _refuse_elsewhere(session: Session, found: Dossier, by: Actor, at: datetime) -> None:
    if not _is_kept_by(session, found, by, at):
        raise NotAtTheAgency(unit=by.unit)


def _is_kept_by(session: Session, found: Dossier, by: Actor, at: datetime) -> bool:
    """Whether he works where the result begins its way."""
    desk = places.desk_of(session, found.competent_unit, day=local(at).date())
    return by.unit in {found.competent_unit, found.received_unit, desk.code}


def _was_sent(session: Session, found: Dossier) -> bool:
    return found.result_item is not None and session.get(ItemRow, found.result_item) is not None


def _is_on_its_way(session: Session, found: Dossier) -> bool:
    """It was sent by post and has not come back."""
    if found.result_item is None or not _was_sent(session, found):
        return False
    standing = holdings.standings(session, [found.result_item]).get(found.result_item)
    # Of an envelope that was never made, as a correction says, nothing is true.
    return standing is not None and standing.state is not State.RETURNED


def _collected_back(
    found: Dossier, version: ProcedureVersion, collect_back: Sequence[str] | None
) -> tuple[str, ...]:
    exchanged = () if found.gives_back else version.collects_on_delivery
    if collect_back is None:
        return exchanged
    for paper in collect_back:
        if paper not in exchanged:
            raise NotCollectedBack(paper=paper[:80])
    return tuple(dict.fromkeys(collect_back))


def _office_of_receiver(
    session: Session, keys: OfficeKeys, dossier: DossierId, at: datetime
) -> UnitCode:
    home = persons.homes(session, keys.vault, [dossier], PersonRole.RECEIVER).get(dossier)
    if home is None:
        raise DossierErased(dossier=dossier)
    return places.office_serving(session, home.unit, day=local(at).date()).code


def _resolve_if_open(session: Session, found: Dossier, by: Actor, at: datetime) -> None:
    if found.administrative in GOES_OUT:
        return
    if found.administrative is not Administrative.RECEIVED:
        raise NotResolved(dossier=found.code, state=found.administrative.value)
    take_step(session, dossiers.row_of(session, found.id), StepKind.RESOLVED, by=by, at=at)
