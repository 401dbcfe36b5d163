"""Papers in, result out: what happens on an ordinary day, and when the phone has no network."""

import random
from dataclasses import replace

import pytest

from postal_service.demo.phone_offers import OfferDoesNotMatchError
from postal_service.domain import acts
from postal_service.domain.acts import CodeProof, Condition, Counts, Receiver
from postal_service.domain.codes import read_delivery_code
from postal_service.domain.custody import State
from postal_service.domain.ids import ItemId, RoundId
from postal_service.ledger import signing
from tests.journeys.post import Post, Result, accepted, online, put_out
from tests.mobile_api.phones import collected, custody_of, numbers
from tests.services import world as w
from tests.web.desk_work import FORM_KEY, sealed, taken


def deliver(result: Result, *, exchange: str = "") -> acts.Deliver:
    code = read_delivery_code(result.code)
    return acts.Deliver(
        receiver=Receiver.OWNER,
        proof=CodeProof(rotation=code.rotation, secret=code.secret),
        counts=Counts(originals=1, certified=0, photocopies=0),
        condition=Condition.OK,
        exchange=exchange,
        recovered=1 if exchange else 0,
    )


def test_from_the_counter_by_courier_to_the_desk(post: Post) -> None:
    counter, desk = post.browser("counter"), post.browser("desk_clerk")
    phone = post.phone(post.world.courier)
    item = sealed(counter, "NP00000001")
    assert post.holder(item) == post.world.counter.staff

    post.to_courier(counter, item)
    assert post.holder(item) == post.world.counter.staff  # offered is not handed over
    post.later(minutes=5)
    online(phone)
    phone.take_offered(ItemId(item))
    accepted(phone)
    assert post.holder(item) == post.world.courier.staff

    post.later(minutes=20)
    online(phone)
    batch = put_out(phone, item, w.DESK)
    accepted(phone)
    taken(desk, batch, item)
    assert post.holder(item) == post.world.desk_clerk.staff
    assert post.state(item) is State.WITH_AGENCY


def test_from_the_desk_by_courier_to_the_citizen(post: Post) -> None:
    result = post.result_sealed()
    phone = post.phone(post.world.courier)
    post.to_courier(post.browser("desk_clerk"), result.item)
    post.later(minutes=5)
    online(phone)
    item = ItemId(result.item)
    phone.take_offered(item)
    phone.tell(item, acts.Out(round=RoundId("r1")))
    phone.tell(item, deliver(result))
    accepted(phone)

    assert post.state(result.item) is State.DELIVERED
    page = post.browser("counter").text(f"/dossiers/{result.dossier}")
    assert "đã trả kết quả" in page


@pytest.mark.parametrize("seed", range(5))
def test_a_day_without_network_sent_late_twice_and_in_any_order(post: Post, seed: int) -> None:
    phone = post.phone(post.world.courier)
    items = numbers(post.runtime, 4)
    parcels = [collected(phone, item, f"S{n}") for n, item in enumerate(items)]
    for item in items:
        phone.tell(item, acts.Out(round=RoundId("r1")))
        phone.tell(item, acts.Attempt(reason="R13", action="A1", counted=True))
    signed = list(phone.outbox)
    post.later(hours=6)
    online(phone)

    shuffled = random.Random(seed)
    cut = [signed[n : n + 3] for n in range(0, len(signed), 3)]
    schedule = cut + shuffled.choices(cut, k=4)
    shuffled.shuffle(schedule)
    for batch in schedule:
        shuffled.shuffle(batch)
        phone.send(batch)

    again = phone.send(signed)
    assert {each["status"] for each in again} == {"duplicate"}
    assert phone.outbox == []
    for parcel in parcels:
        standing = post.standing(parcel.item)
        assert (standing.seal, standing.attempts) == (parcel.seal, 1)
        assert post.holder(parcel.item) == post.world.courier.staff


def test_old_papers_taken_back_at_the_door_are_an_item_of_their_own(post: Post) -> None:
    result = post.result_sealed(w.LICENCE, collect_back="Giấy phép lái xe cũ")
    phone, counter = post.phone(post.world.courier), post.browser("counter")
    key = FORM_KEY.search(counter.text(f"/items/{result.item}"))
    assert key is not None
    given = counter.send(f"/items/{result.item}/return-envelope", form_key=key[1])
    assert given.status_code == 200, given.get_data(as_text=True)
    post.to_courier(post.browser("desk_clerk"), result.item)
    online(phone)
    envelope = ItemId(phone._package(ItemId(result.item))["return_envelope"])
    assert envelope in given.get_data(as_text=True)
    phone.take_offered(ItemId(result.item))
    phone.tell(ItemId(result.item), deliver(result, exchange="x-1"))
    old = Counts(originals=1, certified=0, photocopies=0)
    phone.take_back(envelope, old, exchange="x-1")
    phone.tell(envelope, acts.Pack(seal="NP-OLD", counts=old))
    accepted(phone)

    assert post.state(result.item) is State.DELIVERED
    assert post.holder(envelope) == post.world.courier.staff
    post.later(minutes=20)
    online(phone)
    batch = put_out(phone, envelope, w.DESK)
    accepted(phone)
    taken(post.browser("desk_clerk"), batch, envelope)
    assert post.holder(envelope) == post.world.desk_clerk.staff


def test_a_swapped_envelope_is_not_countersigned(post: Post) -> None:
    """What the other phone shows must be what lies on the table."""
    giver, taker = post.phone(post.world.courier), post.phone(post.world.far_courier)
    (item,) = numbers(post.runtime, 1)
    parcel = collected(giver, item, "S1")
    key = ("ed25519", signing.public_bytes(giver._key))
    swapped = replace(parcel, seal="S2")
    with pytest.raises(OfferDoesNotMatchError):
        taker.take(giver.offer_code([parcel]), [swapped], custody_of(giver, item), key)
    taker.take(giver.offer_code([parcel]), [parcel], custody_of(giver, item), key)
    taker.send([*giver.outbox, *taker.outbox])
    assert post.holder(item) == post.world.far_courier.staff
