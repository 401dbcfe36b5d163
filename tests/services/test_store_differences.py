"""A valid ledger is not all that pages show: whoever changes the store beside it is named too."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from postal_service import projections
from postal_service.domain.ids import ItemId
from postal_service.ledger.tree import Place
from postal_service.services import auditing, evidence
from postal_service.services.auditing import WRONG_COLUMN, WRONG_FILE, WRONG_PROJECTION, Difference
from postal_service.services.vault import seal
from postal_service.storage.migrate import APPEND_ONLY
from postal_service.storage.schema import (
    EdgeRow,
    EntryRow,
    EvidenceRow,
    EvidenceUseRow,
    HoldingRow,
    NodeRow,
    SpendRow,
    VerdictRow,
)
from tests.services.in_hand import result, sealed
from tests.services.world import MORNING, World

PHOTO = b"\xff\xd8\xff" + b"the envelope as it came"
OTHER = b"\xff\xd8\xff" + b"another envelope"
DIGEST = sha256(PHOTO).hexdigest()


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    """One of several items; a photo is kept beside them."""
    sealed(session, world, 3)
    evidence.keep(
        session, world.vault, DIGEST, PHOTO, media_type="image/jpeg", by=world.courier, at=MORNING
    )
    return result(session, world)[0]


def differences(session: Session, world: World) -> list[Difference]:
    session.flush()
    return list(auditing.differences(session, world.vault))


def without_guard(session: Session) -> None:
    """As whoever owns the database can: the triggers that let the ledger only grow are gone."""
    if session.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for name in names:
        session.execute(text(f'DROP TRIGGER "{name}"'))


def test_an_honest_store_says_what_its_ledger_says(
    session: Session, world: World, item: ItemId
) -> None:
    assert item
    assert differences(session, world) == []


def _another_holder(session: Session, item: ItemId) -> None:
    session.execute(update(HoldingRow).filter_by(item=item).values(holder_staff="s-courier"))


def _other_counts(session: Session, item: ItemId) -> None:
    session.execute(update(HoldingRow).filter_by(item=item).values(originals=9))


def _gone(session: Session, item: ItemId) -> None:
    session.execute(delete(HoldingRow).filter_by(item=item))


def _another_spender(session: Session, item: ItemId) -> None:
    session.execute(update(SpendRow).filter_by(item=item, parent="").values(event_id="nobody"))


def _a_verdict(session: Session, item: ItemId) -> None:
    session.execute(insert(VerdictRow).values(event_id="e", item=item, verdict="disputed"))


def _a_photo(session: Session, item: ItemId) -> None:
    session.execute(insert(EvidenceUseRow).values(item=item, sha256=DIGEST))


@pytest.mark.parametrize(
    ("change", "table"),
    [
        (_another_holder, "holding"),
        (_other_counts, "holding"),
        (_gone, "holding"),
        (_another_spender, "custody_spend"),
        (_a_verdict, "event_verdict"),
        (_a_photo, "evidence_use"),
    ],
)
def test_a_changed_projection_is_named_until_it_is_rebuilt(
    session: Session,
    world: World,
    item: ItemId,
    change: Callable[[Session, ItemId], None],
    table: str,
) -> None:
    change(session, item)

    assert differences(session, world) == [Difference(WRONG_PROJECTION, f"{table} of {item}")]

    projections.rebuild(session)
    assert differences(session, world) == []


def test_an_item_that_the_ledger_never_heard_of_is_named(
    session: Session, world: World, item: ItemId
) -> None:
    row = session.execute(select(HoldingRow.__table__).filter_by(item=item)).mappings().one()
    session.execute(insert(HoldingRow).values({**row, "item": "ZZ000000005VN"}))

    assert differences(session, world) == [Difference(WRONG_PROJECTION, "holding of ZZ000000005VN")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("item", "ZZ000000005VN"),
        ("type", "lost"),
        ("device", "AAAAAAAA"),
        ("device_sequence", 99_999),
        ("leaf_hash", bytes(32)),
    ],
)
def test_a_column_that_hides_an_event_from_its_item_is_named(
    session: Session, world: World, item: ItemId, column: str, value: object
) -> None:
    without_guard(session)
    last = session.scalar(
        select(EntryRow.index).filter_by(item=item).order_by(EntryRow.index.desc()).limit(1)
    )
    session.execute(update(EntryRow).filter_by(index=last).values({column: value}))

    found = differences(session, world)

    assert Difference(WRONG_COLUMN, f"leaf {last} ({column})") in found


def test_a_hash_of_the_tree_that_is_none_is_named(
    session: Session, world: World, item: ItemId
) -> None:
    assert item
    without_guard(session)
    session.execute(update(NodeRow).filter_by(number=Place(1, 2).number).values(hash=bytes(32)))
    session.execute(delete(NodeRow).filter_by(number=Place(2, 0).number))
    session.execute(update(EdgeRow).values(size=1, hashes=bytes(32)))

    assert differences(session, world) == [
        Difference(WRONG_COLUMN, "node 0 of level 2"),
        Difference(WRONG_COLUMN, "node 2 of level 1"),
        Difference(WRONG_COLUMN, "edge"),
    ]


@pytest.mark.parametrize("sealed_again", [True, False])
def test_a_kept_file_that_is_another_is_named(
    session: Session, world: World, item: ItemId, sealed_again: bool
) -> None:
    """Even where somebody has the key and seals the other one properly."""
    assert item
    place = f"evidence|{DIGEST}|content"
    content = seal(world.vault.master, OTHER, place) if sealed_again else b"\x01" + bytes(50)
    session.execute(update(EvidenceRow).filter_by(sha256=DIGEST).values(content=content))

    assert differences(session, world) == [Difference(WRONG_FILE, DIGEST)]
