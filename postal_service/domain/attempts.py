"""Nothing goes back to an agency before the law's invitations were made, unless the receiver ended it himself.

Postal law 2010, Article 17: an item is undeliverable when, after a failed delivery, the operator
has invited at least twice, two working days apart, and nobody came. Reasons and actions are the
product's own list; a mapping to the postal union's codes is configuration.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

from postal_service.domain.calendar import NoCalendar, WorkingCalendar
from postal_service.domain.refusals import Malformed, RuleBroken
from postal_service.domain.wording_dates import short_date

_STATUTORY_INVITATIONS = 2
_STATUTORY_DAYS_BETWEEN = 2


class PolicyBelowLaw(RuleBroken):
    code = "attempts.policy_below_law"


class UnknownReason(Malformed):
    code = "attempts.unknown_reason"


class UnknownAction(Malformed):
    code = "attempts.unknown_action"


class ActionDoesNotFit(RuleBroken):
    code = "attempts.action_does_not_fit"


class AgreedDayMissing(Malformed):
    """Another day was agreed, and nobody says which."""

    code = "attempts.agreed_day_missing"


class AgreedDayDoesNotFit(RuleBroken):
    """A day goes with the reason that one was agreed: a later one, worked, while the item is kept."""

    code = "attempts.agreed_day_does_not_fit"


class Reason(StrEnum):
    ABSENT = "R01"
    PHONE_UNREACHABLE = "R02"
    BAD_ADDRESS = "R03"
    MOVED = "R04"
    REFUSED = "R05"
    OTHER_DAY_AGREED = "R06"
    WILL_COLLECT = "R07"
    PAPERS_MISSING = "R08"
    DECEASED = "R09"
    MONEY_MISSING = "R10"
    DISASTER = "R11"
    DAMAGED = "R12"
    OFFICE_CLOSED = "R13"
    MISSENT = "R14"


class Action(StrEnum):
    DELIVER_AGAIN = "A1"
    HOLD = "A2"
    FORWARD = "A3"
    VERIFY_ADDRESS = "A4"
    RETURN = "A5"
    MAKE_RECORD = "A6"
    POSTPONE = "A7"


class Counting(StrEnum):
    """What a reason does to the number of attempts."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    FINAL = "final"  # nothing more is tried
    STOPS = "stops"  # first a record, then a decision


@dataclass(frozen=True, kw_only=True)
class ReasonRule:
    vi: str
    en: str
    counting: Counting
    actions: tuple[Action, ...]  # the first is the default

    @property
    def default_action(self) -> Action:
        return self.actions[0]


def _rule(vi: str, en: str, counting: Counting, *actions: Action) -> ReasonRule:
    return ReasonRule(vi=vi, en=en, counting=counting, actions=actions)


_YES, _NO = Counting.COUNTED, Counting.NOT_COUNTED
_FINAL, _STOPS = Counting.FINAL, Counting.STOPS
REASONS: dict[Reason, ReasonRule] = {
    Reason.ABSENT: _rule("Người nhận đi vắng", "Nobody at home", _YES, Action.DELIVER_AGAIN, Action.HOLD),
    Reason.PHONE_UNREACHABLE: _rule("Điện thoại không liên lạc được", "Telephone not answered", _YES, Action.DELIVER_AGAIN, Action.HOLD),
    Reason.BAD_ADDRESS: _rule("Địa chỉ sai hoặc thiếu", "Address wrong or incomplete", _NO, Action.VERIFY_ADDRESS),
    Reason.MOVED: _rule("Người nhận đã chuyển địa chỉ", "Receiver has moved", _NO, Action.FORWARD, Action.VERIFY_ADDRESS),
    Reason.REFUSED: _rule("Người nhận từ chối nhận", "Receiver refuses", _FINAL, Action.RETURN),
    Reason.OTHER_DAY_AGREED: _rule("Hẹn ngày phát khác", "Another day agreed", _NO, Action.DELIVER_AGAIN),
    Reason.WILL_COLLECT: _rule("Hẹn nhận tại bưu cục", "Will collect at the post office", _NO, Action.HOLD),
    Reason.PAPERS_MISSING: _rule("Không đủ giấy tờ hoặc ủy quyền", "Identity paper or authorisation missing", _YES, Action.HOLD, Action.DELIVER_AGAIN),
    Reason.DECEASED: _rule("Người nhận đã mất", "Receiver has died", _FINAL, Action.RETURN),
    Reason.MONEY_MISSING: _rule("Chưa nộp đủ phí, cước", "Fee or postage not paid", _YES, Action.HOLD, Action.DELIVER_AGAIN),
    Reason.DISASTER: _rule("Thiên tai, đường chia cắt", "Disaster, road cut", _NO, Action.POSTPONE),
    Reason.DAMAGED: _rule("Bưu gửi hư hại hoặc niêm phong bất thường", "Item damaged or seal not as it should be", _STOPS, Action.MAKE_RECORD),
    Reason.OFFICE_CLOSED: _rule("Cơ quan, doanh nghiệp đóng cửa", "Office or business closed", _YES, Action.DELIVER_AGAIN, Action.HOLD),
    Reason.MISSENT: _rule("Lạc tuyến", "Sent to the wrong route", _NO, Action.FORWARD),
}  # fmt: skip

ACTIONS: dict[Action, tuple[str, str]] = {
    Action.DELIVER_AGAIN: ("Phát lại", "Deliver again"),
    Action.HOLD: ("Lưu chờ nhận tại bưu cục", "Hold for pick-up"),
    Action.FORWARD: ("Chuyển tiếp", "Forward"),
    Action.VERIFY_ADDRESS: ("Xác minh địa chỉ", "Verify the address"),
    Action.RETURN: ("Chuyển hoàn cơ quan", "Return to the agency"),
    Action.MAKE_RECORD: ("Lập biên bản", "Make a record"),
    Action.POSTPONE: ("Hoãn phát", "Postpone"),
}


@dataclass(frozen=True, kw_only=True)
class DeliveryPolicy:
    """What the operator's contract sets. The two invitations and the days between them have a floor in law."""

    door_attempts: int = 2
    invitations: int = 2
    working_days_between_invitations: int = 2
    hold_working_days: int = 10

    def __post_init__(self) -> None:
        below = (
            self.invitations < _STATUTORY_INVITATIONS
            or self.working_days_between_invitations < _STATUTORY_DAYS_BETWEEN
            or self.door_attempts < 1
            or self.hold_working_days < 0
        )
        if below:
            raise PolicyBelowLaw(
                invitations=_STATUTORY_INVITATIONS, working_days=_STATUTORY_DAYS_BETWEEN
            )


STANDARD: Final = DeliveryPolicy()  # where an installation sets nothing else


@dataclass(frozen=True, kw_only=True)
class Attempted:
    """One attempt at the door that failed."""

    reason: Reason
    on: date
    agreed_for: date | None = None  # R06: the day the receiver named
    action: Action | None = None  # what the courier chose; the reason's default where nothing was

    def __post_init__(self) -> None:
        if self.action is not None and self.action not in REASONS[self.reason].actions:
            raise ActionDoesNotFit(reason=self.reason.value, action=self.action.value)


@dataclass(frozen=True, kw_only=True)
class DeliveryHistory:
    """What was tried for one item, in order of days."""

    attempts: tuple[Attempted, ...] = ()
    invited_on: tuple[date, ...] = ()

    @property
    def counted(self) -> int:
        return sum(counts(attempt.reason) for attempt in self.attempts)


class Step(StrEnum):
    DELIVER = "deliver"
    INVITE = "invite"
    HOLD = "hold"
    FORWARD = "forward"
    VERIFY_ADDRESS = "verify_address"
    RETURN = "return"
    MAKE_RECORD = "make_record"
    POSTPONE = "postpone"


@dataclass(frozen=True, kw_only=True)
class NextStep:
    step: Step
    not_before: date
    ordinal: int = 0  # of an invitation
    until: date | None = None  # of a hold: its last day
    tell_agency: bool = False
    is_agreed: bool = False  # the receiver waits on that day


def counts(reason: Reason) -> bool:
    """Whether an attempt with this reason uses up one of the attempts at the door."""
    return REASONS[reason].counting is Counting.COUNTED


def asks_day(reason: Reason) -> bool:
    """Whether the receiver names the day on which the post is to come again."""
    return reason is Reason.OTHER_DAY_AGREED


def asks_address(reason: Reason) -> bool:
    """Whether the post looks for another address, which whoever was at the door may have heard."""
    return Action.VERIFY_ADDRESS in REASONS[reason].actions


def read_reason(code: str) -> Reason:
    """Raises UnknownReason for a code outside the list."""
    try:
        return Reason(code.strip().upper())
    except ValueError as error:
        raise UnknownReason(reason=code[:10]) from error


def read_action(code: str) -> Action:
    """Raises UnknownAction for a code outside the list."""
    try:
        return Action(code.strip().upper())
    except ValueError as error:
        raise UnknownAction(action=code[:10]) from error


def days_to_agree(
    tried_on: date, *, policy: DeliveryPolicy, on: WorkingCalendar
) -> tuple[date, ...]:
    """The days that a receiver may name: worked, after the attempt, as long as an item is kept.

    They end with the last year whose days off are known.
    """
    days: list[date] = []
    with suppress(NoCalendar):
        while len(days) < policy.hold_working_days:
            days.append(on.next_working_day(days[-1] if days else tried_on))
    return tuple(days)


def refuse_unless_agreed(
    reason: Reason,
    day: date | None,
    *,
    tried_on: date,
    policy: DeliveryPolicy,
    on: WorkingCalendar,
) -> None:
    """Whether the reason and the named day go together. Raises AgreedDayMissing or AgreedDayDoesNotFit."""
    if day is None:
        if asks_day(reason):
            raise AgreedDayMissing
        return
    if not asks_day(reason) or day not in days_to_agree(tried_on, policy=policy, on=on):
        raise AgreedDayDoesNotFit(
            day=short_date(day),
            working_days=policy.hold_working_days,
        )


def next_step(
    history: DeliveryHistory, *, policy: DeliveryPolicy, on: WorkingCalendar, today: date
) -> NextStep:
    """What is to be done with an item that could not be handed over.

    Args:
        history: attempts and invitations so far.
        policy: the operator's parameters.
        on: the postal calendar.
        today: decides only whether a hold has run out.
    """
    if not history.attempts:
        return NextStep(step=Step.DELIVER, not_before=on.working_day_at_or_after(today))
    last = history.attempts[-1]
    counting = REASONS[last.reason].counting
    if counting is Counting.FINAL:
        return NextStep(
            step=Step.RETURN, not_before=last.on, tell_agency=last.reason is Reason.DECEASED
        )
    if counting is Counting.STOPS:
        return NextStep(step=Step.MAKE_RECORD, not_before=last.on)
    agreed = _kept_day(last, policy=policy, on=on)
    # Whoever names a day after he was invited is brought it on that day.
    if agreed and last.on >= max(history.invited_on, default=last.on):
        return NextStep(
            step=Step.DELIVER, not_before=on.working_day_at_or_after(agreed), is_agreed=True
        )
    if history.invited_on:
        return _while_inviting(history.invited_on, policy=policy, on=on, today=today)
    action = last.action or REASONS[last.reason].default_action
    if action is Action.DELIVER_AGAIN and history.counted >= policy.door_attempts:
        # Another day without its date does not count, and buys no third attempt once both failed.
        action = Action.HOLD
    return _by_action(action, last, on=on)


def _kept_day(last: Attempted, *, policy: DeliveryPolicy, on: WorkingCalendar) -> date | None:
    """The day the receiver named, if the post can keep it: a phone without a network may have told any."""
    if last.agreed_for is None or not asks_day(last.reason):
        return None
    possible = days_to_agree(last.on, policy=policy, on=on)
    fits = bool(possible) and last.on < last.agreed_for <= possible[-1]
    return last.agreed_for if fits else None


def _by_action(action: Action, last: Attempted, *, on: WorkingCalendar) -> NextStep:
    match action:
        case Action.DELIVER_AGAIN:
            return NextStep(step=Step.DELIVER, not_before=on.next_working_day(last.on))
        case Action.HOLD:
            return NextStep(step=Step.INVITE, not_before=last.on, ordinal=1)
        case Action.FORWARD:
            return NextStep(step=Step.FORWARD, not_before=last.on)
        case Action.VERIFY_ADDRESS:
            return NextStep(step=Step.VERIFY_ADDRESS, not_before=last.on)
        case Action.RETURN:
            return NextStep(step=Step.RETURN, not_before=last.on)
        case Action.MAKE_RECORD:
            return NextStep(step=Step.MAKE_RECORD, not_before=last.on)
        case Action.POSTPONE:
            again = on.next_working_day(last.on)
            return NextStep(step=Step.POSTPONE, not_before=again)
        case _:
            assert_never(action)


def _while_inviting(
    invited_on: Sequence[date], *, policy: DeliveryPolicy, on: WorkingCalendar, today: date
) -> NextStep:
    latest = invited_on[-1]
    if len(invited_on) < policy.invitations:
        return NextStep(
            step=Step.INVITE,
            not_before=on.add_working_days(latest, policy.working_days_between_invitations),
            ordinal=len(invited_on) + 1,
        )
    until = on.add_working_days(latest, policy.hold_working_days)
    if today <= until:
        return NextStep(step=Step.HOLD, not_before=latest, until=until)
    return NextStep(step=Step.RETURN, not_before=on.next_working_day(until))
