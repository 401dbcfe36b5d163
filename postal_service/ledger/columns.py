"""Whether the store's own columns, tree and edge say what the signed bytes say.

Pages and proofs read them, and an export, which is made of the bytes alone, tells nothing of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.orm import Session

from postal_service.ledger import tree
from postal_service.ledger.encoding import TYPES, decode
from postal_service.ledger.leaf import leaf
from postal_service.ledger.tree import Place
from postal_service.storage.schema.ledger import EdgeRow, EntryRow, NodeRow

PAGE = 1_000  # leaves in memory at a time

_ENTRIES = cast("Table", EntryRow.__table__)


def differing(session: Session) -> Iterator[str]:
    """Where they do not: `leaf 7 (item)`, `node 3 of level 2`, `edge`.

    The ledger is one that the verifier found valid: its bytes are believed. Raises EventMalformed
    for others.
    """
    edge = tree.Edge()
    for page in _pages(session):
        hashes: list[bytes] = []
        for row in page:
            hashes.append(_leaf_hash(row))
            told = {**_told(row["body"]), "leaf_hash": hashes[-1]}
            wrong = [name for name, value in told.items() if row[name] != value]
            if wrong:
                yield f"leaf {row['index']} ({', '.join(wrong)})"
        edge, closed = tree.grow(edge, hashes)
        yield from _differing_nodes(session, closed)
    kept = session.execute(select(EdgeRow.size, EdgeRow.hashes)).one_or_none()
    if edge.size and kept != (edge.size, b"".join(edge.roots)):
        yield "edge"


def _pages(session: Session) -> Iterator[Sequence[RowMapping]]:
    last = -1
    while True:
        asked = select(_ENTRIES).where(_ENTRIES.c.index > last).order_by(_ENTRIES.c.index)
        page = session.execute(asked.limit(PAGE)).mappings().all()
        if not page:
            return
        yield page
        last = page[-1]["index"]


def _leaf_hash(row: RowMapping) -> bytes:
    return tree.leaf_hash(
        leaf(
            row["body"],
            row["signature"],
            item_sequence=row["item_sequence"],
            item_previous=row["item_previous"],
            received_ms=row["received_ms"],
        )
    )


def _told(body: bytes) -> Mapping[str, object]:
    """What the columns must say, by their names."""
    event = decode(body)
    return {
        "event_id": event.id,
        "type": TYPES[type(event.act)],
        "device": event.device,
        "device_sequence": event.sequence,
        "item": event.item,
    }


def _differing_nodes(session: Session, closed: Sequence[tuple[Place, bytes]]) -> Iterator[str]:
    """Of subtrees that became full one after another: their numbers have no gap."""
    if not closed:
        return
    (first, _), (last, _) = closed[0], closed[-1]
    rows = session.execute(
        select(NodeRow.number, NodeRow.hash).where(
            NodeRow.number.between(first.number, last.number)
        )
    )
    kept = {row.number: row.hash for row in rows}
    for place, value in closed:
        if kept.get(place.number) != value:
            yield f"node {place.position} of level {place.level}"
