# ruff: noqa: PLR0915 - a kernel is one loop: a call costs more than its body
"""A plain day: its times, loads and costs anew."""

from routing.search.compiled import compiled
from routing.search.layout import (
    BEFORE,
    CLASS,
    CLOSES,
    DEPARTS,
    EARLY,
    FIRST_SLOT,
    FIXED,
    LATE,
    LATEST,
    NEXT,
    OPENS,
    PLACE,
    ROAD,
    ROUTES,
    ROW,
    SERVICE,
    Net,
    State,
)
from routing.search.loads import load_slot


@compiled
def refresh_plain(net: Net, state: State, courier: int) -> bool:
    """One tour, one window a stop, no breaks: the earliest times and latest times suffice."""
    node = state.node
    stops = net.stop.shape[0]
    slots = net.owner.shape[0]
    slot = net.courier[courier, FIRST_SLOT]
    kind = net.courier[courier, CLASS]
    start, end = stops + slot, stops + slots + slot
    departs = net.courier[courier, OPENS]
    node[start, DEPARTS] = departs
    cost, count = 0, 0
    in_time = True
    row = node[start, ROW]
    here = node[start, NEXT]
    before = start
    while here != end:
        road = net.price[kind, row, here]
        node[before, ROAD] = road
        cost += road
        begins = departs + net.seconds[kind, row, here]
        begins = max(begins, net.stop[here, EARLY])
        in_time &= begins <= net.stop[here, LATE]
        departs = begins + net.stop[here, SERVICE]
        node[here, DEPARTS] = departs
        count += 1
        node[here, PLACE] = count
        row = before = here
        here = node[here, NEXT]
    home = node[end, ROW]
    node[end, DEPARTS] = departs + net.seconds[kind, row, home]
    road = net.price[kind, row, home]
    node[before, ROAD] = road
    if count > 0:
        cost += road + net.courier[courier, FIXED]
    latest = net.courier[courier, CLOSES]
    node[end, LATEST] = latest
    after = home
    here = node[end, BEFORE]
    while here != start:
        latest = latest - net.seconds[kind, here, after] - net.stop[here, SERVICE]
        latest = min(latest, net.stop[here, LATE])
        node[here, LATEST] = latest
        after = here
        here = node[here, BEFORE]
    node[start, LATEST] = latest
    state.held[slot] = count
    state.total[ROUTES] += cost - state.cost[courier]
    state.cost[courier] = cost
    in_time &= node[end, DEPARTS] <= net.courier[courier, CLOSES]
    return load_slot(net, state, slot, courier) and in_time
