"""The agency's acts: when the clock starts, stands and ends, and what nobody may do."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import administrative as rules
from postal_service.domain.actors import Actor, RoleNeeded
from postal_service.domain.acts import Capacity, Condition
from postal_service.domain.administrative import AgencyRules, StepKind
from postal_service.domain.calendar import NoCalendar
from postal_service.domain.custody import Trouble
from postal_service.domain.custody_rules import NotTheHolder, WithAgencyAlready
from postal_service.domain.deadlines import TooManyChanges
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.procedures import PaperCount
from postal_service.domain.refusals import Refusal
from postal_service.domain.standing import Administrative
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import (
    administrative,
    dossiers,
    exceptions,
    handovers,
    items,
    supplements,
)
from postal_service.services.administrative import NotAtDesk, SupplementReason
from postal_service.services.dossiers import UnknownDossier
from postal_service.services.reception import Received
from postal_service.services.steps import steps_of
from tests.services import journeys
from tests.services import world as w
from tests.services.in_hand import passed
from tests.services.registrations import SERVICE, register, registration
from tests.services.world import World, enter_calendar


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


def test_the_clock_starts_with_form_01_and_not_with_the_post(
    session: Session, world: World
) -> None:
    command = registration(session, w.CORRECTION)
    posted = register(session, world, command, at=at(19, 9))
    assert posted.item is not None
    journeys.to_desk(session, world, posted.item, at=at(20, 9))
    assert dossiers.load(session, posted.dossier).due_at is None

    decided = administrative.receive(session, posted.dossier, by=world.desk_clerk, at=at(23, 9))

    # Three working days from Monday 23; Tuesday 24 is Culture Day, so 25, 26 and 27 count.
    assert decided.due_at == at(27, 17)
    dossier = dossiers.load(session, posted.dossier)
    assert (dossier.posted_at, dossier.received_at) == (at(19, 9), at(23, 9))


def test_nothing_is_received_before_the_desk_has_it_intact(session: Session, world: World) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))

    with pytest.raises(NotAtDesk):
        administrative.receive(session, posted.dossier, by=world.desk_clerk, at=at(23, 9))
    with pytest.raises(NotAtDesk):
        administrative.refuse(
            session, posted.dossier, why="Sai thẩm quyền", by=world.desk_clerk, at=at(23, 9)
        )


def test_only_the_agencys_side_receives(session: Session, world: World) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))
    assert posted.item is not None
    journeys.to_desk(session, world, posted.item, at=at(20, 9))

    for by in (world.counter, world.manager, world.auditor):
        with pytest.raises(RoleNeeded):
            administrative.receive(session, posted.dossier, by=by, at=at(23, 9))
    # To whom the dossier is nothing, it is not there at all.
    for by in (world.far_desk_clerk, world.courier, world.far_counter):
        with pytest.raises(UnknownDossier):
            administrative.receive(session, posted.dossier, by=by, at=at(23, 9))
    with pytest.raises(UnknownDossier):
        administrative.receive(session, DossierId("?"), by=world.desk_clerk, at=at(23, 9))


def test_a_year_nobody_announced_is_not_guessed(session: Session, world: World) -> None:
    with pytest.raises(NoCalendar):
        journeys.received(session, world, w.BUILDING, at=at(20, 9, month=12))


def test_a_supplement_stops_the_clock_and_the_due_date_follows(
    session: Session, world: World
) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier
    assert dossiers.load(session, dossier).due_at == at(19, 17)
    paper = "Giấy tờ làm căn cứ thay đổi, cải chính"

    asked = administrative.request_supplement(
        session, dossier, [paper], reason=SupplementReason.ILLEGIBLE, by=world.officer, at=at(17, 9)
    )
    assert (asked.state, asked.due_at) == (Administrative.SUPPLEMENT, None)
    found = dossiers.load(session, dossier)
    assert administrative.supplement_asked(session, found) == ("illegible", (paper,))

    resumed = administrative.supplement_received(
        session, dossier, by=world.desk_clerk, at=at(20, 9)
    )
    # One of three days was spent on the 17th; 23 and 25 are left.
    assert resumed.due_at == at(25, 17)
    assert [step.due_at for step in steps_of(session, dossier)][1:] == [
        at(19, 17),
        None,
        at(25, 17),
    ]


def test_nobody_asks_for_a_paper_that_is_not_on_the_list_nor_asks_for_ever(
    session: Session, world: World
) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier

    def ask(papers: list[str], hour: int) -> None:
        administrative.request_supplement(
            session, dossier, papers, reason=SupplementReason.MISSING, by=world.officer,
            at=at(17, hour),
        )  # fmt: skip

    with pytest.raises(administrative.PaperNotOnList):
        ask(["Sổ hộ khẩu"], 9)
    with pytest.raises(administrative.NothingAsked):
        ask([], 9)
    ask(["Giấy khai sinh bản chính"], 9)
    with pytest.raises(rules.StepOutOfPlace):
        ask(["Giấy khai sinh bản chính"], 10)
    administrative.supplement_received(session, dossier, by=world.officer, at=at(17, 11))
    with pytest.raises(rules.TooManySupplements):
        ask(["Giấy khai sinh bản chính"], 14)


def test_the_tax_stops_the_clock_of_a_land_file(session: Session, world: World) -> None:
    dossier = journeys.received(session, world, w.LAND, at=at(2, 9)).dossier
    assert dossiers.load(session, dossier).due_at == at(12, 17)

    stopped = administrative.notice_duty(
        session, dossier, why="Thông báo thuế", by=world.officer, at=at(4, 9)
    )
    assert (stopped.state, stopped.due_at) == (Administrative.FINANCIAL_DUTY, None)
    resumed = administrative.meet_duty(session, dossier, by=world.officer, at=at(18, 9))
    # Two of eight days were spent; 19, 20, 23, 25, 26 and 27 are left.
    assert resumed.due_at == at(27, 17)


def test_what_must_be_verified_gets_the_longer_term(session: Session, world: World) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier
    decided = administrative.verify(
        session, dossier, why="Xác minh tại nơi đăng ký cũ", by=world.officer, at=at(17, 9)
    )
    assert decided.due_at == at(25, 17)  # six working days, the 24th is off


def test_an_extension_apologises_once_and_moves_to_a_later_working_day(
    session: Session, world: World
) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier

    def extend(new_due: datetime, limits: AgencyRules = AgencyRules()) -> datetime | None:  # noqa: B008 - frozen
        return administrative.extend(
            session, dossier, new_due, basis="Hồ sơ phức tạp", by=world.officer, at=at(18, 9),
            limits=limits,
        ).due_at  # fmt: skip

    for too_early in (at(18, 17), at(19, 17), at(24, 17), at(22, 9)):
        with pytest.raises(rules.NotLater):
            extend(too_early)
    assert extend(at(23, 17)) == at(23, 17)
    with pytest.raises(TooManyChanges):
        extend(at(25, 17))
    assert extend(at(25, 17), AgencyRules(extensions=2)) == at(25, 17)
    assert dossiers.load(session, dossier).due_at == at(25, 17)


def test_a_stop_after_an_extension_moves_the_promised_day_on(
    session: Session, world: World
) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(9, 9)).dossier
    administrative.extend(
        session, dossier, at(18, 17), basis="Hồ sơ phức tạp", by=world.officer, at=at(11, 9)
    )
    administrative.notice_duty(session, dossier, why="Lệ phí", by=world.officer, at=at(12, 9))
    resumed = administrative.meet_duty(session, dossier, by=world.officer, at=at(16, 9))
    assert resumed.due_at == at(20, 17)  # two working days later


@pytest.fixture
def extended(session: Session, world: World) -> DossierId:
    """Due on the 12th by its term; on the 11th it was put off to the 18th."""
    dossier = journeys.received(session, world, w.CORRECTION, at=at(9, 9)).dossier
    assert dossiers.load(session, dossier).due_at == at(12, 17)
    administrative.extend(
        session, dossier, at(18, 17), basis="Hồ sơ phức tạp", by=world.officer, at=at(11, 9)
    )
    return dossier


def asked(session: Session, world: World, dossier: DossierId, when: datetime) -> datetime | None:
    paper = "Giấy tờ làm căn cứ thay đổi, cải chính"
    return administrative.request_supplement(
        session, dossier, [paper], reason=SupplementReason.MISSING, by=world.officer, at=when
    ).due_at


def test_after_an_extension_the_clock_stands_still_past_the_day_of_the_term_too(
    session: Session, world: World, extended: DossierId
) -> None:
    assert asked(session, world, extended, at(13, 9)) is None
    assert dossiers.load(session, extended).due_at is None
    resumed = administrative.supplement_received(session, extended, by=world.officer, at=at(16, 9))
    assert resumed.due_at == at(19, 17)  # from Friday to Monday it stood for one working day


def test_what_came_on_a_day_off_runs_on_when_the_office_opens(
    session: Session, world: World, extended: DossierId
) -> None:
    asked(session, world, extended, at(13, 9))
    resumed = administrative.supplement_received(session, extended, by=world.officer, at=at(14, 9))
    assert resumed.due_at == at(19, 17)  # a Saturday: on Monday


def test_what_is_asked_for_after_the_promised_day_moves_nothing(
    session: Session, world: World, extended: DossierId
) -> None:
    assert asked(session, world, extended, at(19, 9)) == at(18, 17)
    resumed = administrative.supplement_received(session, extended, by=world.officer, at=at(23, 9))
    assert resumed.due_at == at(18, 17)


@pytest.mark.parametrize(
    ("why", "refusal"),
    [
        ("", rules.ReasonNeeded),
        ("   ", rules.ReasonNeeded),
        ("x" * 501, rules.ReasonNeeded),
        ("Gọi 0905 123 456", rules.ReasonTellsNumbers),
        ("CCCD 049190123456", rules.ReasonTellsNumbers),
    ],
)
def test_a_reason_is_given_and_tells_nobodys_number(
    session: Session, world: World, why: str, refusal: type[Refusal]
) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier
    for act in (
        administrative.verify,
        administrative.notice_duty,
        administrative.refuse,
        administrative.discontinue,
    ):
        with pytest.raises(refusal):
            act(session, dossier, why=why, by=world.officer, at=at(17, 9))
    with pytest.raises(refusal):
        administrative.extend(
            session, dossier, at(27, 17), basis=why, by=world.officer, at=at(17, 9)
        )


def test_a_resolved_dossier_keeps_what_was_promised_and_ends(
    session: Session, world: World
) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier
    administrative.resolve(session, dossier, by=world.officer, at=at(18, 9))

    found = dossiers.load(session, dossier)
    assert (found.due_at, found.resolved_at) == (at(19, 17), at(18, 9))
    for act in (administrative.resolve, administrative.meet_duty, administrative.receive):
        with pytest.raises(rules.StepOutOfPlace):
            act(session, dossier, by=world.officer, at=at(18, 10))
    with pytest.raises(rules.StepOutOfPlace):
        administrative.refuse(session, dossier, why="Muộn", by=world.officer, at=at(18, 10))


def test_steps_follow_each_other_in_time(session: Session, world: World) -> None:
    dossier = journeys.received(session, world, w.CORRECTION, at=at(16, 9)).dossier
    with pytest.raises(rules.BeforeLastStep):
        administrative.resolve(session, dossier, by=world.officer, at=at(13, 9))


def test_a_citizen_withdraws_while_the_post_has_it(session: Session, world: World) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))
    decided = administrative.withdraw(
        session, world.keys, posted.dossier, why="Đổi ý", by=world.second_counter, at=at(20, 10)
    )

    assert decided.state is Administrative.WITHDRAWN
    assert posted.item is not None
    assert Trouble.CANCELLED in items.standing(session, posted.item).troubles
    assert steps_of(session, posted.dossier)[-1].kind is StepKind.WITHDRAWN


def test_once_the_agency_has_it_withdrawing_goes_through_the_agency(
    session: Session, world: World
) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))
    assert posted.item is not None
    journeys.to_desk(session, world, posted.item, at=at(20, 9))

    with pytest.raises(WithAgencyAlready):
        administrative.withdraw(
            session, world.keys, posted.dossier, why="Đổi ý", by=world.counter, at=at(20, 10)
        )
    administrative.receive(session, posted.dossier, by=world.desk_clerk, at=at(20, 10))
    decided = administrative.discontinue(
        session, posted.dossier, why="Công dân đề nghị dừng", by=world.officer, at=at(20, 11)
    )
    assert decided.state is Administrative.DISCONTINUED


def test_what_a_courier_carries_is_not_withdrawn_behind_his_back(
    session: Session, world: World
) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))
    assert posted.item is not None
    journeys.seal(session, world, posted.item, by=world.counter, at=at(20, 9))
    journeys.hand_over(
        session, world, posted.item, giver=world.counter, receiver=world.courier,
        capacity=Capacity.COURIER, at=at(20, 9),
    )  # fmt: skip

    with pytest.raises(NotTheHolder):
        administrative.withdraw(
            session, world.keys, posted.dossier, why="Đổi ý", by=world.counter, at=at(20, 10)
        )
    assert dossiers.load(session, posted.dossier).administrative is Administrative.POSTED
    with pytest.raises(RoleNeeded):
        administrative.withdraw(
            session, world.keys, posted.dossier, why="Đổi ý", by=world.courier, at=at(20, 10)
        )


def test_an_item_in_an_open_case_is_not_received(session: Session, world: World) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))
    assert posted.item is not None
    journeys.seal(session, world, posted.item, by=world.counter, at=at(20, 9))
    handovers.offer(
        session, world.keys, [posted.item], to_unit=w.DESK, by=world.counter, at=at(20, 9)
    )

    with pytest.raises(NotAtDesk):
        administrative.receive(session, posted.dossier, by=world.desk_clerk, at=at(20, 10))


def carried_to(
    session: Session, world: World, item: ItemId, desk_clerk: Actor, *, when: datetime
) -> None:
    """From the counter by a courier to whatever desk he goes to."""
    journeys.seal(session, world, item, by=world.counter, at=when)
    passed(session, world, [item], world.counter, world.courier, Capacity.COURIER, at=when)
    passed(session, world, [item], world.courier, desk_clerk, Capacity.DESK, at=when)


def test_what_lies_at_another_agencys_desk_is_received_when_it_came_to_its_own(
    session: Session, world: World
) -> None:
    posted = register(session, world, registration(session), at=at(20, 9))
    assert posted.item is not None
    carried_to(session, world, posted.item, world.far_desk_clerk, when=at(20, 10))
    for by in (world.desk_clerk, world.officer):
        with pytest.raises(NotAtDesk):
            administrative.receive(session, posted.dossier, by=by, at=at(23, 9))
        with pytest.raises(NotAtDesk):
            administrative.refuse(
                session, posted.dossier, why="Sai thẩm quyền", by=by, at=at(23, 9)
            )
    found = dossiers.load(session, posted.dossier)
    assert (found.administrative, found.due_at) == (Administrative.POSTED, None)

    passed(
        session, world, [posted.item], world.far_desk_clerk, world.courier, Capacity.COURIER,
        at=at(23, 10),
    )  # fmt: skip
    passed(
        session, world, [posted.item], world.courier, world.desk_clerk, Capacity.DESK, at=at(23, 11)
    )

    decided = administrative.receive(session, posted.dossier, by=world.officer, at=at(23, 14))
    assert decided.state is Administrative.RECEIVED


@pytest.fixture
def waiting(session: Session, world: World) -> Received:
    """The agency waits for a supplement since the 17th."""
    received = journeys.received(session, world, w.CORRECTION, at=at(16, 9))
    asked(session, world, received.dossier, at(17, 9))
    return received


def sent(session: Session, world: World, to: Received) -> ItemId:
    """A copy of what was asked for, taken at the counter."""
    paper = PaperCount(
        name="Giấy tờ làm căn cứ thay đổi, cải chính", originals=0, certified=1, photocopies=0
    )
    return supplements.accept(
        session, world.keys, to.code, [paper], service=SERVICE, by=world.counter, at=at(18, 8)
    ).item


def arrived(session: Session, world: World, of: Received) -> StepKind:
    return administrative.supplement_received(
        session, of.dossier, by=world.desk_clerk, at=at(20, 9)
    ).step


def test_a_supplement_at_another_agencys_desk_has_not_arrived(
    session: Session, world: World, waiting: Received
) -> None:
    carried_to(session, world, sent(session, world, waiting), world.far_desk_clerk, when=at(18, 9))

    with pytest.raises(NotAtDesk):
        arrived(session, world, waiting)
    assert dossiers.load(session, waiting.dossier).administrative is Administrative.SUPPLEMENT


def test_a_lost_supplement_does_not_stop_the_clock_for_ever(
    session: Session, world: World, waiting: Received
) -> None:
    first = sent(session, world, waiting)
    journeys.seal(session, world, first, by=world.counter, at=at(18, 9))
    exceptions.report_lost(session, world.keys, first, why="mất", by=world.counter, at=at(18, 10))
    second = sent(session, world, waiting)
    with pytest.raises(NotAtDesk) as refused:
        arrived(session, world, waiting)
    assert refused.value.facts["item"] == second  # what is still to come, not what never will

    carried_to(session, world, second, world.desk_clerk, when=at(19, 9))

    assert arrived(session, world, waiting) is StepKind.SUPPLEMENT_RECEIVED
    assert dossiers.load(session, waiting.dossier).due_at is not None


def test_what_was_brought_to_the_desk_in_place_of_a_lost_supplement_is_received(
    session: Session, world: World, waiting: Received
) -> None:
    item = sent(session, world, waiting)
    exceptions.report_lost(session, world.keys, item, why="mất", by=world.counter, at=at(18, 10))

    assert arrived(session, world, waiting) is StepKind.SUPPLEMENT_RECEIVED


def test_a_supplement_whose_seal_is_broken_is_settled_before_it_is_received(
    session: Session, world: World, waiting: Received
) -> None:
    item = sent(session, world, waiting)
    carried_to(session, world, item, world.desk_clerk, when=at(18, 9))
    exceptions.report_damage(
        session, world.keys, item, condition=Condition.SEAL_BROKEN, why="rách", by=world.desk_clerk,
        at=at(18, 10),
    )  # fmt: skip

    with pytest.raises(NotAtDesk):
        arrived(session, world, waiting)


def test_with_next_years_calendar_the_term_runs_over_new_year(
    session: Session, world: World
) -> None:
    enter_calendar(session, 2027, by=world.administrator)
    received = journeys.received(session, world, w.BUILDING, at=at(21, 9, month=12))
    due = dossiers.load(session, received.dossier).due_at
    assert due == datetime(2027, 1, 5, 17, tzinfo=VIETNAM)


def test_the_time_between_steps_is_kept_to_the_second(session: Session, world: World) -> None:
    moment = at(16, 9) + timedelta(seconds=37)
    received = journeys.received(session, world, w.CORRECTION, at=moment)
    assert dossiers.load(session, received.dossier).received_at == moment
