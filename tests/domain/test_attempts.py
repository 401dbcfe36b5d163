"""What follows a failed delivery; above all that nothing goes back before the law's invitations."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.attempts import (
    ACTIONS,
    REASONS,
    Action,
    ActionDoesNotFit,
    Attempted,
    Counting,
    DeliveryHistory,
    DeliveryPolicy,
    NextStep,
    PolicyBelowLaw,
    Reason,
    Step,
    UnknownReason,
    counts,
    days_to_agree,
    next_step,
    read_reason,
)
from tests.domain.offices import POST

POLICY = DeliveryPolicy()
MONDAY = date(2026, 11, 2)


def after(*reasons: Reason, invited: tuple[date, ...] = (), today: date = MONDAY) -> NextStep:
    attempts = tuple(
        Attempted(reason=reason, on=MONDAY + timedelta(days=i)) for i, reason in enumerate(reasons)
    )
    history = DeliveryHistory(attempts=attempts, invited_on=invited)
    return next_step(history, policy=POLICY, on=POST, today=today)


def test_an_item_nobody_tried_yet_is_delivered_the_next_day_the_post_works() -> None:
    sunday = date(2026, 11, 1)
    assert after(today=sunday) == NextStep(step=Step.DELIVER, not_before=MONDAY)


def test_after_one_absence_the_courier_comes_again() -> None:
    assert after(Reason.ABSENT) == NextStep(step=Step.DELIVER, not_before=date(2026, 11, 3))


def test_after_two_counted_attempts_the_first_invitation_is_left() -> None:
    assert after(Reason.ABSENT, Reason.OFFICE_CLOSED) == NextStep(
        step=Step.INVITE, not_before=date(2026, 11, 3), ordinal=1
    )


def test_a_flood_uses_up_no_attempt() -> None:
    assert after(Reason.DISASTER).step is Step.POSTPONE
    assert after(Reason.DISASTER, Reason.ABSENT).step is Step.DELIVER


def test_the_second_invitation_comes_two_working_days_after_the_first() -> None:
    friday = date(2026, 11, 6)
    step = after(Reason.ABSENT, Reason.ABSENT, invited=(friday,))
    # The Post works on Saturdays: Saturday, Monday.
    assert step == NextStep(step=Step.INVITE, not_before=date(2026, 11, 9), ordinal=2)


def test_after_both_invitations_the_item_is_held_and_then_returned() -> None:
    invited = (date(2026, 11, 3), date(2026, 11, 5))
    held = after(Reason.ABSENT, Reason.ABSENT, invited=invited, today=date(2026, 11, 17))
    assert held == NextStep(step=Step.HOLD, not_before=date(2026, 11, 5), until=date(2026, 11, 17))
    back = after(Reason.ABSENT, Reason.ABSENT, invited=invited, today=date(2026, 11, 18))
    assert back == NextStep(step=Step.RETURN, not_before=date(2026, 11, 18))


def test_who_will_collect_is_invited_without_a_second_attempt() -> None:
    assert after(Reason.WILL_COLLECT).step is Step.INVITE


def test_an_agreed_day_is_kept_and_moved_off_a_day_of_rest() -> None:
    agreed = Attempted(reason=Reason.OTHER_DAY_AGREED, on=MONDAY, agreed_for=date(2026, 11, 8))
    step = next_step(DeliveryHistory(attempts=(agreed,)), policy=POLICY, on=POST, today=MONDAY)
    assert step == NextStep(step=Step.DELIVER, not_before=date(2026, 11, 9), is_agreed=True)


@pytest.mark.parametrize(
    ("reason", "step"),
    [
        (Reason.REFUSED, Step.RETURN),
        (Reason.DECEASED, Step.RETURN),
        (Reason.DAMAGED, Step.MAKE_RECORD),
        (Reason.BAD_ADDRESS, Step.VERIFY_ADDRESS),
        (Reason.MOVED, Step.FORWARD),
        (Reason.MISSENT, Step.FORWARD),
        (Reason.PAPERS_MISSING, Step.INVITE),
        (Reason.MONEY_MISSING, Step.INVITE),
        (Reason.PHONE_UNREACHABLE, Step.DELIVER),
    ],
)
def test_what_follows_from_the_reason_alone(reason: Reason, step: Step) -> None:
    assert after(reason).step is step


def test_a_refusal_ends_the_invitations_and_a_death_is_told_to_the_agency() -> None:
    invited = (date(2026, 11, 3),)
    assert after(Reason.ABSENT, Reason.REFUSED, invited=invited).step is Step.RETURN
    assert after(Reason.DECEASED).tell_agency
    assert not after(Reason.REFUSED).tell_agency


def test_the_courier_may_choose_another_action_of_the_same_reason_only() -> None:
    again = Attempted(reason=Reason.PAPERS_MISSING, on=MONDAY, action=Action.DELIVER_AGAIN)
    history = DeliveryHistory(attempts=(again,))
    assert next_step(history, policy=POLICY, on=POST, today=MONDAY).step is Step.DELIVER
    with pytest.raises(ActionDoesNotFit):
        Attempted(reason=Reason.ABSENT, on=MONDAY, action=Action.RETURN)


@pytest.mark.parametrize(
    "policy",
    [
        {"invitations": 1},
        {"working_days_between_invitations": 1},
        {"door_attempts": 0},
        {"hold_working_days": -1},
    ],
)
def test_a_policy_below_the_law_cannot_be_made(policy: dict[str, int]) -> None:
    with pytest.raises(PolicyBelowLaw):
        DeliveryPolicy(**policy)


def test_reasons_are_read_by_their_code() -> None:
    assert read_reason(" r05 ") is Reason.REFUSED
    for wrong in ("", "R15", "absent", "R1"):
        with pytest.raises(UnknownReason):
            read_reason(wrong)


def test_every_reason_and_action_is_worded_and_the_codes_run_without_a_gap() -> None:
    assert [reason.value for reason in Reason] == [f"R{n:02d}" for n in range(1, 15)]
    assert [action.value for action in Action] == [f"A{n}" for n in range(1, 8)]
    assert set(REASONS) == set(Reason)
    assert set(ACTIONS) == set(Action)
    assert all(rule.vi and rule.en and rule.actions for rule in REASONS.values())
    assert {reason for reason in Reason if counts(reason)} == {
        Reason.ABSENT,
        Reason.PHONE_UNREACHABLE,
        Reason.PAPERS_MISSING,
        Reason.MONEY_MISSING,
        Reason.OFFICE_CLOSED,
    }


HISTORIES = st.builds(
    lambda reasons, gaps: DeliveryHistory(
        attempts=tuple(
            Attempted(reason=reason, on=MONDAY + timedelta(days=i))
            for i, reason in enumerate(reasons)
        ),
        invited_on=tuple(
            MONDAY + timedelta(days=len(reasons) + sum(gaps[: i + 1])) for i in range(len(gaps))
        ),
    ),
    st.lists(st.sampled_from(Reason), min_size=1, max_size=5),
    st.lists(st.integers(2, 5), max_size=2),
)


@given(HISTORIES, st.integers(0, 40))
def test_nothing_goes_back_before_two_invitations_unless_the_receiver_ended_it(
    history: DeliveryHistory, days: int
) -> None:
    step = next_step(history, policy=POLICY, on=POST, today=MONDAY + timedelta(days=days))
    if step.step is Step.RETURN:
        final = REASONS[history.attempts[-1].reason].counting is Counting.FINAL
        assert final or len(history.invited_on) >= 2


@given(st.lists(st.sampled_from(sorted(Reason)), min_size=1, max_size=8))
def test_followed_step_by_step_every_item_comes_to_an_end(reasons: list[Reason]) -> None:
    """Given whatever happens at the door, when each next step is taken, then it ends within weeks."""
    history = DeliveryHistory()
    today = MONDAY
    happening = iter([*reasons, Reason.ABSENT, Reason.ABSENT])
    for _ in range(40):
        step = next_step(history, policy=POLICY, on=POST, today=today)
        today = max(today, step.not_before)
        if step.step in {Step.RETURN, Step.MAKE_RECORD}:
            return
        if step.step is Step.INVITE:
            history = DeliveryHistory(
                attempts=history.attempts, invited_on=(*history.invited_on, today)
            )
        elif step.step is Step.HOLD:
            assert step.until is not None
            today = step.until + timedelta(days=1)
        else:
            tried = Attempted(reason=next(happening), on=today)
            history = DeliveryHistory(attempts=(*history.attempts, tried))
    pytest.fail("The item is carried about for ever.")


def test_a_day_that_cannot_be_kept_is_the_next_that_is_worked() -> None:
    for told in (MONDAY, date(2020, 1, 1), date(2026, 12, 31)):
        agreed = Attempted(reason=Reason.OTHER_DAY_AGREED, on=MONDAY, agreed_for=told)
        step = next_step(DeliveryHistory(attempts=(agreed,)), policy=POLICY, on=POST, today=MONDAY)
        assert step == NextStep(step=Step.DELIVER, not_before=date(2026, 11, 3))


def test_the_days_to_agree_are_worked_and_as_many_as_an_item_is_kept() -> None:
    days = days_to_agree(MONDAY, policy=POLICY, on=POST)
    assert len(days) == POLICY.hold_working_days
    assert days[0] == date(2026, 11, 3)
    assert date(2026, 11, 8) not in days
    assert days_to_agree(date(2026, 12, 30), policy=POLICY, on=POST) == (date(2026, 12, 31),)


def test_who_names_a_day_after_he_was_invited_is_brought_it_and_before_is_not() -> None:
    agreed = Attempted(reason=Reason.OTHER_DAY_AGREED, on=MONDAY, agreed_for=date(2026, 11, 5))

    def step(invited: date) -> NextStep:
        history = DeliveryHistory(attempts=(agreed,), invited_on=(invited,))
        return next_step(history, policy=POLICY, on=POST, today=MONDAY)

    assert step(MONDAY) == NextStep(step=Step.DELIVER, not_before=date(2026, 11, 5), is_agreed=True)
    assert step(MONDAY + timedelta(days=1)).step is Step.INVITE
