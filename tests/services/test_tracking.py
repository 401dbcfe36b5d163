"""What a citizen reads of his dossier, and what a finder of an envelope does not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity, CardProof, CodeProof, Leg, Receiver
from postal_service.domain.administrative import StepKind
from postal_service.domain.ids import RoundId
from postal_service.domain.money import Line
from postal_service.domain.public_steps import Bring, PublicStep, Status
from postal_service.domain.standing import Channel
from postal_service.domain.wording_dates import VIETNAM
from postal_service.domain.wording_tracking import AGENCY_STEPS, BRING, NEXT, POST_STEPS, STATUS
from postal_service.services import administrative, charges, delivery, persons, results, tracking
from postal_service.services.administrative import SupplementReason
from postal_service.services.charges import Due
from postal_service.services.persons import Purpose
from postal_service.services.reception import Received
from postal_service.services.tracking import NothingFound, Tracked
from tests.services import journeys
from tests.services import world as w
from tests.services.registrations import BINH, LAN, register, registration
from tests.services.world import World


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


def track(session: Session, world: World, received: Received, factor: str = "") -> Tracked:
    return tracking.track(session, world.vault, received.code, factor or received.pin, at=at(27, 9))


def test_the_slips_pin_or_the_end_of_a_phone_opens_the_dossier(
    session: Session, world: World
) -> None:
    received = register(session, world, registration(session, owner=BINH))
    for factor in (received.pin, received.pin.lower(), f" {received.pin} ", "3456", "0777"):
        assert track(session, world, received, factor).code == received.code
    spaced = tracking.track(session, world.vault, f" {received.code} ", "3456", at=at(27, 9))
    assert spaced.status is Status.ON_THE_WAY_TO_AGENCY


@pytest.mark.parametrize(
    ("code", "factor"),
    [
        ("H17.132-261123-0001", "0000"),
        ("H17.132-261123-0001", ""),
        ("H17.132-261123-0001", "456"),
        ("H17.132-261123-0001", "84905123456"),
        ("H17.132-261123-0001", "\0" * 4),
        ("H17.132-261123-0001", "x" * 5000),
        ("H17.132-261123-0002", "3456"),
        ("H17.132-991123-0001", "3456"),
        ("", "3456"),
        ("%", "%"),
    ],
)
def test_a_wrong_code_and_a_wrong_factor_answer_alike(
    session: Session, world: World, code: str, factor: str
) -> None:
    register(session, world, registration(session))
    with pytest.raises(NothingFound) as refused:
        tracking.track(session, world.vault, code, factor, at=at(27, 9))
    assert refused.value.facts == {}


def test_one_dossiers_pin_does_not_open_another(session: Session, world: World) -> None:
    one = register(session, world, registration(session))
    other = register(session, world, registration(session, submitter=BINH))
    with pytest.raises(NothingFound):
        track(session, world, one, "0777")
    assert track(session, world, other, "0777").code == other.code


def test_the_whole_way_is_told_in_offices_and_never_in_persons(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world, at=at(23, 9))
    assert track(session, world, received).status is Status.IN_PROCESS
    ready = journeys.ready(session, world, received, at=at(23, 11))
    shown = track(session, world, received)
    assert (shown.status, shown.holder) == (
        Status.RESULT_READY, "Trung tâm Phục vụ hành chính công phường Tam Kỳ",
    )  # fmt: skip
    journeys.with_courier(session, world, ready, at=at(23, 12))
    assert track(session, world, received).status is Status.ON_THE_WAY_HOME
    delivery.go_out(
        session, world.keys, [ready.item], round_id=RoundId("r"), by=world.courier, at=at(23, 13)
    )
    shown = track(session, world, received)
    assert (shown.status, shown.holder) == (Status.OUT_FOR_DELIVERY, "Bưu cục Tam Kỳ")
    assert received.delivery_code is not None
    proof = CodeProof(rotation=1, secret=received.delivery_code.secret)
    delivery.deliver(
        session, world.keys, ready.item, receiver=Receiver.OWNER, proof=proof, by=world.courier,
        at=at(23, 14),
    )  # fmt: skip
    results.note_delivered(session, [ready.item], at=at(23, 14))

    shown = track(session, world, received)
    assert (shown.status, shown.holder, shown.bring) == (Status.DONE, "", ())
    assert [line.step for line in shown.timeline] == [
        StepKind.POSTED, PublicStep.ACCEPTED, PublicStep.WITH_AGENCY, StepKind.RECEIVED,
        StepKind.RESOLVED, PublicStep.RESULT_READY, PublicStep.RESULT_TAKEN, PublicStep.OUT,
        StepKind.RETURNED, PublicStep.DELIVERED,
    ]  # fmt: skip
    told = repr(shown)
    for staff in (world.courier, world.counter, world.desk_clerk, world.officer):
        assert staff.staff not in told
    for secret in (LAN.name, LAN.phone, LAN.citizen, LAN.phone[-4:]):
        assert secret not in told


def test_a_promise_is_made_by_the_agency_only(session: Session, world: World) -> None:
    posted = register(session, world, registration(session, w.CORRECTION), at=at(19, 9))
    assert track(session, world, posted).promised is None
    assert posted.item is not None
    journeys.to_desk(session, world, posted.item, at=at(20, 9))
    shown = track(session, world, posted)
    assert (shown.status, shown.promised) == (Status.AT_AGENCY_DESK, None)
    administrative.receive(session, posted.dossier, by=world.desk_clerk, at=at(23, 9))
    assert track(session, world, posted).promised == at(27, 17)


def test_a_citizen_is_told_which_papers_are_asked_for(session: Session, world: World) -> None:
    received = journeys.received(session, world, w.CORRECTION, at=at(16, 9))
    paper = "Giấy tờ làm căn cứ thay đổi, cải chính"
    administrative.request_supplement(
        session, received.dossier, [paper], reason=SupplementReason.EXPIRED, by=world.officer,
        at=at(17, 9),
    )  # fmt: skip
    shown = track(session, world, received)
    assert (shown.status, shown.promised, shown.asked) == (Status.SUPPLEMENT, None, (paper,))
    assert shown.bring == (Bring.APPOINTMENT_SLIP, Bring.ASKED_PAPERS)


def test_what_to_bring_to_the_door_includes_the_old_licence_and_the_money(
    session: Session, world: World
) -> None:
    from_desk = registration(session, w.LICENCE, channel=Channel.DIRECT)
    received = register(session, world, from_desk, by=world.desk_clerk)
    journeys.ready(session, world, received, at=at(23, 11))
    shown = track(session, world, received)
    assert Bring.OLD_PAPERS in shown.bring
    assert shown.old_papers == ("Giấy phép lái xe cũ",)

    owing = journeys.received(session, world, at=at(23, 9))
    journeys.ready(session, world, owing, at=at(23, 11))
    shown = track(session, world, owing)
    assert Bring.MONEY in shown.bring
    assert shown.to_pay_dong == {Line.STATE_FEE: 8_000}


def test_nobody_is_asked_to_bring_money_for_a_charge_of_nothing(
    session: Session, world: World
) -> None:
    from_desk = registration(session, w.LICENCE, channel=Channel.DIRECT)
    received = register(session, world, from_desk, by=world.desk_clerk)
    nothing = Due(line=Line.STATE_FEE, amount_dong=0)
    charges.open_due(session, received.dossier, nothing, by=world.desk_clerk, at=w.MORNING)
    journeys.ready(session, world, received, at=at(23, 11))

    shown = track(session, world, received)

    assert Bring.IDENTITY_PAPER in shown.bring
    assert Bring.MONEY not in shown.bring
    assert shown.to_pay_dong == {}


def test_a_result_that_is_fetched_waits_at_the_desk(session: Session, world: World) -> None:
    received = journeys.received(session, world, result_by_post=False)
    administrative.resolve(session, received.dossier, by=world.officer, at=w.AFTER_CUT)
    assert track(session, world, received).status is Status.FETCH_AT_DESK


def test_a_result_kept_at_the_office_says_until_when(session: Session, world: World) -> None:
    received = journeys.received(session, world, at=at(23, 9))
    ready = journeys.ready(session, world, received, at=at(23, 11))
    journeys.with_courier(session, world, ready, at=at(23, 12))
    delivery.attempt(session, world.keys, ready.item, reason="R07", by=world.courier, at=at(23, 14))
    assert track(session, world, received).status is Status.UNDELIVERED
    shown = [line for line in track(session, world, received).timeline if line.detail]
    assert [(line.step, line.detail) for line in shown] == [(PublicStep.UNSUCCESSFUL, "R07")]


def test_citizens_can_see_who_looked_by_office_and_purpose(session: Session, world: World) -> None:
    received = register(session, world, registration(session))
    persons.look(
        session, world.vault, received.dossier, purpose=Purpose.COMPLAINT, by=world.manager,
        at=at(23, 10),
    )  # fmt: skip
    assert track(session, world, received).looks == ((at(23, 10), "Bưu cục Tam Kỳ", "complaint"),)


def steps_told(session: Session, world: World, received: Received) -> list[str]:
    return [line.step for line in track(session, world, received).timeline]


def test_what_the_citizen_fetched_at_the_counter_was_not_brought_to_him(
    session: Session, world: World
) -> None:
    received = journeys.received(session, world, at=at(23, 9))
    ready = journeys.ready(session, world, received, at=at(23, 11))
    journeys.seal(session, world, ready.item, by=world.desk_clerk, at=at(23, 11))
    journeys.hand_over(
        session, world, ready.item, giver=world.desk_clerk, receiver=world.counter,
        capacity=Capacity.COUNTER, at=at(23, 12),
    )  # fmt: skip
    assert received.delivery_code is not None
    delivery.deliver(
        session, world.keys, ready.item, receiver=Receiver.OWNER,
        proof=CodeProof(rotation=1, secret=received.delivery_code.secret), by=world.counter,
        at=at(23, 14),
    )  # fmt: skip

    told = steps_told(session, world, received)
    assert PublicStep.FETCHED in told
    assert PublicStep.DELIVERED not in told
    assert POST_STEPS[PublicStep.FETCHED][0] == "Người nhận đã nhận tại quầy"
    label = tracking.by_label(session, ready.item, ready.label)
    assert label.step is PublicStep.FETCHED


def test_what_was_withdrawn_was_given_back_and_not_delivered(
    session: Session, world: World
) -> None:
    received = register(session, world, registration(session))
    assert received.item is not None
    administrative.withdraw(
        session, world.keys, received.dossier, why="không cần nữa", by=world.counter, at=at(23, 10)
    )
    assert track(session, world, received).status is Status.WITHDRAWN
    delivery.deliver(
        session, world.keys, received.item, receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
        by=world.counter, at=at(23, 11),
    )  # fmt: skip

    shown = track(session, world, received)
    assert (shown.status, shown.holder) == (Status.GIVEN_BACK, "")
    told = steps_told(session, world, received)
    assert PublicStep.GIVEN_BACK in told
    assert PublicStep.DELIVERED not in told
    assert received.label is not None
    label = tracking.by_label(session, received.item, received.label)
    assert label.step is PublicStep.GIVEN_BACK


def test_a_result_sent_back_is_back_at_its_agency(session: Session, world: World) -> None:
    received = journeys.received(session, world, at=at(23, 9))
    ready = journeys.ready(session, world, received, at=at(23, 11))
    journeys.sent_back(session, world, ready, at=at(23, 12))
    journeys.hand_over(
        session, world, ready.item, giver=world.counter, receiver=world.desk_clerk,
        capacity=Capacity.DESK, at=at(23, 15),
    )  # fmt: skip
    told = steps_told(session, world, received)
    assert PublicStep.BACK_AT_AGENCY in told
    assert not {PublicStep.DELIVERED, PublicStep.FETCHED} & set(told)


def test_a_label_tells_the_step_and_the_office_and_nothing_else(
    session: Session, world: World
) -> None:
    received = register(session, world, registration(session))
    assert received.item is not None
    assert received.label is not None
    shown = tracking.by_label(session, received.item, received.label)
    assert (shown.leg, shown.step, shown.office) == (Leg.IN, PublicStep.ACCEPTED, "Bưu cục Tam Kỳ")
    assert shown.time is not None
    assert shown.time.estimated_at == w.MORNING
    assert received.code not in repr(shown)


@pytest.mark.parametrize(
    ("item", "token"),
    [("", ""), ("BH000000005VN", ""), ("BH999999999VN", "0" * 26), ("x" * 99, "x" * 99)],
)
def test_a_label_nobody_printed_shows_nothing(
    session: Session, world: World, item: str, token: str
) -> None:
    register(session, world, registration(session))
    with pytest.raises(NothingFound):
        tracking.by_label(session, item, token)


def test_a_number_with_anothers_token_shows_nothing(session: Session, world: World) -> None:
    one = register(session, world, registration(session))
    other = register(session, world, registration(session))
    assert one.item is not None
    assert other.label is not None
    with pytest.raises(NothingFound):
        tracking.by_label(session, one.item, other.label)


def test_every_status_and_step_has_its_words() -> None:
    assert set(STATUS) == set(NEXT) == set(Status)
    assert set(BRING) == set(Bring)
    assert set(POST_STEPS) == set(PublicStep)
    assert set(AGENCY_STEPS) == set(StepKind)
    for words in (STATUS, NEXT, BRING, POST_STEPS, AGENCY_STEPS):
        assert all(vi.strip() and en.strip() for vi, en in words.values())


def test_a_dossier_of_tomorrow_is_not_found_today(session: Session, world: World) -> None:
    received = register(session, world, registration(session))
    with pytest.raises(NothingFound):
        tracking.track(
            session, world.vault, received.code, received.pin, at=w.MORNING - timedelta(days=2)
        )
