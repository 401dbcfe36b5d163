"""The outgoing clerk offers everything he can at once; the cash is counted, and no difference goes without a reason."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.acts import Capacity
from postal_service.domain.custody import State
from postal_service.domain.ids import StaffId
from postal_service.domain.money import BadAmount, Line, Means
from postal_service.services import cash, delivery, handovers, shifts, transport
from postal_service.services.charges import Due
from postal_service.services.shifts import HandedOver
from postal_service.storage.schema import ShiftCountRow
from tests.services import in_hand
from tests.services import world as w
from tests.services.registrations import register, registration
from tests.services.world import World

EVENING = w.MORNING + timedelta(hours=8)
PURSE = {Line.STATE_FEE: 8_000, Line.POSTAGE: 26_000}


def taken_in_cash(session: Session, world: World, by: Actor) -> None:
    """A fee and a postage that `by` took at his counter; the dossier has no item of its own here."""
    dues = tuple(
        Due(line=line, amount_dong=dong, paid_by=Means.CASH) for line, dong in PURSE.items()
    )
    register(session, world, registration(session, dues=dues), by=by)


def handed_over(
    session: Session,
    world: World,
    counted: Mapping[Line, int] | None = None,
    *,
    why: str = "",
    taker: str = "s-second-counter",
    by: Actor | None = None,
) -> HandedOver:
    return shifts.hand_over(
        session, world.keys, StaffId(taker), counted or {}, why=why,
        by=by or world.counter, at=EVENING,
    )  # fmt: skip


def rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ShiftCountRow)) or 0


def test_everything_that_can_go_is_offered_in_one_act_and_taken_as_ever(
    session: Session, world: World
) -> None:
    loose = in_hand.sealed(session, world, 2)
    inside = in_hand.sealed(session, world, 2)
    bag = transport.pack_bag(
        session, world.keys, inside, destination=w.FAR_OFFICE, seal="TUI-1", item_prefix="BH",
        by=world.counter, at=w.MORNING,
    ).bag  # fmt: skip

    done = handed_over(session, world)

    (offered,) = done.offers
    assert set(offered.items) == {*loose, *inside, bag}
    assert done.held.staying == ()
    assert len(done.held.bags) == 1
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COUNTER, reserved={},
        by=world.second_counter, at=EVENING + timedelta(minutes=1),
    )  # fmt: skip
    for item in (*loose, *inside, bag):
        holder = in_hand.standing(session, item).holder
        assert holder is not None
        assert holder.staff == world.second_counter.staff
    assert shifts.held(session, by=world.counter).going == ()


def test_what_cannot_go_stays_in_his_name_and_is_told(session: Session, world: World) -> None:
    unsealed = in_hand.accepted(session, world)[0]
    held, _ = in_hand.result(session, world)
    delivery.hold(
        session, world.keys, held, until=(w.MORNING + timedelta(days=9)).date(),
        by=world.counter, at=w.MORNING + timedelta(minutes=2),
    )  # fmt: skip
    elsewhere = in_hand.sealed(session, world)[0]
    handovers.offer(
        session, world.keys, [elsewhere], to_unit=w.DESK, by=world.counter, at=w.MORNING
    )

    done = handed_over(session, world)

    assert {each.item for each in done.held.staying} == {unsealed, held, elsewhere}
    assert done.offers == ()
    assert done.held.by_state[State.HELD] == 1
    assert rows(session) == len(Line)


def test_a_colleagues_items_at_the_same_counter_are_not_his_to_hand_over(
    session: Session, world: World
) -> None:
    in_hand.sealed(session, world, by=world.second_counter)

    assert shifts.held(session, by=world.counter).going == ()


def test_what_is_counted_is_kept_beside_what_the_entries_say(
    session: Session, world: World
) -> None:
    taken_in_cash(session, world, world.counter)

    handed_over(session, world, PURSE)

    (kept,), following = shifts.countings(session, by=world.manager)
    assert kept.agrees
    assert {each.line: each.counted_dong for each in kept.lines} == PURSE
    assert (kept.giver, kept.taker) == (world.counter.staff, world.second_counter.staff)
    assert following == ""
    # The counting moves nothing: a cashier still has to take what he carries.
    assert cash.of(session, world.counter.staff).by_line == PURSE


def test_purse_and_till_are_counted_together_and_handing_in_changes_nothing(
    session: Session, world: World
) -> None:
    taken_in_cash(session, world, world.counter)
    before = shifts.held(session, by=world.counter).expected

    cash.hand_in(session, world.counter.staff, PURSE, by=world.second_counter, at=EVENING)

    after = shifts.held(session, by=world.counter)
    assert after.expected == before == PURSE
    assert after.till == PURSE
    assert cash.till_of(session, w.FAR_OFFICE) == {}


@pytest.mark.parametrize("why", ["", "   ", "x" * 201])
def test_a_difference_without_a_reason_hands_nothing_over(
    session: Session, world: World, why: str
) -> None:
    taken_in_cash(session, world, world.counter)
    in_hand.sealed(session, world)
    before = in_hand.events(session)

    with pytest.raises(shifts.ReasonNeeded):
        handed_over(session, world, {Line.STATE_FEE: 9_000, Line.POSTAGE: 25_000}, why=why)

    assert rows(session) == 0
    assert in_hand.events(session) == before


def test_a_difference_is_kept_with_its_reason(session: Session, world: World) -> None:
    taken_in_cash(session, world, world.counter)

    done = handed_over(session, world, {**PURSE, Line.POSTAGE: 25_000}, why="  thối   nhầm ")

    assert not done.counting.agrees
    (kept,), _ = shifts.countings(session, by=world.counter)
    assert kept.why == "thối nhầm"
    assert {each.difference_dong for each in kept.lines} == {0, -1_000}


@pytest.mark.parametrize(
    "taker", ["s-counter", "s-far-counter", "s-courier", "s-desk-clerk", "nobody", ""]
)
def test_only_another_clerk_of_this_counter_takes_the_shift(
    session: Session, world: World, taker: str
) -> None:
    with pytest.raises(shifts.NotOfThisCounter):
        handed_over(session, world, taker=taker)
    assert rows(session) == 0


@pytest.mark.parametrize("who", ["courier", "desk_clerk", "officer", "auditor", "administrator"])
def test_nobody_without_a_counter_hands_a_shift_over(
    session: Session, world: World, who: str
) -> None:
    for asked in (shifts.held, shifts.countings):
        with pytest.raises(RoleNeeded):
            asked(session, by=getattr(world, who))
    with pytest.raises(RoleNeeded):
        handed_over(session, world, by=getattr(world, who))


@pytest.mark.parametrize("amount", [-1, 10**13])
def test_an_amount_that_cannot_be_is_refused(session: Session, world: World, amount: int) -> None:
    with pytest.raises(BadAmount):
        handed_over(session, world, {Line.POSTAGE: amount}, why="lý do")


def test_a_hundred_held_items_are_offered_in_as_few_hand_overs_as_can_be(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handovers, "LARGEST_BATCH", 4)
    in_hand.sealed(session, world, 6)

    done = handed_over(session, world)

    assert [len(each.items) for each in done.offers] == [4, 2]


def test_countings_go_on_page_by_page(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifts, "LISTED", 2 * len(Line))
    for _ in range(3):
        handed_over(session, world)

    first, following = shifts.countings(session, by=world.counter)
    rest, end = shifts.countings(session, by=world.counter, after=following)

    assert (len(first), len(rest), end) == (2, 1, "")
    assert not {each.shift for each in first} & {each.shift for each in rest}
    assert shifts.countings(session, by=world.far_counter) == ([], "")


def test_more_than_a_shift_can_hold_is_refused(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifts, "MOST_HELD", 1)
    monkeypatch.setattr("postal_service.projections.holdings.PAGE", 2)
    in_hand.sealed(session, world, 4)

    with pytest.raises(shifts.HoldsTooMuch):
        handed_over(session, world)
