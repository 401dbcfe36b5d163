"""What phones signed enters once, in their own order; what arrives late or twice changes nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.demo.phone import Kept, Phone
from postal_service.demo.phone_offers import OfferDoesNotMatchError
from postal_service.domain import acts
from postal_service.domain.actors import Actor, Grant, Role
from postal_service.domain.acts import Capacity, Condition, Counts, Leg, Receiver
from postal_service.domain.custody import State
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import DeviceId, EventId, ItemId, RoundId, StaffId, UnitCode
from postal_service.ledger import base64_strict, offers, reading, signing
from postal_service.ledger.encoding import decode, encode
from postal_service.projections import holdings, verdicts
from postal_service.services import quarantine
from postal_service.services.examining import Reason, Sent, examine
from postal_service.services.syncing import Status, receive
from postal_service.storage.schema import (
    DeviceRow,
    HeldRow,
    MessageCodeRow,
    QuarantineRow,
    UnitRow,
)
from tests.clock import NOON, Clock
from tests.mobile_api.phones import TWO, collected, custody_of, number
from tests.services.in_hand import PAPERS, in_bag
from tests.services.phones import hand_over, key_of, known_phone, statuses, upload
from tests.services.world import AGENCY, FAR_OFFICE, VAULT, World


@pytest.fixture
def giver(session: Session, world: World, clock: Clock) -> Phone:
    return known_phone(session, world.courier, clock)


@pytest.fixture
def receiver(session: Session, world: World, clock: Clock) -> Phone:
    return known_phone(session, world.far_courier, clock)


@pytest.fixture
def third(session: Session, world: World, clock: Clock) -> Phone:
    return known_phone(session, world.second_counter, clock)


def reasons(session: Session) -> list[str]:
    rows = session.scalars(select(QuarantineRow).order_by(QuarantineRow.id))
    return [row.reason for row in rows if row.settled_at is None]


# What is recorded


def test_a_package_that_two_phones_handed_over_offline_is_the_receivers(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcels = [collected(giver, number(session), f"S{n}") for n in range(3)]
    hand_over(giver, receiver, parcels)

    assert statuses(upload(session, giver, giver.outbox)) == ["accepted"] * 6
    assert statuses(upload(session, receiver, receiver.outbox)) == ["accepted"] * 3

    held = holdings.held_by_staff(session, receiver.staff)
    assert [each.item for each in held] == sorted(each.item for each in parcels)
    assert {each.state for each in held} == {State.WITH_COURIER}


def test_either_phone_alone_can_prove_both_sides(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    hand_over(giver, receiver, [parcel])

    outcomes = upload(session, receiver, [*giver.outbox, *receiver.outbox])

    assert statuses(outcomes) == ["accepted"] * 3
    assert holdings.standings(session, [parcel.item])[parcel.item].holder is not None


def test_what_was_sent_twice_is_a_duplicate_with_the_same_place(
    session: Session, giver: Phone
) -> None:
    collected(giver, number(session), "S1")
    first = upload(session, giver, giver.outbox)
    again = upload(session, giver, giver.outbox)
    twice = upload(session, giver, [giver.outbox[0], giver.outbox[0]])

    assert statuses(again) == ["duplicate"] * 2
    assert [each.entry for each in again] == [each.entry for each in first]
    assert statuses(twice) == ["duplicate"] * 2


def test_an_event_twice_in_one_batch_is_recorded_once(session: Session, giver: Phone) -> None:
    collected(giver, number(session), "S1")
    outcomes = upload(session, giver, [*giver.outbox, *giver.outbox])
    assert statuses(outcomes) == ["accepted", "accepted", "duplicate", "duplicate"]


def test_events_are_recorded_in_the_order_of_their_phone(session: Session, giver: Phone) -> None:
    for n in range(3):
        collected(giver, number(session), f"S{n}")
    outcomes = upload(session, giver, list(reversed(giver.outbox)))

    assert statuses(outcomes) == ["accepted"] * 6
    indices = [outcome.entry.index for outcome in outcomes if outcome.entry]
    assert indices == sorted(indices, reverse=True)


def test_what_comes_too_early_is_held_until_another_phone_closes_the_gap(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    giver.tell(parcel.item, acts.Out(round=RoundId("r1")))
    first, second, last = giver.outbox

    assert statuses(upload(session, giver, [last, second])) == ["held", "held"]
    assert statuses(upload(session, giver, [last])) == ["held"]
    assert holdings.standings(session, [parcel.item]) == {}

    assert statuses(upload(session, receiver, [first])) == ["accepted"]

    assert statuses(upload(session, giver, [second, last])) == ["duplicate", "duplicate"]
    assert holdings.standings(session, [parcel.item])[parcel.item].round == "r1"
    assert session.scalar(select(func.count()).select_from(HeldRow)) == 0


def test_a_hand_over_before_its_package_is_recorded_and_waits(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    (taken,) = hand_over(giver, receiver, [parcel])

    (outcome,) = upload(session, receiver, receiver.outbox)
    assert (outcome.status, outcome.verdict) == (Status.CONFLICT, "waiting")
    upload(session, giver, giver.outbox)

    assert verdicts.of_events(session, [taken]) == {}
    standing = holdings.standings(session, [parcel.item])[parcel.item]
    assert standing.holder is not None
    assert standing.holder.staff == receiver.staff


def test_of_two_who_took_the_same_package_one_is_in_conflict_and_nothing_is_lost(
    session: Session, giver: Phone, receiver: Phone, third: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    before = dict(giver.custody)
    first = hand_over(giver, receiver, [parcel])
    giver.custody = before
    second = hand_over(giver, third, [parcel])
    upload(session, giver, giver.outbox)

    one = upload(session, third, third.outbox)
    other = upload(session, receiver, receiver.outbox)

    assert {each.entry is None for each in (*one, *other)} == {False}
    odd = verdicts.of_events(session, [*first, *second])
    assert list(odd.values()) == ["conflict"]
    assert odd.keys() == {max(*first, *second)}  # the lower id stands


def test_a_delivery_with_a_wrong_code_is_recorded_and_disputed(
    session: Session, giver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    proof = acts.CodeProof(rotation=1, secret="0" * 26)
    delivered = acts.Deliver(
        receiver=Receiver.OWNER, proof=proof, counts=TWO, condition=Condition.OK
    )
    giver.tell(parcel.item, delivered)

    outcome = upload(session, giver, giver.outbox)[-1]

    assert (outcome.status, outcome.verdict) == (Status.CONFLICT, "disputed")
    assert holdings.standings(session, [parcel.item])[parcel.item].state is not State.DELIVERED


# What is kept apart


def test_bytes_that_are_no_event_are_kept_apart_once_and_harm_nothing(
    session: Session, giver: Phone
) -> None:
    collected(giver, number(session), "S1")
    rubbish = [b"", b"{}", b"\xff", b"[" * 16_000, b'{"v":1}', b"x" * 20_000]
    batch = [Kept(EventId(""), each, b"s" * 64) for each in rubbish]

    for _ in range(2):
        outcomes = upload(session, giver, [*batch, *giver.outbox])
        assert statuses(outcomes)[: len(rubbish)] == ["quarantined"] * len(rubbish)
        assert {each.reason for each in outcomes[: len(rubbish)]} == {"malformed"}

    assert reasons(session) == ["malformed"] * len(rubbish)
    assert reading.size(session) == 2


def test_what_concerns_no_item_waits_for_nobody_to_let_it_in(
    session: Session, world: World, giver: Phone
) -> None:
    # Once it is in the ledger, the verifier calls the whole of it broken for ever.
    giver.tell(ItemId(""), acts.Lost(why=""), parent=NO_PARENT)

    assert [each.reason for each in upload(session, giver, giver.outbox)] == ["malformed"]

    (waiting,) = quarantine.open_ones(session, by=world.manager)
    with pytest.raises(quarantine.CannotBeAdmitted):
        quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)
    assert reading.size(session) == 0


def altered(phone: Phone, number_in_outbox: int, **changes: object) -> Kept:
    """The event signed anew by its own phone, with something changed."""
    event = replace(decode(phone.outbox[number_in_outbox].body), **changes)  # type: ignore[arg-type]
    body = encode(event)
    return Kept(event.id, body, signing.sign(phone._key, body))


def test_a_changed_byte_or_a_foreign_signature_never_enters(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    collected(giver, number(session), "S1")
    first = giver.outbox[0]
    changed = replace(first, body=first.body.replace(b'"o":1', b'"o":2'))
    foreign = replace(first, signature=signing.sign(receiver._key, first.body))
    short = replace(first, signature=b"")

    outcomes = upload(session, giver, [changed, foreign, short])

    assert {each.reason for each in outcomes} == {"bad_signature"}
    assert statuses(upload(session, giver, [first])) == ["accepted"]


def test_the_same_id_with_other_bytes_is_kept_apart(session: Session, giver: Phone) -> None:
    collected(giver, number(session), "S1")
    other = altered(giver, 0, wall_ms=1)

    assert [each.reason for each in upload(session, giver, [giver.outbox[0], other])] == [
        "",
        "id_reused",
    ]
    assert [each.reason for each in upload(session, giver, [other])] == ["id_reused"]


def test_a_fork_of_a_phones_chain_is_kept_apart(session: Session, giver: Phone) -> None:
    collected(giver, number(session), "S1")
    upload(session, giver, giver.outbox)
    fresh = EventId("01890000-0000-7000-8000-000000000001")
    fork = altered(giver, 1, id=fresh, wall_ms=1)
    assert [each.reason for each in upload(session, giver, [fork])] == ["sequence_fork"]


def test_an_event_that_does_not_follow_the_one_before_is_kept_apart(
    session: Session, giver: Phone
) -> None:
    collected(giver, number(session), "S1")
    loose = altered(giver, 1, previous="0" * 64)
    outcomes = upload(session, giver, [giver.outbox[0], loose])
    assert [each.reason for each in outcomes] == ["", "chain_broken"]
    assert statuses(upload(session, giver, [giver.outbox[1]])) == ["accepted"]


def test_a_held_event_that_turns_out_not_to_follow_is_kept_apart_then(
    session: Session, giver: Phone
) -> None:
    collected(giver, number(session), "S1")
    loose = altered(giver, 1, previous="0" * 64)
    assert statuses(upload(session, giver, [loose])) == ["held"]
    assert statuses(upload(session, giver, [giver.outbox[0]])) == ["accepted"]
    assert reasons(session) == ["chain_broken"]
    assert session.scalar(select(func.count()).select_from(HeldRow)) == 0


def test_a_number_absurdly_far_ahead_is_not_held(session: Session, giver: Phone) -> None:
    collected(giver, number(session), "S1")
    far = altered(giver, 0, sequence=1_000_000)
    assert [each.reason for each in upload(session, giver, [far])] == ["too_far_ahead"]


def test_an_unknown_phone_is_kept_apart_and_enters_once_it_is_known(
    session: Session, giver: Phone
) -> None:
    collected(giver, number(session), "S1")
    row = session.get_one(DeviceRow, giver.device)
    row.status = "pending"
    assert {each.reason for each in upload(session, giver, giver.outbox)} == {"unknown_device"}

    row.status = "active"
    assert statuses(upload(session, giver, giver.outbox)) == ["accepted"] * 2
    assert reasons(session) == []  # nobody need look at what came after all


@pytest.mark.parametrize("who", [{"staff": StaffId("s-manager")}, {"unit": UnitCode("561700")}])
def test_nobody_signs_in_anothers_name(
    session: Session, giver: Phone, who: dict[str, object]
) -> None:
    collected(giver, number(session), "S1")
    assert [each.reason for each in upload(session, giver, [altered(giver, 0, **who)])] == [
        "wrong_staff"
    ]


@pytest.mark.parametrize(
    "act",
    [
        acts.Rotate(rotation=2, lock="0" * 64, why=""),
        acts.Clear(witness=StaffId("s-manager"), why="", counts=TWO),
        acts.Correct(
            corrects=EventId("01890000-0000-7000-8000-000000000001"),
            kind=acts.CorrectionKind.DID_NOT_OCCUR,
            replacements=(),
            maker=StaffId("s-manager"),
            why="",
        ),
        acts.RevokeDevice(device=DeviceId("AAAAAAAA"), why=""),
        acts.Accept(capacity=Capacity.DESK, leg=Leg.IN, counts=TWO, destination=AGENCY),
        acts.Accept(capacity=Capacity.COURIER, leg=Leg.OUT, counts=TWO, destination=AGENCY),
        acts.Return(why=""),
        acts.Deliver(
            receiver=Receiver.OWNER,
            proof=acts.OverrideProof(witness=StaffId("s-courier")),
            counts=TWO,
            condition=Condition.OK,
        ),
    ],
    ids=lambda act: type(act).__name__,
)
def test_a_phone_cannot_tell_what_only_the_office_may(
    session: Session, giver: Phone, act: acts.Act
) -> None:
    of = ItemId("") if isinstance(act, acts.REGISTRY) else number(session)
    giver.tell(of, act, parent=NO_PARENT)
    assert [each.reason for each in upload(session, giver, giver.outbox)] == ["not_for_phones"]


def test_an_item_number_that_nobody_gave_out_waits_for_the_head(
    session: Session, world: World, giver: Phone
) -> None:
    giver.accept(ItemId("BH999999999VN"), Leg.IN, TWO, AGENCY)
    collected(giver, number(session), "S1")

    outcomes = upload(session, giver, giver.outbox)
    assert [each.reason for each in outcomes] == ["unknown_item", "", ""]
    assert statuses(outcomes) == ["quarantined", "held", "held"]

    (waiting,) = quarantine.open_ones(session, by=world.manager)
    outcome = quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)
    assert outcome.status is Status.ACCEPTED
    assert statuses(upload(session, giver, giver.outbox)) == ["duplicate"] * 3
    assert quarantine.open_ones(session, by=world.manager) == []


def test_nobody_lets_in_what_his_own_phone_told(
    session: Session, world: World, clock: Clock
) -> None:
    mine = known_phone(session, world.manager, clock)
    mine.accept(ItemId("BH999999999VN"), Leg.IN, TWO, AGENCY)
    upload(session, mine, mine.outbox)
    (waiting,) = quarantine.open_ones(session, by=world.manager)

    with pytest.raises(quarantine.AdmitsHimself):
        quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)

    assert reasons(session) == ["unknown_item"]
    outcome = quarantine.admit(session, VAULT, waiting.id, by=world.administrator, at=NOON)
    assert outcome.status is Status.ACCEPTED


def test_what_another_phone_carried_waits_once_for_the_head_over_whoever_signed_it(
    session: Session, world: World, giver: Phone, receiver: Phone
) -> None:
    giver.accept(ItemId("BH999999999VN"), Leg.IN, TWO, AGENCY)
    collected(giver, number(session), "S1")
    far_head = head_of(session, FAR_OFFICE)

    upload(session, receiver, giver.outbox)
    upload(session, giver, giver.outbox)

    assert quarantine.open_ones(session, by=far_head) == []
    (waiting,) = quarantine.open_ones(session, by=world.manager)
    assert (waiting.phone, waiting.is_signed, waiting.behind) == (giver.device, True, 2)
    assert waiting.event == decode(giver.outbox[0].body)
    assert waiting.standing is None
    with pytest.raises(quarantine.UnknownQuarantine):
        quarantine.admit(session, VAULT, waiting.id, by=far_head, at=NOON)
    quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)
    assert reasons(session) == []


def test_what_enters_by_any_phone_need_not_be_looked_at_any_more(
    session: Session, world: World, giver: Phone, receiver: Phone
) -> None:
    collected(giver, number(session), "S1")
    loose = altered(giver, 0, previous="0" * 64)
    upload(session, receiver, [loose])
    row = session.get_one(DeviceRow, giver.device)
    row.status = "revoked"
    upload(session, giver, giver.outbox[:1])
    assert reasons(session) == ["chain_broken", "revoked"]

    row.status = "active"
    assert statuses(upload(session, receiver, giver.outbox[:1])) == ["accepted"]
    assert reasons(session) == ["chain_broken"]


def test_what_only_names_a_phone_waits_for_the_head_of_the_one_that_sent_it(
    session: Session, world: World, giver: Phone, receiver: Phone
) -> None:
    collected(giver, number(session), "S1")
    forged = replace(giver.outbox[0], signature=signing.sign(receiver._key, giver.outbox[0].body))

    upload(session, receiver, [forged])

    assert quarantine.open_ones(session, by=world.manager) == []
    (waiting,) = quarantine.open_ones(session, by=head_of(session, FAR_OFFICE))
    assert (waiting.phone, waiting.is_signed, waiting.behind) == (receiver.device, False, 0)


def test_what_a_phone_may_not_tell_waits_for_the_head_who_must_enrol_it_anew(
    session: Session, world: World, giver: Phone, receiver: Phone
) -> None:
    giver.tell(number(session), acts.Return(why=""), parent=NO_PARENT)
    collected(giver, number(session), "S1")

    upload(session, receiver, giver.outbox)

    (waiting,) = quarantine.open_ones(session, by=world.manager)
    assert (waiting.phone, waiting.reason) == (giver.device, Reason.NOT_FOR_PHONES)
    assert waiting.behind == 0  # they do not follow it, for it never enters
    assert not waiting.admissible


def head_of(session: Session, office: UnitCode) -> Actor:
    """The manager of an office."""
    path = session.get_one(UnitRow, office).path
    grant = Grant(role=Role.MANAGER, unit=office, path=path)
    return Actor(staff=StaffId("s-head"), unit=office, path=path, grants=(grant,))


def test_what_a_phone_waits_for_cannot_be_put_on_file_and_nothing_after_it_is_lost(
    session: Session, world: World, giver: Phone
) -> None:
    # Given a courier who typed a number that nobody gave out, and works on,
    giver.accept(ItemId("BH999999999VN"), Leg.IN, TWO, AGENCY)
    parcels = [collected(giver, number(session), f"S{n}") for n in range(3)]
    upload(session, giver, giver.outbox[:3])
    assert statuses(upload(session, giver, giver.outbox[3:])) == ["held"] * 4

    # When the head would put it on file, he is told that the phone waits for it;
    (waiting,) = quarantine.open_ones(session, by=world.manager)
    with pytest.raises(quarantine.StillAwaited):
        quarantine.dismiss(session, waiting.id, why="typed", by=world.manager, at=NOON)
    assert reasons(session) == ["unknown_item"]

    # Then letting it in brings everything that came after it.
    quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)
    held = {each.item for each in holdings.held_by_staff(session, giver.staff)}
    assert held == {ItemId("BH999999999VN"), *(each.item for each in parcels)}


def test_what_a_revoked_phone_told_can_be_put_on_file(
    session: Session, world: World, giver: Phone
) -> None:
    collected(giver, number(session), "S1")
    session.get_one(DeviceRow, giver.device).status = "revoked"
    assert statuses(upload(session, giver, giver.outbox[:1])) == ["quarantined"]

    (waiting,) = quarantine.open_ones(session, by=world.manager)
    quarantine.dismiss(session, waiting.id, why="stolen", by=world.manager, at=NOON)
    assert quarantine.open_ones(session, by=world.manager) == []


def test_what_is_not_sound_cannot_be_let_in(session: Session, world: World, giver: Phone) -> None:
    upload(session, giver, [Kept(EventId(""), b"{}", b"")])
    (waiting,) = quarantine.open_ones(session, by=world.manager)
    with pytest.raises(quarantine.CannotBeAdmitted):
        quarantine.admit(session, VAULT, waiting.id, by=world.manager, at=NOON)
    quarantine.dismiss(session, waiting.id, why="rubbish", by=world.manager, at=NOON)
    assert quarantine.open_ones(session, by=world.manager) == []


def test_a_message_code_that_was_not_redeemed_proves_nothing(
    session: Session, world: World, giver: Phone
) -> None:
    item, _ = in_bag(session, world)
    custody = holdings.standings(session, [item])[item].custody
    for reference, used in (("otp-1", None), ("otp-2", NOON)):
        session.add(
            MessageCodeRow(
                reference=reference, item=item, code_hash=b"", made_at=NOON, expires_at=NOON,
                tries=1, used_at=used,
            )
        )  # fmt: skip

    def deliver(reference: str) -> str:
        proof = acts.MessageProof(reference=reference)
        before = dict(giver.custody), giver._sequence, giver._previous
        giver.tell(
            item,
            acts.Deliver(
                receiver=Receiver.OWNER, proof=proof, counts=PAPERS, condition=Condition.OK
            ),
            parent=custody,
        )
        (outcome,) = upload(session, giver, giver.outbox[-1:])
        if outcome.status is Status.QUARANTINED:
            giver.outbox.pop()
            giver.custody, giver._sequence, giver._previous = before
        return outcome.reason or outcome.status

    assert deliver("otp-1") == "unproved"
    assert deliver("otp-9") == "unproved"
    assert deliver("otp-2") == "accepted"


# Offers


def test_the_phone_itself_refuses_an_offer_that_is_not_what_lies_there(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    code = giver.offer_code([parcel])
    other = replace(parcel, counts=Counts(originals=2, certified=0, photocopies=1))
    custody = custody_of(giver, parcel.item)
    with pytest.raises(OfferDoesNotMatchError):
        receiver.take(code, [other], custody, key_of(giver))
    with pytest.raises(OfferDoesNotMatchError):
        receiver.take(code, [parcel], custody, key_of(receiver))
    with pytest.raises(OfferDoesNotMatchError):
        receiver.take(code, [parcel], custody)  # no such colleague in the manifest
    assert receiver.outbox == []


def test_an_offer_is_for_its_own_packages_only(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    # Given three packages of which two were offered, to a colleague who wants the third as well.
    parcels = [collected(giver, number(session), f"S{n}") for n in range(3)]
    hand_over(giver, receiver, parcels[:2])
    offered = decode(receiver.outbox[0].body).act
    assert isinstance(offered, acts.Handover)
    third = replace(offered, seal=parcels[2].seal)

    # When he shows the same true offer again for it,
    receiver.tell(parcels[2].item, third, parent=giver.custody[parcels[2].item])

    # Then the two are his and the third stays where it is.
    assert statuses(upload(session, giver, giver.outbox)) == ["accepted"] * 6
    outcomes = upload(session, receiver, receiver.outbox)
    assert statuses(outcomes) == ["accepted", "accepted", "quarantined"]
    assert outcomes[2].reason == "bad_offer"
    assert [each.item for each in holdings.held_by_staff(session, giver.staff)] == [parcels[2].item]


def test_an_offer_is_for_one_custody_and_not_for_a_later_one_of_the_same_package(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    # Given a package that was given away and came back,
    parcel = collected(giver, number(session), "S1")
    hand_over(giver, receiver, [parcel])
    first = decode(receiver.outbox[0].body).act
    assert isinstance(first, acts.Handover)
    hand_over(receiver, giver, [parcel])

    # When the colleague shows the first offer once more,
    receiver.tell(parcel.item, first, parent=giver.custody[parcel.item])

    # Then it is the giver's all the same.
    upload(session, giver, giver.outbox)
    outcomes = upload(session, receiver, receiver.outbox)
    assert [outcome.reason for outcome in outcomes] == ["", "bad_offer"]
    holder = holdings.standings(session, [parcel.item])[parcel.item].holder
    assert holder is not None
    assert holder.staff == giver.staff


def test_an_offer_nobody_signed_never_enters(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    hand_over(giver, receiver, [parcel])
    event = decode(receiver.outbox[0].body)
    taken = event.act
    assert isinstance(taken, acts.Handover)
    raw = bytearray(base64_strict.read(taken.offer_code))
    raw[40] ^= 1
    forged = offers.from_bytes(bytes(raw))
    act = replace(taken, offer=forged.digest, offer_code=base64_strict.write(bytes(forged)))
    elsewhere = replace(taken, giver=receiver.device)
    unread = replace(taken, offer_code="AAAA")

    for each in (act, elsewhere, unread):
        outcomes = upload(session, receiver, [altered(receiver, 0, act=each)])
        assert [outcome.reason for outcome in outcomes] == ["bad_offer"]


def test_nobody_takes_from_himself_by_a_code_of_his_own(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    upload(session, giver, giver.outbox)
    receiver.custody = dict(giver.custody)
    hand_over(receiver, receiver, [parcel])
    assert [each.reason for each in upload(session, receiver, receiver.outbox)] == ["bad_offer"]


def test_late_events_of_a_revoked_phone_pass_only_if_countersigned(
    session: Session, world: World, giver: Phone, receiver: Phone
) -> None:
    parcel = collected(giver, number(session), "S1")
    upload(session, giver, giver.outbox)
    hand_over(giver, receiver, [parcel])
    receiver.tell(parcel.item, acts.Out(round=RoundId("r1")))
    session.get_one(DeviceRow, receiver.device).status = "revoked"

    outcomes = upload(session, giver, receiver.outbox)

    assert [each.reason for each in outcomes] == ["", "revoked"]
    assert outcomes[0].status is Status.ACCEPTED
    (waiting,) = quarantine.open_ones(session, by=world.administrator)
    admitted = quarantine.admit(session, VAULT, waiting.id, by=world.administrator, at=NOON)
    assert admitted.status is Status.ACCEPTED


def test_batches_written_together_answer_as_if_alone(
    session: Session, giver: Phone, receiver: Phone
) -> None:
    parcels = [collected(giver, number(session), f"S{n}") for n in range(2)]
    hand_over(giver, receiver, parcels)
    batches = [
        examine(
            session,
            [Sent(each.body, each.signature) for each in phone.outbox],
            uploader=phone.device,
        )
        for phone in (receiver, giver, giver)
    ]
    late, first, again = receive(session, VAULT, batches, at=NOON)

    assert statuses(first) == ["accepted"] * 4
    assert statuses(again) == ["duplicate"] * 4
    assert statuses(late) == ["accepted"] * 2
