"""Add to the ledger. There is no update and no delete.

Nothing here judges custody or checks a signature: whoever calls has decided that these facts are
recorded. The database's unique keys refuse an event, or a device's number, that is there already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table, select, text, update
from sqlalchemy.orm import Session

from postal_service.domain.event import NO_ITEM, Event
from postal_service.domain.ids import EventId, ItemId
from postal_service.domain.story import Told
from postal_service.ledger import tree
from postal_service.ledger.encoding import TYPES
from postal_service.ledger.leaf import NO_LEAF, leaf
from postal_service.ledger.reading import NOTED, WITH_NOTED, as_told, meaning
from postal_service.storage.among import among
from postal_service.storage.bulk import Rows, insert_together
from postal_service.storage.schema.ledger import EdgeRow, EntryRow, NodeRow

EDGE = 1  # the only row of its table
RECEIPT_VERSION = 1

_ENTRIES = cast("Table", EntryRow.__table__)
_EDGE = cast("Table", EdgeRow.__table__)

# Made once and of tables, not of mapped classes: an upload asks many small questions, and making
# a question anew, or tracking its rows as objects, costs more than the database's answer.
_LOCKED_EDGE = select(_EDGE.c.size, _EDGE.c.hashes).where(_EDGE.c.id == EDGE).with_for_update()
_MOVE_EDGE = update(_EDGE).where(_EDGE.c.id == EDGE)
_TOLD_BEFORE = (
    select(
        _ENTRIES.c.item,
        _ENTRIES.c.leaf_hash,
        _ENTRIES.c.body,
        *NOTED,
    )
    .select_from(WITH_NOTED)
    .where(among(_ENTRIES.c.item, "items"))
    .order_by(_ENTRIES.c.item, _ENTRIES.c.item_sequence)
)
# The registry's chain is as long as the registry: its end is found by its key, backwards.
_NEWEST_OF_REGISTRY = (
    select(_ENTRIES.c.item_sequence, _ENTRIES.c.leaf_hash)
    .where(_ENTRIES.c.item == NO_ITEM)
    .order_by(_ENTRIES.c.item_sequence.desc())
    .limit(1)
)


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


@dataclass(frozen=True)
class Appended:
    """Where the events stand, and all that is told now of each item they are about."""

    entries: tuple[Entry, ...] = ()
    told: Mapping[ItemId, Sequence[Told]] = field(default_factory=dict)


def append(
    session: Session, signed: Sequence[Signed], *, received_ms: int, of_phones: bool = False
) -> Appended:
    """Record the events in this order, in the caller's transaction.

    `of_phones` where couriers' own devices signed them, all of them. Waits for any other transaction that appends, and holds the others up until this one ends.
    Raises IntegrityError when an id, or a device's number, is in the ledger already.
    """
    if not signed:
        return Appended()
    edge = _lock_edge(session)
    chains = _chains(session, {each.event.item for each in signed})
    rows = _rows(signed, edge.size, chains, received_ms, of_phones=of_phones)
    edge, closed = tree.grow(edge, (row["leaf_hash"] for row in rows))
    nodes = [{"number": place.number, "hash": value} for place, value in closed]
    insert_together(session, Rows(EntryRow, rows), Rows(NodeRow, nodes))
    session.execute(_MOVE_EDGE, {"size": edge.size, "hashes": b"".join(edge.roots)})
    entries = (
        Entry(row["index"], each.event.id, row["leaf_hash"], received_ms)
        for row, each in zip(rows, signed, strict=True)
    )
    told = {item: chain.told for item, chain in chains.items() if item != NO_ITEM}
    return Appended(tuple(entries), told)


def receipt(entry: Entry, log_key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """What the device keeps: the log's word that the event is recorded, and its signature.

    Written out, as a leaf is (`leaf.py`): an id needs no escaping.
    """
    event, hashed = entry.event_id.encode(), entry.leaf_hash.hex().encode()
    told = (event, entry.index, hashed, entry.received_ms, RECEIPT_VERSION)
    body = b'{"id":"%b","idx":%d,"lh":"%b","rx":%d,"v":%d}' % told
    return body, log_key.sign(body)


def _lock_edge(session: Session) -> tree.Edge:
    found = session.execute(_LOCKED_EDGE).one_or_none()
    if found is None:
        session.execute(
            text(
                "INSERT INTO ledger_edge (id, size, hashes) VALUES (:id, 0, :none)"
                " ON CONFLICT (id) DO NOTHING"  # two may find the ledger empty at the same moment
            ),
            {"id": EDGE, "none": b""},
        )
        found = session.execute(_LOCKED_EDGE).one()
    size, hashes = found
    roots = (hashes[at : at + tree.HASH_BYTES] for at in range(0, len(hashes), tree.HASH_BYTES))
    return tree.Edge(size, tuple(roots))


@dataclass
class _Chain:
    """The end of an item's chain of leaves, and what was told of it so far."""

    sequence: int = 0
    leaf_hash: bytes = NO_LEAF
    told: list[Told] = field(default_factory=list)


def _chains(session: Session, items: Collection[ItemId]) -> dict[ItemId, _Chain]:
    """Asked after the edge is locked: what was read before could be old."""
    chains = {item: _Chain() for item in items}
    if NO_ITEM in chains:
        newest = session.execute(_NEWEST_OF_REGISTRY).one_or_none()
        if newest is not None:
            chains[NO_ITEM] = _Chain(*newest)
    wanted = sorted(chains.keys() - {NO_ITEM})
    if wanted:
        for item, leaf_hash, body, *noted in session.execute(_TOLD_BEFORE, {"items": wanted}):
            chain = chains[item]
            told = as_told(meaning(body), body, *noted)
            chain.sequence, chain.leaf_hash = told.item_sequence, leaf_hash
            chain.told.append(told)
    return chains


def _rows(
    signed: Sequence[Signed],
    first: int,
    chains: Mapping[ItemId, _Chain],
    received_ms: int,
    *,
    of_phones: bool,
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index, each in enumerate(signed, start=first):
        event = each.event
        chain = chains[event.item]
        sequence, previous = chain.sequence + 1, chain.leaf_hash
        hashed = tree.leaf_hash(
            leaf(
                each.body,
                each.signature,
                item_sequence=sequence,
                item_previous=previous,
                received_ms=received_ms,
            )
        )
        chain.sequence, chain.leaf_hash = sequence, hashed
        chain.told.append(as_told(event, each.body, sequence, of_phone=of_phones))
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
