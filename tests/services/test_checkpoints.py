"""Witnesses are other offices: one may be away, one's answer may be lost on the way, one may talk nonsense."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from http.client import BadStatusLine
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, select

from postal_service.cli.witness import WitnessOffice
from postal_service.ledger import checkpoint, notes
from postal_service.ledger import reading as ledger
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.notes import Kind
from postal_service.services import checkpoints
from postal_service.services.checkpoints import NothingRecorded, NotWitnessed, Witness
from postal_service.storage.engine import open_engine
from postal_service.storage.schema import CheckpointRow, DeviceRow
from postal_service.storage.transaction import Sessions, reading, sessions_on, transaction
from tests.clock import NOON
from tests.services.in_hand import accepted
from tests.services.world import World, build

ORIGIN = "post.example/custody"
WHILE_SECONDS = 1.5


@dataclass(eq=False)
class Line:
    """The way to a witness: it carries every question, and may lose or spoil the answer."""

    office: WitnessOffice
    faults: Iterator[Exception | bytes | None] = field(default_factory=lambda: iter(()))

    def __call__(self, body: bytes) -> tuple[int, bytes]:
        answer = self.office.add_checkpoint(body)
        match next(self.faults, None):
            case None:
                return answer
            case bytes() as spoiled:
                return 200, spoiled
            case Exception() as lost:
                raise lost


@dataclass
class Log:
    """A ledger with three witnesses."""

    sessions: Sessions
    world: World
    key: Ed25519PrivateKey
    lines: list[Line]

    @property
    def witnesses(self) -> list[Witness]:
        return [Witness(key=each.office.key, ask=each) for each in self.lines]

    def grow(self) -> Kept:
        with transaction(self.sessions) as session:
            accepted(session, self.world)
            return checkpoints.make(session, origin=ORIGIN, log_key=self.key, at=NOON)

    def cosign(self, kept: Kept) -> int:
        return checkpoints.cosign(self.sessions, kept, self.witnesses, at=NOON)

    def signed_beneath(self, kept: Kept) -> list[str]:
        with reading(self.sessions) as session:
            found = checkpoint.at_size(session, kept.size)
        assert found is not None
        return [each.name for each in notes.read(found.note).signatures][1:]


@pytest.fixture
def log(sessions: Sessions, world: World, tmp_path: Path) -> Log:
    return _log(sessions, world, tmp_path)


def _log(sessions: Sessions, world: World, folder: Path) -> Log:
    key = Ed25519PrivateKey.generate()
    public = notes.public_key(ORIGIN, key, Kind.SIGNATURE)
    offices = [WitnessOffice(f"w{number}", public, folder / f"w{number}") for number in (1, 2, 3)]
    return Log(sessions, world, key, [Line(office) for office in offices])


def test_every_witness_signs_what_grew(log: Log) -> None:
    for _ in range(2):
        kept = log.grow()
        assert log.cosign(kept) == 3
        assert log.signed_beneath(kept) == ["w1", "w2", "w3"]


def test_what_is_due_is_signed_and_witnessed_and_what_is_not_is_left(log: Log) -> None:
    def sign(at: datetime) -> Kept | None:
        return checkpoints.sign_if_due(
            log.sessions, origin=ORIGIN, log_key=log.key, witnesses=log.witnesses, at=at
        )

    assert sign(NOON) is None  # nothing is recorded yet
    with transaction(log.sessions) as session:
        accepted(session, log.world)
    first = sign(NOON)
    assert first is not None
    assert log.signed_beneath(first) == ["w1", "w2", "w3"]
    assert sign(NOON + checkpoint.EVERY) is None  # it did not grow
    with transaction(log.sessions) as session:
        accepted(session, log.world)
    assert sign(NOON + checkpoint.EVERY / 2) is None
    second = sign(NOON + checkpoint.EVERY)
    assert second is not None
    assert log.signed_beneath(second) == ["w1", "w2", "w3"]


@pytest.mark.parametrize("fault", [TimeoutError("slow"), BadStatusLine("what?"), b"\xff\n"])
def test_a_witness_whose_answer_was_lost_signs_the_next_checkpoint(
    log: Log, fault: Exception | bytes
) -> None:
    log.lines[0].faults = iter([fault])
    first = log.grow()
    assert log.cosign(first) == 2
    assert log.signed_beneath(first) == ["w2", "w3"]

    second = log.grow()
    assert log.cosign(second) == 3
    assert log.signed_beneath(second) == ["w1", "w2", "w3"]


def test_a_witness_whose_answer_was_lost_signs_the_same_checkpoint_when_asked_again(
    log: Log,
) -> None:
    log.lines[0].faults = iter([TimeoutError("slow")])
    kept = log.grow()
    assert log.cosign(kept) == 2
    assert log.cosign(kept) == 1
    assert log.cosign(kept) == 0


def test_a_false_signature_costs_the_other_witnesses_nothing(log: Log) -> None:
    kept = log.grow()
    name, key = log.lines[1].office.name, log.lines[1].office.private_key
    line = notes.cosign("another text\n", name, key, at_seconds=1)
    log.lines[1].faults = iter([str(line).encode()])

    assert log.cosign(kept) == 2
    assert log.signed_beneath(kept) == ["w1", "w3"]


def test_an_older_checkpoint_asks_nobody_who_signed_a_newer_one(log: Log) -> None:
    older, newer = log.grow(), log.grow()
    assert log.cosign(newer) == 3
    assert log.cosign(older) == 0


# --- Handing the ledger out ------------------------------------------------------------------------


def export(log: Log, folder: Path) -> Kept:
    policy = checkpoints.policy(ORIGIN, log.key, [each.key for each in log.witnesses])
    with reading(log.sessions) as session:
        return checkpoints.export_to(
            session, policy, ledger=folder / "ledger.jsonl", keys=folder / "keys.json"
        )


def test_before_enough_witnesses_signed_a_full_ledger_is_not_called_empty(
    log: Log, tmp_path: Path
) -> None:
    log.lines[0].faults = iter([TimeoutError("slow")])
    log.lines[1].faults = iter([TimeoutError("slow")])
    kept = log.grow()
    assert log.cosign(kept) == 1

    with pytest.raises(NotWitnessed) as refused:
        export(log, tmp_path)
    assert refused.value.facts == {"needed": 2}

    assert log.cosign(kept) == 2
    assert export(log, tmp_path).size == kept.size


def test_a_ledger_without_an_event_is_called_empty(log: Log, tmp_path: Path) -> None:
    with pytest.raises(NothingRecorded):
        export(log, tmp_path)


def test_a_ledger_without_its_root_device_is_damaged_and_not_empty(
    log: Log, tmp_path: Path
) -> None:
    assert log.cosign(log.grow()) == 3
    with transaction(log.sessions) as session:
        session.execute(delete(DeviceRow).filter_by(kind="root"))

    with pytest.raises(checkpoints.DAMAGED, match="root device"):
        export(log, tmp_path)


# --- Two processes at the same moment --------------------------------------------------------------


@pytest.fixture
def shared(committed_sessions: Sessions, tmp_path: Path) -> Log:
    """A ledger that several processes sign; what they do is committed."""
    with transaction(committed_sessions) as session:
        world = build(session)
    return _log(committed_sessions, world, tmp_path)


@pytest.fixture
def other(committed_url: str) -> Iterator[Sessions]:
    """Another process's way to the same store: no queue, no connection is shared with it."""
    engine = open_engine(committed_url)
    yield sessions_on(engine)
    engine.dispose()


def _signed(log: Log, sessions: Sessions) -> Kept:
    with transaction(sessions) as session:
        return checkpoints.make(session, origin=ORIGIN, log_key=log.key, at=NOON)


def test_two_who_sign_at_the_same_moment_make_one_checkpoint(shared: Log, other: Sessions) -> None:
    with transaction(shared.sessions) as session:
        accepted(session, shared.world)

    with ThreadPoolExecutor() as pool:
        with transaction(shared.sessions) as session:
            first = checkpoints.make(session, origin=ORIGIN, log_key=shared.key, at=NOON)
            coming = pool.submit(_signed, shared, other)
            with pytest.raises(TimeoutError):
                coming.result(timeout=WHILE_SECONDS)  # it waits for the one before it
        second = coming.result(timeout=60)

    assert second == first
    with reading(other) as session:
        assert session.scalar(select(func.count()).select_from(CheckpointRow)) == 1


def test_who_signs_while_events_come_in_signs_what_was_committed(
    shared: Log, other: Sessions
) -> None:
    before = shared.grow()

    with ThreadPoolExecutor() as pool:
        with transaction(shared.sessions) as session:
            accepted(session, shared.world)
            coming = pool.submit(_signed, shared, other)
            with pytest.raises(TimeoutError):
                coming.result(timeout=WHILE_SECONDS)
        made = coming.result(timeout=60)

    with reading(other) as session:
        assert made.size == ledger.size(session) > before.size
        assert made.root == ledger.root(session, made.size)


def test_an_answer_that_two_processes_keep_costs_no_other_witness_its_own(
    shared: Log, other: Sessions
) -> None:
    kept = shared.grow()
    with reading(shared.sessions) as session:
        asked = checkpoints.requests(session, kept, shared.witnesses)
    one, two, three = ((each, each.ask(bytes(request))[1]) for each, request in asked.items())

    def keep(*answers: tuple[Witness, bytes]) -> int:
        with transaction(other) as session:
            return checkpoints.keep_answers(session, kept, dict(answers), at=NOON)

    with ThreadPoolExecutor() as pool:
        with transaction(shared.sessions) as session:
            assert checkpoints.keep_answers(session, kept, dict([one, two]), at=NOON) == 2
            coming = pool.submit(keep, one, two, three)
            with pytest.raises(TimeoutError):
                coming.result(timeout=WHILE_SECONDS)
        assert coming.result(timeout=60) == 1

    assert shared.signed_beneath(kept) == ["w1", "w2", "w3"]
