"""The last step: to the citizen against an identity result and a proof, or an attempt with a reason.

Nothing goes back to the agency before the law's two invitations, unless the receiver refused.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain import acts, attempts
from postal_service.domain import custody_rules as rules
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Act, Capacity, Counts, Leg, Proof, Receiver
from postal_service.domain.attempts import (
    STANDARD,
    Attempted,
    DeliveryHistory,
    DeliveryPolicy,
    NextStep,
    Reason,
    Step,
)
from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.custody import Standing
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import EventId, ItemId, RoundId
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import VIETNAM, local
from postal_service.ledger import reading
from postal_service.projections import timelines
from postal_service.projections.timelines import Moment
from postal_service.services import calendars, items, numbers, places
from postal_service.services.office_events import OfficeKeys, Told, tell


class InvitationTooEarly(RuleBroken):
    code = "delivery.invitation_too_early"


class ReturnTooEarly(RuleBroken):
    """The citizen has not been invited as the law asks."""

    code = "delivery.return_too_early"


class NothingRecovered(Malformed):
    code = "delivery.nothing_recovered"


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """Old papers taken back in the same act, as an item of their own that goes to the agency."""

    item: ItemId
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class Delivered:
    event: EventId
    exchange: str  # "" where nothing was taken back
    recovered: EventId | None


def deliver(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    receiver: Receiver,
    proof: Proof,
    recovered: Recovered | None = None,
    evidence: tuple[str, ...] = (),
    commitment: str = "",
    by: Actor,
    at: datetime,
) -> Delivered:
    """Hand a result, or what was withdrawn, to the citizen at a counter.

    With an exchange, both acts or neither.

    The caller has redeemed a message code before (services/message_codes.py). Raises UnknownItem,
    NotTheHolder, NotForDelivery, ItemFrozen, WrongDeliveryCode, WitnessIsHimself, RoleNeeded for an
    override without a manager, NothingRecovered; then nothing is recorded.
    """
    standing = items.standing(session, item)
    if isinstance(proof, acts.OverrideProof):
        by.need(Role.MANAGER)
    exchange = str(uuid7()) if recovered else ""
    act = rules.deliver(
        standing,
        by=by,
        receiver=receiver,
        proof=proof,
        exchange=exchange,
        recovered=recovered.counts.originals if recovered else 0,
        evidence=evidence,
        commitment=commitment,
    )
    told = [Told(item=item, parent=standing.custody, act=act)]
    if recovered:
        told.append(_taken_back(session, standing, recovered, exchange))
    recorded = tell(session, keys, told, by=by, at=at)
    return Delivered(
        event=recorded[0].event,
        exchange=exchange,
        recovered=recorded[1].event if recovered else None,
    )


def _taken_back(session: Session, standing: Standing, recovered: Recovered, exchange: str) -> Told:
    if recovered.counts.total < 1:
        raise NothingRecovered
    made_by = reading.entries_of(session, standing.item)[0].event.unit  # the result's first holder
    act = rules.accept(
        capacity=Capacity.COUNTER,
        leg=Leg.RET,
        counts=recovered.counts,
        destination=made_by,
        exchange=exchange,
    )
    return Told(item=recovered.item, parent=NO_PARENT, act=act)


def go_out(
    session: Session,
    keys: OfficeKeys,
    out: list[ItemId],
    *,
    round_id: RoundId,
    by: Actor,
    at: datetime,
) -> tuple[EventId, ...]:
    """Put items on the run list of a round. Raises UnknownItem, NotTheHolder, NotSealed."""
    told = [
        Told(item=each.item, parent=each.custody, act=rules.go_out(each, by=by, round_id=round_id))
        for each in items.standings(session, out)
    ]
    return tuple(each.event for each in tell(session, keys, told, by=by, at=at))


def attempt(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    reason: str,
    action: str = "",
    agreed_for: date | None = None,
    policy: DeliveryPolicy = STANDARD,
    evidence: tuple[str, ...] = (),
    by: Actor,
    at: datetime,
) -> EventId:
    """A delivery that failed, with its reason; `agreed_for` is the day that the receiver named (R06).

    Raises UnknownItem, UnknownReason, ActionDoesNotFit, AgreedDayMissing, AgreedDayDoesNotFit,
    NotTheHolder, NotForDelivery or ItemFrozen; then nothing is recorded.
    """
    standing = items.standing(session, item)
    found, today = attempts.read_reason(reason), local(at).date()
    chosen = attempts.read_action(action) if action else attempts.REASONS[found].default_action
    Attempted(reason=found, on=today, action=chosen)
    office = places.place(session, by.unit, day=today)
    attempts.refuse_unless_agreed(
        found, agreed_for, tried_on=today, policy=policy, on=calendars.of_unit(session, office)
    )
    act = rules.attempt(
        standing,
        by=by,
        reason=found.value,
        action=chosen.value,
        counted=attempts.counts(found),
        agreed_for=agreed_for.isoformat() if agreed_for else "",
        evidence=evidence,
    )
    return _tell(session, keys, standing, act, by=by, at=at)


def history(session: Session, item: ItemId) -> DeliveryHistory:
    """What was tried for an item, read from the ledger; what was corrected counts as put right.

    What does not count in the item's story does not count here: whoever does not carry an item
    cannot have tried to deliver it. What was sent on begins anew where it belongs.
    """
    return histories(session, [item])[item]


def histories(session: Session, of: Collection[ItemId]) -> dict[ItemId, DeliveryHistory]:
    """`history` of each of these items, in as few questions."""
    told = timelines.of_items(session, of)
    return {item: _history(moments) for item, moments in told.items()}


def _history(moments: Sequence[Moment]) -> DeliveryHistory:
    tried: list[Attempted] = []
    invited: list[date] = []
    for moment in sorted(moments, key=lambda each: each.place):
        if not moment.counts:
            continue
        day, act = local(moment.happened_at).date(), moment.act
        if isinstance(act, acts.Attempt) and act.reason in set(Reason):
            reason = Reason(act.reason)
            tried.append(
                Attempted(
                    reason=reason,
                    on=day,
                    agreed_for=_day(act.agreed_for),
                    action=_fitting(reason, act.action),
                )
            )
        elif isinstance(act, acts.Forward):
            tried, invited = [], []
        elif isinstance(act, acts.Invite):
            invited.append(day)
    return DeliveryHistory(attempts=tuple(tried), invited_on=tuple(invited))


def _fitting(reason: Reason, action: str) -> attempts.Action | None:
    # A phone may have told an action that no longer fits its reason; then the default counts.
    return next((each for each in attempts.REASONS[reason].actions if each == action), None)


def _day(told: str) -> date | None:
    # A phone may have signed a day that no calendar has; then nobody can keep it.
    with suppress(ValueError):
        return date.fromisoformat(told)
    return None


def next_step(
    session: Session,
    item: ItemId,
    *,
    policy: DeliveryPolicy,
    calendar: WorkingCalendar,
    at: datetime,
) -> NextStep:
    """What is to be done with an item that could not be handed over."""
    today = at.astimezone(VIETNAM).date()
    return attempts.next_step(history(session, item), policy=policy, on=calendar, today=today)


def invite(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    policy: DeliveryPolicy,
    calendar: WorkingCalendar,
    by: Actor,
    at: datetime,
) -> NextStep:
    """Invite the citizen in writing and keep the item at the office; what comes next.

    Raises UnknownItem, NotTheHolder, and InvitationTooEarly before two working days have passed.
    """
    standing = items.standing(session, item)
    step = next_step(session, item, policy=policy, calendar=calendar, at=at)
    today = at.astimezone(VIETNAM).date()
    if step.step is not Step.INVITE or today < step.not_before:
        raise InvitationTooEarly(item=item, earliest=step.not_before.isoformat())
    until = calendar.add_working_days(today, policy.hold_working_days)
    told = [
        Told(item=item, parent=standing.custody, act=rules.invite(standing, by=by)),
        Told(
            item=item,
            parent=standing.custody,
            act=rules.hold(standing, by=by, until=until.isoformat()),
        ),
    ]
    tell(session, keys, told, by=by, at=at)
    return next_step(session, item, policy=policy, calendar=calendar, at=at)


def hold(
    session: Session, keys: OfficeKeys, item: ItemId, *, until: date, by: Actor, at: datetime
) -> EventId:
    """Keep an item at the office for the citizen. Raises UnknownItem, NotTheHolder."""
    standing = items.standing(session, item)
    act = rules.hold(standing, by=by, until=until.isoformat())
    return _tell(session, keys, standing, act, by=by, at=at)


def send_back(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    why: str,
    policy: DeliveryPolicy,
    calendar: WorkingCalendar,
    by: Actor,
    at: datetime,
) -> EventId:
    """Start the way back to the agency. Raises ReturnTooEarly, NotForDelivery, NotTheHolder."""
    standing = items.standing(session, item)
    step = next_step(session, item, policy=policy, calendar=calendar, at=at)
    if step.step is not Step.RETURN or at.astimezone(VIETNAM).date() < step.not_before:
        raise ReturnTooEarly(item=item, step=step.step, earliest=step.not_before.isoformat())
    return _tell(session, keys, standing, rules.send_back(standing, by=by, why=why), by=by, at=at)


def renew_code(
    session: Session,
    keys: OfficeKeys,
    item: ItemId,
    *,
    why: str,
    commitment: str = "",
    by: Actor,
    at: datetime,
) -> DeliveryCode:
    """A new delivery code, whose lock is logged: to be printed now and kept nowhere.

    It is made once nobody else renews it: a lock opens to the rotation that its code was made for.
    Raises UnknownItem, ItemEnded, NotForDelivery, RoleNeeded.
    """
    by.need(Role.POSTAL_CLERK, Role.MANAGER, Role.DESK_CLERK)
    standing = items.standing(session, item)
    code = numbers.delivery_code(item, rotation=standing.rotation + 1)
    act = rules.rotate(standing, lock=code.lock, why=why, commitment=commitment)
    _tell(session, keys, standing, act, by=by, at=at)
    return code


def _tell(
    session: Session, keys: OfficeKeys, standing: Standing, act: Act, *, by: Actor, at: datetime
) -> EventId:
    told = Told(item=standing.item, parent=standing.custody, act=act)
    return tell(session, keys, [told], by=by, at=at)[0].event
