"""Read what happened. Nothing here writes, and nothing reads more than it was asked for."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import cast

from sqlalchemy import Table, and_, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from postal_service.domain.acts import Accept, Counts, Handover
from postal_service.domain.event import Event
from postal_service.domain.ids import DeviceId, EventId, ItemId
from postal_service.domain.story import Told
from postal_service.ledger import tree
from postal_service.ledger.encoding import decode
from postal_service.ledger.leaf import leaf
from postal_service.ledger.signing import digest
from postal_service.ledger.tree import Place
from postal_service.storage.among import among
from postal_service.storage.schema.dossiers import ItemRow, SealReuseRow
from postal_service.storage.schema.ledger import EdgeRow, EntryRow, NodeRow
from postal_service.storage.schema.organisation import DeviceRow

PAGE = 1_000  # leaves in memory at a time
PHONE = "phone"  # the kind of a courier's own device


class LeavesMissingError(ValueError):
    """More was asked for than the ledger has; of a tree that was signed, something was taken away."""


# An item's story is told anew at each of its events, so its earlier events are read again and
# again. They never change: what bytes mean is kept for the newest ones, some 2 kB each.
meaning = lru_cache(maxsize=16_384)(decode)


@dataclass(frozen=True)
class Recorded:
    """One leaf as it stands in the ledger."""

    index: int
    event: Event
    body: bytes
    signature: bytes
    item_sequence: int
    item_previous: bytes
    received_ms: int
    leaf_hash: bytes

    @property
    def leaf(self) -> bytes:
        """The bytes that were hashed."""
        return leaf(
            self.body,
            self.signature,
            item_sequence=self.item_sequence,
            item_previous=self.item_previous,
            received_ms=self.received_ms,
        )

    @property
    def told(self) -> Told:
        return as_told(self.event, self.body, self.item_sequence)


_ENTRIES = cast("Table", EntryRow.__table__)
_NODES = cast("Table", NodeRow.__table__)
_LEAF = select(
    _ENTRIES.c.index,
    _ENTRIES.c.body,
    _ENTRIES.c.signature,
    _ENTRIES.c.item_sequence,
    _ENTRIES.c.item_previous,
    _ENTRIES.c.received_ms,
    _ENTRIES.c.leaf_hash,
)
# Made once: making a question anew costs more than its answer.
_LEAVES_OF = _LEAF.where(among(_ENTRIES.c.event_id, "events"))
_IS_LEAF, _IS_NODE = 0, 1
_HASHES = union_all(
    select(literal_column(f"{_IS_LEAF}"), _ENTRIES.c.index, _ENTRIES.c.leaf_hash).where(
        among(_ENTRIES.c.index, "leaves")
    ),
    select(literal_column(f"{_IS_NODE}"), _NODES.c.number, _NODES.c.hash).where(
        among(_NODES.c.number, "nodes")
    ),
)
_REUSES = cast("Table", SealReuseRow.__table__)
_ITEMS = cast("Table", ItemRow.__table__)
_DEVICES = cast("Table", DeviceRow.__table__)
# Beside an event: its place in its item's chain, whether it was noted to tell a serial that another
# item wore already, whether a courier's phone signed it, and which papers its item's number was given
# out for. The row of a lost office's key is not made anew: what no phone is known to have signed, no
# phone signed.
WITH_NOTED = (
    _ENTRIES.outerjoin(_REUSES, _REUSES.c.event_id == _ENTRIES.c.event_id)
    .outerjoin(_DEVICES, _DEVICES.c.id == _ENTRIES.c.device)
    .outerjoin(_ITEMS, _ITEMS.c.item == _ENTRIES.c.item)
)
LISTED = (_ITEMS.c.listed_originals, _ITEMS.c.listed_certified, _ITEMS.c.listed_photocopies)
NOTED = (
    _ENTRIES.c.item_sequence,
    _REUSES.c.event_id.is_not(None),
    _DEVICES.c.kind.is_not_distinct_from(PHONE),
    *LISTED,
)
_LISTED_OF = select(_ITEMS.c.item, *LISTED).where(
    among(_ITEMS.c.item, "items"), _ITEMS.c.listed_originals.is_not(None)
)
_STORIES = (
    select(_ENTRIES.c.item, _ENTRIES.c.body, *NOTED)
    .select_from(WITH_NOTED)
    .where(among(_ENTRIES.c.item, "items"))
    .order_by(_ENTRIES.c.item, _ENTRIES.c.item_sequence)
)


def as_told(
    event: Event,
    body: bytes,
    item_sequence: int,  # from here on the columns of NOTED, in their order
    seal_reused: bool = False,
    of_phone: bool = False,
    *listed: int | None,
) -> Told:
    """The event as a story hears it, with what NOTED tells beside it."""
    act = event.act
    # An offer code whose signature does not hold never enters the ledger: that it is there proves it.
    proved = isinstance(act, Handover) and bool(act.offer_code)
    return Told(
        event=event,
        digest=digest(body),
        item_sequence=item_sequence,
        of_phone=of_phone,
        offer_proved=proved,
        seal_reused=seal_reused,
        listed=counts_listed(*listed) if isinstance(act, Accept) else None,
    )


def counts_listed(*listed: int | None) -> Counts | None:
    """What the columns LISTED tell; none where the number was given out for papers already counted."""
    match listed:
        case (int(originals), int(certified), int(photocopies)):
            return Counts(originals=originals, certified=certified, photocopies=photocopies)
        case _:
            return None


def listed_of(session: Session, items: Collection[ItemId]) -> dict[ItemId, Counts]:
    """Which papers these items' numbers were given out for, where nobody of ours had counted them."""
    if not items:
        return {}
    rows = session.execute(_LISTED_OF, {"items": sorted(items)})
    found = {ItemId(item): counts_listed(*listed) for item, *listed in rows}
    return {item: counts for item, counts in found.items() if counts is not None}


def stories_of(session: Session, items: Collection[ItemId]) -> dict[ItemId, list[Told]]:
    """What is told of each item, in the order of arrival. An unknown item has nothing told of it."""
    stories: dict[ItemId, list[Told]] = {item: [] for item in items}
    if not stories:
        return stories
    for item, body, *noted in session.execute(_STORIES, {"items": sorted(stories)}):
        stories[ItemId(item)].append(as_told(meaning(body), body, *noted))
    return stories


def entries_of(session: Session, item: ItemId) -> list[Recorded]:
    """The timeline of one item."""
    return timelines_of(session, [item])[item]


def timelines_of(session: Session, items: Collection[ItemId]) -> dict[ItemId, list[Recorded]]:
    """The timelines of these items, in one question."""
    found: dict[ItemId, list[Recorded]] = {item: [] for item in items}
    if found:
        asked = _LEAF.where(among(_ENTRIES.c.item, "items")).order_by(
            _ENTRIES.c.item, _ENTRIES.c.item_sequence
        )
        for row in session.execute(asked, {"items": sorted(found)}):
            entry = _recorded(*row)
            found[entry.event.item].append(entry)
    return found


def of_types(session: Session, items: Collection[ItemId], types: Collection[str]) -> list[Recorded]:
    """The events of these types in the timelines of these items, in the order of the ledger."""
    asked = _LEAF.where(among(_ENTRIES.c.item, "items"), _ENTRIES.c.type.in_(types))
    rows = session.execute(asked.order_by(_ENTRIES.c.index), {"items": sorted(items)})
    return [_recorded(*row) for row in rows]


def around(session: Session, device: DeviceId, sequence: int, span: int) -> list[Recorded]:
    """What a device told, from so many events before one of its own to as many after it."""
    asked = _LEAF.where(
        _ENTRIES.c.device == device,
        _ENTRIES.c.device_sequence.between(sequence - span, sequence + span),
    )
    return [_recorded(*row) for row in session.execute(asked.order_by(_ENTRIES.c.device_sequence))]


def of_devices(session: Session, places: Collection[tuple[DeviceId, int]]) -> Iterator[Recorded]:
    """The events at these places of their devices' chains, as far as the ledger has them; each is found by its key."""
    wanted = sorted(places)
    for start in range(0, len(wanted), PAGE):
        chains = groupby(wanted[start : start + PAGE], key=itemgetter(0))
        asked = _LEAF.where(
            or_(
                *(
                    and_(
                        _ENTRIES.c.device == device,
                        _ENTRIES.c.device_sequence.in_([sequence for _, sequence in chain]),
                    )
                    for device, chain in chains
                )
            )
        )
        for row in session.execute(asked):
            yield _recorded(*row)


def newest_of_device(
    session: Session, device: DeviceId, types: Collection[str], most: int
) -> list[Recorded]:
    """The newest events of these types that a device told, the newest first."""
    asked = (
        _LEAF.where(_ENTRIES.c.device == device, _ENTRIES.c.type.in_(types))
        .order_by(_ENTRIES.c.device_sequence.desc())
        .limit(most)
    )
    return [_recorded(*row) for row in session.execute(asked)]


def everything(session: Session, after: int = 0) -> Iterator[Recorded]:
    """Every leaf in order, except the first `after` ones, which the caller has seen."""
    while True:
        asked = _LEAF.where(EntryRow.index >= after).order_by(EntryRow.index).limit(PAGE)
        page = session.execute(asked).all()
        for row in page:
            yield _recorded(*row)
        if len(page) < PAGE:
            return
        after += PAGE


def pages_of_types(session: Session, types: Collection[str]) -> Iterator[list[Event]]:
    """The events of these types in the order of the ledger, so many at a time."""
    after = -1
    while True:
        asked = select(EntryRow.index, EntryRow.body).where(
            EntryRow.index > after, EntryRow.type.in_(types)
        )
        page = session.execute(asked.order_by(EntryRow.index).limit(PAGE)).all()
        if page:
            yield [decode(body) for _, body in page]
        if len(page) < PAGE:
            return
        after, _ = page[-1]


def leaves(session: Session, upto: int) -> Iterator[bytes]:
    """The bytes of the first leaves, as they were hashed; nothing is decoded."""
    last = -1
    while last < upto - 1:
        page = session.execute(
            select(
                EntryRow.index,
                EntryRow.body,
                EntryRow.signature,
                EntryRow.item_sequence,
                EntryRow.item_previous,
                EntryRow.received_ms,
            )
            .where(EntryRow.index > last, EntryRow.index < upto)
            .order_by(EntryRow.index)
            .limit(PAGE)
        ).all()
        if not page:
            raise LeavesMissingError(f"The ledger is smaller than {upto}.")
        for index, body, signature, item_sequence, item_previous, received_ms in page:
            last = index
            yield leaf(
                body,
                signature,
                item_sequence=item_sequence,
                item_previous=item_previous,
                received_ms=received_ms,
            )


def entry(session: Session, event_id: EventId) -> Recorded | None:
    """The leaf of one event, or None when the ledger does not have it."""
    row = session.execute(_LEAF.where(EntryRow.event_id == event_id)).one_or_none()
    return None if row is None else _recorded(*row)


def entries(session: Session, event_ids: Collection[EventId]) -> dict[EventId, Recorded]:
    """The leaves of those of the events that the ledger has: to tell duplicates from news."""
    if not event_ids:
        return {}
    found = session.execute(_LEAVES_OF, {"events": sorted(event_ids)})
    return {each.event.id: each for each in (_recorded(*row) for row in found)}


def items_in_chunks(session: Session, count: int) -> Iterator[list[ItemId]]:
    """Every item the ledger knows, so many at a time."""
    after = ""
    while True:
        asked = select(EntryRow.item).distinct().where(EntryRow.item > after)
        page = session.scalars(asked.order_by(EntryRow.item).limit(count)).all()
        if not page:
            return
        yield [ItemId(item) for item in page]
        after = page[-1]


def last_of_device(session: Session, device: DeviceId) -> tuple[int, str] | None:
    """The number and digest of the device's newest event: its next one follows on them."""
    found = session.execute(
        select(EntryRow.device_sequence, EntryRow.body)
        .where(EntryRow.device == device)
        .order_by(EntryRow.device_sequence.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.device_sequence, digest(found.body))


def size(session: Session) -> int:
    """How many leaves the ledger has."""
    return session.execute(select(EdgeRow.size)).scalar_one_or_none() or 0


def first_since(session: Session, moment_ms: int) -> int:
    """The first leaf received at or after a moment: by halving, since the ledger is in that order."""
    low, high = 0, size(session)
    while low < high:
        middle = (low + high) // 2
        received = session.scalar(select(EntryRow.received_ms).where(EntryRow.index == middle))
        if received is not None and received < moment_ms:
            low = middle + 1
        else:
            high = middle
    return low


def pages_between(
    session: Session, types: Collection[str], first: int, last: int
) -> Iterator[list[Event]]:
    """The events of these types from one leaf to before another, so many at a time."""
    after = first - 1
    while True:
        asked = select(EntryRow.index, EntryRow.body).where(
            EntryRow.index > after, EntryRow.index < last, EntryRow.type.in_(types)
        )
        page = session.execute(asked.order_by(EntryRow.index).limit(PAGE)).all()
        if page:
            yield [meaning(body) for _, body in page]
        if len(page) < PAGE:
            return
        after, _ = page[-1]


def root(session: Session, size: int) -> bytes:
    """The root of the tree as it was at this size."""
    return tree.fold(_hashes(session, [tree.root_path(size)])[0]) if size else tree.EMPTY_ROOT


def inclusion(session: Session, index: int, size: int) -> list[bytes]:
    """The proof that the leaf stands at this index of the tree of this size."""
    return [tree.fold(parts) for parts in _hashes(session, tree.inclusion_path(index, size))]


def consistency(session: Session, old: int, new: int) -> list[bytes]:
    """The proof that the tree of the older size is the beginning of the newer one."""
    return [tree.fold(parts) for parts in _hashes(session, tree.consistency_path(old, new))]


def _hashes(session: Session, path: Iterable[Sequence[Place]]) -> list[list[bytes]]:
    """The hashes behind a path, all of them in one question, each found by its key."""
    path = list(path)
    places = {place for parts in path for place in parts}
    asked = {
        "leaves": [place.position for place in places if place.level == 0],
        "nodes": [place.number for place in places if place.level],
    }
    known = {(kind, number): value for kind, number, value in session.execute(_HASHES, asked)}
    if len(known) < len(places):
        raise LeavesMissingError("The ledger is smaller than the tree that was asked for.")
    return [[known[_key(place)] for place in parts] for parts in path]


def _key(place: Place) -> tuple[int, int]:
    return (_IS_NODE, place.number) if place.level else (_IS_LEAF, place.position)


def _recorded(
    index: int,
    body: bytes,
    signature: bytes,
    item_sequence: int,
    item_previous: bytes,
    received_ms: int,
    leaf_hash: bytes,
) -> Recorded:
    return Recorded(
        index=index,
        event=meaning(body),
        body=body,
        signature=signature,
        item_sequence=item_sequence,
        item_previous=item_previous,
        received_ms=received_ms,
        leaf_hash=leaf_hash,
    )
