"""The stacks that lie before clerks: sorted by place, cut to what one hand-over takes, waiting to be taken."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.custody import Standing, State
from postal_service.domain.ids import ItemId, UnitCode
from postal_service.projections import holdings
from postal_service.runtime import Runtime
from postal_service.storage.transaction import reading

T = TypeVar("T")
AT_ONCE = 400  # items of a hand-over
AT_COUNTER = (State.SEALED, State.AT_ORIGIN_OFFICE, State.AT_DESTINATION_OFFICE, State.RESULT_TAKEN)


def grouped(
    things: Iterable[T], key: Callable[[T], UnitCode]
) -> Iterator[tuple[UnitCode, list[T]]]:
    """Things by the place they belong to, in the order of the places' codes."""
    found: dict[UnitCode, list[T]] = defaultdict(list)
    for thing in things:
        found[key(thing)].append(thing)
    yield from sorted(found.items(), key=lambda pair: pair[0])


def parts(items: Sequence[ItemId]) -> Iterator[list[ItemId]]:
    """As many at a time as one hand-over takes."""
    for start in range(0, len(items), AT_ONCE):
        yield list(items[start : start + AT_ONCE])


def open_batches(
    session: Session, unit: UnitCode, givers: Collection[Capacity], but: Collection[ItemId]
) -> list[str]:
    """What such holders have on offer to whoever is on duty at a place, without the batches of `but`."""
    batches: dict[str, None] = {}
    after = ""
    while page := holdings.offered_to(session, unit, after=after):
        for standing in page:
            holder = standing.holder
            fits = holder is not None and holder.capacity in givers and standing.item not in but
            if fits and standing.offered is not None and not standing.offered.to_staff:
                batches[standing.offered.batch] = None
        after = page[-1].item
    return list(batches)


def at_counter(runtime: Runtime, unit: UnitCode) -> list[Standing]:
    """What lies at a counter and could be moved on."""
    found: list[Standing] = []
    with reading(runtime.sessions) as session:
        after = ""
        while page := holdings.held_at_unit(session, unit, AT_COUNTER, after):
            found += [each for each in page if _is_free(each)]
            after = page[-1].item
    return found


def _is_free(standing: Standing) -> bool:
    holder = standing.holder
    here = holder is not None and holder.capacity is Capacity.COUNTER
    return here and not standing.frozen and standing.offered is None and bool(standing.seal)
