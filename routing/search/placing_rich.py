# ruff: noqa: C901, PLR0912, PLR0915, SIM102, NPY002 - a kernel is one loop: a call costs more than its body
"""The cheapest place of a stop (a pick-up with its drop-off) on a rich day.

The change of cost and the times as they stand propose the `CANDIDATES` cheapest places; the exact
day of the courier decides.
"""

import numpy as np

from routing.search.breaks import advance, reaches
from routing.search.compiled import compiled, folded
from routing.search.fitting import (
    is_passed_over,
    least_added,
    may_hold_both,
    next_search,
    put,
    stretch,
    stretches,
    unlink,
    was_met,
)
from routing.search.layout import (
    CLASS,
    END_ROW,
    EXACT_DELTA,
    FIRST_SLOT,
    FIXED,
    HAS_EXTRA,
    KIND,
    MATE,
    NEVER,
    NEXT,
    ORDER_CHANGE,
    PENALTY,
    PICKUP,
    ROAD,
    ROW,
    SERVICE,
    SLOT,
    SLOTS,
    Ints,
    Net,
    State,
)
from routing.search.loads import holds_load, holds_shipment
from routing.search.rich_days import price_day
from routing.search.timing import refresh


@folded
def place_rich(net: Net, state: State, stop: int, blink: float, candidates: Ints) -> bool:
    """Put the stop into the best of the cheapest proposals that holds exactly; False if none does."""
    mate = net.stop[stop, MATE] if net.stop[stop, KIND] == PICKUP else -1
    candidates[:, 0] = NEVER
    if net.flag[EXACT_DELTA]:
        candidates[:, 0] = net.stop[stop, PENALTY]
    propose_tours(net, state, stop, mate, candidates)
    if mate >= 0:
        propose_pairs(net, state, stop, candidates, blink)
    else:
        propose_places(net, state, stop, candidates, blink)
    # Where the hour of the day has no say, no candidate turns out cheaper than its roads.
    sorted_by_bound = net.speeds.shape[0] == 0 and not net.flag[ORDER_CHANGE]
    best, chosen = net.stop[stop, PENALTY], -1
    tried = -1  # the courier whose times are those of a day that was only tried
    for number in range(candidates.shape[0]):
        added, after, after_mate = (
            candidates[number, 0],
            candidates[number, 1],
            candidates[number, 2],
        )
        if after < 0 or (sorted_by_bound and added >= best):
            break
        courier = net.owner[state.node[after, SLOT]]
        if courier != tried:
            if tried >= 0:
                refresh(net, state, tried)
            tried = courier
        was = state.cost[courier]
        put(state, stop, mate, after, after_mate)
        if net.flag[EXACT_DELTA]:
            if refresh(net, state, courier):
                return True
        else:
            added = price_day(net, state, courier) - was
            if added < best:
                best, chosen = added, number
        if mate >= 0:
            unlink(state, mate)
        unlink(state, stop)
    if chosen >= 0:
        courier = net.owner[state.node[candidates[chosen, 1], SLOT]]
        put(state, stop, mate, candidates[chosen, 1], candidates[chosen, 2])
        refresh(net, state, courier)
        if courier == tried:
            return True
    if tried >= 0:
        refresh(net, state, tried)
    return chosen >= 0


@compiled
def propose_tours(net: Net, state: State, stop: int, mate: int, candidates: Ints) -> None:
    """New tours: for each type of courier one who is at home, and further tours of those out."""
    node = state.node
    stops = net.stop.shape[0]
    for group in range(net.types.shape[0] - 1):
        if is_passed_over(state):
            continue
        for entry in range(net.types[group], net.types[group + 1]):
            courier = net.type_couriers[entry]
            first = net.courier[courier, FIRST_SLOT]
            tours = net.courier[courier, SLOTS]
            used = 0
            for slot in range(first, first + tours):
                used += state.held[slot] > 0
            if used == tours:
                continue
            if may_hold_both(net, state, stop, mate, courier):
                kind = net.courier[courier, CLASS]
                last = stop if mate < 0 else mate
                # Now and then room is left for a tour before this one.
                begin = first + (tours > 1 and is_passed_over(state))
                for slot in range(begin, first + tours):
                    # Of tours without stops in a row all but the first are the same.
                    if state.held[slot] > 0 or (slot > begin and state.held[slot - 1] == 0):
                        continue
                    row, home = node[stops + slot, ROW], net.courier[courier, END_ROW]
                    added = net.price_in[kind, stop, row] + net.price[kind, last, home]
                    if mate >= 0:
                        added += net.price[kind, stop, mate]
                    if used == 0:
                        added += net.courier[courier, FIXED]
                    if net.flag[HAS_EXTRA]:
                        added += net.extra[stop, courier]
                        if mate >= 0:
                            added += net.extra[mate, courier]
                    propose(candidates, added, stops + slot, stop)
                    if used == 0:
                        break
            if used == 0:
                break


@compiled
def propose_places(net: Net, state: State, stop: int, candidates: Ints, blink: float) -> None:
    """Places of a single stop in the tours there are, allowed by times and loads as they stand."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    last = candidates.shape[0] - 1
    until, origin = state.scratch[0], state.scratch[1]
    mark = next_search(state)
    count, places = stretches(net, stop)
    for number in range(count):
        slot, following = stretch(net, state, stop, -1, number)
        if slot < 0:
            continue
        courier = net.owner[slot]
        kind = net.courier[courier, CLASS]
        extra = net.extra[stop, courier] if net.flag[HAS_EXTRA] else 0
        for _ in range(places):
            after = following
            if after >= stops + slots:
                break
            following = node[after, NEXT]
            if was_met(state, after, mark):
                continue
            row = node[after, ROW]
            to = node[following, ROW]
            added = extra + net.price_in[kind, stop, row]
            added += net.price[kind, stop, to] - node[after, ROAD]
            if (
                added < candidates[last, 0]
                and holds_load(net, state, stop, slot, courier, after)
                and np.random.random() > blink
            ):
                if not advance(
                    net,
                    courier,
                    row,
                    stop,
                    state.departs[after],
                    0,
                    net.stop[stop, SERVICE],
                    until,
                    origin,
                ):
                    break
                if reaches(net, courier, stop, to, until, state.latest[following]):
                    propose(candidates, added, after, -1)


@compiled
def propose_pairs(net: Net, state: State, stop: int, candidates: Ints, blink: float) -> None:
    """Places of a pick-up and its drop-off in the tours there are."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    mate = net.stop[stop, MATE]
    last = candidates.shape[0] - 1
    taken, given, onboard = state.scratch[0], state.scratch[2], state.scratch[3]
    origin = state.scratch[1]
    mark = next_search(state)
    count, places = stretches(net, stop)
    for number in range(count):
        slot, following = stretch(net, state, stop, mate, number)
        if slot < 0:
            continue
        courier = net.owner[slot]
        kind = net.courier[courier, CLASS]
        extra = 0
        if net.flag[HAS_EXTRA]:
            extra = net.extra[stop, courier] + net.extra[mate, courier]
        end = stops + slots + slot
        # What the drop-off adds where it costs least, whatever the hour.
        least = least_added(net, state, mate, slot, kind, mark)
        for _ in range(places):
            after = following
            if after == end:
                break
            following = node[after, NEXT]
            if was_met(state, after, mark):
                continue
            row, to = node[after, ROW], node[following, ROW]
            detour = extra + net.price_in[kind, stop, row] - node[after, ROAD]
            together = detour + net.price[kind, stop, mate] + net.price[kind, mate, to]
            base = detour + net.price[kind, stop, to]
            dearest = candidates[last, 0]
            if together >= dearest and base + least >= dearest:
                continue
            if not advance(
                net,
                courier,
                row,
                stop,
                state.departs[after],
                0,
                net.stop[stop, SERVICE],
                taken,
                origin,
            ):
                break
            if holds_shipment(net, state, stop, courier, after) and np.random.random() > blink:
                if together < candidates[last, 0] and advance(
                    net, courier, stop, mate, taken, 0, net.stop[mate, SERVICE], given, origin
                ):
                    if reaches(net, courier, mate, to, given, state.latest[following]):
                        propose(candidates, together, after, stop)
                here, row2 = following, stop
                for done in range(taken.shape[0]):
                    onboard[done] = taken[done]
                while here != end and base + least < candidates[last, 0]:
                    if not holds_shipment(net, state, stop, courier, here):
                        break
                    if not advance(
                        net, courier, row2, here, onboard, 0, net.stop[here, SERVICE], given, origin
                    ):
                        break
                    for done in range(given.shape[0]):
                        onboard[done] = given[done]
                    onward = node[here, NEXT]
                    to2 = node[onward, ROW]
                    added = base + net.price_in[kind, mate, here]
                    added += net.price[kind, mate, to2] - node[here, ROAD]
                    if added < candidates[last, 0]:
                        if not advance(
                            net,
                            courier,
                            here,
                            mate,
                            onboard,
                            0,
                            net.stop[mate, SERVICE],
                            given,
                            origin,
                        ):
                            break
                        if reaches(net, courier, mate, to2, given, state.latest[onward]):
                            propose(candidates, added, after, here)
                    row2 = here
                    here = onward


@folded
def propose(candidates: Ints, added: int, after: int, after_mate: int) -> None:
    """Keep the cheapest few proposals, cheapest first; rows are (added, after, after_mate)."""
    last = candidates.shape[0] - 1
    if added >= candidates[last, 0]:
        return
    while last > 0 and candidates[last - 1, 0] > added:
        candidates[last, 0] = candidates[last - 1, 0]
        candidates[last, 1] = candidates[last - 1, 1]
        candidates[last, 2] = candidates[last - 1, 2]
        last -= 1
    candidates[last, 0], candidates[last, 1], candidates[last, 2] = added, after, after_mate
