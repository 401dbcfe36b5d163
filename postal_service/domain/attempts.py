"""Nothing goes back to an agency before the law's invitations were made, unless the receiver ended it himself.

Postal law 2010, Article 17: an item is undeliverable when, after a failed delivery, the operator
has invited at least twice, two working days apart, and nobody came. Reasons and actions are the
product's own list; a mapping to the postal union's codes is configuration.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from postal_service.domain.calendar import WorkingCalendar
from postal_service.domain.refusals import Malformed, RuleBroken

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


def counts(reason: Reason) -> bool:
    """Whether an attempt with this reason uses up one of the attempts at the door."""
    return REASONS[reason].counting is Counting.COUNTED


def exempt_from_service_level(reason: Reason) -> bool:
    """Days lost to a disaster are not the courier's."""
    return reason is Reason.DISASTER


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
    if history.invited_on:
        return _while_inviting(history.invited_on, policy=policy, on=on, today=today)
    action = last.action or REASONS[last.reason].default_action
    if action is Action.DELIVER_AGAIN and history.counted >= policy.door_attempts:
        # An agreed day does not count, but it does not buy a third attempt either once both failed.
        action = Action.DELIVER_AGAIN if last.agreed_for else Action.HOLD
    return _by_action(action, last, on=on)


def _by_action(action: Action, last: Attempted, *, on: WorkingCalendar) -> NextStep:
    match action:
        case Action.DELIVER_AGAIN:
            again = last.agreed_for or on.next_working_day(last.on)
            return NextStep(step=Step.DELIVER, not_before=on.working_day_at_or_after(again))
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
