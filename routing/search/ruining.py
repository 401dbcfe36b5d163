# ruff: noqa: C901, PLR0915, NPY002 - a kernel is one loop: a call costs more than its body
"""Take strings of adjacent stops out of neighbouring tours.

Slack induction by string removals: Christiaens and Vanden Berghe, Transportation Science 54 (2020).
"""

import numpy as np

from routing.search.compiled import compiled
from routing.search.fitting import unlink
from routing.search.layout import (
    ABSENT,
    BEFORE,
    DROPOFF,
    FIRST_SLOT,
    KIND,
    MATE,
    NEXT,
    PAIRED,
    PLACE,
    SLOT,
    SLOTS,
    STAMP,
    Ints,
    Net,
    State,
)
from routing.search.timing import refresh

SPLIT_SHARE = 0.5
LENGTHENED = 0.99
# Whole days removed at once: at most so many, and of all but the first so many stops.
MOST_DAYS = 3
MOST_STOPS_OF_DAYS = 40


@compiled
def remember(net: Net, state: State, slot: int, touched: Ints, stops_at: Ints, order: Ints) -> None:
    """Keep a tour as it is before its first change; `touched[0]` counts them."""
    if state.touched_mark[slot] == state.total[STAMP]:
        return
    state.touched_mark[slot] = state.total[STAMP]
    number = touched[0]
    touched[number + 1] = slot
    position = stops_at[number]
    here = state.node[net.stop.shape[0] + slot, NEXT]
    for _ in range(state.held[slot]):
        order[position] = here
        position += 1
        here = state.node[here, NEXT]
    stops_at[number + 1] = position
    touched[0] = number + 1


@compiled
def ruin(
    net: Net,
    state: State,
    removed_on_average: int,
    longest: int,
    ruined: Ints,
    string: Ints,
    touched: Ints,
    stops_at: Ints,
    order: Ints,
    seed: int,
) -> bool:
    """Remove strings near the stop `seed`; what is removed joins the absent stops.

    False when what is left cannot be driven: without the triangle inequality a stop less may mean
    a longer road.
    """
    node = state.node
    slots = net.owner.shape[0]
    used, served = 0, 0
    for slot in range(slots):
        if state.held[slot] > 0:
            used += 1
            served += state.held[slot]
    if used == 0:
        return True
    stamp = state.total[STAMP]
    size = min(float(longest), served / used)
    most_strings = 4.0 * removed_on_average / (1.0 + size) - 1.0
    strings = int(np.random.random() * most_strings + 1.0)
    taken, number = 0, -1
    while taken < strings and number < net.adjacent.shape[1]:
        centre = seed if number < 0 else net.adjacent[seed, number]
        number += 1
        slot = node[centre, SLOT]
        if slot < 0 or ruined[slot] == stamp:
            continue
        ruined[slot] = stamp
        taken += 1
        count = state.held[slot]
        length = min(count, int(np.random.random() * min(float(count), size) + 1.0))
        kept = 0
        if 1 < length < count and np.random.random() < SPLIT_SHARE:
            # A split string: somewhere inside it a few stops stay.
            while length + kept < count and np.random.random() < LENGTHENED:
                kept += 1
            kept = np.random.randint(1, kept + 1) if kept > 0 else 0
        span = length + kept
        place = node[centre, PLACE]
        low = max(0, span - (count - place) - 1)
        high = min(span - 1, place - 1)
        back = np.random.randint(low, high + 1) if high > low else low
        here = centre
        for _ in range(back):
            here = node[here, BEFORE]
        first_kept = np.random.randint(0, length) + 1 if kept > 0 else span
        found = 0
        for position in range(span):
            if position < first_kept or position >= first_kept + kept:
                string[found] = here
                found += 1
            here = node[here, NEXT]
        remove(net, state, string, found, touched, stops_at, order)
    sound = True
    for number in range(touched[0]):
        sound &= refresh(net, state, net.owner[touched[number + 1]])
    return sound


@compiled
def ruin_days(
    net: Net, state: State, string: Ints, touched: Ints, stops_at: Ints, order: Ints, seed: int
) -> None:
    """Remove the whole days of the couriers who call at a stop and at those next to it.

    Strings of a few stops never empty a long day, so that nobody else could be sent out for it.
    """
    stops = net.stop.shape[0]
    days = np.random.randint(1, MOST_DAYS + 1)
    removed, number = 0, -1
    while days > 0 and number < net.adjacent.shape[1]:
        centre = seed if number < 0 else net.adjacent[seed, number]
        number += 1
        slot = state.node[centre, SLOT]
        if slot < 0:
            continue
        courier = net.owner[slot]
        first = net.courier[courier, FIRST_SLOT]
        found = 0
        for own in range(first, first + net.courier[courier, SLOTS]):
            here = state.node[stops + own, NEXT]
            while here < stops:
                string[found] = here
                found += 1
                here = state.node[here, NEXT]
        if removed and removed + found > MOST_STOPS_OF_DAYS:
            return
        remove(net, state, string, found, touched, stops_at, order)
        refresh(net, state, courier)
        removed += found
        days -= 1


@compiled
def remove(
    net: Net, state: State, string: Ints, found: int, touched: Ints, stops_at: Ints, order: Ints
) -> None:
    """Take stops out with their other halves; the absent ones are listed by their pick-up."""
    for number in range(found):
        for half in range(2 if net.flag[PAIRED] else 1):
            stop = string[number]
            if half == 1:
                stop = net.stop[stop, MATE]
                if stop < 0:
                    continue
            slot = state.node[stop, SLOT]
            if slot < 0:
                continue
            remember(net, state, slot, touched, stops_at, order)
            unlink(state, stop)
            if net.stop[stop, KIND] != DROPOFF:
                state.absent[state.total[ABSENT]] = stop
                state.total[ABSENT] += 1
