# ruff: noqa: C901, PLR0912, PLR0915 - a kernel is one loop: a call costs more than its body
# mypy: disable-error-code=no-any-return
"""The earliest and the latest timetable of a rich day, tour after tour."""

from routing.search.breaks import advance, retreat
from routing.search.compiled import compiled, folded
from routing.search.hours import first_open, last_open
from routing.search.layout import (
    BEFORE,
    BREAKS,
    CLASS,
    CLOSES,
    DEPARTS,
    DROPOFF,
    DUTY,
    FIRST_SLOT,
    KIND,
    MATE,
    MAX_SECONDS,
    NEVER,
    NEXT,
    OPENS,
    RELEASE,
    RELOAD,
    RIDE,
    RIDES,
    ROW,
    SERVICE,
    SLOTS,
    START_ROW,
    Net,
    State,
)

ROUNDS_OF_RAISING = 30


@compiled
def raised(net: Net, state: State, courier: int, leave_from: int) -> int:
    """The earliest day from `leave_from` on, raised until rides and the longest day hold.

    Returns when the courier is back, NEVER if nothing holds; scratch[7, 1] gets the second of leaving.
    """
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    first = net.courier[courier, FIRST_SLOT]
    after_last = first + net.courier[courier, SLOTS]
    rides = net.flag[RIDES] == 1
    if rides:
        for slot in range(first, after_last):
            here = node[stops + slot, NEXT]
            while here < stops:
                state.floor[here] = 0
                here = node[here, NEXT]
    for _ in range(ROUNDS_OF_RAISING):
        returns = forward(net, state, courier, leave_from)
        if returns >= NEVER or not (rides or asks_when_left(net, courier)):
            return returns
        again = False
        # Walk the chosen states back; `FLOOR` of a pick-up rises when its ride is too long.
        done = state.scratch[6, 0]
        slot = after_last - 1
        leaves = 0
        while slot >= first:
            if state.held[slot] == 0:
                slot -= 1
                continue
            here = stops + slots + slot
            while here != stops + slot:
                if here < stops:
                    node[here, DEPARTS] = state.departs[here, done]
                done = state.came_from[here, done]
                here = node[here, BEFORE]
            leaves = state.departs[here, done]
            node[here, DEPARTS] = leaves
            done = state.came_from[here, done]
            slot -= 1
        for slot in range(first, after_last if rides else first):
            here = node[stops + slot, NEXT]
            while here < stops:
                if net.stop[here, KIND] == DROPOFF and net.stop[here, RIDE] >= 0:
                    taken = net.stop[here, MATE]
                    starts = node[here, DEPARTS] - net.stop[here, SERVICE]
                    excess = starts - node[taken, DEPARTS] - net.stop[here, RIDE]
                    if excess > 0:
                        floor = node[taken, DEPARTS] - net.stop[taken, SERVICE] + excess
                        state.floor[taken] = floor
                        again = True
                here = node[here, NEXT]
        state.scratch[7, 1] = leaves
        duty = returns - leaves
        if duty > net.courier[courier, MAX_SECONDS]:
            leave_from = leaves + duty - net.courier[courier, MAX_SECONDS]
            again = True
        if not again:
            return returns
    return NEVER


@folded
def asks_when_left(net: Net, courier: int) -> bool:
    """Whether a courier's cost or limits depend on when each place is left, beside the return."""
    kind = net.courier[courier, CLASS]
    longest = net.courier[courier, CLOSES] - net.courier[courier, OPENS]
    return (
        net.courier[courier, DUTY] > 0
        or net.courier[courier, MAX_SECONDS] < longest
        or net.speed_at[kind] != net.speed_at[kind + 1]
    )


@compiled
def forward(net: Net, state: State, courier: int, leave_from: int) -> int:
    """Earliest departures of every node in every state; scratch[6, 0] gets the best last state."""
    node, departs, origin = state.node, state.departs, state.came_from
    stops = net.stop.shape[0]
    breaks = net.courier[courier, BREAKS]
    first = net.courier[courier, FIRST_SLOT]
    after_last = first + net.courier[courier, SLOTS]
    office = net.courier[courier, START_ROW]
    end = -1
    last = first
    for slot in range(first, after_last):
        if state.held[slot] > 0:
            last = slot
    for slot in range(first, after_last):
        if state.held[slot] == 0:
            continue
        start = stops + slot
        release = 0
        here = node[start, NEXT]
        while here < stops:
            release = max(release, net.stop[here, RELEASE])
            here = node[here, NEXT]
        if end < 0:
            for done in range(breaks + 1):
                earliest = max(leave_from, release, net.courier[courier, OPENS])
                earliest = max(earliest, net.rest_before[courier, done])
                departs[start, done] = first_open(net, office, earliest)
                origin[start, done] = done
        elif not advance(
            net, courier, office, office, departs[end], release, 0, departs[start], origin[start]
        ):
            return NEVER
        row, before, end = node[start, ROW], start, -1
        while end < 0:
            here = node[before, NEXT]
            to = node[here, ROW]
            floor, service = 0, 0
            if here < stops:
                floor, service = state.floor[here], net.stop[here, SERVICE]
            else:
                end = here
                if slot != last:
                    service = net.courier[courier, RELOAD]
            if not advance(
                net, courier, row, to, departs[before], floor, service, departs[here], origin[here]
            ):
                return NEVER
            row, before = to, here
    best = NEVER
    for done in range(breaks + 1):
        back = departs[end, done]
        if back > net.courier[courier, CLOSES] or back > net.rest_limit[courier, done]:
            continue
        if back < best:
            best = back
            state.scratch[6, 0] = done
    return best


@compiled
def backward(net: Net, state: State, courier: int, returns_by: int) -> int:
    """Latest ready seconds of every node in every state, when being back by `returns_by`."""
    node, latest = state.node, state.latest
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    breaks = net.courier[courier, BREAKS]
    first = net.courier[courier, FIRST_SLOT]
    office = net.courier[courier, START_ROW]
    following = -1
    for slot in range(first + net.courier[courier, SLOTS] - 1, first - 1, -1):
        if state.held[slot] == 0:
            continue
        end = stops + slots + slot
        if following < 0:
            for done in range(breaks + 1):
                limit = min(returns_by, net.courier[courier, CLOSES])
                limit = min(limit, net.rest_limit[courier, done])
                latest[end, done] = last_open(net, node[end, ROW], limit)
        else:
            retreat(
                net,
                courier,
                office,
                office,
                latest[following],
                net.courier[courier, RELOAD],
                latest[end],
            )
        after, following = end, -1
        while following < 0:
            here = node[after, BEFORE]
            service = 0
            if here < stops:
                service = net.stop[here, SERVICE]
            else:
                following = here
            retreat(
                net,
                courier,
                node[here, ROW],
                node[after, ROW],
                latest[after],
                service,
                latest[here],
            )
            after = here
    return following
