"""The agency's acts on a dossier, each a step that is added. The due date is computed from the steps, never edited.

The legal clock starts when the agency receives, which is an act of its own after the desk has
taken the item: that the post has it starts nothing.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain import administrative as rules
from postal_service.domain import custody_rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.administrative import STANDARD_RULES, AgencyRules, StepKind
from postal_service.domain.custody import Standing, State, Trouble
from postal_service.domain.ids import DossierId, ItemId, UnitCode
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.standing import Administrative
from postal_service.domain.units import UnknownUnit
from postal_service.domain.wording_dates import local
from postal_service.projections import holdings
from postal_service.services import dossiers, items, places, procedures, steps
from postal_service.services.dossiers import Dossier
from postal_service.services.office_events import OfficeKeys, Told, tell
from postal_service.services.procedures import VersionId
from postal_service.services.steps import Decided, steps_of, take_step
from postal_service.storage.schema import DossierRow, ItemRow, PickupRow

AGENCY_SIDE = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY)


class NotAtDesk(RuleBroken):
    """The dossier's item has not been taken by the agency's desk, or something is wrong with it."""

    code = "administrative.not_at_desk"


class PaperNotOnList(RuleBroken):
    """Only papers of the procedure's list may be asked for."""

    code = "administrative.paper_not_on_list"


class NothingAsked(Malformed):
    code = "administrative.nothing_asked"


class SupplementReason(StrEnum):
    """Why a listed paper is asked for again. A closed list: nobody may ask for more in free text."""

    MISSING = "missing"
    ILLEGIBLE = "illegible"
    EXPIRED = "expired"
    UNSIGNED = "unsigned"
    CONTRADICTORY = "contradictory"
    WRONG_FORM = "wrong_form"


def receive(session: Session, dossier: DossierId, *, by: Actor, at: datetime) -> Decided:
    """Receive legally (form 01): the clock starts. A separate act after the desk took the item.

    Raises UnknownDossier, RoleNeeded, NotAtDesk while the post or another agency's desk still has
    the papers or they are in an open case, StepOutOfPlace, or NoCalendar when the term reaches into an unknown year.
    """
    row = _row_for(session, dossier, by)
    _refuse_unless_at_desk(session, row, at)
    return take_step(session, row, StepKind.RECEIVED, by=by, at=at)


def verify(session: Session, dossier: DossierId, *, why: str, by: Actor, at: datetime) -> Decided:
    """The matter must be verified: the longer term of the procedure applies.

    Raises UnknownDossier, RoleNeeded, ReasonNeeded, StepOutOfPlace or NoCalendar.
    """
    row = _row_for(session, dossier, by)
    reason = rules.read_reason(why)
    return take_step(session, row, StepKind.VERIFYING, why=reason, by=by, at=at)


def request_supplement(
    session: Session,
    dossier: DossierId,
    papers: Sequence[str],
    *,
    reason: SupplementReason,
    by: Actor,
    at: datetime,
    limits: AgencyRules = STANDARD_RULES,
) -> Decided:
    """Ask for papers of the closed list (form 02): the clock stops.

    Raises UnknownDossier, RoleNeeded, NothingAsked, PaperNotOnList, TooManySupplements or
    StepOutOfPlace.
    """
    row = _row_for(session, dossier, by)
    if not papers:
        raise NothingAsked
    listed = procedures.version(session, VersionId(row.procedure)).papers
    places_of = {need.name: place for place, need in enumerate(listed, start=1)}
    for paper in papers:
        if paper not in places_of:
            raise PaperNotOnList(paper=paper[:80])
    asked = ",".join(str(place) for place in sorted({places_of[paper] for paper in papers}))
    why = f"{reason.value}: {asked}"
    kind = StepKind.SUPPLEMENT_REQUESTED
    return take_step(session, row, kind, why=why, by=by, at=at, limits=limits)


def supplement_received(
    session: Session, dossier: DossierId, *, by: Actor, at: datetime
) -> Decided:
    """The desk has the papers it asked for: the clock runs again.

    Raises UnknownDossier, RoleNeeded, NotAtDesk while an item of the supplement is still on its
    way, StepOutOfPlace or NoCalendar.
    """
    row = _row_for(session, dossier, by)
    # What was lost comes no more: its copies are another item, or the citizen brought them.
    sent = [each for each in _standings(session, row.id, Leg.SUP) if not _is_lost(each)]
    _refuse_unless_arrived(session, row, sent, at)
    return take_step(session, row, StepKind.SUPPLEMENT_RECEIVED, by=by, at=at)


def notice_duty(
    session: Session, dossier: DossierId, *, why: str, by: Actor, at: datetime
) -> Decided:
    """A tax or fee must be paid first: the clock stops.

    Raises UnknownDossier, RoleNeeded, ReasonNeeded or StepOutOfPlace.
    """
    row = _row_for(session, dossier, by)
    reason = rules.read_reason(why)
    return take_step(session, row, StepKind.DUTY_NOTICED, why=reason, by=by, at=at)


def meet_duty(session: Session, dossier: DossierId, *, by: Actor, at: datetime) -> Decided:
    """The duty is paid: the clock runs again.

    Raises UnknownDossier, RoleNeeded, StepOutOfPlace or NoCalendar.
    """
    row = _row_for(session, dossier, by)
    return take_step(session, row, StepKind.DUTY_MET, by=by, at=at)


def extend(
    session: Session,
    dossier: DossierId,
    new_due: datetime,
    *,
    basis: str,
    by: Actor,
    at: datetime,
    limits: AgencyRules = STANDARD_RULES,
) -> Decided:
    """Apologise and set a later date (form 04); `by` approves it.

    Raises UnknownDossier, RoleNeeded, ReasonNeeded, StepOutOfPlace, NotLater for a date that is
    not a later working day, TooManyChanges or NoCalendar.
    """
    row = _row_for(session, dossier, by)
    reason = rules.read_reason(basis)
    earlier = steps_of(session, dossier)
    rules.next_state(
        Administrative(row.administrative), StepKind.EXTENDED, at=at, earlier=earlier, limits=limits
    )
    change = rules.extension(
        earlier,
        new_due,
        basis=reason,
        approved_by=by.staff,
        at=at,
        current=row.due_at,
        on=steps.calendar_of(session, row, earlier),
        limits=limits,
    )
    kind = StepKind.EXTENDED
    return take_step(
        session, row, kind, why=reason, due_at=change.due_at, by=by, at=at, limits=limits
    )


def refuse(session: Session, dossier: DossierId, *, why: str, by: Actor, at: datetime) -> Decided:
    """Refuse to settle it (form 03). The papers go back to the citizen as an item of their own.

    Raises UnknownDossier, RoleNeeded, ReasonNeeded, NotAtDesk or StepOutOfPlace.
    """
    row = _row_for(session, dossier, by)
    reason = rules.read_reason(why)
    _refuse_unless_at_desk(session, row, at)
    return take_step(session, row, StepKind.REFUSED, why=reason, by=by, at=at)


def discontinue(
    session: Session, dossier: DossierId, *, why: str, by: Actor, at: datetime
) -> Decided:
    """Stop settling it (form 05); also how a citizen withdraws once the agency has it.

    Raises UnknownDossier, RoleNeeded, ReasonNeeded or StepOutOfPlace.
    """
    row = _row_for(session, dossier, by)
    reason = rules.read_reason(why)
    return take_step(session, row, StepKind.DISCONTINUED, why=reason, by=by, at=at)


def resolve(session: Session, dossier: DossierId, *, by: Actor, at: datetime) -> Decided:
    """The result is made. Raises UnknownDossier, RoleNeeded or StepOutOfPlace."""
    row = _row_for(session, dossier, by)
    return take_step(session, row, StepKind.RESOLVED, by=by, at=at)


def withdraw(
    session: Session, keys: OfficeKeys, dossier: DossierId, *, why: str, by: Actor, at: datetime
) -> Decided:
    """The citizen withdraws while the post has it; once the agency has it, only through the agency.

    Raises UnknownDossier, RoleNeeded (postal clerk or manager), ReasonNeeded, WithAgencyAlready,
    NotTheHolder when the papers lie elsewhere, or StepOutOfPlace.
    """
    dossiers.visible(session, dossier, by=by)
    by.need(Role.POSTAL_CLERK, Role.MANAGER)
    reason = rules.read_reason(why)
    # Whoever hands an item on meanwhile is waited for: what he did decides whether this may be.
    items.lock(session, _items(session, dossier, Leg.IN))
    row = dossiers.row_of(session, dossier)
    told = [
        Told(
            item=each.item,
            parent=each.custody,
            act=custody_rules.cancel(each, by=by, why="withdrawn"),
        )
        for each in _standings(session, dossier, Leg.IN)
    ]
    decided = take_step(session, row, StepKind.WITHDRAWN, why=reason, by=by, at=at)
    tell(session, keys, told, by=by, at=at)
    pickup = session.get(PickupRow, dossier)
    if pickup is not None and pickup.state == "registered":
        pickup.state = "cancelled"
        session.flush()
    return decided


def supplement_asked(session: Session, dossier: Dossier) -> tuple[str, tuple[str, ...]] | None:
    """The newest request for a supplement: its reason's word and the papers' names."""
    asked = [
        step for step in steps_of(session, dossier.id) if step.kind is StepKind.SUPPLEMENT_REQUESTED
    ]
    if not asked:
        return None
    reason, _, listed = asked[-1].why.partition(": ")
    names = [need.name for need in procedures.version(session, dossier.procedure).papers]
    if not listed:
        return reason, tuple(names)  # an imported request does not say which papers
    return reason, tuple(names[int(place) - 1] for place in listed.split(","))


def _row_for(session: Session, dossier: DossierId, by: Actor) -> DossierRow:
    """The dossier's row, for whoever acts on the agency's side of it."""
    dossiers.visible(session, dossier, by=by)
    row = dossiers.row_of(session, dossier)
    units = {UnitCode(row.received_unit), UnitCode(row.competent_unit)}
    paths = [places.path_of(session, unit) for unit in sorted(units)]
    if not any(by.may(*AGENCY_SIDE, path=path) for path in paths):
        by.need(Role.AGENCY, path=paths[0])
    return row


def _refuse_unless_at_desk(session: Session, row: DossierRow, at: datetime) -> None:
    """What the post carries is at the desk; a dossier already received there may be anywhere."""
    if Administrative(row.administrative) is not Administrative.POSTED:
        return
    found = _standings(session, row.id, Leg.IN)
    if not found:
        raise NotAtDesk(item="")
    _refuse_unless_arrived(session, row, found, at)


def _refuse_unless_arrived(
    session: Session, row: DossierRow, found: Sequence[Standing], at: datetime
) -> None:
    desks = _desks(session, row, at) if found else frozenset()
    for each in found:
        if not _arrived(each, desks):
            raise NotAtDesk(item=each.item)


def _desks(session: Session, row: DossierRow, at: datetime) -> frozenset[UnitCode]:
    """Where an agency has a dossier's papers: another agency's desk has them by mistake."""
    competent = UnitCode(row.competent_unit)
    its_own = {UnitCode(row.received_unit), competent}
    with suppress(UnknownUnit):  # the agency is no more; whoever received it goes on
        its_own.add(places.desk_of(session, competent, day=local(at).date()).code)
    return frozenset(its_own)


def _arrived(standing: Standing, desks: Collection[UnitCode]) -> bool:
    holder = standing.holder
    is_there = holder is not None and holder.unit in desks
    return is_there and standing.state is State.WITH_AGENCY and not standing.frozen


def _is_lost(standing: Standing) -> bool:
    return Trouble.LOST in standing.troubles


def _standings(session: Session, dossier: str, leg: Leg) -> list[Standing]:
    found = holdings.standings(session, _items(session, dossier, leg))
    return [found[item] for item in sorted(found)]


def _items(session: Session, dossier: str, leg: Leg) -> list[ItemId]:
    rows = session.scalars(select(ItemRow.item).filter_by(dossier=dossier, leg=leg.value))
    return [ItemId(item) for item in rows]
