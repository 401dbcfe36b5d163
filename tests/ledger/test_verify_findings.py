"""What devices can cause by themselves leaves the ledger valid, and is found for a person to look at."""

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, Leg
from postal_service.domain.ids import EventId
from postal_service.ledger import signing
from postal_service.ledger import verify as verifier
from postal_service.ledger.append import Signed
from tests.ledger.post import PAPERS, SECRET, Post, device, enrolment, event_id, item, lock_of
from tests.ledger.verdicts import judge, passed_on, resigned

ONLY_AT_THE_END = 10


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.open()
    return post


def fetched_and_delivered(post: Post, leg: Leg) -> list[Signed]:
    """What a courier fetched and says to have given to a citizen, two events of a phone and another's."""
    accept = acts.Accept(
        capacity=Capacity.COUNTER, leg=leg, counts=PAPERS, destination=post.desk.unit
    )
    accepted = post.office.sign(accept, of=item(1))
    delivered = post.couriers[0].sign(
        acts.Deliver(
            receiver=acts.Receiver.OWNER, proof=acts.CardProof(last4="3456"), counts=PAPERS,
            condition=Condition.OK,
        ),
        of=item(1),
        parent=accepted.event.id,
    )  # fmt: skip
    return [accepted, delivered]


def turned_back(post: Post, proof: acts.Proof) -> list[Signed]:
    """A result on its way back to the agency, which a courier says to have given to its citizen."""
    accept = acts.Accept(
        capacity=Capacity.COUNTER, leg=Leg.OUT, counts=PAPERS, destination=post.desk.unit,
        lock=lock_of(item(1), 1, SECRET),
    )  # fmt: skip
    accepted = post.office.sign(accept, of=item(1))
    custody = accepted.event.id
    back = post.desk.sign(acts.Return(why="người nhận từ chối"), of=item(1), parent=custody)
    delivered = post.couriers[0].sign(
        acts.Deliver(
            receiver=acts.Receiver.OWNER, proof=proof, counts=PAPERS, condition=Condition.OK
        ),
        of=item(1),
        parent=custody,
    )
    return [accepted, back, delivered]


class TestFindings:
    """What devices can cause by themselves is recorded, and told to a person."""

    def test_a_custody_spent_twice(self, post: Post, tmp_path: Path) -> None:
        told = post.deliver_result(3, post.couriers[0], offline=True)
        again = post.meet(told[0], post.couriers[1], "S3")
        post.tell([*told, *again])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {"a custody is spent twice": 1}
        assert verdict.shown[0].index == ONLY_AT_THE_END

    def test_a_delivery_code_that_opens_no_lock(self, post: Post, tmp_path: Path) -> None:
        *before, delivered = post.deliver_result(1, post.couriers[0])
        act = delivered.event.act
        assert isinstance(act, acts.Deliver)
        lied = replace(act, proof=acts.CodeProof(rotation=1, secret="0" * 26))
        post.tell([*before, resigned(delivered, post.couriers[0], act=lied)])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {"a delivery code opens no lock": 1}

    @pytest.mark.parametrize("leg", [leg for leg in Leg if leg is not Leg.OUT])
    @pytest.mark.parametrize("order", [1, -1])
    def test_a_delivery_of_what_is_not_for_a_citizen(
        self, post: Post, tmp_path: Path, leg: Leg, order: int
    ) -> None:
        post.tell(fetched_and_delivered(post, leg)[::order])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {verifier.NOT_FOR_A_CITIZEN: 1}

    @pytest.mark.parametrize("leg", [Leg.IN, Leg.SUP, Leg.RET, Leg.BAG])
    def test_what_its_citizen_withdrew_is_delivered_to_him_but_no_bag(
        self, post: Post, tmp_path: Path, leg: Leg
    ) -> None:
        accepted, delivered = fetched_and_delivered(post, leg)
        withdrawn = post.office.sign(
            acts.Cancel(why="withdrawn"), of=item(1), parent=accepted.event.id
        )
        post.tell([accepted, delivered, withdrawn])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == ({verifier.NOT_FOR_A_CITIZEN: 1} if leg is Leg.BAG else {})

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_result_that_goes_back_delivered_on_a_couriers_word(
        self, post: Post, tmp_path: Path, order: int
    ) -> None:
        post.tell(turned_back(post, acts.CardProof(last4="3456"))[::order])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {verifier.NOT_FOR_A_CITIZEN: 1}

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_result_that_goes_back_is_its_citizens_by_his_code(
        self, post: Post, tmp_path: Path, order: int
    ) -> None:
        post.tell(turned_back(post, acts.CodeProof(rotation=1, secret=SECRET))[::order])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {}

    @pytest.mark.parametrize("anew", [False, True])
    def test_a_way_back_that_did_not_begin_turns_no_delivery_into_a_finding(
        self, post: Post, tmp_path: Path, *, anew: bool
    ) -> None:
        accepted, back, delivered = turned_back(post, acts.CardProof(last4="3456"))
        told = [accepted, back]
        if anew:  # right data in its place: it goes back all the same
            told.append(
                post.office.sign(acts.Return(why="khác"), of=item(1), parent=accepted.event.id)
            )
        told.append(
            post.office.sign(
                acts.Correct(
                    corrects=back.event.id,
                    kind=(
                        acts.CorrectionKind.INCORRECT_DATA
                        if anew
                        else acts.CorrectionKind.DID_NOT_OCCUR
                    ),
                    replacements=(told[-1].event.id,) if anew else (),
                    maker=post.couriers[0].staff,
                    why="nhầm",
                ),
                of=item(1),
                parent=accepted.event.id,
            )
        )
        post.tell([*told, delivered])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == ({verifier.NOT_FOR_A_CITIZEN: 1} if anew else {})

    def test_halves_may_come_in_either_order(self, post: Post, tmp_path: Path) -> None:
        accepted, packed, offered, taken, delivered = post.deliver_result(1, post.couriers[0])
        post.tell([taken, delivered, accepted, packed, offered])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {}

    def test_a_hand_over_whose_giver_never_told(self, post: Post, tmp_path: Path) -> None:
        accepted, packed, _, taken, delivered = post.deliver_result(1, post.couriers[0])
        post.tell([accepted, packed, taken, delivered])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {"the giver's half of a hand-over is not here": 1}

    @pytest.mark.parametrize("first", ["offer", "handover"])
    def test_a_hand_over_with_another_signature_of_the_giver(
        self, post: Post, tmp_path: Path, first: str
    ) -> None:
        accepted, packed, offered, taken, _ = post.deliver_result(1, post.couriers[0])
        act = taken.event.act
        assert isinstance(act, acts.Handover)
        lied = replace(act, offer_signature=b64encode(bytes(64)).decode())
        false = resigned(taken, post.couriers[0], act=lied)
        halves = [offered, false] if first == "offer" else [false, offered]
        post.tell([accepted, packed, *halves])

        assert judge(post, tmp_path).findings == {"the giver's half of a hand-over is another": 1}

    def test_an_event_that_rests_on_nothing(self, post: Post, tmp_path: Path) -> None:
        post.tell(
            [
                post.office.sign(acts.Lost(why="?"), of=item(9), parent=event_id(999_999)),
                post.office.sign(acts.Lost(why="?"), of=item(9)),
            ]
        )

        found = judge(post, tmp_path).findings
        assert found == {"it rests on an event that is not here": 2}

    @pytest.mark.parametrize("late", [False, True])
    def test_an_event_that_rests_on_another_item(
        self, post: Post, tmp_path: Path, late: bool
    ) -> None:
        told = post.deliver_result(1, post.couriers[0])
        astray = post.office.sign(acts.Lost(why=""), of=item(2), parent=told[0].event.id)
        post.tell([astray, *told] if late else [*told, astray])

        assert judge(post, tmp_path).findings == {"it rests on an event of another item": 1}

    def test_a_device_that_saw_another_history(self, post: Post, tmp_path: Path) -> None:
        post.record()
        known = post.checkpoint().root[:16].hex()
        lost = acts.Lost(why="")
        seen = [
            post.office.sign(lost, of=item(1), parent=event_id(1), checkpoint=root)
            for root in (known, "f" * 32)
        ]
        post.tell(seen)

        found = judge(post, tmp_path).findings
        assert found["its device saw a checkpoint that is not here"] == 1

    def test_a_revoked_device_s_word_alone(self, post: Post, tmp_path: Path) -> None:
        post.tell([post.office.sign(acts.RevokeDevice(device=post.couriers[0].id, why="lost"))])
        told = acts.Damage(condition=Condition.TORN)
        post.tell([post.couriers[0].sign(told, of=item(1), parent=event_id(1))])

        assert judge(post, tmp_path).findings[verifier.ALONE] == 1

    def test_a_revoked_device_s_offer_that_nobody_took(self, post: Post, tmp_path: Path) -> None:
        told = post.deliver_result(1, post.couriers[0])
        post.tell([*told[:2], post.root.sign(acts.RevokeDevice(device=post.desk.id, why=""))])
        post.tell([told[2]])

        assert judge(post, tmp_path).findings == {verifier.ALONE: 1}

    def test_what_the_giver_signed_too_comes_late_from_a_revoked_device(
        self, post: Post, tmp_path: Path
    ) -> None:
        accepted, packed, taken, _ = post.deliver_result(3, post.couriers[0], offline=True)
        revoked = post.office.sign(acts.RevokeDevice(device=post.couriers[0].id, why="lost"))
        post.tell([revoked, accepted, packed, taken])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {}

    def test_an_offer_of_a_revoked_device_that_was_taken(self, post: Post, tmp_path: Path) -> None:
        accepted, packed, offered, taken, delivered = post.deliver_result(1, post.couriers[0])
        revoked = post.root.sign(acts.RevokeDevice(device=post.desk.id, why="lost"))
        post.tell([accepted, packed, revoked, offered, taken, delivered])

        verdict = judge(post, tmp_path)

        assert verdict.valid
        assert verdict.findings == {}

    @pytest.mark.parametrize("order", [1, -1])
    def test_one_person_who_offered_at_the_office_what_he_took_on_his_phone(
        self, post: Post, tmp_path: Path, order: int
    ) -> None:
        # Behind an office's key stands whoever is on duty; here the courier himself.
        courier = post.couriers[0]
        accepted, packed, *_ = post.deliver_result(1, courier)
        post.desk.sequence, post.desk.last = 2, signing.digest(packed.body)
        courier.sequence, courier.last = 0, ""
        post.desk.staff = courier.staff
        halves = passed_on(post.desk, courier, item(1), accepted.event.id)
        post.tell([accepted, packed, *halves[::order]])

        assert judge(post, tmp_path).findings == {"one person signed both halves of a hand-over": 1}

    def test_a_rotated_code_opens_the_new_lock(self, post: Post, tmp_path: Path) -> None:
        *before, delivered = post.deliver_result(1, post.couriers[0])
        turned = post.office.sign(
            acts.Rotate(rotation=2, lock=lock_of(item(1), 2, SECRET), why="lost slip"),
            of=item(1),
            parent=before[0].event.id,
        )
        act = delivered.event.act
        assert isinstance(act, acts.Deliver)
        new = replace(act, proof=acts.CodeProof(rotation=2, secret=SECRET), counts=PAPERS)
        post.tell([*before, turned, resigned(delivered, post.couriers[0], act=new)])

        assert judge(post, tmp_path).findings == {}

    def test_a_transfer_that_spends_nothing(self, post: Post, tmp_path: Path) -> None:
        *before, delivered = post.deliver_result(1, post.couriers[0])
        post.tell([*before, resigned(delivered, post.couriers[0], parent=EventId(""))])

        found = judge(post, tmp_path).findings
        assert found["it rests on an event that is not here"] == 1

    def test_a_second_seal_that_nobody_else_saw(self, post: Post, tmp_path: Path) -> None:
        *before, _ = post.deliver_result(1, post.couriers[0])
        courier = post.couriers[0]
        courier.sequence, courier.last = 1, signing.digest(before[-1].body)
        alone = acts.Pack(seal="S2", counts=PAPERS, witness=courier.staff, why="torn")
        post.tell([*before, courier.sign(alone, of=item(1), parent=before[-1].event.id)])

        assert judge(post, tmp_path).findings == {verifier.OWN_WITNESS: 1}

    def test_one_key_of_two_persons(self, post: Post, tmp_path: Path) -> None:
        other = replace(device(9), key=post.couriers[0].key)
        post.tell([enrolment(post.office, other)])

        assert judge(post, tmp_path).findings == {verifier.SHARED_KEY: 1}

    def test_a_new_phone_with_the_key_of_the_same_person(self, post: Post, tmp_path: Path) -> None:
        courier = post.couriers[0]
        again = replace(device(9, staff=courier.staff, unit=courier.unit), key=courier.key)
        post.tell([enrolment(post.office, again)])

        assert judge(post, tmp_path).findings == {}


class TestTimesThatCannotAllBeTrue:
    """Nobody's clock is believed alone: what was signed when bounds every time that is told."""

    def test_a_reception_dated_back_behind_a_witnessed_checkpoint(
        self, post: Post, tmp_path: Path
    ) -> None:
        post.record()
        post.checkpoint()
        post.received_ms -= 86_400_000
        first, *_ = post.deliver_result(1, post.couriers[0])
        yesterday = first.event.wall_ms - 86_400_000
        post.tell([resigned(first, post.desk, wall_ms=yesterday)])

        assert judge(post, tmp_path).findings == {verifier.BEFORE_WHAT_IT_FOLLOWS: 1}

    def test_a_reception_dated_back_behind_the_leaf_before(
        self, post: Post, tmp_path: Path
    ) -> None:
        post.record()
        post.received_ms -= 3_600_000
        post.tell(post.deliver_result(1, post.couriers[0])[:1])

        found = judge(post, tmp_path)

        assert found.findings[verifier.BEFORE_WHAT_IT_FOLLOWS] == 1
        assert found.valid

    def test_a_reception_dated_after_witnesses_had_signed_it(
        self, post: Post, tmp_path: Path
    ) -> None:
        post.record()
        post.received_ms += 86_400_000
        post.tell(post.deliver_result(1, post.couriers[0])[:1])

        verdict = judge(post, tmp_path)

        assert verdict.findings == {verifier.AFTER_IT_WAS_SIGNED: 1}
        assert verdict.shown[0].index == verdict.size - 1

    def test_clocks_that_differ_by_minutes(self, post: Post, tmp_path: Path) -> None:
        post.record()
        post.checkpoint()
        post.received_ms -= 300_000
        post.tell(post.deliver_result(1, post.couriers[0]))

        assert judge(post, tmp_path).findings == {}

    def test_a_device_that_dates_its_event_before_what_it_had_seen(
        self, post: Post, tmp_path: Path
    ) -> None:
        post.record()
        seen = post.checkpoint().root[:16].hex()
        first, *_ = post.deliver_result(1, post.couriers[0])
        day_ms = 86_400_000
        back = resigned(first, post.desk, checkpoint=seen, wall_ms=first.event.wall_ms - day_ms)
        post.tell([back])

        assert judge(post, tmp_path).findings == {verifier.OLDER_THAN_IT_CAN_BE: 1}

    def test_a_device_that_dates_its_event_after_its_reception(
        self, post: Post, tmp_path: Path
    ) -> None:
        first, *_ = post.deliver_result(1, post.couriers[0])
        post.tell([resigned(first, post.desk, wall_ms=first.event.wall_ms + 86_400_000)])

        assert judge(post, tmp_path).findings == {verifier.TOLD_BEFORE_IT_WAS: 1}

    def test_an_event_told_a_week_late(self, post: Post, tmp_path: Path) -> None:
        # A phone without a network is late; it saw nothing meanwhile, and nothing is odd in that.
        post.record()
        seen = post.checkpoint().root[:16].hex()
        first, *_ = post.deliver_result(1, post.couriers[0])
        post.tell([resigned(first, post.desk, checkpoint=seen)])
        post.received_ms += 7 * 86_400_000
        post.record()
        for each in post.witnesses:
            each.at_seconds += 7 * 86_400

        assert judge(post, tmp_path).findings == {}

    def test_a_phone_whose_clock_was_ahead_is_told_by_what_it_signed_afterwards(
        self, post: Post, tmp_path: Path
    ) -> None:
        courier = post.couriers[0]
        *before, taken, delivered = post.deliver_result(1, courier)
        again = resigned(delivered, courier, monotonic_ms=taken.event.monotonic_ms + 3_600_000)
        post.tell([*before, taken, again])

        verdict = judge(post, tmp_path)

        assert verdict.findings == {verifier.LATER_THAN_IT_CAN_BE: 1}
        assert verdict.shown[0].index == verdict.size - 2

    def test_a_phone_that_counts_backwards(self, post: Post, tmp_path: Path) -> None:
        courier = post.couriers[0]
        *before, delivered = post.deliver_result(1, courier)
        post.tell([*before, resigned(delivered, courier, monotonic_ms=0)])

        assert judge(post, tmp_path).findings == {verifier.COUNTS_BACKWARDS: 1}

    def test_a_phone_that_was_switched_on_anew(self, post: Post, tmp_path: Path) -> None:
        courier = post.couriers[0]
        *before, delivered = post.deliver_result(1, courier)
        post.tell([*before, resigned(delivered, courier, monotonic_ms=0, boot="0badbeef")])

        assert judge(post, tmp_path).findings == {}

    def test_a_phone_that_counts_more_time_than_there_was(self, post: Post, tmp_path: Path) -> None:
        post.record()
        seen = post.checkpoint().root[:16].hex()
        courier = post.couriers[0]
        *before, delivered = post.deliver_result(1, courier)
        again = resigned(
            delivered, courier, checkpoint=seen, wall_ms=0, monotonic_ms=10_000_000_000
        )
        post.tell([*before, again])
        post.record()
        late = courier.sign(
            acts.Damage(condition=Condition.WET), of=item(1), parent=delivered.event.parent
        )
        count = again.event.monotonic_ms + 3_600_000
        post.tell([resigned(late, courier, monotonic_ms=count)])

        found = judge(post, tmp_path).findings

        assert found[verifier.TOO_LITTLE_TIME] == 1

    def test_an_offices_count_says_nothing(self, post: Post, tmp_path: Path) -> None:
        first, *_ = post.deliver_result(1, post.couriers[0])
        post.tell([resigned(first, post.desk, monotonic_ms=0)])

        assert judge(post, tmp_path).findings == {}
