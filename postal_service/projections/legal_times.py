"""When events happened, with what else their devices told to bound it; read from the ledger each time.

A bound may come from any event of the same device and boot, and each bound is true by itself, so
that fewer of them make a wider span and never a wrong one. Read are those that stand 1, 2, 4, … 512
places before and after in the device's chain: some twenty for each event, found by their key, of
which the farthest lie as far away as the largest upload reaches. Checkpoints are looked up among
those that were made in the day and a half before one of the events asked for was received: of a day's
few thousand, and what was seen longer ago bounds little.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.clock import claimed
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.legal_time import LegalTime, Stamp, of_phones, of_server
from postal_service.ledger import checkpoint, reading
from postal_service.ledger.reading import Recorded
from postal_service.storage.schema import DeviceRow, EntryRow

BESIDE: Final = tuple(2**power for power in range(10))
SEEN_WITHIN: Final = timedelta(hours=36)


def of_entries(
    session: Session, entries: Collection[Recorded], *, known_ms: int | None = None
) -> dict[EventId, LegalTime]:
    """The time of each of these events, in as few questions for many as for one.

    What is written once and for all names `known_ms`: what the ledger received later bounds nothing then.
    """
    if not entries:
        return {}
    custodies = _custodies(session, entries)
    servers = _servers(session, {each.event.device for each in [*entries, *custodies]})
    signed = [each for each in entries if each.event.device not in servers]
    if not signed:
        return {each.event.id: _of_server(each) for each in entries}
    known = [
        each
        for each in _with_neighbours(session, signed)
        if known_ms is None or each.received_ms <= known_ms
    ]
    seen = checkpoint.made_at(
        session, {each.event.checkpoint for each in known} - {""}, _spans(signed)
    )
    given = {each.event.id: each.received_ms for each in custodies if each.event.device in servers}
    first_ms = _first_ms(session)
    phones = of_phones(_stamp(each, seen, given, first_ms) for each in known)
    return {each.event.id: phones.get(each.event.id) or _of_server(each) for each in entries}


def _custodies(session: Session, entries: Collection[Recorded]) -> list[Recorded]:
    """What these events rest on; most of it, or all, is among them where a whole timeline is asked for."""
    told = {each.event.id: each for each in entries}
    named = {each.event.parent for each in entries} - {NO_PARENT}
    told |= reading.entries(session, named - told.keys())
    return [told[each] for each in named if each in told]


def _servers(session: Session, devices: Iterable[DeviceId]) -> frozenset[DeviceId]:
    """Those whose clock is ours: the keys of offices, and the root."""
    asked = select(DeviceRow.id).where(DeviceRow.id.in_(sorted(devices)), DeviceRow.kind != "phone")
    return frozenset(DeviceId(device) for device in session.scalars(asked))


def _with_neighbours(session: Session, signed: Iterable[Recorded]) -> Sequence[Recorded]:
    found = {(each.event.device, each.event.sequence): each for each in signed}
    beside = {
        (device, sequence + step)
        for device, sequence in found
        for step in (*BESIDE, *(-each for each in BESIDE if each < sequence))
    }
    return [*found.values(), *reading.of_devices(session, beside - found.keys())]


def _spans(signed: Iterable[Recorded]) -> list[tuple[datetime, datetime]]:
    """When what these devices saw may have been made, in spans that do not overlap."""
    spans: list[tuple[datetime, datetime]] = []
    for until in sorted(claimed(each.received_ms) for each in signed):
        since = until - SEEN_WITHIN
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], until)
        else:
            spans.append((since, until))
    return spans


def _first_ms(session: Session) -> int:
    """When the ledger began: no device of it is older."""
    first = select(EntryRow.received_ms).order_by(EntryRow.index).limit(1)
    return session.scalars(first).one()


def _stamp(
    entry: Recorded,
    seen: Mapping[str, datetime],
    given: Mapping[EventId, int],
    first_ms: int,
) -> Stamp:
    event = entry.event
    bounds = [first_ms, given.get(event.parent, first_ms)]
    if event.checkpoint in seen:
        bounds.append(round(seen[event.checkpoint].timestamp() * 1000))
    return Stamp(
        event=event.id,
        device=event.device,
        sequence=event.sequence,
        boot=event.boot,
        monotonic_ms=event.monotonic_ms,
        wall_ms=event.wall_ms,
        received_ms=entry.received_ms,
        not_before_ms=max(bounds),
    )


def _of_server(entry: Recorded) -> LegalTime:
    return of_server(entry.event.wall_ms, entry.received_ms)
