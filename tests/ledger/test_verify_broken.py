"""What the ledger may never hold is broken, and the verifier says why."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, Leg
from postal_service.domain.ids import StaffId, UnitCode
from postal_service.ledger import signing, tree
from postal_service.ledger.verify import verify
from tests.ledger.post import PAPERS, Post, device, enrolment, event_id, item, leaf_of
from tests.ledger.verdicts import judge, passed_on, resigned, why

OF_THE_OFFICE: list[acts.Act] = [
    acts.RevokeDevice(device=device(5).id, why="lost"),
    acts.Erase(subject="d1", why="citizen_asked"),
    acts.Correct(
        corrects=event_id(1),
        kind=acts.CorrectionKind.DID_NOT_OCCUR,
        replacements=(),
        maker=StaffId("nv9"),
        why="",
    ),
    acts.Clear(witness=StaffId("nv9"), why="", counts=PAPERS),
    acts.Rotate(rotation=2, lock="0" * 64, why=""),
    acts.Cancel(why=""),
    acts.Return(why=""),
    acts.Hold(until="2026-12-01"),
    acts.Invite(ordinal=1),
    acts.Accept(
        capacity=Capacity.COURIER, leg=Leg.OUT, counts=PAPERS, destination=UnitCode("HN01")
    ),
    acts.Accept(capacity=Capacity.COUNTER, leg=Leg.IN, counts=PAPERS, destination=UnitCode("HN01")),
    acts.Found(capacity=Capacity.DESK, condition=Condition.OK),
]


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.open()
    return post


class TestWhatTheLedgerMayNeverHold:
    """The server's own faults: it took what it should have refused."""

    def test_a_signature_of_another_device(self, post: Post, tmp_path: Path) -> None:
        told = post.deliver_result(1, post.couriers[0])
        false = signing.sign(post.couriers[1].key, told[0].body)
        post.tell([replace(told[0], signature=false)])

        assert "not signed by its device" in why(judge(post, tmp_path))

    @pytest.mark.parametrize("said", [{"staff": "nv99"}, {"unit": "HN99"}])
    def test_a_phone_that_speaks_for_another_person_or_place(
        self, post: Post, tmp_path: Path, said: dict[str, str]
    ) -> None:
        *before, last = post.deliver_result(1, post.couriers[0])
        post.tell([*before, resigned(last, post.couriers[0], **said)])

        assert "its op or unit is not of its device" in why(judge(post, tmp_path))

    def test_a_device_that_nobody_enrolled(self, post: Post, tmp_path: Path) -> None:
        stranger = device(77)
        post.tell([stranger.sign(acts.Lost(why=""), of=item(1))])

        assert "never enrolled" in why(judge(post, tmp_path))

    def test_a_device_that_a_courier_s_phone_enrolled(self, post: Post, tmp_path: Path) -> None:
        post.tell([enrolment(post.couriers[0], device(77))])

        assert why(judge(post, tmp_path)) == "a courier's phone may not tell this dev_enrol"

    @pytest.mark.parametrize("act", OF_THE_OFFICE, ids=lambda act: type(act).__name__)
    def test_what_only_an_office_may_tell_told_by_a_phone(
        self, post: Post, tmp_path: Path, act: acts.Act
    ) -> None:
        accepted, *_ = told = post.deliver_result(1, post.couriers[0])
        of_no_item = isinstance(act, acts.RevokeDevice | acts.Erase)
        signed = (
            post.couriers[1].sign(act)
            if of_no_item
            else post.couriers[1].sign(act, of=item(1), parent=accepted.event.id)
        )
        post.tell([*told, signed])

        assert "courier's phone may not tell this" in why(judge(post, tmp_path))

    def test_a_courier_who_vouches_for_himself(self, post: Post, tmp_path: Path) -> None:
        *before, last = post.deliver_result(1, post.couriers[0])
        act = last.event.act
        assert isinstance(act, acts.Deliver)
        alone = replace(act, proof=acts.OverrideProof(witness=post.couriers[0].staff))
        post.tell([*before, resigned(last, post.couriers[0], act=alone)])

        assert why(judge(post, tmp_path)) == "who delivers it vouches for himself"

    @pytest.mark.parametrize(
        ("act", "said"),
        [
            (
                acts.Deliver(
                    receiver=acts.Receiver.OWNER,
                    proof=acts.OverrideProof(witness=StaffId("nv2")),
                    counts=PAPERS,
                    condition=Condition.OK,
                ),
                "who delivers it vouches for himself",
            ),
            (
                acts.Clear(witness=StaffId("nv2"), why="counted", counts=PAPERS),
                "one person alone settled an exception",
            ),
            (
                acts.Correct(
                    corrects=event_id(1),
                    kind=acts.CorrectionKind.DID_NOT_OCCUR,
                    replacements=(),
                    maker=StaffId("nv2"),
                    why="",
                ),
                "one person made a correction and checked it",
            ),
        ],
        ids=lambda told: type(told).__name__,
    )
    def test_one_person_at_an_office_doing_what_needs_two(
        self, post: Post, tmp_path: Path, act: acts.Act, said: str
    ) -> None:
        accepted, *_ = told = post.deliver_result(1, post.couriers[0])
        alone = post.office.sign(act, of=item(1), parent=accepted.event.id)
        post.tell([*told, alone])

        verdict = judge(post, tmp_path)

        assert verdict.broken is not None
        assert (verdict.broken.why, verdict.broken.event) == (said, alone.event.id)

    def test_a_courier_who_took_from_another_phone_of_his_own(
        self, post: Post, tmp_path: Path
    ) -> None:
        second = device(9, staff=post.couriers[0].staff, unit=post.couriers[0].unit)
        *_, held, _ = told = post.deliver_result(1, post.couriers[0])
        halves = passed_on(post.couriers[0], second, item(1), held.event.id)
        post.tell([enrolment(post.office, second), *told, *halves])

        assert why(judge(post, tmp_path)) == "one person signed both halves of a hand-over"

    def test_a_giver_whose_device_nobody_enrolled(self, post: Post, tmp_path: Path) -> None:
        *before, taken, _ = post.deliver_result(1, post.couriers[0])
        act = taken.event.act
        assert isinstance(act, acts.Handover)
        lied = replace(act, giver=device(77).id)
        post.tell([*before, resigned(taken, post.couriers[0], act=lied)])

        assert "its giver's device" in why(judge(post, tmp_path))

    def test_an_office_that_another_office_revoked(self, post: Post, tmp_path: Path) -> None:
        post.tell([post.office.sign(acts.RevokeDevice(device=post.desk.id, why=""))])

        assert "revokes phones" in why(judge(post, tmp_path))

    def test_a_device_enrolled_twice(self, post: Post, tmp_path: Path) -> None:
        post.tell([enrolment(post.office, post.couriers[0])])

        assert "enrolled before" in why(judge(post, tmp_path))

    def test_a_gap_in_a_device_s_chain(self, post: Post, tmp_path: Path) -> None:
        post.couriers[0].sequence += 1
        post.tell(post.deliver_result(1, post.couriers[0]))

        assert "its device's last was 0" in why(judge(post, tmp_path))

    def test_a_device_s_event_that_does_not_follow_its_last(
        self, post: Post, tmp_path: Path
    ) -> None:
        post.couriers[0].last = "0" * 64
        post.tell(post.deliver_result(1, post.couriers[0]))

        assert "its prev is not" in why(judge(post, tmp_path))

    def test_two_events_with_one_id(self, post: Post, tmp_path: Path) -> None:
        # The database refuses that; so it is done to the file, and everybody signs it.
        once = post.couriers[0].sign(acts.Lost(why=""), of=item(1), parent=event_id(1))
        again = post.couriers[0].sign(acts.Lost(why=""), of=item(1), parent=event_id(1))
        again = resigned(again, post.couriers[0], id=once.event.id)
        leaves = post.leaves()
        first = leaf_of(once, 1, bytes(32))
        second = leaf_of(again, 2, tree.leaf_hash(first))
        ledger, keys = post.forge(tmp_path, [*leaves, first, second], witnessed=True)

        assert "its id stands in the ledger already" in why(verify(ledger, keys))

    def test_a_registry_event_of_an_item(self, post: Post, tmp_path: Path) -> None:
        post.tell([post.office.sign(acts.Erase(subject="d1", why=""), of=item(1))])

        assert "concerns no item" in why(judge(post, tmp_path))

    def test_an_offer_code_that_the_giver_did_not_sign(self, post: Post, tmp_path: Path) -> None:
        forger = post.couriers[1].key
        honest, post.desk.key = post.desk.key, forger
        told = post.deliver_result(3, post.couriers[0], offline=True)
        post.desk.key = honest
        fixed = [
            replace(each, signature=signing.sign(honest, each.body))
            if each.event.device == post.desk.id
            else each
            for each in told
        ]
        post.tell(fixed)

        assert "offer code is not signed by the giver" in why(judge(post, tmp_path))

    def test_an_offer_code_that_says_something_else(self, post: Post, tmp_path: Path) -> None:
        *_, taken, _ = post.deliver_result(3, post.couriers[0], offline=True)
        act = taken.event.act
        assert isinstance(act, acts.Handover)
        lied = replace(act, offer="0" * 64)
        post.tell([resigned(taken, post.couriers[0], act=lied)])

        assert "not the hash of its offer code" in why(judge(post, tmp_path))

    @pytest.mark.parametrize(
        "shown", [{"seal": "S0"}, {"offer_place": 1}, {"offer_path": ("0" * 64,)}], ids=str
    )
    def test_a_package_that_was_not_offered(
        self, post: Post, tmp_path: Path, shown: dict[str, object]
    ) -> None:
        *_, taken, _ = post.deliver_result(3, post.couriers[0], offline=True)
        act = taken.event.act
        assert isinstance(act, acts.Handover)
        post.tell([resigned(taken, post.couriers[0], act=replace(act, **shown))])  # type: ignore[arg-type]

        assert "its package is not in its offer code" in why(judge(post, tmp_path))

    def test_an_offer_that_is_shown_again_for_another_package(
        self, post: Post, tmp_path: Path
    ) -> None:
        *_, taken, _ = post.deliver_result(3, post.couriers[0], offline=True)
        post.tell([resigned(taken, post.couriers[0], item=item(4))])

        assert "its package is not in its offer code" in why(judge(post, tmp_path))

    def test_a_root_that_does_not_come_first(self, session: Session, tmp_path: Path) -> None:
        post = Post(session)
        post.tell([enrolment(post.office, post.office)])

        assert "root device by itself" in why(judge(post, tmp_path))

    def test_a_root_with_another_key(self, post: Post, tmp_path: Path) -> None:
        post.record()
        post.checkpoint()
        post.root.key = Ed25519PrivateKey.generate()

        assert "another key" in why(verify(*post.export(tmp_path)))
