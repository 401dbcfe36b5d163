"""When something happened that a phone signed: no clock is believed alone, so it is a span, and an estimate in it.

An event happened after what it names was signed (a checkpoint that the device had seen, a custody
that an office gave), and before the ledger received it. `mono` counts on without a network and
cannot be set by hand, so that within one boot the first bound of any earlier event bounds this one
too, and the second bound of any later one, moved by the difference of their `mono`. A phone whose
`mono` stands still while it sleeps makes the span wider, never wrong.

All of it is a phone's own word but for the two outer bounds, and a phone can sign anything: where
its word does not hold together only the outer bounds are used, and it is said to contradict itself.
Nothing here can leave them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Final

from postal_service.domain.clock import claimed
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.wording_dates import local

SKEW: Final = timedelta(minutes=10)  # clocks differ; what is further apart is told
_SKEW_MS: Final = SKEW // timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What one event says of its time, and what bounds it by itself. Milliseconds, since 1970 but for `monotonic_ms`."""

    event: EventId
    device: DeviceId
    sequence: int
    boot: str
    monotonic_ms: int
    wall_ms: int
    received_ms: int
    not_before_ms: int  # when the newest thing that it names had been signed


@dataclass(frozen=True, kw_only=True)
class LegalTime:
    """When an event happened. Estimated is the claimed time where it can be true, else the nearest that can."""

    claimed_at: datetime
    earliest: datetime
    latest: datetime
    received_at: datetime
    contradicts_itself: bool = False

    @property
    def estimated_at(self) -> datetime:
        return min(max(self.claimed_at, self.earliest), self.latest)

    @property
    def estimate_differs(self) -> bool:
        """By what a page or a paper could show: they tell minutes."""
        return abs(self.estimated_at - self.claimed_at) >= timedelta(minutes=1)

    @property
    def days(self) -> frozenset[date]:
        """The days, here, that what the phone told beside it may name: by the estimate, and by its own clock."""
        return frozenset({local(self.estimated_at).date(), local(self.claimed_at).date()})

    @property
    def clock_is_off(self) -> bool:
        """The claimed time cannot be true, by more than ten minutes. A phone that sent late is not meant."""
        return abs(self.estimated_at - self.claimed_at) > SKEW

    @property
    def hours_until_sent(self) -> int:
        """Whole hours that the phone kept it without a network; 0 where it came within the hour."""
        return max(0, (self.received_at - self.estimated_at) // timedelta(hours=1))


def of_server(wall_ms: int, received_ms: int) -> LegalTime:
    """Of what an office signed: its clock is the server's, so that nothing is estimated."""
    at = claimed(wall_ms)
    return LegalTime(claimed_at=at, earliest=at, latest=at, received_at=claimed(received_ms))


def of_phones(stamps: Iterable[Stamp]) -> dict[EventId, LegalTime]:
    """The time of each of these events, bounded by all of them.

    Fewer of a device's events give wider spans, none of them wrong. Raises nothing, whatever a
    phone signed.
    """
    by_boot: dict[tuple[DeviceId, str], list[Stamp]] = defaultdict(list)
    for stamp in stamps:
        by_boot[stamp.device, stamp.boot].append(stamp)
    return {event: time for boot in by_boot.values() for event, time in _of_one_boot(boot).items()}


def _of_one_boot(stamps: Iterable[Stamp]) -> dict[EventId, LegalTime]:
    """By when `mono` was 0: no earlier than any event up to this one says, no later than any from it on.

    Before and after are the chain's. By `mono` alone two events that a sleep of hours parts could
    look like one moment, and the later one's bound would be wrong for the earlier.
    """
    chain = sorted(stamps, key=lambda each: (each.sequence, each.event))
    zero_after = accumulate((each.not_before_ms - each.monotonic_ms for each in chain), max)
    zero_before = accumulate(
        (each.received_ms - each.monotonic_ms for each in reversed(chain)), min
    )
    disordered = _disordered(chain)
    return {
        each.event: _time(
            each,
            each.monotonic_ms + after,
            each.monotonic_ms + before,
            disordered=each.event in disordered,
        )
        for each, after, before in zip(chain, zero_after, reversed(list(zero_before)), strict=True)
    }


def _disordered(chain: Sequence[Stamp]) -> frozenset[EventId]:
    """Events whose `mono` says another order than the device's own chain."""
    found: set[EventId] = set()
    highest = -1
    for each in chain:
        if each.monotonic_ms < highest:
            found.add(each.event)
        highest = max(highest, each.monotonic_ms)
    lowest = highest
    for each in reversed(chain):
        if each.monotonic_ms > lowest:
            found.add(each.event)
        lowest = min(lowest, each.monotonic_ms)
    return frozenset(found)


def _time(stamp: Stamp, earliest_ms: int, latest_ms: int, *, disordered: bool) -> LegalTime:
    contradicts = disordered or earliest_ms > latest_ms + _SKEW_MS
    if contradicts:
        earliest_ms, latest_ms = stamp.not_before_ms, stamp.received_ms
    latest = claimed(max(0, latest_ms))
    return LegalTime(
        claimed_at=claimed(stamp.wall_ms),
        earliest=min(claimed(max(0, earliest_ms)), latest),
        latest=latest,
        received_at=claimed(stamp.received_ms),
        contradicts_itself=contradicts,
    )
