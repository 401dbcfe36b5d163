"""A broken seal, two who claim one package, a citizen who never comes: nobody is left without a holder."""

from datetime import datetime, timedelta

import pytest

from postal_service.domain import acts
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Condition
from postal_service.domain.custody import State, Trouble
from postal_service.domain.ids import ItemId, RoundId
from postal_service.domain.wording_dates import VIETNAM
from postal_service.ledger import signing
from postal_service.projections import verdicts
from postal_service.storage.transaction import reading, transaction
from tests.journeys.post import BADGES, ONE_ORIGINAL, Post, accepted, online, put_out
from tests.mobile_api.phones import collected, custody_of, numbers
from tests.services import world as w
from tests.services.rounds_day import second_courier
from tests.web.desk_work import dossier_of, offered, sealed, taken


def test_a_broken_seal_stops_the_package_until_two_have_counted(post: Post) -> None:
    result = post.result_at_office()
    counter, manager = post.browser("counter"), post.browser("manager")

    told = counter.send(
        f"/items/{result.item}/exceptions/damage", condition="seal_broken", why="rách mép"
    )
    assert told.status_code == 302
    assert post.standing(result.item).troubles
    refused = counter.send("/handovers/new", codes=result.item, badge=BADGES["courier"])
    assert refused.status_code == 409
    assert post.holder(result.item) == post.world.counter.staff

    post.later(minutes=10)
    settled = manager.send(
        f"/items/{result.item}/exceptions/settle",
        ONE_ORIGINAL,
        witness=BADGES["second_counter"],
        why="đã kiểm đếm lại",
    )
    assert settled.status_code == 302, settled.get_data(as_text=True)
    resealed = counter.send(
        f"/items/{result.item}/seal",
        ONE_ORIGINAL,
        serial="NP00000099",
        witness=BADGES["second_counter"],
        why="niêm phong rách",
    )
    assert resealed.status_code == 302, resealed.get_data(as_text=True)
    assert not post.standing(result.item).troubles
    assert post.standing(result.item).seal == "NP00000099"
    post.to_courier(counter, result.item)


def test_of_two_phones_that_claim_a_package_one_holds_it_and_the_other_is_shown(
    post: Post,
) -> None:
    giver = post.phone(post.world.courier)
    first, second = post.phone(post.world.far_courier), post.phone(_third_courier(post))
    (item,) = numbers(post.runtime, 1)
    parcel = collected(giver, item, "S1")
    key, held = ("ed25519", signing.public_bytes(giver._key)), custody_of(giver, item)
    code = giver.offer_code([parcel])
    claims = [
        *first.take(code, [parcel], held, key),
        *second.take(code, [parcel], held, key),
    ]

    second.send()  # before anybody told of the package itself
    accepted(giver)
    first.send()

    assert post.standing(item).custody == min(claims)
    assert post.holder(item) == post.world.far_courier.staff
    with reading(post.runtime.sessions) as session:
        assert verdicts.of_events(session, list(claims)) == {max(claims): "conflict"}


def test_what_is_reserved_stays_with_the_giver_and_is_frozen(post: Post) -> None:
    counter, desk = post.browser("counter"), post.browser("desk_clerk")
    there, missing = sealed(counter, "NP00000001"), sealed(counter, "NP00000002")
    batch = offered(counter, there, missing)

    answer = desk.send(
        f"/handovers/{batch}/take",
        {f"answer-{there}": "take", f"answer-{missing}": "missing"},
    )

    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert post.holder(there) == post.world.desk_clerk.staff
    assert post.holder(missing) == post.world.counter.staff
    assert post.standing(missing).troubles
    again = counter.send("/handovers/new", codes=missing, to_unit=w.DESK)
    assert again.status_code == 409


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


def test_after_two_invitations_in_vain_a_result_goes_back_to_the_agency(post: Post) -> None:
    result = post.result_at_office()
    counter = post.browser("counter")
    phone = post.phone(post.world.courier)
    item = ItemId(result.item)
    post.to_courier(counter, result.item)
    online(phone)
    phone.take_offered(item)
    phone.tell(item, acts.Out(round=RoundId("r1")))
    for day in (23, 25):
        post.clock.at = at(day, 14)
        phone.tell(item, acts.Attempt(reason="R01", action="A1", counted=True))
    post.clock.at = at(25, 17)
    phone.sign_in()
    accepted(phone)  # first what he did, then what the office knows
    phone.pull()
    batch = put_out(phone, item, w.OFFICE)
    accepted(phone)
    counter = post.browser("counter")
    taken(counter, batch, result.item)
    assert post.holder(result.item) == post.world.counter.staff

    too_early = counter.send(f"/items/{result.item}/send-back", why="không đến nhận")
    assert too_early.status_code == 409
    invited = [_tries(post, result.item, "invite", {}) for _ in range(2)]
    assert invited[1] - invited[0] >= timedelta(days=2)
    assert post.state(result.item) is State.HELD
    _tries(post, result.item, "send-back", {"why": "không đến nhận"})
    assert post.state(result.item) is State.GOING_BACK

    counter = post.browser("counter")
    back = offered(counter, result.item, to_unit=w.DESK)
    taken(post.browser("desk_clerk"), back, result.item)
    assert post.state(result.item) is State.RETURNED
    assert post.holder(result.item) == post.world.desk_clerk.staff


def _tries(post: Post, item: str, step: str, fields: dict[str, str]) -> datetime:
    """A clerk tries each morning until the law lets him; the day it did."""
    for _ in range(30):
        post.clock.forward(timedelta(days=1))
        post.clock.at = post.clock.at.astimezone(VIETNAM).replace(hour=9)
        answer = post.browser("counter").send(f"/items/{item}/{step}", fields)
        if answer.status_code == 302:
            return post.clock.at
        assert answer.status_code == 409, answer.get_data(as_text=True)
    pytest.fail(f"The law lets nobody {step} within a month.")


def test_another_day_that_was_agreed_at_the_door_is_told_at_the_counter(post: Post) -> None:
    result = post.result_at_office()
    phone, item = post.phone(post.world.courier), ItemId(result.item)
    post.to_courier(post.browser("counter"), result.item)
    online(phone)
    phone.take_offered(item)
    agreed = phone.shift["days_to_agree"][1]
    phone.tell(item, acts.Attempt(reason="R06", action="A1", counted=False, agreed_for=agreed))
    accepted(phone)
    online(phone)
    batch = put_out(phone, item, w.OFFICE)
    accepted(phone)
    counter = post.browser("counter")
    taken(counter, batch, result.item)

    assert (agreed, post.standing(result.item).agreed_for) == ("2026-11-26", agreed)
    assert "người nhận hẹn ngày 26/11/2026" in counter.text(f"/items/{result.item}/delivery")
    assert "hẹn phát 26/11/2026" in counter.text(f"/dossiers/{result.dossier}")


def test_a_dossier_refused_at_the_wrong_desk_is_forwarded_and_taken_at_the_right_one(
    post: Post,
) -> None:
    counter, far_desk = post.browser("counter"), post.browser("far_desk_clerk")
    item = sealed(counter, "NP00000001")
    batch = offered(counter, item)
    refused = post.browser("desk_clerk").send(
        f"/handovers/{batch}/take", {f"answer-{item}": "not_ours"}
    )
    assert refused.status_code == 200, refused.get_data(as_text=True)
    assert post.holder(item) == post.world.counter.staff

    sent_on = counter.send(f"/items/{item}/forward", unit=w.FAR_DESK, why="thuộc xã Thăng Bình")
    assert sent_on.status_code == 302, sent_on.get_data(as_text=True)
    assert post.standing(item).troubles == {Trouble.REDIRECTED}
    taken(far_desk, offered(counter, item, to_unit=w.FAR_DESK), item)

    assert post.state(item) is State.WITH_AGENCY
    assert post.standing(item).troubles == frozenset()
    dossier = dossier_of(far_desk, item)
    assert far_desk.send(f"/dossiers/{dossier}/receive").status_code == 302


def test_a_courier_reports_damage_from_his_phone_and_nobody_takes_it_on(post: Post) -> None:
    result = post.result_at_office()
    phone = post.phone(post.world.courier)
    post.to_courier(post.browser("counter"), result.item)
    online(phone)
    phone.take_offered(ItemId(result.item))
    phone.tell(ItemId(result.item), acts.Damage(condition=Condition.WET))
    accepted(phone)
    assert Trouble.DAMAGE in post.standing(result.item).troubles
    assert post.holder(result.item) == post.world.courier.staff


def _third_courier(post: Post) -> Actor:
    with transaction(post.runtime.sessions) as session:
        return second_courier(session, post.world)
