# ruff: noqa: C901, PLR0912, PLR0915, NPY002 - a kernel is one loop: a call costs more than its body
"""Ruin, recreate, accept by simulated annealing; keep the best plan and pool the days met."""

import math

import numpy as np

from routing.search.compiled import compiled, entrance
from routing.search.exchanging import swap_tails
from routing.search.layout import (
    ABSENT,
    ACCEPTED,
    BEFORE,
    BEST,
    CURRENT,
    DROPOFF,
    EARLY,
    FIRST_SLOT,
    GROUPED,
    KIND,
    LATE,
    MATE,
    NEVER,
    NEXT,
    OPTIONAL,
    PAIRED,
    PASSING,
    PENALTY,
    PLAIN,
    POOL_FILL,
    POOL_FULL,
    POOLED,
    ROUTES,
    SLOT,
    SLOTS,
    STAMP,
    TRUE_PENALTY,
    TYPE,
    WINDOWED,
    Floats,
    Ints,
    Net,
    State,
)
from routing.search.placing import place
from routing.search.ruining import ruin, ruin_days
from routing.search.timing import refresh

OLD_ABSENT_TRIED = 12
# While stops are absent, so large a share of the rounds makes room around one of them.
ABSENT_CENTRES = 0.25
# Where couriers differ or have several tours, in so large a share of the rounds whole days change hands.
WHOLE_DAYS = 0.01


@entrance
def load_plan(net: Net, state: State, stops_in_order: Ints, slot_at: Ints) -> bool:
    """Make the given tours the current plan; False when one of them cannot be driven."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    sound = True
    for stop in range(stops):
        node[stop, SLOT] = -1
    for slot in range(slots):
        before = stops + slot
        for position in range(slot_at[slot], slot_at[slot + 1]):
            stop = stops_in_order[position]
            node[before, NEXT] = stop
            node[stop, BEFORE] = before
            node[stop, SLOT] = slot
            before = stop
        node[before, NEXT] = stops + slots + slot
        node[stops + slots + slot, BEFORE] = before
    for courier in range(net.courier.shape[0]):
        sound &= refresh(net, state, courier)
    state.total[ABSENT] = 0
    penalty = 0
    for stop in range(stops):
        if node[stop, SLOT] < 0 and net.stop[stop, KIND] != DROPOFF:
            state.absent[state.total[ABSENT]] = stop
            state.total[ABSENT] += 1
            penalty += net.stop[stop, PENALTY]
    state.total[CURRENT] = state.total[ROUTES] + penalty
    return sound


@entrance
def keep_if_best(net: Net, state: State) -> bool:
    """Copy the current plan when its true cost is the lowest met."""
    true = state.total[ROUTES]
    for number in range(state.total[ABSENT]):
        true += net.stop[state.absent[number], TRUE_PENALTY]
    if true >= state.total[BEST]:
        return False
    state.total[BEST] = true
    stops = net.stop.shape[0]
    position = 0
    for slot in range(net.owner.shape[0]):
        state.best_at[slot] = position
        here = state.node[stops + slot, NEXT]
        while here < stops:
            state.best[position] = here
            position += 1
            here = state.node[here, NEXT]
    state.best_at[net.owner.shape[0]] = position
    return True


@compiled
def pool_day(net: Net, state: State, courier: int, quality: int) -> None:
    """Keep a courier's day by its set of stops and type of courier, in its cheapest order met."""
    node = state.node
    stops = net.stop.shape[0]
    first = net.courier[courier, FIRST_SLOT]
    kind = net.courier[courier, TYPE]
    code = state.type_hash[kind]
    length = 0
    for slot in range(first, first + net.courier[courier, SLOTS]):
        here = node[stops + slot, NEXT]
        while here < stops:
            code += state.stop_hash[here]
            length += 1
            here = node[here, NEXT]
        length += 1
    if length == net.courier[courier, SLOTS]:
        return
    mask = np.uint64(state.pool_table.shape[0] - 1)
    key = np.int64(code >> np.uint64(1))
    bucket = np.int64((code ^ (code >> np.uint64(31))) & mask)
    day = state.pool_table[bucket]
    while day >= 0 and (state.pool_day[day, 4] != key or state.pool_day[day, 1] != length):
        bucket = (bucket + 1) & np.int64(mask)
        day = state.pool_table[bucket]
    if day >= 0:
        state.pool_day[day, 3] = min(state.pool_day[day, 3], quality)
        if state.cost[courier] >= state.pool_day[day, 2]:
            return
    else:
        day = state.total[POOLED]
        fill = state.total[POOL_FILL]
        if day >= state.pool_day.shape[0] or fill + length > state.pool_stops.shape[0]:
            state.total[POOL_FULL] = 1
            return
        state.pool_table[bucket] = day
        state.pool_day[day, 0] = fill
        state.pool_day[day, 1] = length
        state.pool_day[day, 3] = quality
        state.pool_day[day, 4] = key
        state.pool_day[day, 5] = kind
        state.total[POOLED] += 1
        state.total[POOL_FILL] += length
    state.pool_day[day, 2] = state.cost[courier]
    position = state.pool_day[day, 0]
    for slot in range(first, first + net.courier[courier, SLOTS]):
        here = node[stops + slot, NEXT]
        while here < stops:
            state.pool_stops[position] = here
            position += 1
            here = node[here, NEXT]
        state.pool_stops[position] = -1  # the end of a tour
        position += 1


@compiled
def sort_absent(net: Net, state: State, low: int, key: Floats) -> None:
    """Order the absent stops from `low` on by a rule drawn at random."""
    draw = np.random.random() * (11.0 + 6.0 * net.flag[WINDOWED] + 3.0 * net.flag[OPTIONAL])
    if not net.flag[WINDOWED] and draw >= 11.0:
        draw += 6.0
    far = net.price.shape[1] - 1
    for number in range(low, state.total[ABSENT]):
        stop = state.absent[number]
        if draw < 4.0:
            key[number] = np.random.random()
        elif draw < 8.0:
            key[number] = -net.size[stop]
        elif draw < 10.0:
            key[number] = -net.price[0, far, stop]
        elif draw < 11.0:
            key[number] = net.price[0, far, stop]
        elif draw < 13.0:
            key[number] = net.stop[stop, LATE] - net.stop[stop, EARLY]
        elif draw < 15.0:
            key[number] = net.stop[stop, EARLY]
        elif draw < 17.0:
            key[number] = -net.stop[stop, LATE]
        else:
            key[number] = -net.stop[stop, PENALTY]
    for number in range(low + 1, state.total[ABSENT]):
        value, stop = key[number], state.absent[number]
        before = number - 1
        while before >= low and key[before] > value:
            key[before + 1] = key[before]
            state.absent[before + 1] = state.absent[before]
            before -= 1
        key[before + 1] = value
        state.absent[before + 1] = stop


@compiled
def recreate(
    net: Net,
    state: State,
    low: int,
    blink: float,
    key: Floats,
    candidates: Ints,
    touched: Ints,
    stops_at: Ints,
    order: Ints,
) -> int:
    """Put back what can be put back; returns the penalty of what stays out."""
    sort_absent(net, state, low, key)
    penalty, left = 0, low
    for number in range(low):
        penalty += net.stop[state.absent[number], PENALTY]
    for number in range(low, state.total[ABSENT]):
        stop = state.absent[number]
        if not place_remembered(net, state, stop, blink, candidates, touched, stops_at, order):
            state.absent[left] = stop
            left += 1
            penalty += net.stop[stop, PENALTY]
    state.total[ABSENT] = left
    return penalty


@compiled
def place_remembered(
    net: Net,
    state: State,
    stop: int,
    blink: float,
    candidates: Ints,
    touched: Ints,
    stops_at: Ints,
    order: Ints,
) -> bool:
    """Place a stop, and if its tour was untouched so far, remember the tour as it was."""
    if not place(net, state, stop, blink, candidates):
        return False
    slot = state.node[stop, SLOT]
    if state.touched_mark[slot] == state.total[STAMP]:
        return True
    # Written as it was before: without the stop and its other half.
    mate = net.stop[stop, MATE]
    state.touched_mark[slot] = state.total[STAMP]
    number = touched[0]
    touched[number + 1] = slot
    position = stops_at[number]
    here = state.node[net.stop.shape[0] + slot, NEXT]
    while here < net.stop.shape[0]:
        if here not in (stop, mate):
            order[position] = here
            position += 1
        here = state.node[here, NEXT]
    stops_at[number + 1] = position
    touched[0] = number + 1
    return True


@compiled
def undo(net: Net, state: State, touched: Ints, stops_at: Ints, order: Ints) -> None:
    """Make the touched tours what they were."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    for number in range(touched[0]):
        here = node[stops + touched[number + 1], NEXT]
        while here < stops:
            node[here, SLOT] = -1
            here = node[here, NEXT]
    for number in range(touched[0]):
        slot = touched[number + 1]
        before = stops + slot
        for position in range(stops_at[number], stops_at[number + 1]):
            stop = order[position]
            node[before, NEXT] = stop
            node[stop, BEFORE] = before
            node[stop, SLOT] = slot
            before = stop
        node[before, NEXT] = stops + slots + slot
        node[stops + slots + slot, BEFORE] = before
    for number in range(touched[0]):
        refresh(net, state, net.owner[touched[number + 1]])


@compiled
def exchange_tails(net: Net, state: State, temperature: float, pool_share: float) -> bool:
    """Try one exchange of tails; True when it gave the best plan so far."""
    slots = net.owner.shape[0]
    both = swap_tails(net, state, temperature)
    if both < 0:
        return False
    cost = state.total[CURRENT]
    if cost < state.total[BEST] * (1.0 + pool_share):
        pool_day(net, state, net.owner[both // slots], cost)
        pool_day(net, state, net.owner[both % slots], cost)
    return keep_if_best(net, state)


@entrance
def anneal(
    net: Net,
    state: State,
    iterations: int,
    temperature: float,
    removed_on_average: int,
    longest: int,
    blink: float,
    pool_share: float,
    tails: int,
    seed: int,
) -> int:
    """So many rounds of ruin and recreate at one temperature; returns how often the best fell.

    Before each of them `tails` exchanges of tails are tried.
    """
    np.random.seed(seed)
    stops = net.stop.shape[0]
    work, key = state.work, state.key
    touched, stops_at, order, was_absent, string, ruined = (
        work[0],
        work[1],
        work[2],
        work[3],
        work[4],
        work[5],
    )
    candidates = state.candidates
    if not net.flag[PLAIN] or net.flag[PAIRED] or net.flag[GROUPED]:
        tails = 0
    # Other hands, or another tour of the same.
    several = net.types.shape[0] > 2 or net.owner.shape[0] > net.courier.shape[0]
    improved = 0
    for _ in range(iterations):
        for _ in range(tails):
            improved += exchange_tails(net, state, temperature, pool_share)
        state.total[STAMP] += 1
        touched[0] = 0
        absent, before = state.total[ABSENT], state.total[CURRENT]
        low = max(0, absent - OLD_ABSENT_TRIED)
        for number in range(absent):
            was_absent[number] = state.absent[number]
        for number in range(low, absent):
            # Another few of those long absent are tried every time.
            other = np.random.randint(0, number + 1)
            kept = state.absent[other]
            state.absent[other] = state.absent[number]
            state.absent[number] = kept
        centre = np.random.randint(0, stops)
        if low < absent and np.random.random() < ABSENT_CENTRES:
            centre = state.absent[np.random.randint(low, absent)]
        cost = NEVER
        emptied = several and np.random.random() < WHOLE_DAYS
        state.total[PASSING] = emptied
        if emptied:
            ruin_days(net, state, string, touched, stops_at, order, centre)
        if emptied or ruin(
            net,
            state,
            removed_on_average,
            longest,
            ruined,
            string,
            touched,
            stops_at,
            order,
            centre,
        ):
            penalty = recreate(net, state, low, blink, key, candidates, touched, stops_at, order)
            cost = state.total[ROUTES] + penalty
        if cost < before - temperature * math.log(np.random.random()):
            state.total[CURRENT] = cost
            state.total[ACCEPTED] += 1
            if cost < state.total[BEST] * (1.0 + pool_share):
                for number in range(touched[0]):
                    pool_day(net, state, net.owner[touched[number + 1]], cost)
            improved += keep_if_best(net, state)
        else:
            undo(net, state, touched, stops_at, order)
            state.total[ABSENT] = absent
            for number in range(absent):
                state.absent[number] = was_absent[number]
    return improved


@entrance
def construct(net: Net, state: State, seed: int, blink: float) -> None:
    """Insert everything that is absent into the current plan, once."""
    np.random.seed(seed)
    work, key = state.work, state.key
    touched, stops_at, order = work[0], work[1], work[2]
    candidates = state.candidates
    touched[0] = 0
    state.total[STAMP] += 1
    state.total[PASSING] = 0  # of the last round before
    penalty = recreate(net, state, 0, blink, key, candidates, touched, stops_at, order)
    state.total[CURRENT] = state.total[ROUTES] + penalty
    keep_if_best(net, state)
    for courier in range(net.courier.shape[0]):
        pool_day(net, state, courier, state.total[CURRENT])
