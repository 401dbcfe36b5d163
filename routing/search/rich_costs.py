# ruff: noqa: C901, PLR0912, SIM102 - a kernel is one loop: a call costs more than its body
# mypy: disable-error-code=no-any-return
"""What a rich day costs beside its fixed cost and its wage: the rules, the roads, the fair share."""

from routing.search.compiled import folded
from routing.search.hours import driven, setup_of
from routing.search.layout import (
    ABOVE_SHARE,
    CLASS,
    DEPARTS,
    FIRST_SLOT,
    HAS_EXTRA,
    HAS_METRES,
    HOME_BEFORE,
    HOME_COURIER,
    LOCK_FROM,
    LOCK_TO,
    LOCKS,
    MAX_METRES,
    NEVER,
    NEXT,
    ORDER_CHANGE,
    ROAD,
    ROW,
    SERVICE,
    SHARE,
    SLOTS,
    TRAVEL_RATE,
    Net,
    State,
)


@folded
def rule_costs(net: Net, state: State, courier: int) -> int:
    """Cost of who does what in which order; NEVER when a lock's order or the metres forbid it."""
    flag = net.flag
    if not (flag[HAS_EXTRA] or flag[ORDER_CHANGE] or flag[LOCKS] or flag[HAS_METRES]):
        return 0
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    kind = net.courier[courier, CLASS]
    first = net.courier[courier, FIRST_SLOT]
    cost, metres, previous = 0, 0, -1
    if net.flag[LOCKS]:
        state.lock_seen[:] = -1
    for slot in range(first, first + net.courier[courier, SLOTS]):
        if state.held[slot] == 0:
            continue
        row = node[stops + slot, ROW]
        here = node[stops + slot, NEXT]
        while here < stops:
            if net.flag[HAS_EXTRA]:
                cost += net.extra[here, courier]
            if net.flag[ORDER_CHANGE] and net.stop[here, HOME_COURIER] == courier:
                if net.stop[here, HOME_BEFORE] != previous:
                    cost += net.flag[ORDER_CHANGE]
            if net.flag[LOCKS]:
                for entry in range(net.stop[here, LOCK_FROM], net.stop[here, LOCK_TO]):
                    lock, place = net.lock[entry, 0], net.lock[entry, 1]
                    if state.lock_seen[lock] > place:
                        return NEVER
                    state.lock_seen[lock] = place
            if net.flag[HAS_METRES]:
                metres += net.metres[kind, row, here]
            previous = here
            row = here
            here = node[here, NEXT]
        if net.flag[HAS_METRES]:
            metres += net.metres[kind, row, node[stops + slots + slot, ROW]]
    if metres > net.courier[courier, MAX_METRES]:
        return NEVER
    return cost


@folded
def road_costs(net: Net, state: State, courier: int) -> int:
    """Price of the roads at the hours they are driven, and of work above the fair share.

    `DEPARTS` of the stops holds the departures of the chosen states.
    """
    node = state.node
    stops = net.stop.shape[0]
    kind = net.courier[courier, CLASS]
    first = net.courier[courier, FIRST_SLOT]
    changing = net.speed_at[kind] != net.speed_at[kind + 1]
    cost, work = 0, 0
    end = -1
    departs = state.scratch[7, 1]
    for slot in range(first, first + net.courier[courier, SLOTS]):
        if state.held[slot] == 0:
            continue
        start = stops + slot
        if end >= 0:
            departs = node[start, DEPARTS]
        row = node[start, ROW]
        here = node[start, NEXT]
        while True:
            to = here if here < stops else node[here, ROW]
            road = net.price[kind, row, to]
            node[start if row >= stops else row, ROAD] = road
            cost += road
            seconds = net.seconds[kind, row, to]
            if changing:
                setup = setup_of(net, row, to)
                true = driven(net, kind, seconds - setup, departs)
                cost += net.courier[courier, TRAVEL_RATE] * (true - seconds + setup)
                seconds = true + setup
            work += seconds
            if here >= stops:
                break
            work += net.stop[here, SERVICE]
            departs = node[here, DEPARTS]
            row = here
            here = node[here, NEXT]
        end = here
    return cost + net.flag[ABOVE_SHARE] * max(0, work - net.flag[SHARE])
