"""Of each day the last head that enough witnesses signed; and any other by its size."""

from datetime import date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from sqlalchemy.orm import Session

from postal_service.ledger import checkpoint, reading
from postal_service.ledger.checkpoint import Kept
from postal_service.ledger.witness import Policy
from postal_service.services import checkpoints, signed_heads
from postal_service.services.signed_heads import UnknownHead
from postal_service.storage.schema import CheckpointRow, CosignatureRow
from tests.ledger.post import WitnessOffice
from tests.services.in_hand import accepted
from tests.services.world import MORNING, World

ORIGIN = "post.example/custody"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
TODAY = MORNING.date()
DAY = timedelta(days=1)


@pytest.fixture
def offices() -> list[WitnessOffice]:
    return [WitnessOffice(f"witness.example/w{n}") for n in (1, 2, 3)]


@pytest.fixture
def policy(offices: list[WitnessOffice]) -> Policy:
    return checkpoints.policy(ORIGIN, LOG_KEY, [each.public for each in offices])


def signed(session: Session, world: World, at: datetime, *offices: WitnessOffice) -> Kept:
    """One more event, signed by the log and by these witnesses."""
    accepted(session, world, at=at)
    kept = checkpoint.make(session, origin=ORIGIN, log_key=LOG_KEY, at=at)
    assert kept is not None
    log = checkpoints.policy(ORIGIN, LOG_KEY, []).log
    for each in offices:
        each.cosign(session, kept, log)
    return kept


def test_before_the_first_checkpoint_there_is_none(
    session: Session, world: World, policy: Policy
) -> None:
    accepted(session, world)

    assert signed_heads.newest(session, policy) is None
    assert signed_heads.of_days(session, policy, upto=TODAY) == []
    assert signed_heads.before(session, policy, 10) is None


def test_each_day_is_told_by_its_last_witnessed_head(
    session: Session, world: World, policy: Policy, offices: list[WitnessOffice]
) -> None:
    first, second, third = offices
    signed(session, world, MORNING - 3 * DAY, first, second)
    last_of_day = signed(session, world, MORNING - 3 * DAY + timedelta(hours=1), first, third)
    only_signed = signed(session, world, MORNING - DAY, first)
    of_today = signed(session, world, MORNING, *offices)
    signed(session, world, MORNING + timedelta(minutes=1), second)

    found = signed_heads.of_days(session, policy, upto=TODAY)

    assert [(head.day, head.size) for head in found] == [
        (TODAY, of_today.size),
        (TODAY - DAY, only_signed.size),
        (TODAY - 3 * DAY, last_of_day.size),
    ]
    assert [head.enough for head in found] == [True, False, True]
    assert [len(head.witnesses) for head in found] == [3, 1, 2]
    assert found[2].witnesses == (first.name, third.name)
    assert found[0].root == reading.root(session, of_today.size).hex()
    newest = signed_heads.newest(session, policy)
    assert newest is not None
    assert newest.size == of_today.size


def test_a_day_is_one_of_vietnam(session: Session, world: World, policy: Policy) -> None:
    midnight = datetime.combine(TODAY, datetime.min.time(), MORNING.tzinfo)
    late = signed(session, world, midnight - timedelta(seconds=1))
    early = signed(session, world, midnight)

    found = signed_heads.of_days(session, policy, upto=TODAY)

    assert [(head.day, head.size) for head in found] == [
        (TODAY, early.size),
        (TODAY - DAY, late.size),
    ]


def test_only_so_many_days_are_told_and_none_that_is_to_come(
    session: Session, world: World, policy: Policy
) -> None:
    for back in range(20, -2, -1):
        signed(session, world, MORNING - back * DAY)

    found = signed_heads.of_days(session, policy, upto=TODAY)

    assert [head.day for head in found] == [TODAY - n * DAY for n in range(signed_heads.DAYS)]


def test_without_witnesses_the_logs_own_signature_is_enough(session: Session, world: World) -> None:
    alone = checkpoints.policy(ORIGIN, LOG_KEY, [])
    signed(session, world, MORNING - DAY)
    kept = signed(session, world, MORNING)

    (today, _) = signed_heads.of_days(session, alone, upto=TODAY)

    assert (today.size, today.enough, today.witnesses) == (kept.size, True, ())


def test_any_head_is_found_by_its_size(
    session: Session, world: World, policy: Policy, offices: list[WitnessOffice]
) -> None:
    kept = signed(session, world, MORNING - 300 * DAY, *offices[:2])
    signed(session, world, MORNING)

    head = signed_heads.at_size(session, policy, kept.size)

    assert (head.root, head.day, head.enough) == (
        kept.root.hex(), TODAY - 300 * DAY, True,
    )  # fmt: skip
    assert all(each.name in head.note for each in offices[:2])
    for size in (0, kept.size - 1, 10**15, 2**63, 10**40):
        with pytest.raises(UnknownHead):
            signed_heads.at_size(session, policy, size)


def test_the_head_before_an_event_stays_the_same(
    session: Session, world: World, policy: Policy
) -> None:
    kept = signed(session, world, MORNING)
    accepted(session, world)
    index = reading.size(session) - 1

    first = signed_heads.before(session, policy, index)
    signed(session, world, MORNING + DAY)

    assert first is not None
    assert first.size == kept.size
    assert signed_heads.before(session, policy, index) == first


def test_a_signature_that_was_changed_is_nobodys(
    session: Session, world: World, policy: Policy, offices: list[WitnessOffice]
) -> None:
    kept = signed(session, world, MORNING, *offices)
    other = signed(session, world, MORNING + DAY, *offices)
    row = session.get_one(CosignatureRow, (other.size, offices[0].name))
    session.execute(
        update(CosignatureRow)
        .where(CosignatureRow.size == kept.size, CosignatureRow.witness == offices[0].name)
        .values(line=row.line)
    )

    head = signed_heads.at_size(session, policy, kept.size)

    assert (head.witnesses, head.enough) == ((), False)


def test_a_note_that_cannot_be_read_stops_no_page(
    session: Session, world: World, policy: Policy
) -> None:
    kept = signed(session, world, MORNING)
    session.execute(update(CheckpointRow).values(note="no note"))

    head = signed_heads.at_size(session, policy, kept.size)

    assert (head.note, head.enough) == ("no note", False)
    assert [each.day for each in signed_heads.of_days(session, policy, upto=date(2026, 11, 30))]
