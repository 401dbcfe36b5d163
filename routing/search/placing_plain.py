# ruff: noqa: C901, PLR0912, PLR0915, SIM102, NPY002 - a kernel is one loop: a call costs more than its body
"""The cheapest place of a stop (a pick-up with its drop-off) on a plain day, in constant time each.

The change of cost and the earliest and latest times decide.
"""

import numpy as np

from routing.search.compiled import compiled
from routing.search.fitting import (
    empty_slot,
    is_passed_over,
    least_added,
    may_hold,
    may_hold_both,
    next_search,
    stretch,
    stretches,
    was_met,
)
from routing.search.layout import (
    CLASS,
    CLOSES,
    DEPARTS,
    EARLY,
    FIXED,
    LATE,
    LATEST,
    MATE,
    NEXT,
    OPENS,
    PENALTY,
    PURE_DELIVER,
    ROAD,
    ROW,
    SERVICE,
    Net,
    State,
)
from routing.search.loads import holds_load, holds_shipment


@compiled
def place_plain(net: Net, state: State, stop: int, blink: float) -> int:
    """The node to call right before this stop, -1 where leaving it out is cheaper."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    best, place = net.stop[stop, PENALTY], -1
    service, early, late = net.stop[stop, SERVICE], net.stop[stop, EARLY], net.stop[stop, LATE]
    for group in range(net.types.shape[0] - 1):
        slot = empty_slot(net, state, group)
        if slot < 0 or is_passed_over(state):
            continue
        courier = net.owner[slot]
        if not may_hold(net, state, stop, courier):
            continue
        kind = net.courier[courier, CLASS]
        row, home = node[stops + slot, ROW], node[stops + slots + slot, ROW]
        added = net.price_in[kind, stop, row] + net.price[kind, stop, home]
        added += net.courier[courier, FIXED]
        begins = max(early, net.courier[courier, OPENS] + net.seconds_in[kind, stop, row])
        back = begins + service + net.seconds[kind, stop, home]
        if added < best and begins <= late and back <= net.courier[courier, CLOSES]:
            if holds_load(net, state, stop, slot, courier, stops + slot):
                best, place = added, stops + slot
    count, places = stretches(net, stop)
    for number in range(count):
        slot, following = stretch(net, state, stop, -1, number)
        if slot < 0:
            continue
        courier = net.owner[slot]
        if net.flag[PURE_DELIVER] and not holds_load(net, state, stop, slot, courier, following):
            continue
        kind = net.courier[courier, CLASS]
        to = node[following, ROW]
        # Nothing is marked: to look again at a place met from its other stop is quicker (measured).
        for _ in range(places):
            after, row = following, to
            if after >= stops + slots:
                break
            following = node[after, NEXT]
            to = node[following, ROW]
            added = net.price_in[kind, stop, row] + net.price[kind, stop, to] - node[after, ROAD]
            if added < best:
                begins = node[after, DEPARTS] + net.seconds_in[kind, stop, row]
                if begins > late:
                    break
                begins = max(begins, early)
                ready = begins + service + net.seconds[kind, stop, to]
                if ready <= node[following, LATEST] and np.random.random() > blink:
                    if net.flag[PURE_DELIVER] or holds_load(net, state, stop, slot, courier, after):
                        best, place = added, after
    return place


@compiled
def place_pair_plain(net: Net, state: State, stop: int, blink: float) -> tuple[int, int]:
    """Nodes to call right before a pick-up and its drop-off; -1 where leaving them is cheaper.

    The second node is the pick-up itself when the drop-off comes directly after it.
    """
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    mate = net.stop[stop, MATE]
    best, place, place_mate = net.stop[stop, PENALTY], -1, -1
    service, early, late = net.stop[stop, SERVICE], net.stop[stop, EARLY], net.stop[stop, LATE]
    service2, early2, late2 = net.stop[mate, SERVICE], net.stop[mate, EARLY], net.stop[mate, LATE]
    for group in range(net.types.shape[0] - 1):
        slot = empty_slot(net, state, group)
        if slot < 0 or is_passed_over(state):
            continue
        courier = net.owner[slot]
        if not may_hold_both(net, state, stop, mate, courier):
            continue
        kind = net.courier[courier, CLASS]
        row, home = node[stops + slot, ROW], node[stops + slots + slot, ROW]
        added = net.price_in[kind, stop, row] + net.price[kind, stop, mate]
        added += net.price[kind, mate, home] + net.courier[courier, FIXED]
        begins = max(early, net.courier[courier, OPENS] + net.seconds_in[kind, stop, row])
        begins2 = max(early2, begins + service + net.seconds[kind, stop, mate])
        back = begins2 + service2 + net.seconds[kind, mate, home]
        if added < best and begins <= late and begins2 <= late2:
            if back <= net.courier[courier, CLOSES]:
                if holds_shipment(net, state, stop, courier, stops + slot):
                    best, place, place_mate = added, stops + slot, stop
    mark = next_search(state)
    count, places = stretches(net, stop)
    for number in range(count):
        slot, following = stretch(net, state, stop, mate, number)
        if slot < 0:
            continue
        courier = net.owner[slot]
        kind = net.courier[courier, CLASS]
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
            row = node[after, ROW]
            to = node[following, ROW]
            begins = node[after, DEPARTS] + net.seconds_in[kind, stop, row]
            if begins > late:
                break
            begins = max(begins, early)
            detour = net.price_in[kind, stop, row] - node[after, ROAD]
            # Prices need not obey the triangle inequality; what may be saved is not cut off here.
            if holds_shipment(net, state, stop, courier, after) and np.random.random() > blink:
                added = detour + net.price[kind, stop, mate] + net.price[kind, mate, to]
                if added < best:
                    begins2 = max(early2, begins + service + net.seconds[kind, stop, mate])
                    ready = begins2 + service2 + net.seconds[kind, mate, to]
                    if begins2 <= late2 and ready <= node[following, LATEST]:
                        best, place, place_mate = added, after, stop
                base = detour + net.price[kind, stop, to]
                ready = begins + service + net.seconds[kind, stop, to]
                here = following
                while here != end and base + least < best:
                    if ready > node[here, LATEST]:
                        break
                    ready = max(ready, net.stop[here, EARLY])
                    # Where this stop takes the load off again, later stops have room.
                    if not holds_shipment(net, state, stop, courier, here):
                        break
                    onward = node[here, NEXT]
                    row2 = node[onward, ROW]
                    leaves = ready + net.stop[here, SERVICE]
                    begins2 = leaves + net.seconds_in[kind, mate, here]
                    if begins2 > late2:
                        break
                    begins2 = max(begins2, early2)
                    added = base + net.price_in[kind, mate, here]
                    added += net.price[kind, mate, row2] - node[here, ROAD]
                    if added < best:
                        if (
                            begins2 + service2 + net.seconds[kind, mate, row2]
                            <= node[onward, LATEST]
                        ):
                            best, place, place_mate = added, after, here
                    ready = leaves + net.seconds[kind, here, row2]
                    here = onward
    return place, place_mate
