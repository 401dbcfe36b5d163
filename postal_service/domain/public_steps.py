"""What anybody may be told of an item's way: the steps of the postal tracking list, and the office; never a person.

Seals, offers and cases are the Post's own business. The codes follow the postal union's list of
item events where that has one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Leg
from postal_service.domain.event import Event
from postal_service.domain.ids import EventId, UnitCode


class PublicStep(StrEnum):
    ACCEPTED = "EMA"  # posting or collection
    AT_OFFICE = "EDD"
    DEPARTED = "EDE"
    ARRIVED = "EMG"
    OUT = "EDG"
    HELD = "EDH"
    UNSUCCESSFUL = "EMH"
    DELIVERED = "EMI"
    FETCHED = "fetched"  # over a counter; the union's list knows only that it was delivered
    GIVEN_BACK = "given_back"  # to the citizen who withdrew it
    FORWARDED = "forwarded"
    WITH_AGENCY = "agency_has_it"  # no code of the union: its list ends at an addressee
    RESULT_READY = "result_ready"
    RESULT_TAKEN = "result_taken"
    GOING_BACK = "going_back"
    BACK_AT_AGENCY = "back_at_agency"
    POSTPONED = "postponed"


class Status(StrEnum):
    """The one sentence: where a dossier is, in the words of `wording_tracking.py`."""

    REQUESTED = "requested"
    VISIT_CALLED_OFF = "visit_called_off"
    ON_THE_WAY_TO_AGENCY = "on_the_way_to_agency"
    AT_AGENCY_DESK = "at_agency_desk"  # handed over, not yet received legally
    IN_PROCESS = "in_process"
    SUPPLEMENT = "supplement"
    FINANCIAL_DUTY = "financial_duty"
    RESULT_READY = "result_ready"
    ON_THE_WAY_HOME = "on_the_way_home"
    OUT_FOR_DELIVERY = "out_for_delivery"
    UNDELIVERED = "undelivered"
    HELD = "held"
    GOING_BACK = "going_back"
    BACK_AT_AGENCY = "back_at_agency"
    FETCH_AT_DESK = "fetch_at_desk"
    DONE = "done"
    REFUSED = "refused"
    REFUSED_RETURNED = "refused_returned"  # and the papers are with the citizen again
    DISCONTINUED = "discontinued"
    DISCONTINUED_RETURNED = "discontinued_returned"
    WITHDRAWN = "withdrawn"
    GIVEN_BACK = "given_back"  # withdrawn, and the papers are with the citizen again


class Bring(StrEnum):
    """What the citizen should have at hand."""

    IDENTITY_PAPER = "identity_paper"
    APPOINTMENT_SLIP = "appointment_slip"
    AUTHORISATION_IF_NOT_OWNER = "authorisation_if_not_owner"
    ASKED_PAPERS = "asked_papers"  # those in `asked`
    OLD_PAPERS = "old_papers"  # those in `old_papers`
    MONEY = "money"  # the amounts in `to_pay_dong`


@dataclass(frozen=True, kw_only=True)
class Told:
    """One public step: the event that tells it, at which office, and a detail's code."""

    step: PublicStep
    event: EventId
    unit: UnitCode
    leg: Leg
    detail: str = ""  # reason of an attempt, last day of a hold


def public_steps(events: Iterable[Event]) -> tuple[Told, ...]:
    """The public steps among the events of one item's story, in its order."""
    told: list[Told] = []
    leg, returning, taken = Leg.IN, False, False
    holder = Capacity.COUNTER
    for event in events:
        act = event.act
        if isinstance(act, acts.Accept):
            leg = act.leg
        returning = returning or isinstance(act, acts.Return)
        found = _step(act, leg, returning=returning)
        if isinstance(act, acts.Deliver):
            found = _delivered(leg, holder), ""
        elif isinstance(act, acts.TRANSFERS):
            holder = act.capacity
        if leg is Leg.OUT and not taken and _leaves_the_desk(act):
            taken, found = True, (PublicStep.RESULT_TAKEN, "")
        if found is not None:
            step, detail = found
            told.append(Told(step=step, event=event.id, unit=event.unit, leg=leg, detail=detail))
    return tuple(told)


def _step(act: acts.Act, leg: Leg, *, returning: bool) -> tuple[PublicStep, str] | None:  # noqa: PLR0911 - one line for each act that is public
    match act:
        case acts.Accept(capacity=Capacity.DESK, leg=Leg.OUT):
            return PublicStep.RESULT_READY, ""
        case acts.Accept():
            return PublicStep.ACCEPTED, ""
        case acts.Handover():
            return _after_handover(act, leg, returning=returning)
        case acts.Depart():
            return PublicStep.DEPARTED, ""
        case acts.Arrive():
            return PublicStep.ARRIVED, ""
        case acts.Out():
            return PublicStep.OUT, ""
        case acts.Attempt():
            return PublicStep.UNSUCCESSFUL, act.reason
        case acts.Hold():
            return PublicStep.HELD, act.until
        case _:
            return _rare_step(act)


def _rare_step(act: acts.Act) -> tuple[PublicStep, str] | None:
    match act:
        case acts.Forward():
            return PublicStep.FORWARDED, ""
        case acts.Return():
            return PublicStep.GOING_BACK, ""
        case acts.Postpone():
            return PublicStep.POSTPONED, ""
        case _:
            return None


def _delivered(leg: Leg, holder: Capacity) -> PublicStep:
    """What the citizen has now: a result brought to him or fetched, or what he gave in and took back."""
    if leg is not Leg.OUT:
        return PublicStep.GIVEN_BACK
    return PublicStep.DELIVERED if holder is Capacity.COURIER else PublicStep.FETCHED


def _after_handover(
    act: acts.Handover, leg: Leg, *, returning: bool
) -> tuple[PublicStep, str] | None:
    if act.capacity is Capacity.DESK:
        if leg is Leg.OUT and not returning:
            return None  # from one desk clerk to another
        # Old papers that were given up for a result come to the agency; they do not come back to it.
        return (PublicStep.BACK_AT_AGENCY if returning else PublicStep.WITH_AGENCY), ""
    return (PublicStep.AT_OFFICE, "") if act.capacity is Capacity.COUNTER else None


def _leaves_the_desk(act: acts.Act) -> bool:
    return isinstance(act, acts.Handover) and act.capacity is not Capacity.DESK
