"""The verifier alone, with a file and the public keys: valid, or what is broken and why."""

import ast
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from postal_service.domain import acts
from postal_service.domain.acts import Capacity, Condition, Leg
from postal_service.domain.ids import EventId, ItemId, StaffId, UnitCode
from postal_service.ledger import checkpoint, export, reading, signing, tree
from postal_service.ledger import verify as verifier
from postal_service.ledger.append import Signed
from postal_service.ledger.encoding import encode
from postal_service.ledger.verify import Unreadable, Verdict, verify
from tests.ledger.post import (
    PAPERS,
    SECRET,
    Device,
    Post,
    device,
    enrolment,
    event_id,
    item,
    leaf_of,
    lock_of,
)

ONLY_AT_THE_END = 10
OF_POST = range(6)  # the enrolments with which every post begins
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


def judge(post: Post, folder: Path, *, workers: int = 1) -> Verdict:
    post.record()
    post.checkpoint()
    return verify(*post.export(folder), workers=workers)


def resigned(signed: Signed, by: Device, **changed: object) -> Signed:
    """The same event, changed and signed anew by its device, as only the device can."""
    event = replace(signed.event, **changed)  # type: ignore[arg-type]
    body = encode(event)
    by.last = signing.digest(body)
    return Signed(event, body, signing.sign(by.key, body))


def why(verdict: Verdict) -> str:
    assert verdict.broken is not None
    return verdict.broken.why


def _passed_on(giver: Device, taker: Device, of: ItemId, parent: EventId) -> tuple[Signed, Signed]:
    """An offer of one device, and another's taking of it."""
    offered = giver.sign(
        acts.Offer(
            to_unit=taker.unit,
            to_staff=StaffId(""),
            counts=PAPERS,
            condition=Condition.OK,
            seal="S1",
            batch="b",
            manifest="0" * 64,
            batch_count=1,
        ),
        of=of,
        parent=parent,
    )
    taken = taker.sign(
        acts.Handover(
            capacity=Capacity.COURIER,
            counts=PAPERS,
            condition=Condition.OK,
            seal="S1",
            giver=giver.id,
            offer=signing.digest(offered.body),
            offer_signature=b64encode(offered.signature).decode(),
        ),
        of=of,
        parent=parent,
    )
    return offered, taken


@pytest.fixture
def post(session: Session) -> Post:
    post = Post(session)
    post.open()
    return post


def test_an_honest_ledger_is_valid(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(20)

    verdict = verify(*post.export(tmp_path))

    assert verdict.valid
    assert (
        verdict.size == reading.size(session) == 6 + sum((5, 4)[n % 3 == 0] for n in range(1, 21))
    )
    assert verdict.root == reading.root(session, verdict.size).hex()
    assert verdict.counts["accept"] == verdict.counts["deliver"] == 20
    assert verdict.findings == {}


def test_several_processes_come_to_the_same_verdict(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(8)
    ledger, keys = post.export(tmp_path)

    assert verify(ledger, keys, workers=2) == verify(ledger, keys)


def test_the_first_false_signature_is_named_though_processes_check_them(
    post: Post, tmp_path: Path
) -> None:
    # given two signatures that are not the devices' and a gap after them
    told = post.deliver_result(1, post.couriers[0])
    broken = [
        replace(each, signature=bytes(64)) if n in {1, 3} else each for n, each in enumerate(told)
    ]
    post.tell(broken[:4])
    post.couriers[0].sequence += 1
    post.tell([post.couriers[0].sign(acts.Lost(why=""), of=item(1), parent=told[3].event.id)])

    verdict = judge(post, tmp_path, workers=2)

    assert verdict.broken is not None
    assert (verdict.broken.index, verdict.broken.event) == (7, told[1].event.id)
    assert verdict.broken.why == f"it is not signed by its device {post.desk.id}"


def test_it_runs_alone_as_one_file(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(3)
    ledger, keys = post.export(tmp_path)
    alone = tmp_path / "check.py"
    alone.write_bytes(Path(verifier.__file__).read_bytes())

    def run(*arguments: object) -> tuple[int, str]:
        words = [sys.executable, "-I", *map(str, arguments)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert ended.stderr == ""
        return ended.returncode, ended.stdout

    status, said = run(alone, ledger, keys)
    assert (status, said.partition(":")[0]) == (0, "valid")

    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:3] + lines[4:]))
    status, said = run(alone, ledger, keys)
    assert (status, said.partition(":")[0]) == (1, "broken")

    status, said = run(alone, tmp_path / "nothing", keys)
    assert (status, said.partition(":")[0]) == (2, "unreadable")


def test_where_nothing_can_be_remembered_nothing_is_said_of_the_ledger(
    session: Session, tmp_path: Path
) -> None:
    post = Post(session)
    post.run(60)  # more than SQLite's smallest cache holds
    files = [str(each) for each in post.export(tmp_path)]
    no_room = (
        "import resource, sys; from postal_service.ledger import verify;"
        " resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); verify.KEPT_KIB = 1;"
        " sys.exit(verify.main(sys.argv[1:]))"
    )

    words = [sys.executable, "-c", no_room, *files]
    ended = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)

    assert ended.returncode == 2
    assert ended.stdout.startswith("unreadable: what must be remembered finds no room")


def test_it_shares_no_code_with_the_writer() -> None:
    read = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    modules = {
        name
        for node in ast.walk(read)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "." * node.level]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    foreign = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    assert foreign == {"cryptography"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON in canonical form|is not JSON"),
        (b"{}\n", "format"),
        (b'{"format": "custody-ledger/1"}\n', "canonical"),
        (b"\xff\xfe\n", "canonical"),
        (b"[" * 50_000 + b"\n", "canonical"),
    ],
)
def test_what_is_no_ledger_cannot_be_read(
    session: Session, tmp_path: Path, content: bytes, said: str
) -> None:
    post = Post(session)
    post.run(1)
    ledger, keys = post.export(tmp_path)
    ledger.write_bytes(content)

    with pytest.raises(Unreadable, match=said):
        verify(ledger, keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda keys: keys | {"quorum": 4},
        lambda keys: keys | {"quorum": True},
        lambda keys: keys | {"log": "x"},
        lambda keys: keys | {"log": keys["log"].replace("+", "+0", 1)},
        lambda keys: keys | {"witnesses": [keys["log"]]},
        lambda keys: keys | {"root": {}},
        lambda _: {},
        lambda keys: [keys],
    ],
)
def test_keys_that_cannot_be_are_not_believed(
    session: Session, tmp_path: Path, change: Callable[[dict[str, object]], object]
) -> None:
    post = Post(session)
    post.run(1)
    ledger, keys = post.export(tmp_path)
    keys.write_text(json.dumps(change(json.loads(keys.read_text()))))

    with pytest.raises(Unreadable):
        verify(ledger, keys)


def test_another_log_s_keys_do_not_fit(session: Session, tmp_path: Path) -> None:
    post = Post(session)
    post.run(1)
    ledger, keys = post.export(tmp_path)
    post.log_key = Ed25519PrivateKey.generate()
    keys.write_bytes(export.keys(post.policy, post.root_device))

    assert "file of keys does not know" in why(verify(ledger, keys))


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
        halves = _passed_on(post.couriers[0], second, item(1), held.event.id)
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
        halves = _passed_on(post.desk, courier, item(1), accepted.event.id)
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


class TestACheckpointKnownFromElsewhere:
    """An export that ends at an older checkpoint is whole in itself; who knows a later one can tell."""

    def test_an_older_export_does_not_hold_it(self, post: Post, tmp_path: Path) -> None:
        post.record()
        post.checkpoint()
        older = tmp_path / "older"
        older.mkdir()
        exported = post.export(older)
        post.tell(post.deliver_result(1, post.couriers[0]))
        post.record()
        later = post.checkpoint()

        assert verify(*exported).valid
        verdict = verify(*exported, known=[(later.size, later.root.hex())])

        assert why(verdict) == f"it ends after {len(OF_POST)} leaves; you know of {later.size}"

    def test_another_history_does_not_have_its_root(self, post: Post, tmp_path: Path) -> None:
        post.record()
        kept = post.checkpoint()
        other = "ab" * 32

        verdict = verify(*post.export(tmp_path), known=[(kept.size, other)])

        assert why(verdict) == f"the first {kept.size} leaves do not have the root that you know"

    def test_every_one_that_is_known_must_stand_there(self, post: Post, tmp_path: Path) -> None:
        post.record()
        first = post.checkpoint()
        post.tell(post.deliver_result(1, post.couriers[0]))
        post.record()
        second = post.checkpoint()
        files = post.export(tmp_path)
        known = [(each.size, each.root.hex()) for each in (first, second)]

        assert verify(*files, known=known).valid
        assert not verify(*files, known=[*known, (first.size, second.root.hex())]).valid

    def test_it_is_typed_from_a_paper_as_it_stands_there(
        self, session: Session, tmp_path: Path
    ) -> None:
        post = Post(session)
        post.run(1)
        files = [str(each) for each in post.export(tmp_path)]
        size = reading.size(session)
        root = reading.root(session, size).hex().upper()
        groups = " ".join(root[at : at + 16] for at in range(0, 64, 16))

        assert verifier.main([*files, "--known", str(size), groups]) == 0
        assert verifier.main([*files, "--known", str(size), "0" + groups[1:]]) == 1

    @pytest.mark.parametrize(
        "known", [("0", "00" * 32), ("1", "xyz"), ("eins", "00" * 32)], ids=str
    )
    def test_what_is_no_checkpoint_is_told(
        self,
        session: Session,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        known: tuple[str, str],
    ) -> None:
        post = Post(session)
        post.run(1)
        files = map(str, post.export(tmp_path))

        assert verifier.main([*files, "--known", *known]) == 2
        assert "are not the size and root of a checkpoint" in capsys.readouterr().out


def test_an_export_ends_at_the_newest_witnessed_checkpoint(
    session: Session, tmp_path: Path
) -> None:
    post = Post(session)
    post.run(4)
    witnessed = reading.size(session)
    post.tell(post.deliver_result(99, post.couriers[0]))
    post.record()
    post.checkpoint(witnessed=False)

    verdict = verify(*post.export(tmp_path))

    assert verdict.valid
    assert verdict.size == witnessed
    newest = checkpoint.newest(session)
    assert newest is not None
    assert newest.size > witnessed
