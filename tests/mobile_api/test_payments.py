"""A courier tells what he took at a door: entered once, line by line, and only of what he carried."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain.acts import Capacity, CardProof, Condition, Counts, Deliver, Receiver
from postal_service.domain.ids import DossierId, ItemId
from postal_service.domain.money import Line, Means
from postal_service.domain.refusals import Refusal
from postal_service.runtime import Runtime
from postal_service.services import cash, charges, taking
from postal_service.services.charges import ChargeId, Due
from postal_service.services.taking import NotDue, Taken, Told
from postal_service.storage.schema import DossierRow, ItemRow, MoneyRow, PickupRow
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import NOON, Clock
from tests.mobile_api.phones import Couriers
from tests.mobile_api.test_rounds import publish
from tests.services.in_hand import passed
from tests.services.rounds_day import homes, pickup, results_at_office, second_courier
from tests.services.world import MORNING, World, build

NOBODYS = "0193a000-0000-7000-8000-000000000000"


@dataclass
class Owing:
    """A result in the courier's hands; its dossier owes a fee and a postage."""

    item: ItemId
    dossier: DossierId
    fee: ChargeId
    postage: ChargeId


def carried(session: Session, world: World) -> Owing:
    (item,) = results_at_office(session, world, homes(1))
    passed(
        session, world, [item], world.counter, world.courier, Capacity.COURIER,
        at=MORNING + timedelta(minutes=10),
    )  # fmt: skip
    dossier = DossierId(session.get_one(ItemRow, item).dossier or "")
    postage = charges.open_due(
        session, dossier, Due(line=Line.POSTAGE, amount_dong=26_000), by=world.counter, at=MORNING
    )
    fee = next(each for each in charges.accounts(session, dossier) if each.id != postage)
    assert fee.charge.amount_dong == 8_000
    return Owing(item, dossier, fee.id, postage)


@pytest.fixture
def owing(runtime: Runtime, world: World) -> Owing:
    with transaction(runtime.sessions) as session:
        return carried(session, world)


def paid(charge: str, dong: int = 26_000, **other: object) -> dict[str, object]:
    return {"charge": charge, "amount_dong": dong, "means": "cash", **other}


def tell(phone: Phone, *payments: dict[str, object]) -> list[dict[str, Any]]:
    outcomes: list[dict[str, Any]]
    outcomes = phone.call("POST", "/payments", {"payments": list(payments)})["outcomes"]
    return outcomes


def entries(runtime: Runtime) -> int:
    with transaction(runtime.sessions) as session:
        return session.scalar(select(func.count()).select_from(MoneyRow)) or 0


def deliver(phone: Phone, item: ItemId) -> None:
    phone.pull()
    phone.tell(
        item,
        Deliver(
            receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
            counts=Counts(**phone._package(item)["counts"]), condition=Condition.OK,
        ),
    )  # fmt: skip
    assert [each["status"] for each in phone.send()] == ["accepted"]


def test_the_day_names_each_charge_by_itself(
    phone: Phone, owing: Owing, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        asked = pickup(session, world)
        session.get_one(PickupRow, asked).day = NOON.date()  # the day of the round
        publish(session, "round-1", world.courier.staff, [owing.item], asked)
        owed_there = [each.id for each in charges.owed(session, [asked])[asked]]

    phone.pull()

    lines = [
        {"id": owing.fee, "line": "state_fee", "amount_dong": 8_000},
        {"id": owing.postage, "line": "postage", "amount_dong": 26_000},
    ]
    assert phone._package(owing.item)["charges"] == lines
    stops = phone.shift["rounds"][0]["stops"]
    at_home = [stop for stop in stops if stop["dossier"] == asked and not stop["unit"]]
    assert [[each["id"] for each in stop["charges"]] for stop in at_home] == [owed_there]
    assert all(stop["charges"] == [] for stop in stops if stop["unit"])
    tell(phone, paid(owing.fee, 8_000))
    assert phone.pull()  # the ETag is another one
    assert phone._package(owing.item)["charges"] == lines[1:]


def test_what_was_taken_stands_in_the_couriers_purse_line_by_line(
    phone: Phone, owing: Owing, runtime: Runtime, world: World
) -> None:
    deliver(phone, owing.item)
    at = NOON - timedelta(minutes=20)

    outcomes = tell(
        phone,
        paid(owing.fee, 8_000, taken_at=at.isoformat()),
        paid(owing.postage, means="qr", reference="FT 26325"),
    )

    assert [each["status"] for each in outcomes] == ["recorded", "recorded"]
    assert (outcomes[0]["line"], outcomes[0]["amount_dong"]) == ("state_fee", 8_000)
    assert datetime.fromisoformat(outcomes[0]["taken_at"]) == at
    assert (outcomes[1]["means"], outcomes[1]["reference"]) == ("qr", "FT 26325")
    with transaction(runtime.sessions) as session:
        assert cash.of(session, world.courier.staff).by_line == {Line.STATE_FEE: 8_000}


def test_an_amount_that_a_program_wrote_with_a_point_is_whole_all_the_same(
    phone: Phone, owing: Owing
) -> None:
    (outcome,) = tell(phone, paid(owing.fee, 8_000) | {"amount_dong": 8_000.0})

    assert (outcome["status"], outcome["amount_dong"]) == ("recorded", 8_000)


def test_told_again_it_answers_the_same_and_enters_nothing(
    phone: Phone, owing: Owing, runtime: Runtime, world: World, clock: Clock
) -> None:
    told = paid(owing.postage, reference="BL-1")
    first = tell(phone, told, told)
    assert first[0] == first[1]
    before = entries(runtime)

    clock.forward(timedelta(days=9))
    phone.sign_in()
    with transaction(runtime.sessions) as session:
        held = cash.of(session, world.courier.staff).by_line
        cash.hand_in(
            session, world.courier.staff, held, by=world.counter, at=clock()
        )  # fmt: skip
    assert tell(phone, told) == first[:1]
    assert entries(runtime) == before + 1  # the cashier's


def test_what_was_paid_otherwise_or_to_another_is_refused_and_the_rest_is_entered(
    phone: Phone, owing: Owing, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        charges.pay(
            session, owing.postage, Means.CASH, reference="", by=world.counter, at=MORNING
        )  # fmt: skip
    before = entries(runtime)

    refused, kept, otherwise = tell(
        phone,
        paid(owing.postage),
        paid(owing.fee, 8_000),
        paid(owing.fee, 8_000, means="qr", reference="FT1"),
    )

    assert (refused["status"], refused["code"]) == ("refused", "charge.not_due")
    assert "đã có người thu" in refused["title"]
    assert kept["status"] == "recorded"
    assert otherwise["code"] == "charge.not_due"
    assert entries(runtime) == before + 1


def test_a_foreign_dossiers_charge_answers_as_one_that_is_not_there(
    couriers: Couriers, owing: Owing, runtime: Runtime, world: World
) -> None:
    stranger = couriers.phone(world.far_courier)
    before = entries(runtime)

    outcomes = tell(stranger, paid(owing.postage), paid(NOBODYS))

    assert [each["code"] for each in outcomes] == ["charge.unknown"] * 2
    assert outcomes[0]["title"] == outcomes[1]["title"]
    assert entries(runtime) == before


def test_who_delivered_it_on_another_day_takes_nothing_more_for_it(
    phone: Phone, owing: Owing, runtime: Runtime, clock: Clock
) -> None:
    deliver(phone, owing.item)
    on_the_day = NOON + timedelta(minutes=1)
    clock.forward(timedelta(days=2))
    phone.sign_in()

    (late,) = tell(phone, paid(owing.postage))
    assert late["code"] == "charge.unknown"
    (told_late,) = tell(phone, paid(owing.postage, taken_at=on_the_day.isoformat()))
    assert told_late["status"] == "recorded"  # the phone was without a network since
    assert datetime.fromisoformat(told_late["taken_at"]) == on_the_day


@pytest.mark.parametrize(
    "clock_says",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        (NOON + timedelta(hours=1)).isoformat(),
        (MORNING - timedelta(days=1)).isoformat(),
    ],
)
def test_a_phone_whose_clock_cannot_be_right_gets_our_time(
    phone: Phone, owing: Owing, clock: Clock, clock_says: str
) -> None:
    (told,) = tell(phone, paid(owing.postage, taken_at=clock_says))
    assert datetime.fromisoformat(told["taken_at"]) == clock()


@pytest.mark.parametrize("clock_says", ["1970-01-01T00:00:05+00:00", "2038-01-19T03:14:07+07:00"])
def test_who_delivered_with_a_clock_that_cannot_be_right_may_tell_his_cash_days_later(
    phone: Phone, owing: Owing, clock: Clock, clock_says: str
) -> None:
    # Given a phone whose battery was empty; its courier delivers and is paid without a network,
    phone.pull()
    phone._clock = Clock(datetime.fromisoformat(clock_says))
    phone.tell(
        owing.item,
        Deliver(
            receiver=Receiver.OWNER, proof=CardProof(last4="3456"),
            counts=Counts(**phone._package(owing.item)["counts"]), condition=Condition.OK,
        ),
    )  # fmt: skip
    for charge in phone._package(owing.item)["charges"]:
        phone.take_money(charge, Means.CASH)

    # When it has a network again the day after,
    clock.forward(timedelta(days=1))
    phone.sign_in()
    assert [each["status"] for each in phone.send()] == ["accepted"]
    told = phone.tell_payments()

    # Then what is in his purse is entered, at the server's time.
    assert [each["status"] for each in told] == ["recorded", "recorded"]
    assert {datetime.fromisoformat(each["taken_at"]) for each in told} == {clock()}


def test_a_wrong_clock_opens_no_charge_of_what_he_never_had_or_long_gave_away(
    phone: Phone, couriers: Couriers, owing: Owing, world: World, clock: Clock
) -> None:
    told = paid(owing.postage, taken_at="1970-01-01T00:00:05+00:00")
    stranger = couriers.phone(world.far_courier)
    assert [each["code"] for each in tell(stranger, told)] == ["charge.unknown"]

    deliver(phone, owing.item)
    clock.forward(taking.LATEST + timedelta(minutes=1))
    phone.sign_in()
    assert [each["code"] for each in tell(phone, told)] == ["charge.unknown"]


def test_what_was_refused_is_kept_whole_and_told_again_once_its_papers_are_there(
    phone: Phone, runtime: Runtime, world: World, clock: Clock
) -> None:
    with transaction(runtime.sessions) as session:
        asked = pickup(session, world)
        session.get_one(PickupRow, asked).day = NOON.date()
        publish(session, "round-1", world.courier.staff, [], asked)
        item = session.scalars(select(ItemRow.item).filter_by(dossier=asked, leg="IN")).one()
    phone.pull()
    taken_at = clock()
    for charge in phone._package(ItemId(item))["charges"]:
        phone.take_money(charge, Means.CASH)
    kept = list(phone.payments)
    assert kept

    # Given that he told the money before the papers.
    outcomes = phone.tell_payments()
    assert {each["code"] for each in outcomes} == {"charge.unknown"}
    assert (phone.payments, [each["told"] for each in phone.refused_payments]) == ([], kept)

    phone.collect(ItemId(item))
    phone.send()
    clock.forward(timedelta(minutes=5))
    again = phone.tell_refused_payments_again()

    assert {each["status"] for each in again} == {"recorded"}
    assert {datetime.fromisoformat(each["taken_at"]) for each in again} == {taken_at}
    assert (phone.payments, phone.refused_payments) == ([], [])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount_dong": 25_999}, "charge.other_amount"),
        ({"amount_dong": 34_000}, "charge.other_amount"),  # two lines are never one
        ({"means": "qr"}, "charge.reference_needed"),
        ({"means": "qr", "reference": "   "}, "charge.reference_needed"),
    ],
)
def test_a_payment_that_is_not_that_charge_is_refused(
    phone: Phone, owing: Owing, runtime: Runtime, changed: dict[str, object], code: str
) -> None:
    before = entries(runtime)
    (told,) = tell(phone, paid(owing.postage) | changed)
    assert (told["status"], told["code"]) == ("refused", code)
    assert entries(runtime) == before


@pytest.mark.parametrize(
    "payments",
    [
        None,
        [],
        "x",
        [{}],
        [paid("?")],
        [paid(NOBODYS, 0)],
        [paid(NOBODYS, -26_000)],
        [paid(NOBODYS, 10**14)],
        [paid(NOBODYS) | {"amount_dong": "26000"}],
        [paid(NOBODYS) | {"amount_dong": 26_000.5}],
        [paid(NOBODYS) | {"amount_dong": True}],
        [paid(NOBODYS, means="online")],
        [paid(NOBODYS, means="gold")],
        [paid(NOBODYS, reference="x" * 121)],
        [paid(NOBODYS, reference="a\0b")],
        [paid(NOBODYS, taken_at="2026-11-23T12:00:00")],
        [paid(NOBODYS, taken_at="yesterday")],
        [paid(NOBODYS, unknown=1)],
        [paid(NOBODYS)] * 51,
    ],
)
def test_what_is_malformed_says_where_and_enters_nothing(
    phone: Phone, owing: Owing, runtime: Runtime, payments: object
) -> None:
    before = entries(runtime)
    good = paid(owing.fee, 8_000)
    sent = [good, *payments] if isinstance(payments, list) and payments else payments
    with pytest.raises(ServerSaidNoError) as caught:
        phone.call("POST", "/payments", {"payments": sent})
    assert (caught.value.status, caught.value.code) == (422, "request.malformed")
    assert entries(runtime) == before


def test_a_closed_and_even_an_erased_dossier_keeps_its_money(
    phone: Phone, owing: Owing, runtime: Runtime
) -> None:
    """What he took is cash in his purse, whatever became of the papers; the entry names nobody."""
    deliver(phone, owing.item)
    with transaction(runtime.sessions) as session:
        session.execute(
            update(DossierRow).where(DossierRow.id == owing.dossier).values(erased_at=NOON)
        )
    (told,) = tell(phone, paid(owing.postage))
    assert told["status"] == "recorded"


def test_of_two_couriers_at_once_one_has_taken_it(committed_sessions: Sessions) -> None:
    """The first brought it back in the afternoon; the second took it out. Both say they were paid."""
    with transaction(committed_sessions) as session:
        world = build(session)
        owing = carried(session, world)
        other = second_courier(session, world)
        passed(
            session, world, [owing.item], world.courier, other, Capacity.COURIER,
            at=MORNING + timedelta(minutes=20),
        )  # fmt: skip
    together = Barrier(2)

    def take(number: int) -> Taken | Refusal:
        together.wait(10)
        by = (world.courier, other)[number]
        told = Told(charge=owing.postage, amount_dong=26_000, means=Means.CASH)
        try:
            with transaction(committed_sessions) as session:
                return taking.at_door(session, told, by=by, at=MORNING + timedelta(hours=1))
        except Refusal as refused:
            return refused

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(take, range(2)))

    assert sorted(type(each).__name__ for each in answers) == [NotDue.__name__, Taken.__name__]
    with transaction(committed_sessions) as session:
        payments = session.scalars(
            select(MoneyRow.staff).filter_by(charge=owing.postage, state="paid")
        ).all()
    assert len(payments) == 1
