"""The phone gets the courier's day, and nobody else's."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.demo.phone import AT_ONCE, Phone, ServerSaidNoError
from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Condition, Receiver, ReservedFor
from postal_service.domain.attempts import Action
from postal_service.domain.codes import delivery_lock
from postal_service.domain.crockford import Token
from postal_service.domain.ids import DossierId, ItemId, RoundId, StaffId
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import base64_strict
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.services import collecting, cursors, directory, handovers, staffing
from postal_service.services.office_events import office_device
from postal_service.services.staffing import Decision
from postal_service.storage.schema import (
    AccessRow,
    DossierRow,
    EvidenceRow,
    PickupRow,
    PlanRow,
    RoundRow,
    RoundTourRow,
    StepRow,
    StopItemRow,
    StopRow,
)
from postal_service.storage.transaction import transaction
from tests.clock import NOON, Clock
from tests.mobile_api.phones import TWO, Couriers, collected, custody_of, numbers
from tests.services.in_hand import result
from tests.services.registrations import SERVICE, registration
from tests.services.world import (
    AGENCY,
    DESK,
    FAR_COMMUNE,
    FAR_OFFICE,
    MORNING,
    OFFICE,
    World,
)


@dataclass
class Day:
    """A published round of one courier: a result for a desk's shelf, and a pick-up at a home."""

    round: str
    result: ItemId
    lock_secret: str
    pickup: DossierId
    pickup_item: ItemId


@pytest.fixture
def day(runtime: Runtime, world: World) -> Day:
    with transaction(runtime.sessions) as session:
        item, code = result(session, world)
        received = collecting.request(
            session, world.keys, registration(session),
            opens_at=MORNING + timedelta(hours=1), closes_at=MORNING + timedelta(hours=3),
            service=SERVICE, by=world.counter, at=MORNING,
        )  # fmt: skip
        assert received.item is not None
        handovers.offer(
            session, world.keys, [item], to_unit=OFFICE, to_staff=world.courier.staff,
            by=world.counter, at=NOON,
        )  # fmt: skip
        publish(session, "round-1", world.courier.staff, [item], received.dossier)
        return Day("round-1", item, code.secret, received.dossier, received.item)


def publish(
    session: Session, name: str, courier: StaffId, items: list[ItemId], pickup: DossierId | None
) -> None:
    """As the planner would have written it."""
    session.add(
        PlanRow(
            id=f"plan-{name}", office=OFFICE, day=NOON.date(), version=int(name[-1]), state="published",
            made_by="s-manager", made_at=NOON, published_by="s-manager", published_at=NOON, seed=1,
            budget_seconds=1.0, cost=1, metres=1, seconds=1, baseline_metres=1, baseline_seconds=1,
            baseline_unserved=0, unserved=[], faults=[], orders="", edits=0, edited_by="",
            edited_at=NOON,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        RoundRow(
            id=name, plan=f"plan-{name}", office=OFFICE, day=NOON.date(), courier=courier,
            state="published", acknowledged_at=None, starts_at=NOON, ends_at=NOON, metres=4200,
            seconds=3600,
        )
    )  # fmt: skip
    session.flush()
    session.add(RoundTourRow(round=name, tour=1, leaves_at=NOON, returns_at=NOON))
    at = {"arrives_at": NOON, "starts_at": NOON, "departs_at": NOON, "locked": "none"}
    session.add(StopRow(round=name, position=1, kind="deliver", unit=DESK, dossier=None, **at))
    for item in items:
        session.add(StopItemRow(round=name, position=1, reference=item, kind="item"))
    if pickup is not None:
        session.add(
            StopRow(round=name, position=2, kind="collect", unit=None, dossier=pickup, **at)
        )
        session.add(StopItemRow(round=name, position=2, reference=pickup, kind="pickup"))
    session.flush()


@pytest.fixture
def phone(couriers: Couriers, world: World) -> Phone:
    return couriers.phone(world.courier)


def package(phone: Phone, item: ItemId) -> dict[str, object]:
    found: dict[str, object] = next(p for p in phone.shift["packages"] if p["item"] == item)
    return found


def test_the_phone_has_what_it_needs_to_work_without_a_network(day: Day, phone: Phone) -> None:
    assert phone.pull()

    (round_,) = phone.shift["rounds"]
    desk, home = round_["stops"]
    assert desk["name"] == "Trung tâm Phục vụ hành chính công phường Tam Kỳ"
    assert desk["handed"] == [{"reference": day.result, "kind": "item"}]
    assert (home["dossier"], home["kind"]) == (day.pickup, "collect")
    assert (home["lat"], home["lon"]) == (15.5601, 108.4802)
    assert home["opens_at"] is not None
    known = package(phone, day.result)
    secret = Token(day.lock_secret)
    assert known["lock"] == delivery_lock(day.result, rotation=1, secret=secret)
    assert len(str(known["token"])) == 32
    waiting = package(phone, day.pickup_item)
    assert (waiting["state"], waiting["custody"]) == ("C0", "")
    assert waiting["result_item"]


def test_the_shift_names_nobody_who_lives_there(day: Day, phone: Phone) -> None:
    phone.pull()
    told = json.dumps(phone.shift, ensure_ascii=False)
    assert "Lan" not in told
    assert "905123456" not in told
    assert "Trần Cao Vân" not in told


def test_a_courier_takes_collects_and_delivers_by_what_the_phone_was_given(
    day: Day, phone: Phone, runtime: Runtime, world: World
) -> None:
    phone.pull()
    phone.take_offered(day.result)
    phone.collect(day.pickup_item)
    known = package(phone, day.result)
    phone.tell(
        day.result,
        acts.Deliver(
            receiver=Receiver.OWNER,
            proof=acts.CodeProof(rotation=1, secret=day.lock_secret),
            counts=acts.Counts(**known["counts"]),  # type: ignore[arg-type]
            condition=acts.Condition.OK,
        ),
    )

    outcomes = phone.send()

    assert [each["status"] for each in outcomes] == ["accepted"] * 3
    with transaction(runtime.sessions) as session:
        assert holdings.standings(session, [day.result])[day.result].state == "C10"
        assert session.get_one(PickupRow, day.pickup).state == "collected"
        assert session.get_one(DossierRow, day.pickup).administrative == "posted"
        steps = session.scalars(select(StepRow.kind).filter_by(dossier=day.pickup)).all()
        assert "posted" in steps


def test_nothing_new_is_not_sent_again_though_the_ledger_grows(
    day: Day, phone: Phone, runtime: Runtime, world: World
) -> None:
    assert phone.pull()
    with transaction(runtime.sessions) as session:
        result(session, world)  # somewhere else in the province
        office_device(session, world.keys, OFFICE, at=NOON)
    assert not phone.pull()
    with transaction(runtime.sessions) as session:
        publish(session, "round-2", world.courier.staff, [], None)
    assert phone.pull()


def test_another_courier_sees_nothing_of_it(day: Day, couriers: Couriers, world: World) -> None:
    other = couriers.phone(world.far_courier)
    other.pull()
    assert (other.shift["rounds"], other.shift["packages"]) == ([], [])


def test_what_was_signed_and_not_sent_yet_outlives_a_new_look_at_the_day(
    day: Day, phone: Phone, runtime: Runtime, world: World
) -> None:
    # Given a courier who took a package without a network,
    phone.pull()
    taken = phone.take_offered(day.result)

    # When he looks at the day, which has changed meanwhile, before he sends,
    with transaction(runtime.sessions) as session:
        publish(session, "round-2", world.courier.staff, [], None)
    assert phone.pull()

    # Then what he signs afterwards rests on his own custody, and all of it counts.
    assert phone.custody[day.result] == taken
    phone.tell(day.result, acts.Out(round=RoundId(day.round)))
    assert [each["status"] for each in phone.send()] == ["accepted", "accepted"]
    assert phone.pull()
    assert phone.custody[day.result] == taken


def test_something_kept_apart_keeps_back_nothing_that_is_signed_after_it(
    phone: Phone, runtime: Runtime
) -> None:
    phone.accept(ItemId("BH999999999VN"), acts.Leg.IN, TWO, AGENCY)
    assert [each["status"] for each in phone.send()] == ["quarantined"]

    items = numbers(runtime, AT_ONCE // 2)
    for n, item in enumerate(items):
        collected(phone, item, f"S-{n}")
    # 501 events wait, one more than an upload takes: what the server has not seen goes first.
    assert [each["status"] for each in phone.send()] == ["held"] * AT_ONCE
    assert phone.send()[0]["status"] == "quarantined"
    assert len(phone.outbox) == AT_ONCE + 1


def test_yesterdays_and_unpublished_rounds_are_not_shown(
    day: Day, phone: Phone, runtime: Runtime, clock: Clock
) -> None:
    with transaction(runtime.sessions) as session:
        session.get_one(RoundRow, day.round).state = "proposed"
    phone.pull()
    assert phone.shift["rounds"] == []


def test_colleagues_keys_come_along(day: Day, couriers: Couriers, world: World) -> None:
    phone = couriers.phone(world.courier)
    far = couriers.phone(world.far_courier)
    phone.pull()
    devices = [each["device"] for each in phone.shift["colleagues"]]
    assert phone.device in devices
    assert far.device not in devices  # of another office


def test_the_key_of_whoever_left_is_no_colleagues_any_more(
    couriers: Couriers, world: World, runtime: Runtime
) -> None:
    phone = couriers.phone(world.courier)
    decision = Decision(why="nghỉ việc", by=world.administrator, at=NOON)
    with transaction(runtime.sessions) as session:
        others = [hired(session, world, login) for login in ("an", "binh", "chi")]
    stays, leaves, moves = [couriers.phone(each) for each in others]
    phone.pull()
    assert keys_of(phone) == {each.device for each in (phone, stays, leaves, moves)}

    with transaction(runtime.sessions) as session:
        staffing.dismiss(session, others[1].staff, decision)
        directory.grant(session, others[2].staff, Role.COURIER, FAR_OFFICE, by=world.administrator)
        staffing.take_role(session, others[2].staff, Role.COURIER, OFFICE, decision)

    assert phone.pull()
    assert keys_of(phone) == {phone.device, stays.device}


def hired(session: Session, world: World, login: str) -> Actor:
    """One more courier of the office."""
    person = directory.hire(session, login=login, name=login, by=world.administrator)
    directory.grant(session, person.staff, Role.COURIER, OFFICE, by=world.administrator)
    return directory.actor(session, person.staff)


def keys_of(phone: Phone) -> set[str]:
    return {each["device"] for each in phone.shift["colleagues"]}


def test_changes_tell_what_came_and_what_went(
    day: Day, phone: Phone, runtime: Runtime, world: World
) -> None:
    phone.pull()
    cursor = phone.shift["cursor"]
    quiet = phone.call("GET", f"/changes?since={cursor}")
    assert (quiet["packages"], quiet["gone"], quiet["rounds_changed"]) == ([], [], False)

    with transaction(runtime.sessions) as session:
        standing = holdings.standings(session, [day.result])[day.result]
        assert standing.offered is not None
        handovers.withdraw(
            session, world.keys, standing.offered.batch, why="", by=world.counter, at=NOON
        )
    told = phone.call("GET", f"/changes?since={quiet['cursor']}")
    assert [each["item"] for each in told["packages"]] == [day.result]  # still on the round
    assert told["packages"][0]["offer"] == ""
    assert not told["has_more"]

    with transaction(runtime.sessions) as session:
        publish(session, "round-2", world.courier.staff, [], None)
    assert phone.call("GET", f"/changes?since={told['cursor']}")["rounds_changed"]


def test_more_changes_than_one_answer_holds_go_on_where_it_links_to(
    phone: Phone, runtime: Runtime
) -> None:
    phone.pull()
    items = numbers(runtime, cursors.PAGE // 2 + 1)
    for item in items:
        collected(phone, item, f"S{item}")
    while phone.outbox:
        phone.send()

    first = phone._call("GET", f"/changes?since={phone.shift['cursor']}", {}, b"")
    link = re.fullmatch(r'</api/v1(/changes\?since=\S+)>; rel="next"', first.headers["Link"])
    assert link is not None
    assert first.told["has_more"]
    last = phone._call("GET", link[1], {}, b"")

    assert not last.told["has_more"]
    assert "Link" not in last.headers
    seen = {each["item"] for each in [*first.told["packages"], *last.told["packages"]]}
    assert seen == set(items)


def test_what_a_courier_gave_away_is_gone_from_his_phone(
    couriers: Couriers, world: World, runtime: Runtime, phone: Phone
) -> None:
    (item,) = numbers(runtime, 1)
    parcel = collected(phone, item, "S1")
    phone.send()
    phone.pull()
    other = couriers.phone(world.far_courier)
    other.pull()
    key = next(
        (each["algorithm"], base64_strict.read(each["public_key"]))
        for each in phone.shift["colleagues"]
        if each["device"] == phone.device
    )
    other.take(phone.offer_code([parcel]), [parcel], custody_of(phone, item), key)
    other.send()

    told = phone.call("GET", f"/changes?since={phone.shift['cursor']}")
    assert (told["packages"], told["gone"]) == ([], [item])
    assert [
        each["item"]
        for each in other.call("GET", f"/changes?since={other.shift['cursor']}")["packages"]
    ] == [item]


@pytest.mark.parametrize(
    ("since", "status", "code"),
    [
        ("?", 422, "request.malformed"),
        ("", 422, "request.malformed"),
        ("a" * 201, 422, "request.malformed"),
        ("abcd", 422, "sync.cursor_malformed"),
        (base64_strict.write_url(b'[-1,""]'), 422, "sync.cursor_malformed"),
        (base64_strict.write_url(b'[true,""]'), 422, "sync.cursor_malformed"),
        (base64_strict.write_url(b'[1e999,""]'), 422, "sync.cursor_malformed"),
        (cursors.Cursor(10**15, "").written, 410, "sync.cursor_expired"),
    ],
)
def test_a_cursor_that_is_none_of_ours_asks_to_start_anew(
    phone: Phone, since: str, status: int, code: str
) -> None:
    with pytest.raises(ServerSaidNoError) as caught:
        phone.call("GET", f"/changes?since={since}")
    assert (caught.value.status, caught.value.code) == (status, code)


def test_a_round_is_acknowledged_once_and_the_first_time_counts(
    day: Day, phone: Phone, clock: Clock
) -> None:
    first = phone.call("POST", f"/rounds/{day.round}/acknowledgements")
    clock.forward(timedelta(minutes=5))
    assert phone.call("POST", f"/rounds/{day.round}/acknowledgements") == first


def test_nobody_acknowledges_a_round_that_is_not_his(
    day: Day, couriers: Couriers, world: World, runtime: Runtime
) -> None:
    other, mine = couriers.phone(world.far_courier), couriers.phone(world.courier)
    for phone, name in ((other, day.round), (mine, "round-9")):
        for path in ("acknowledgements", "contacts"):
            with pytest.raises(ServerSaidNoError) as caught:
                phone.call("POST" if path[0] == "a" else "GET", f"/rounds/{name}/{path}")
            assert (caught.value.status, caught.value.code) == (404, "round.unknown")
    with transaction(runtime.sessions) as session:
        session.get_one(RoundRow, day.round).state = "superseded"
    with pytest.raises(ServerSaidNoError) as caught:
        mine.call("POST", f"/rounds/{day.round}/acknowledgements")
    assert (caught.value.status, caught.value.code) == (409, "round.superseded")


def test_the_people_at_the_door_are_told_and_the_look_is_logged(
    day: Day, phone: Phone, runtime: Runtime, world: World
) -> None:
    with transaction(runtime.sessions) as session:
        before = len(session.scalars(select(AccessRow)).all())

    told = phone.call("GET", f"/rounds/{day.round}/contacts")["contacts"]

    assert {each["position"] for each in told} == {2}
    who = told[0]
    assert who["role"] == "submitter"

    assert (who["name"], who["phone"]) == ("Nguyễn Thị Lan", "+84905123456")
    assert who["citizen_last4"] == "3456"
    assert who["address"] == "12 Trần Cao Vân, Phường Tam Kỳ"
    with transaction(runtime.sessions) as session:
        looks = session.scalars(select(AccessRow).order_by(AccessRow.id)).all()
        assert len(looks) == before + 1
        assert (looks[-1].staff, looks[-1].why) == (world.courier.staff, "collecting")


@pytest.mark.parametrize(
    ("at", "is_told"),
    [
        (datetime(2026, 11, 22, 17, tzinfo=VIETNAM), True),  # he looks ahead at home
        (datetime(2026, 11, 23, 23, 59, tzinfo=VIETNAM), True),
        (datetime(2026, 11, 24, 0, 0, tzinfo=VIETNAM), False),
        (datetime(2027, 11, 23, 9, tzinfo=VIETNAM), False),
    ],
)
def test_nobody_is_named_by_a_round_whose_day_is_over(
    day: Day, couriers: Couriers, world: World, runtime: Runtime, clock: Clock, at: datetime,
    *, is_told: bool,
) -> None:  # fmt: skip
    phone = couriers.phone(world.courier)
    clock.at = at
    phone.sign_in()
    with transaction(runtime.sessions) as session:
        before = len(session.scalars(select(AccessRow)).all())
    path = f"/rounds/{day.round}/contacts"

    if is_told:
        assert phone.call("GET", path)["contacts"]
    else:
        with pytest.raises(ServerSaidNoError) as caught:
            phone.call("GET", path)
        assert (caught.value.status, caught.value.code) == (404, "round.unknown")

    with transaction(runtime.sessions) as session:
        assert len(session.scalars(select(AccessRow)).all()) == before + is_told


# Evidence


PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20


def blob(content: bytes) -> str:
    return f"/api/v1/blobs/sha-256:{sha256(content).hexdigest()}"


@pytest.fixture
def asking(client: FlaskClient, phone: Phone) -> FlaskClient:
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {phone._token}"
    return client


def test_a_photo_is_kept_under_its_hash_and_sealed_in_the_store(
    asking: FlaskClient, runtime: Runtime
) -> None:
    first = asking.put(blob(PNG), data=PNG, content_type="image/png")
    again = asking.put(blob(PNG), data=PNG, content_type="image/png")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    back = asking.get(blob(PNG))
    assert (back.data, back.mimetype) == (PNG, "image/png")
    assert "sandbox" in back.headers["Content-Security-Policy"]
    with transaction(runtime.sessions) as session:
        (row,) = session.scalars(select(EvidenceRow))
        assert b"picture" not in row.content


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"<script>", "text/html", 415, "evidence.wrong_type"),
        (b"<script>", "image/png", 415, "evidence.wrong_type"),
        (PNG, "image/jpeg", 415, "evidence.wrong_type"),
        (PNG, "", 415, "evidence.wrong_type"),
        (b"", "image/png", 415, "evidence.wrong_type"),
        (b"%PDF-" + b"x" * 5_000_000, "application/pdf", 413, "evidence.too_large"),
        (b"%PDF-" + b"x" * 6_000_000, "application/pdf", 413, "request.too_large"),
    ],
    ids=["page", "page as picture", "wrong name", "no name", "nothing", "large", "larger"],
)
def test_what_is_no_evidence_is_not_kept(
    asking: FlaskClient, content: bytes, kind: str, status: int, code: str
) -> None:
    got = asking.put(blob(content), data=content, content_type=kind)
    assert (got.status_code, got.get_json()["code"]) == (status, code)
    assert asking.get(blob(content)).status_code == 404


def test_a_file_that_is_not_what_its_address_says_is_refused(asking: FlaskClient) -> None:
    got = asking.put(blob(b"other"), data=PNG, content_type="image/png")
    assert (got.status_code, got.get_json()["code"]) == (422, "evidence.wrong_hash")
    for path in ("/api/v1/blobs/sha-256:zz", "/api/v1/blobs/md5:00", "/api/v1/blobs/sha-256:"):
        assert asking.put(path, data=PNG, content_type="image/png").status_code == 404


def test_another_couriers_photo_is_not_there(
    asking: FlaskClient, couriers: Couriers, world: World
) -> None:
    asking.put(blob(PNG), data=PNG, content_type="image/png")
    token = couriers.phone(world.far_courier)._token
    got = asking.get(blob(PNG), headers={"Authorization": f"Bearer {token}"})
    assert (got.status_code, got.get_json()["code"]) == (404, "evidence.unknown")


# Lists


def test_code_lists_speak_both_languages(asking: FlaskClient) -> None:
    path = "/api/v1/code-lists/failure-reasons"
    vietnamese = asking.get(path).get_json()["reasons"]
    english = asking.get(path, headers={"Accept-Language": "en"}).get_json()["reasons"]
    assert [each["code"] for each in vietnamese] == [f"R{n:02}" for n in range(1, 15)]
    assert vietnamese[0]["text"] == "Người nhận đi vắng"
    assert english[0]["text"] == "Nobody at home"
    actions = asking.get("/api/v1/code-lists/actions").get_json()["actions"]
    assert {code for each in vietnamese for code in each["actions"]} <= {
        each["code"] for each in actions
    }


@pytest.mark.parametrize(
    ("name", "codes", "words"),
    [
        ("actions", Action, ("Phát lại", "Deliver again")),
        ("reservations", ReservedFor, ("thiếu, không thấy", "missing")),
        ("conditions", Condition, ("nguyên vẹn", "intact")),
        ("receivers", Receiver, ("chủ hồ sơ", "the owner")),
    ],
)
def test_every_code_that_an_event_names_has_its_words(
    asking: FlaskClient, name: str, codes: type[StrEnum], words: tuple[str, str]
) -> None:
    for language, word in zip(("vi", "en"), words, strict=True):
        answer = asking.get(f"/api/v1/code-lists/{name}", headers={"Accept-Language": language})
        told = answer.get_json()[name]
        assert [each["code"] for each in told] == [each.value for each in codes]
        assert told[0]["text"] == word
        assert all(each["text"] for each in told)


@pytest.mark.parametrize(
    "name", ["failure-reasons", "actions", "reservations", "conditions", "receivers"]
)
def test_a_list_that_the_phone_has_is_not_sent_again_but_in_its_other_language(
    asking: FlaskClient, name: str
) -> None:
    path = f"/api/v1/code-lists/{name}"
    first = asking.get(path)
    known = {"If-None-Match": first.headers["ETag"]}
    again = asking.get(path, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    other = asking.get(path, headers={**known, "Accept-Language": "en"})
    assert other.status_code == 200
    assert (first.headers["Content-Language"], other.headers["Content-Language"]) == ("vi", "en")
    assert "Accept-Language" in other.headers["Vary"]


def test_reasons_that_ask_for_an_address_go_with_the_communes_of_today(
    asking: FlaskClient,
) -> None:
    reasons = asking.get("/api/v1/code-lists/failure-reasons").get_json()["reasons"]
    assert [each["code"] for each in reasons if each["asks_address"]] == ["R03", "R04"]
    path = "/api/v1/code-lists/communes"
    first = asking.get(path)
    assert {"code": FAR_COMMUNE, "name": "Xã Thăng Bình"} in first.get_json()["communes"]
    assert OFFICE not in {each["code"] for each in first.get_json()["communes"]}
    known = {"If-None-Match": first.headers["ETag"], "Accept-Language": "en"}
    assert asking.get(path, headers=known).status_code == 304


def test_there_are_no_other_lists(asking: FlaskClient) -> None:
    assert asking.get("/api/v1/code-lists/secrets").status_code == 404
