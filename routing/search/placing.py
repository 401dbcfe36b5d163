# ruff: noqa: C901, PLR0912, PLR0915, SIM102, NPY002 - a kernel is one loop: a call costs more than its body
# mypy: disable-error-code=no-any-return
"""Put a stop (a pick-up with its drop-off) back where it costs least, with now and then a blink.

On plain problems the change of cost and the earliest and latest times decide in constant time. On
rich ones they propose the `CANDIDATES` cheapest places, and the exact day of the courier decides.
"""

import numpy as np

from routing.search.compiled import compiled, folded
from routing.search.layout import (
    BEFORE,
    CLASS,
    CLOSES,
    DELIVER,
    DEPARTS,
    EARLY,
    END_ROW,
    EXACT_DELTA,
    FIRST_SLOT,
    FIXED,
    GROUPED,
    HAS_EXTRA,
    KIND,
    LATE,
    LATEST,
    MATE,
    NEVER,
    NEXT,
    OPEN_TO_ALL,
    OPENS,
    ORDER_CHANGE,
    PENALTY,
    PICKUP,
    PLAIN,
    PURE_DELIVER,
    ROAD,
    ROW,
    SCANNED,
    SEARCHED,
    SERVICE,
    SLOT,
    SLOTS,
    Ints,
    Net,
    State,
)
from routing.search.timing import advance, price_day, reaches, refresh


@folded
def may_hold(net: Net, state: State, stop: int, courier: int) -> bool:
    """Skills, bans, locks, and whom the stop must be with or away from."""
    if not net.flag[OPEN_TO_ALL] and not net.allowed[stop, courier]:
        return False
    if net.flag[GROUPED]:
        for entry in range(net.group_at[stop], net.group_at[stop + 1]):
            slot = state.node[net.group[entry, 0], SLOT]
            if slot >= 0 and (net.owner[slot] == courier) != (net.group[entry, 1] == 1):
                return False
    return True


@folded
def holds_load(net: Net, state: State, stop: int, slot: int, courier: int, after: int) -> bool:
    """Whether the load of a deliver or collect fits when called right after a node of the tour."""
    dimensions = net.load.shape[1]
    for dim in range(dimensions):
        amount = net.load[stop, dim]
        most = net.capacity[courier, dim]
        if net.flag[PURE_DELIVER]:
            if state.slot_load[slot, dim] + amount > most:
                return False
        elif net.stop[stop, KIND] == DELIVER:
            if state.load[after, 3 * dim + 1] + amount > most:
                return False
        elif state.load[after, 3 * dim + 2] + amount > most:
            return False
    return True


@folded
def holds_shipment(net: Net, state: State, stop: int, courier: int, after: int) -> bool:
    """Whether a shipment fits on board right after a node."""
    for dim in range(net.load.shape[1]):
        if state.load[after, 3 * dim] + net.load[stop, dim] > net.capacity[courier, dim]:
            return False
    return True


@folded
def link(state: State, stop: int, after: int) -> None:
    """Put a stop right behind a node."""
    node = state.node
    following = node[after, NEXT]
    node[after, NEXT] = stop
    node[stop, BEFORE] = after
    node[stop, NEXT] = following
    node[following, BEFORE] = stop
    node[stop, SLOT] = node[after, SLOT]


@folded
def unlink(state: State, stop: int) -> None:
    node = state.node
    node[node[stop, BEFORE], NEXT] = node[stop, NEXT]
    node[node[stop, NEXT], BEFORE] = node[stop, BEFORE]
    node[stop, SLOT] = -1


@compiled
def empty_slot(net: Net, state: State, kind: int) -> int:
    """A tour to open for a type of courier: one who is at home first; -1 if all are out."""
    for entry in range(net.types[kind], net.types[kind + 1]):
        courier = net.type_couriers[entry]
        first = net.courier[courier, FIRST_SLOT]
        if net.courier[courier, SLOTS] == 1:
            if state.held[first] == 0:
                return first
        elif state.cost[courier] == 0:
            return first
    return -1


@compiled
def place_plain(net: Net, state: State, stop: int, blink: float) -> int:
    """The node to call right before this stop, -1 where leaving it out is cheaper."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    best, place = net.stop[stop, PENALTY], -1
    service, early, late = net.stop[stop, SERVICE], net.stop[stop, EARLY], net.stop[stop, LATE]
    for group in range(net.types.shape[0] - 1):
        slot = empty_slot(net, state, group)
        if slot < 0:
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
    everywhere = net.stop[stop, SCANNED] == 1
    count = slots if everywhere else net.near.shape[1]
    for number in range(count):
        if everywhere:
            slot = number
            if state.held[slot] == 0:
                continue
            after = stops + slot
        else:
            after = net.near[stop, number]
            slot = node[after, SLOT]
            if slot < 0:
                continue
        courier = net.owner[slot]
        if not may_hold(net, state, stop, courier):
            continue
        if net.flag[PURE_DELIVER] and not holds_load(net, state, stop, slot, courier, after):
            continue
        kind = net.courier[courier, CLASS]
        if not everywhere:
            after = node[after, BEFORE]
        row = node[after, ROW]
        side = 0
        while after < stops + slots:
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
            side += 1
            if side == 2 and not everywhere:
                break
            after, row = following, to
    return place


@compiled
def least_added(net: Net, state: State, stop: int, slot: int, kind: int, mark: int) -> int:
    """What a stop adds to a tour at least, whatever the hour; counted once for each `mark`."""
    if state.least_mark[slot] != mark:
        node = state.node
        here = net.stop.shape[0] + slot
        end = here + net.owner.shape[0]
        least = NEVER
        while here != end:
            to = node[here, NEXT]
            added = net.price_in[kind, stop, node[here, ROW]] - node[here, ROAD]
            least = min(least, added + net.price[kind, stop, node[to, ROW]])
            here = to
        state.least_mark[slot] = mark
        state.least[slot] = least
    return state.least[slot]


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
        if slot < 0:
            continue
        courier = net.owner[slot]
        if not (may_hold(net, state, stop, courier) and may_hold(net, state, mate, courier)):
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
    state.total[SEARCHED] += 1
    mark = state.total[SEARCHED]
    everywhere = net.stop[stop, SCANNED] == 1
    count = slots if everywhere else net.near.shape[1]
    for number in range(count):
        if everywhere:
            slot = number
            if state.held[slot] == 0:
                continue
            after = stops + slot
        else:
            after = net.near[stop, number]
            slot = node[after, SLOT]
            if slot < 0:
                continue
            after = node[after, BEFORE]
        courier = net.owner[slot]
        if not (may_hold(net, state, stop, courier) and may_hold(net, state, mate, courier)):
            continue
        kind = net.courier[courier, CLASS]
        end = stops + slots + slot
        # What the drop-off adds where it costs least, whatever the hour.
        least = least_added(net, state, mate, slot, kind, mark)
        side = 0
        while after != end:
            following = node[after, NEXT]
            if state.searched[after] == mark:
                # Both the stops around this place are near, and it was met from the other one.
                side += 1
                if side == 2 and not everywhere:
                    break
                after = following
                continue
            state.searched[after] = mark
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
            side += 1
            if side == 2 and not everywhere:
                break
            after = following
    return place, place_mate


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


@compiled
def propose_tours(net: Net, state: State, stop: int, mate: int, candidates: Ints) -> None:
    """New tours: for each type of courier one who is at home, and further tours of those out."""
    node = state.node
    stops = net.stop.shape[0]
    for group in range(net.types.shape[0] - 1):
        for entry in range(net.types[group], net.types[group + 1]):
            courier = net.type_couriers[entry]
            first = net.courier[courier, FIRST_SLOT]
            tours = net.courier[courier, SLOTS]
            used = 0
            for slot in range(first, first + tours):
                used += state.held[slot] > 0
            if used == tours:
                continue
            if may_hold(net, state, stop, courier) and (
                mate < 0 or may_hold(net, state, mate, courier)
            ):
                kind = net.courier[courier, CLASS]
                last = stop if mate < 0 else mate
                for slot in range(first, first + tours):
                    # Of tours without stops in a row all but the first are the same.
                    if state.held[slot] > 0 or (slot > first and state.held[slot - 1] == 0):
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
    state.total[SEARCHED] += 1
    mark = state.total[SEARCHED]
    everywhere = net.stop[stop, SCANNED] == 1
    count = slots if everywhere else net.near.shape[1]
    for number in range(count):
        if everywhere:
            slot = number
            if state.held[slot] == 0:
                continue
            after = stops + slot
        else:
            after = net.near[stop, number]
            slot = node[after, SLOT]
            if slot < 0:
                continue
            after = node[after, BEFORE]
        courier = net.owner[slot]
        if not may_hold(net, state, stop, courier):
            continue
        kind = net.courier[courier, CLASS]
        extra = net.extra[stop, courier] if net.flag[HAS_EXTRA] else 0
        side = 0
        while after < stops + slots:
            following = node[after, NEXT]
            if state.searched[after] == mark:
                # Both the stops around this place are near, and it was met from the other one.
                side += 1
                if side == 2 and not everywhere:
                    break
                after = following
                continue
            state.searched[after] = mark
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
            side += 1
            if side == 2 and not everywhere:
                break
            after = following


@compiled
def propose_pairs(net: Net, state: State, stop: int, candidates: Ints, blink: float) -> None:
    """Places of a pick-up and its drop-off in the tours there are."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    mate = net.stop[stop, MATE]
    last = candidates.shape[0] - 1
    taken, given, onboard = state.scratch[0], state.scratch[2], state.scratch[3]
    origin = state.scratch[1]
    state.total[SEARCHED] += 1
    mark = state.total[SEARCHED]
    everywhere = net.stop[stop, SCANNED] == 1
    count = slots if everywhere else net.near.shape[1]
    for number in range(count):
        if everywhere:
            slot = number
            if state.held[slot] == 0:
                continue
            after = stops + slot
        else:
            after = net.near[stop, number]
            slot = node[after, SLOT]
            if slot < 0:
                continue
            after = node[after, BEFORE]
        courier = net.owner[slot]
        if not (may_hold(net, state, stop, courier) and may_hold(net, state, mate, courier)):
            continue
        kind = net.courier[courier, CLASS]
        extra = 0
        if net.flag[HAS_EXTRA]:
            extra = net.extra[stop, courier] + net.extra[mate, courier]
        end = stops + slots + slot
        # What the drop-off adds where it costs least, whatever the hour.
        least = least_added(net, state, mate, slot, kind, mark)
        side = 0
        while after != end:
            following = node[after, NEXT]
            row, to = node[after, ROW], node[following, ROW]
            detour = extra + net.price_in[kind, stop, row] - node[after, ROAD]
            together = detour + net.price[kind, stop, mate] + net.price[kind, mate, to]
            base = detour + net.price[kind, stop, to]
            dearest = candidates[last, 0]
            if state.searched[after] == mark or (together >= dearest and base + least >= dearest):
                side += 1
                if side == 2 and not everywhere:
                    break
                after = following
                continue
            state.searched[after] = mark
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
                    net,
                    courier,
                    stop,
                    mate,
                    taken,
                    0,
                    net.stop[mate, SERVICE],
                    given,
                    origin,
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
                        net,
                        courier,
                        row2,
                        here,
                        onboard,
                        0,
                        net.stop[here, SERVICE],
                        given,
                        origin,
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
            side += 1
            if side == 2 and not everywhere:
                break
            after = following


@folded
def put(state: State, stop: int, mate: int, after: int, after_mate: int) -> None:
    link(state, stop, after)
    if mate >= 0:
        link(state, mate, after_mate)


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


@folded
def place(net: Net, state: State, stop: int, blink: float, candidates: Ints) -> bool:
    """Put an absent stop (with its drop-off) where it costs least; False where it stays out."""
    if not net.flag[PLAIN]:
        candidates[:, 1] = -1
        return place_rich(net, state, stop, blink, candidates)
    if net.stop[stop, KIND] == PICKUP:
        after, after_mate = place_pair_plain(net, state, stop, blink)
        if after < 0:
            return False
        put(state, stop, net.stop[stop, MATE], after, after_mate)
    else:
        after = place_plain(net, state, stop, blink)
        if after < 0:
            return False
        link(state, stop, after)
    refresh(net, state, net.owner[state.node[after, SLOT]])
    return True
