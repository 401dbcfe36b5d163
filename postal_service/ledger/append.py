"""Add to the ledger. There is no update and no delete.

Nothing here judges custody or checks a signature: whoever calls has decided that these facts are
recorded. The database's unique keys refuse an event, or a device's number, that is there already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table, func, insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from postal_service.domain.event import NO_ITEM, Event
from postal_service.domain.ids import EventId
from postal_service.ledger import tree
from postal_service.ledger.encoding import TYPES, canonical
from postal_service.ledger.leaf import NO_LEAF, leaf
from postal_service.storage.schema.ledger import EdgeRow, EntryRow, NodeRow

EDGE = 1  # the only row of its table
RECEIPT_VERSION = 1

_ENTRIES = cast("Table", EntryRow.__table__)
_NODES = cast("Table", NodeRow.__table__)


@dataclass(frozen=True)
class Signed:
    """An event with the very bytes that its device signed."""

    event: Event
    body: bytes
    signature: bytes


@dataclass(frozen=True)
class Entry:
    """Where an event stands in the ledger for ever."""

    index: int
    event_id: EventId
    leaf_hash: bytes
    received_ms: int


def append(session: Session, signed: Sequence[Signed], *, received_ms: int) -> list[Entry]:
    """Record the events in this order, in the caller's transaction.

    Waits for any other transaction that appends, and holds the others up until this one ends.
    Raises IntegrityError when an id, or a device's number, is in the ledger already.
    """
    if not signed:
        return []
    edge = _lock_edge(session)
    rows = _rows(signed, edge.size, _last_leaves(session, signed), received_ms)
    edge, closed = tree.grow(edge, (row["leaf_hash"] for row in rows))
    session.execute(insert(_ENTRIES), rows)
    if closed:
        session.execute(
            insert(_NODES),
            [
                {"level": place.level, "position": place.position, "hash": value}
                for place, value in closed
            ],
        )
    session.execute(
        update(EdgeRow)
        .where(EdgeRow.id == EDGE)
        .values(size=edge.size, hashes=b"".join(edge.roots))
        .execution_options(synchronize_session=False)
    )
    return [
        Entry(row["index"], each.event.id, row["leaf_hash"], received_ms)
        for row, each in zip(rows, signed, strict=True)
    ]


def receipt(entry: Entry, log_key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """What the device keeps: the log's word that the event is recorded, and its signature."""
    body = canonical(
        {
            "id": entry.event_id,
            "idx": entry.index,
            "lh": entry.leaf_hash.hex(),
            "rx": entry.received_ms,
            "v": RECEIPT_VERSION,
        }
    )
    return body, log_key.sign(body)


def _lock_edge(session: Session) -> tree.Edge:
    # Columns, not the row object: what this session saw before it waited for the lock is old.
    locked = select(EdgeRow.size, EdgeRow.hashes).where(EdgeRow.id == EDGE).with_for_update()
    found = session.execute(locked).one_or_none()
    if found is None:
        session.execute(
            text(
                "INSERT INTO ledger_edge (id, size, hashes) VALUES (:id, 0, :none)"
                " ON CONFLICT (id) DO NOTHING"  # two may find the ledger empty at the same moment
            ),
            {"id": EDGE, "none": b""},
        )
        found = session.execute(locked).one()
    size, hashes = found
    roots = (hashes[at : at + tree.HASH_BYTES] for at in range(0, len(hashes), tree.HASH_BYTES))
    return tree.Edge(size, tuple(roots))


def _last_leaves(session: Session, signed: Iterable[Signed]) -> dict[str, tuple[int, bytes]]:
    items: set[str] = {each.event.item for each in signed}
    columns = (EntryRow.item, EntryRow.item_sequence, EntryRow.leaf_hash)
    found: list[Any] = []
    if NO_ITEM in items:
        # The registry's chain is as long as the registry; from an item's few leaves the last is
        # found fastest by grouping, from a long chain by walking its key backwards.
        items.remove(NO_ITEM)
        newest = EntryRow.item_sequence.desc()
        found += session.execute(
            select(*columns).where(EntryRow.item == NO_ITEM).order_by(newest).limit(1)
        )
    if items:
        last = (
            select(EntryRow.item, func.max(EntryRow.item_sequence))
            .where(EntryRow.item.in_(sorted(items)))
            .group_by(EntryRow.item)
        )
        found += session.execute(
            select(*columns).where(tuple_(EntryRow.item, EntryRow.item_sequence).in_(last))
        )
    return {item: (sequence, hashed) for item, sequence, hashed in found}


def _rows(
    signed: Iterable[Signed], first: int, last: dict[str, tuple[int, bytes]], received_ms: int
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index, each in enumerate(signed, start=first):
        event = each.event
        sequence, previous = last.get(event.item, (0, NO_LEAF))
        sequence += 1
        hashed = tree.leaf_hash(
            leaf(
                each.body,
                each.signature,
                item_sequence=sequence,
                item_previous=previous,
                received_ms=received_ms,
            )
        )
        last[event.item] = (sequence, hashed)
        rows.append(
            {
                "index": index,
                "event_id": event.id,
                "type": TYPES[type(event.act)],
                "device": event.device,
                "device_sequence": event.sequence,
                "item": event.item,
                "item_sequence": sequence,
                "item_previous": previous,
                "received_ms": received_ms,
                "body": each.body,
                "signature": each.signature,
                "leaf_hash": hashed,
            }
        )
    return rows
