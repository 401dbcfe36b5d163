"""At the door without a delivery code: a message to the citizen, and the code he says."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from mobile_api.app import create_app
from postal_service.demo.phone import Phone, ServerSaidNoError
from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Receiver
from postal_service.domain.ids import ItemId
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services.gateways import Gateway, HttpGateway
from postal_service.services.message_sender import Sender
from postal_service.services.outbox import WAITS
from postal_service.services.vault import open_sealed
from postal_service.storage.schema import OutboxRow
from postal_service.storage.transaction import transaction
from tests.clock import NOON, Clock
from tests.mobile_api.phones import Couriers, numbers
from tests.services.in_hand import passed
from tests.services.world import World
from tests.sms_gateway import TOKEN, Say, sms_gateway


def sent_code(runtime: Runtime, reference: str) -> str:
    """What the citizen reads on his telephone."""
    with transaction(runtime.sessions) as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).all()
        sealed = rows[0].payload
    told = json.loads(open_sealed(runtime.vault.master, sealed, f"outbox|{reference}|payload"))
    code: str = told["text"].split(": ")[1][:6]
    return code


def refused(phone: Phone, path: str, told: dict[str, object] | None = None) -> tuple[int, str]:
    with pytest.raises(ServerSaidNoError) as caught:
        phone.call("POST", path, told)
    return caught.value.status, caught.value.code


def test_a_result_is_delivered_by_the_code_the_citizen_says(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    reference = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    code = sent_code(runtime, reference)
    told = phone.call("POST", f"/items/{item}/message-codes/redemptions", {"code": code})
    assert told["reference"] == reference

    phone.pull()
    counts = acts.Counts(**phone._package(item)["counts"])
    proof = acts.MessageProof(reference=reference)
    phone.tell(
        item,
        acts.Deliver(
            receiver=Receiver.OWNER, proof=proof, counts=counts, condition=acts.Condition.OK
        ),
    )
    assert [each["status"] for each in phone.send()] == ["accepted"]
    with transaction(runtime.sessions) as session:
        assert holdings.standings(session, [item])[item].state == "C10"


def test_wrong_codes_are_counted_and_after_five_the_right_one_does_not_help(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    reference = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    code = sent_code(runtime, reference)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    path = f"/items/{item}/message-codes/redemptions"
    for told in [wrong] * 5 + [code]:
        assert refused(phone, path, {"code": told}) == (409, "delivery.message_code_wrong")


def test_a_code_is_good_for_ten_minutes(
    phone: Phone, item: ItemId, runtime: Runtime, clock: Clock
) -> None:
    path = f"/items/{item}/message-codes/redemptions"
    late = sent_code(runtime, phone.call("POST", f"/items/{item}/message-codes")["reference"])
    clock.at = NOON + timedelta(minutes=10)
    assert refused(phone, path, {"code": late})[0] == 409


def test_a_redemption_whose_answer_was_lost_is_answered_the_same_while_the_code_is_good(
    phone: Phone, item: ItemId, runtime: Runtime, clock: Clock
) -> None:
    path = f"/items/{item}/message-codes/redemptions"
    reference = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    code = sent_code(runtime, reference)
    assert phone.call("POST", path, {"code": code}) == {"reference": reference}

    assert phone.call("POST", path, {"code": code}) == {"reference": reference}

    clock.at = NOON + timedelta(minutes=10)
    assert refused(phone, path, {"code": code}) == (409, "delivery.message_code_wrong")


def test_a_code_that_was_used_is_guessed_no_faster(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    path = f"/items/{item}/message-codes/redemptions"
    code = sent_code(runtime, phone.call("POST", f"/items/{item}/message-codes")["reference"])
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    phone.call("POST", path, {"code": code})
    for _ in range(3):
        assert refused(phone, path, {"code": wrong}) == (409, "delivery.message_code_wrong")
    phone.call("POST", path, {"code": code})  # the fifth
    assert refused(phone, path, {"code": code}) == (409, "delivery.message_code_wrong")


def test_a_newer_code_takes_the_place_of_one_that_was_used(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    path = f"/items/{item}/message-codes/redemptions"
    first = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    code = sent_code(runtime, first)
    phone.call("POST", path, {"code": code})
    second = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    assert second != first
    newer = sent_code(runtime, second)
    if newer != code:
        assert refused(phone, path, {"code": code}) == (409, "delivery.message_code_wrong")
    assert phone.call("POST", path, {"code": newer}) == {"reference": second}


def test_whoever_gave_the_item_away_redeems_nothing_again(
    phone: Phone, item: ItemId, runtime: Runtime, world: World
) -> None:
    path = f"/items/{item}/message-codes/redemptions"
    code = sent_code(runtime, phone.call("POST", f"/items/{item}/message-codes")["reference"])
    phone.call("POST", path, {"code": code})
    with transaction(runtime.sessions) as session:
        passed(session, world, [item], world.courier, world.counter, Capacity.COUNTER, at=NOON)
    assert refused(phone, path, {"code": code}) == (404, "item.unknown")


def test_three_codes_a_day_and_no_more(phone: Phone, item: ItemId, clock: Clock) -> None:
    for minute in range(3):
        clock.at = NOON + timedelta(minutes=minute)
        phone.call("POST", f"/items/{item}/message-codes")
    clock.at = NOON + timedelta(minutes=3)
    assert refused(phone, f"/items/{item}/message-codes") == (409, "delivery.too_many_codes")


def test_a_phone_that_got_no_answer_asks_again_and_one_message_is_sent(
    phone: Phone, item: ItemId, runtime: Runtime, clock: Clock
) -> None:
    first = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    clock.at = NOON + timedelta(seconds=29)
    assert phone.call("POST", f"/items/{item}/message-codes")["reference"] == first
    clock.at = NOON + timedelta(seconds=31)
    assert phone.call("POST", f"/items/{item}/message-codes")["reference"] != first
    with transaction(runtime.sessions) as session:
        asked = select(func.count()).where(OutboxRow.subject == item, OutboxRow.kind == "sms")
        assert session.scalar(asked) == 2


def test_nobody_asks_for_an_item_that_is_not_in_his_hands(
    couriers: Couriers, world: World, item: ItemId, runtime: Runtime
) -> None:
    other = couriers.phone(world.far_courier)
    (untouched,) = numbers(runtime, 1)
    for each in (item, untouched, ItemId("BH999999999VN")):
        assert refused(other, f"/items/{each}/message-codes") == (404, "item.unknown")
        path = f"/items/{each}/message-codes/redemptions"
        assert refused(other, path, {"code": "000000"}) == (404, "item.unknown")


@pytest.mark.parametrize(
    "told", [{}, {"code": "12345"}, {"code": "１２３４５６"}, {"code": 123456}]
)
def test_a_malformed_code_costs_no_try(
    phone: Phone, item: ItemId, runtime: Runtime, told: dict[str, object]
) -> None:
    code = sent_code(runtime, phone.call("POST", f"/items/{item}/message-codes")["reference"])
    path = f"/items/{item}/message-codes/redemptions"
    for _ in range(6):
        assert refused(phone, path, told) == (422, "request.malformed")
    phone.call("POST", path, {"code": code})


def message_of(phone: Phone, item: ItemId) -> dict[str, object]:
    told: dict[str, object] = phone.call("GET", f"/items/{item}/message-codes")
    return told


def sender_by(runtime: Runtime, gateway: Gateway) -> Sender:
    return Sender(runtime.sessions, gateway, vault=runtime.vault, clock=runtime.clock)


def test_a_courier_hears_what_became_of_the_message(
    phone: Phone, item: ItemId, runtime: Runtime, clock: Clock
) -> None:
    reference = phone.call("POST", f"/items/{item}/message-codes")["reference"]
    waiting = {
        "reference": reference, "state": "waiting", "to": message_of(phone, item)["to"],
        "sent_at": None, "via": None, "reason": None,
    }  # fmt: skip
    assert message_of(phone, item) == waiting
    assert re.fullmatch(r"0\d\d\*{4}\d{3}", str(waiting["to"]))

    with sms_gateway() as server:
        sender = sender_by(runtime, HttpGateway(server.url, TOKEN))
        server.answers = [Say(503)]
        sender.send_due()
        assert message_of(phone, item) == {**waiting, "reason": "gateway_fault"}
        clock.forward(WAITS[0])
        sender.send_due()
    sent_at = datetime.fromisoformat(str(message_of(phone, item)["sent_at"]))
    assert sent_at == clock()
    assert message_of(phone, item)["state"] == "sent"
    assert message_of(phone, item)["via"] == "gateway"


def test_a_courier_hears_why_a_message_was_not_sent(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    phone.call("POST", f"/items/{item}/message-codes")
    with sms_gateway() as server:
        server.answers = [Say(400)]
        sender_by(runtime, HttpGateway(server.url, TOKEN)).send_due()
    told = message_of(phone, item)
    assert (told["state"], told["sent_at"], told["reason"]) == ("not_sent", None, "refused")


def test_the_code_that_went_out_is_the_one_that_is_redeemed(
    phone: Phone, item: ItemId, runtime: Runtime
) -> None:
    phone.call("POST", f"/items/{item}/message-codes")
    with sms_gateway() as server:
        sender_by(runtime, HttpGateway(server.url, TOKEN)).send_due()
        (heard,) = server.heard
    text = heard.told["text"]
    assert "Het han luc 19:10." in text  # ten minutes after noon in UTC, as clocks say in Vietnam
    assert len(text) <= 160
    assert text.isascii()
    code = text.split(": ")[1][:6]
    told = phone.call("POST", f"/items/{item}/message-codes/redemptions", {"code": code})
    assert told["reference"] == heard.key


def test_where_nothing_can_be_sent_a_courier_is_told_so(
    runtime: Runtime, couriers: Couriers, world: World, item: ItemId
) -> None:
    bare = replace(runtime, settings=replace(runtime.settings, gateway=None))
    couriers.app = create_app(bare)
    phone = couriers.phone(world.courier)
    path = f"/items/{item}/message-codes"
    assert refused(phone, path) == (409, "message.no_gateway")
    with pytest.raises(ServerSaidNoError) as caught:
        message_of(phone, item)
    assert (caught.value.status, caught.value.code) == (404, "message.unknown")


def test_nobody_hears_of_a_message_about_an_item_that_is_not_in_his_hands(
    couriers: Couriers, world: World, phone: Phone, item: ItemId
) -> None:
    phone.call("POST", f"/items/{item}/message-codes")
    other = couriers.phone(world.far_courier)
    for each in (item, ItemId("BH999999999VN")):
        with pytest.raises(ServerSaidNoError) as caught:
            message_of(other, each)
        assert (caught.value.status, caught.value.code) == (404, "item.unknown")
