"""Whatever a phone signs, the time of its event stays between what it had seen and what the ledger received."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from postal_service.domain.clock import claimed
from postal_service.domain.ids import DeviceId, EventId
from postal_service.domain.legal_time import SKEW, LegalTime, Stamp, of_phones, of_server
from postal_service.ledger.verify.answer import Findings
from postal_service.ledger.verify.leaves import Leaf
from postal_service.ledger.verify.times import Times

BEGAN_MS = 1_795_000_000_000
LARGEST = 2**53 - 1  # the largest number an event can hold
MILLISECOND = timedelta(milliseconds=1)
hours_ms = st.integers(0, 30 * 3_600_000)


def stamp(number: int, **changes: object) -> Stamp:
    plain = Stamp(
        event=EventId(f"{number:04d}"),
        device=DeviceId("PHONE"),
        sequence=number,
        boot="boot",
        monotonic_ms=0,
        wall_ms=BEGAN_MS,
        received_ms=BEGAN_MS,
        not_before_ms=BEGAN_MS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@st.composite
def hostile(draw: st.DrawFn) -> list[Stamp]:
    """Events of two phones and two boots that say whatever their format can hold; the ledger's own two times are true."""
    any_number = st.one_of(st.integers(0, LARGEST), hours_ms)
    made: list[Stamp] = []
    for number in range(draw(st.integers(1, 8))):
        seen_ms = BEGAN_MS + draw(hours_ms)
        made.append(
            stamp(
                number,
                device=DeviceId(draw(st.sampled_from(["ONE", "TWO"]))),
                boot=draw(st.sampled_from(["a", "b"])),
                monotonic_ms=draw(any_number),
                wall_ms=draw(any_number),
                not_before_ms=seen_ms,
                received_ms=seen_ms + draw(hours_ms),
            )
        )
    return made


@dataclass(frozen=True)
class Moment:
    """An honest phone's event and when it was in truth."""

    stamp: Stamp
    at_ms: int


@st.composite
def honest(draw: st.DrawFn) -> list[Moment]:
    """One boot of a phone whose `mono` runs or, while it sleeps, stands; its wall clock is set anyhow."""
    made: list[Moment] = []
    at_ms, mono_ms, received_ms = BEGAN_MS + draw(hours_ms), draw(hours_ms), BEGAN_MS
    for number in range(draw(st.integers(1, 8))):
        passed_ms = draw(hours_ms)
        at_ms += passed_ms
        mono_ms += draw(st.integers(0, passed_ms))
        received_ms = max(received_ms, at_ms) + draw(hours_ms)
        seen_ms = at_ms - draw(st.integers(0, at_ms - BEGAN_MS))
        said = stamp(
            number,
            monotonic_ms=mono_ms,
            wall_ms=draw(st.one_of(st.just(at_ms), st.integers(0, LARGEST))),
            received_ms=received_ms,
            not_before_ms=seen_ms,
        )
        made.append(Moment(said, at_ms))
    return made


def by_the_book(event: Stamp, stamps: list[Stamp]) -> tuple[int, int]:
    """Earliest and latest as docs/adr/0025-the-time-of-an-event-is-a-span.md defines them, one by one."""
    same = [e for e in stamps if (e.device, e.boot) == (event.device, event.boot)]
    mono, place = event.monotonic_ms, event.sequence
    latest = [e.received_ms - (e.monotonic_ms - mono) for e in same if e.sequence >= place]
    earliest = [e.not_before_ms + (mono - e.monotonic_ms) for e in same if e.sequence <= place]
    return max(earliest), min(latest)


def ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // MILLISECOND


@given(honest())
def test_the_true_time_is_always_in_the_span(events: list[Moment]) -> None:
    found = of_phones(each.stamp for each in events)

    for each in events:
        time = found[each.stamp.event]
        assert time.earliest <= claimed(each.at_ms) <= time.latest
        assert not time.contradicts_itself
        if each.stamp.wall_ms == each.at_ms:
            assert time.estimated_at == time.claimed_at
            assert not time.clock_is_off


@given(honest())
def test_the_span_is_as_it_is_defined(events: list[Moment]) -> None:
    stamps = [each.stamp for each in events]
    found = of_phones(stamps)

    for each in stamps:
        time = found[each.event]
        assert (ms(time.earliest), ms(time.latest)) == by_the_book(each, stamps)


@given(hostile())
def test_nothing_that_a_phone_signs_leaves_what_it_saw_and_what_was_received(
    stamps: list[Stamp],
) -> None:
    found = of_phones(stamps)

    assert set(found) == {each.event for each in stamps}
    for each in stamps:
        time = found[each.event]
        assert each.not_before_ms <= ms(time.earliest) or time.earliest == time.latest
        assert time.earliest <= time.estimated_at <= time.latest <= claimed(each.received_ms)
        assert time.hours_until_sent >= 0


@given(hostile())
def test_a_span_that_cannot_be_is_a_contradiction_and_bounds_nothing(stamps: list[Stamp]) -> None:
    found = of_phones(stamps)

    for each in stamps:
        earliest, latest = by_the_book(each, stamps)
        time = found[each.event]
        if earliest > latest + SKEW // MILLISECOND:
            assert time.contradicts_itself
        if time.contradicts_itself:
            assert (ms(time.earliest), ms(time.latest)) == (each.not_before_ms, each.received_ms)


@given(hostile(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_read_does_not_matter(
    stamps: list[Stamp],
    chance: object,
) -> None:
    shuffled = list(stamps)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert of_phones(shuffled) == of_phones(stamps)


@given(honest(), st.integers(0, 7))
def test_what_else_is_known_narrows_the_span_only(events: list[Moment], left_out: int) -> None:
    stamps = [each.stamp for each in events]
    fewer = [each for each in stamps if each.sequence != left_out]
    narrow, wide = of_phones(stamps), of_phones(fewer)

    for each in fewer:
        assert wide[each.event].earliest <= narrow[each.event].earliest
        assert narrow[each.event].latest <= wide[each.event].latest


@st.composite
def told_in_order(draw: st.DrawFn) -> list[Stamp]:
    """What one phone signed and sent in its order, switched off and on between, with true and untrue times."""
    made: list[Stamp] = []
    received_ms, boot = BEGAN_MS, 0
    for number in range(draw(st.integers(1, 6))):
        received_ms += draw(hours_ms)
        boot += draw(st.sampled_from([0, 0, 0, 1]))
        made.append(
            stamp(
                number,
                boot=f"{boot:08x}",
                monotonic_ms=draw(hours_ms),
                wall_ms=max(0, received_ms - draw(st.integers(-3_600_000, 10 * 3_600_000))),
                received_ms=received_ms,
                not_before_ms=draw(st.one_of(st.just(0), st.integers(BEGAN_MS, received_ms))),
            )
        )
    return made


def verified(stamps: list[Stamp]) -> dict[str, int]:
    """What the offline verifier, which shares no code with the pages, finds of the same."""
    findings = Findings()
    times = Times(findings)
    for each in stamps:
        seen = f"{each.not_before_ms:032x}" if each.not_before_ms else ""
        times.not_before[seen] = each.not_before_ms
        event = {
            "dev": each.device, "boot": each.boot, "mono": each.monotonic_ms,
            "t": each.wall_ms, "cp": seen,
        }  # fmt: skip
        leaf = Leaf(each.sequence, b"", {"rx": each.received_ms}, event, b"", b"")
        times.check(leaf, of_phone=True)
    return dict(findings.counts)


@given(told_in_order())
def test_pages_and_the_verifier_doubt_the_same_phones(stamps: list[Stamp]) -> None:
    spans = [by_the_book(each, stamps) for each in stamps]
    # Bounds that cross by minutes are forgiven by both, but not at the same end.
    assume(not any(latest < earliest <= latest + 600_000 for earliest, latest in spans))

    doubted = [t for t in of_phones(stamps).values() if t.clock_is_off or t.contradicts_itself]

    assert bool(verified(stamps)) is bool(doubted)


HOUR_MS = 3_600_000


def one(*stamps: Stamp) -> LegalTime:
    return of_phones(stamps)[stamps[0].event]


def test_a_phone_that_sent_six_hours_later_is_not_accused() -> None:
    time = one(stamp(1, wall_ms=BEGAN_MS + HOUR_MS, received_ms=BEGAN_MS + 7 * HOUR_MS))

    assert (time.clock_is_off, time.contradicts_itself, time.estimate_differs) == (False,) * 3
    assert time.hours_until_sent == 6


def test_a_later_event_that_came_at_once_says_when_the_first_was() -> None:
    first = stamp(1, wall_ms=BEGAN_MS + 20 * HOUR_MS, received_ms=BEGAN_MS + 9 * HOUR_MS)
    last = stamp(2, monotonic_ms=8 * HOUR_MS, received_ms=BEGAN_MS + 9 * HOUR_MS)

    time = one(first, last)

    assert time.latest == claimed(BEGAN_MS + HOUR_MS)
    assert time.estimated_at == time.latest
    assert time.clock_is_off
    assert time.hours_until_sent == 8


def test_ten_minutes_are_forgiven_and_a_second_more_is_told() -> None:
    minutes = SKEW // MILLISECOND

    assert not one(stamp(1, wall_ms=BEGAN_MS + minutes)).clock_is_off
    assert one(stamp(1, wall_ms=BEGAN_MS + minutes + 1_000)).clock_is_off
    assert not one(stamp(1, wall_ms=BEGAN_MS - minutes)).clock_is_off
    assert one(stamp(1, wall_ms=BEGAN_MS - minutes - 1_000)).clock_is_off


def test_a_counter_that_runs_backwards_contradicts_its_chain() -> None:
    first = stamp(1, monotonic_ms=5_000, received_ms=BEGAN_MS + 60_000)
    second = stamp(2, monotonic_ms=4_000, received_ms=BEGAN_MS + 60_000)

    found = of_phones([first, second])

    assert all(time.contradicts_itself for time in found.values())


def test_another_boot_and_another_phone_bound_nothing() -> None:
    first = stamp(1, received_ms=BEGAN_MS + 9 * HOUR_MS)
    later = stamp(2, monotonic_ms=9 * HOUR_MS, received_ms=BEGAN_MS + 9 * HOUR_MS)

    for other in (replace(later, boot="other"), replace(later, device=DeviceId("OTHER"))):
        assert one(first, other).latest == claimed(BEGAN_MS + 9 * HOUR_MS)


def test_an_offices_clock_is_the_servers() -> None:
    time = of_server(BEGAN_MS, BEGAN_MS + 500)

    assert (time.claimed_at, time.estimated_at) == (claimed(BEGAN_MS), claimed(BEGAN_MS))
    assert not time.clock_is_off
