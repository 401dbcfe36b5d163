"""A courier fetches the record of his own hand-over, as facts and as paper; nobody else's is there for him."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mobile_api.app import Limits, create_app
from postal_service.demo.phone import Phone
from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, ReservedFor
from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.ledger import checkpoint, signing
from postal_service.projections import timelines
from postal_service.runtime import Runtime
from postal_service.services import checkpoints, handovers
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.mobile_api.phones import Couriers, collected, custody_of, numbers
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.services.in_hand import sealed
from tests.services.world import MORNING, World

NOBODYS = "0193a000-0000-7000-8000-000000000000"
Get = Callable[..., TestResponse]


@pytest.fixture
def far(couriers: Couriers, world: World) -> Phone:
    return couriers.phone(world.far_courier)


@pytest.fixture
def get(client: FlaskClient) -> Get:
    def asked(who: Phone, path: str, **headers: str) -> TestResponse:
        known = {"Authorization": f"Bearer {who._token}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(f"/api/v1{path}", headers={**known, **named})

    return asked


@pytest.fixture
def offered(runtime: Runtime, world: World) -> list[ItemId]:
    """Fourteen dossiers that the counter put out for the courier, after the ledger was signed."""
    with transaction(runtime.sessions) as session:
        items = sealed(session, world, 14)
        checkpoints.make(
            session, origin=runtime.settings.origin, log_key=runtime.log_key, at=MORNING
        )
        handovers.offer(
            session, world.keys, items, to_unit=w.OFFICE, to_staff=world.courier.staff,
            by=world.counter, at=MORNING,
        )  # fmt: skip
    return items


@pytest.fixture
def answered(phone: Phone, offered: list[ItemId]) -> list[EventId]:
    """Twelve taken and two reserved on the phone, then sent."""
    phone.pull()
    taken = [phone.take_offered(item) for item in offered[:12]]
    refused = [refuse(phone, item) for item in offered[12:]]
    assert {each["status"] for each in phone.send()} == {"accepted"}
    return [*taken, *refused]


def refuse(phone: Phone, item: ItemId) -> EventId:
    package = phone._package(item)
    act = acts.Refuse(
        offer=package["offer_digest"], reserved_for=ReservedFor.SEAL, condition=Condition.TORN
    )
    return phone.tell(item, act, parent=EventId(package["custody"]))


def test_who_took_twelve_and_reserved_two_fetches_the_record_with_the_ledgers_root(
    phone: Phone, answered: list[EventId], offered: list[ItemId], get: Get, runtime: Runtime,
    world: World,
) -> None:  # fmt: skip
    told = get(phone, f"/handovers/{answered[0]}").get_json()

    assert (told["put_out"], told["taken"], told["refused"]) == (14, 12, 2)
    assert (told["giver"]["staff"], told["giver"]["unit"]) == (world.counter.staff, w.OFFICE)
    assert told["giver"]["name"] == "Nhân viên counter"
    assert (told["taker"]["staff"], told["taker"]["device"]) == (phone.staff, phone.device)
    lines = {each["item"]: each for each in told["lines"]}
    assert sorted(lines) == sorted(offered)
    assert {item: line["event"] for item, line in lines.items()} == dict(
        zip(offered, answered, strict=True)
    )
    refused = [line for line in told["lines"] if line["refused"]]
    assert {each["item"] for each in refused} == set(offered[12:])
    assert {(each["refused"], each["condition"]) for each in refused} == {("seal", "torn")}
    with transaction(runtime.sessions) as session:
        for item in (offered[0], offered[13]):
            offer, answer = timelines.of_item(session, item)[-2:]
            assert (lines[item]["offered"], lines[item]["answered"]) == (
                offer.leaf_hash, answer.leaf_hash,
            )  # fmt: skip
        signed = checkpoint.newest(session)
    assert signed is not None
    before = told["ledger_before"]
    assert (before["size"], before["root"]) == (signed.size, signed.root.hex())
    assert before["note"] == signed.note
    for event in answered:
        assert get(phone, f"/handovers/{event}").get_json() == told


def test_the_paper_says_the_same_and_is_not_sent_again_while_it_does(
    phone: Phone, answered: list[EventId], offered: list[ItemId], get: Get, clock: Clock
) -> None:
    facts = get(phone, f"/handovers/{answered[13]}").get_json()
    first = get(phone, f"/handovers/{answered[13]}/paper")

    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Content-Disposition"].startswith('inline; filename="bien-ban-')
    words = text_of(first.data)
    for said in (
        "BIÊN BẢN GIAO NHẬN BƯU GỬI", "Số bưu gửi: 12 (mười hai)", "Số bưu gửi lập biên bản: 2 (hai)",
        "niêm phong bất thường; rách", "Bên nhận: Nhân viên courier", *offered,
    ):  # fmt: skip
        assert said in words, said
    together = words.replace(" ", "")
    for line in facts["lines"]:
        assert line["offered"] in together
        assert line["answered"] in together
    assert facts["ledger_before"]["root"] in together
    clock.forward(timedelta(minutes=5))
    again = get(phone, f"/handovers/{answered[13]}/paper", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    reprinted = get(phone, f"/handovers/{answered[13]}/paper")
    assert reprinted.headers["ETag"] == first.headers["ETag"]
    assert "Bản in lại lúc 19:05 23/11/2026" in text_of(reprinted.data)


def test_what_the_phone_has_is_not_sent_again(
    phone: Phone, answered: list[EventId], offered: list[ItemId], get: Get
) -> None:
    for path in (f"/handovers/{answered[0]}", f"/items/{offered[0]}/handovers"):
        first = get(phone, path)
        again = get(phone, path, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b""), path


def test_of_an_item_each_side_finds_its_hand_overs_and_no_others(
    phone: Phone, answered: list[EventId], offered: list[ItemId], far: Phone, get: Get,
    runtime: Runtime, world: World,
) -> None:  # fmt: skip
    item = offered[0]
    batch = given_at_desk(phone, item, runtime, world)
    own = get(phone, f"/items/{item}/handovers").get_json()["handovers"]

    assert [(each["answer"], each["side"], each["complete"]) for each in own] == [
        ("taken", "taker", True),
        ("taken", "giver", True),
    ]
    assert own[0]["event"] == answered[0]
    given = get(phone, f"/handovers/{own[1]['event']}").get_json()
    assert (given["number"], given["giver"]["staff"]) == (batch[-12:].upper(), phone.staff)
    assert given["taker"]["staff"] == world.desk_clerk.staff
    assert get(phone, f"/handovers/{own[1]['event']}/paper").status_code == 200
    refused = get(phone, f"/items/{offered[13]}/handovers").get_json()["handovers"]
    assert [(each["answer"], each["side"]) for each in refused] == [("refused", "taker")]
    for path in (
        f"/items/{item}/handovers", f"/handovers/{own[0]['event']}", f"/handovers/{own[1]['event']}/paper",
    ):  # fmt: skip
        assert get(far, path).status_code == 404, path


def given_at_desk(phone: Phone, item: ItemId, runtime: Runtime, world: World) -> str:
    """The courier puts it out on his phone, and the desk takes it; the batch."""
    phone.pull()
    package = phone._package(item)
    batch = "0193a000-0000-7000-8000-0000000000aa"
    act = acts.Offer(
        to_unit=w.DESK, to_staff=world.desk_clerk.staff, counts=acts.Counts(**package["counts"]),
        condition=Condition.OK, seal=package["seal"], batch=batch, manifest="ab" * 32, batch_count=1,
    )  # fmt: skip
    phone.tell(item, act)
    assert [each["status"] for each in phone.send()] == ["accepted"]
    with transaction(runtime.sessions) as session:
        handovers.take(
            session, world.keys, batch, capacity=Capacity.DESK, reserved={},
            by=world.desk_clerk, at=runtime.clock(),
        )  # fmt: skip
    return batch


def test_two_phones_without_a_network_fetch_one_record_later(
    phone: Phone, far: Phone, couriers: Couriers, runtime: Runtime, get: Get
) -> None:
    items = numbers(runtime, 2)
    parcels = [collected(phone, item, f"S{n}") for n, item in enumerate(items)]
    key = (phone._algorithm, signing.public_bytes(phone._key))
    taken = far.take(phone.offer_code(parcels), parcels, custody_of(phone, *items), key)
    far.send([*phone.outbox, *far.outbox])

    both = [get(who, f"/handovers/{taken[0]}").get_json() for who in (phone, far)]

    assert both[0] == both[1]
    assert (both[0]["taken"], both[0]["put_out"]) == (2, 2)
    assert both[0]["offer_code"]
    assert {each["offered"] for each in both[0]["lines"]} == {""}
    sides = [
        get(who, f"/items/{items[1]}/handovers").get_json()["handovers"] for who in (phone, far)
    ]
    assert [[each["side"] for each in own] for own in sides] == [["giver"], ["taker"]]
    assert sides[0][0]["event"] == taken[1]


def test_a_half_whose_other_half_has_not_arrived_says_so(
    phone: Phone, answered: list[EventId], offered: list[ItemId], far: Phone, get: Get
) -> None:
    act = acts.Handover(
        capacity=Capacity.COURIER, counts=acts.Counts(originals=1, certified=0, photocopies=2),
        condition=Condition.OK, seal="S", giver=DeviceId(phone.device), offer="ab" * 32,
        offer_signature="A" * 86 + "==",
    )  # fmt: skip
    event = far.tell(offered[0], act, parent=answered[0])
    far.send()

    for path in (f"/handovers/{event}", f"/handovers/{event}/paper"):
        got = get(far, path, Accept_Language="en")
        assert (got.status_code, got.get_json()["code"]) == (409, "handover.half_signed")
        assert "has not arrived" in got.get_json()["title"]
    (own,) = get(far, f"/items/{offered[0]}/handovers").get_json()["handovers"]
    assert (own["event"], own["complete"]) == (event, False)


def test_what_is_no_hand_over_of_his_is_not_there(
    phone: Phone, answered: list[EventId], offered: list[ItemId], get: Get, runtime: Runtime
) -> None:
    with transaction(runtime.sessions) as session:
        others = [each.event for each in timelines.of_item(session, offered[0])]
    others.remove(answered[0])
    assert len(others) == 3
    for event in (*others, NOBODYS):
        for path in (f"/handovers/{event}", f"/handovers/{event}/paper"):
            got = get(phone, path)
            assert (got.status_code, got.get_json()["code"]) == (404, "handover.unknown_record")
    for path in ("/handovers/x", "/handovers/x/paper", f"/handovers/{answered[0]}/papers"):
        assert get(phone, path).get_json()["code"] == "request.not_found"
    for item in (numbers(runtime, 1)[0], "ZZ000000005VN"):
        got = get(phone, f"/items/{item}/handovers")
        assert (got.status_code, got.get_json()["code"]) == (404, "item.unknown")
    assert get(phone, "/items/none/handovers").status_code == 404


def test_papers_are_set_so_often_and_no_oftener(
    phone: Phone, answered: list[EventId], runtime: Runtime
) -> None:
    client = create_app(runtime, Limits(papers="2/minute")).test_client()
    known = {"Authorization": f"Bearer {phone._token}"}
    path = f"/api/v1/handovers/{answered[0]}"
    got = [client.get(f"{path}/paper", headers=known) for _ in range(3)]
    assert [each.status_code for each in got] == [200, 200, 429]
    assert got[2].headers["Retry-After"]
    assert client.get(path, headers=known).status_code == 200
