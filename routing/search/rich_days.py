# mypy: disable-error-code=no-any-return
"""A rich day: its timetable, loads and costs anew, and when its courier leaves at best."""

from routing.search.compiled import compiled, folded
from routing.search.layout import (
    BREAKS,
    CLASS,
    DUTY,
    END_ROW,
    FIRST_SLOT,
    FIXED,
    NEVER,
    NEXT,
    OPENS,
    PLACE,
    RIDES,
    ROUTES,
    ROW,
    SLOTS,
    START_ROW,
    Net,
    State,
)
from routing.search.loads import load_slot
from routing.search.rich_costs import road_costs, rule_costs
from routing.search.timetable import backward, raised


@folded
def refresh_rich(net: Net, state: State, courier: int) -> bool:
    """Everything: several tours, windows, breaks, releases, rides, limits, changing speed, rules."""
    cost = price_day(net, state, courier)
    if cost >= NEVER:
        return False
    if state.scratch[7, 0]:
        raised(net, state, courier, net.courier[courier, OPENS])
    backward(net, state, courier, NEVER)
    state.total[ROUTES] += cost - state.cost[courier]
    state.cost[courier] = cost
    return True


@compiled
def price_day(net: Net, state: State, courier: int) -> int:
    """What a day costs, NEVER where it cannot be driven: enough to compare, not to build on.

    What is kept of its times serves no further step until the day is refreshed. scratch[7, 0] tells
    whether they are those of a courier who leaves as late as he may.
    """
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    first = net.courier[courier, FIRST_SLOT]
    last = -1
    fits = True
    state.scratch[7, 0] = 0
    for slot in range(first, first + net.courier[courier, SLOTS]):
        count = 0
        here = node[stops + slot, NEXT]
        while here < stops:
            count += 1
            node[here, PLACE] = count
            here = node[here, NEXT]
        state.held[slot] = count
        fits &= load_slot(net, state, slot, courier)
        # Only the last tour goes to where the courier ends; the others come back to reload.
        if last >= 0 and count > 0:
            node[stops + slots + last, ROW] = net.courier[courier, START_ROW]
        if count > 0:
            last = slot
        node[stops + slots + slot, ROW] = net.courier[courier, END_ROW]
    if last < 0:
        return 0
    if not fits:
        return NEVER
    cost = net.courier[courier, FIXED] + rule_costs(net, state, courier)
    if cost >= NEVER:
        return NEVER
    returns = raised(net, state, courier, net.courier[courier, OPENS])
    if returns >= NEVER:
        return NEVER
    if net.courier[courier, DUTY] > 0:
        leaves = leave_late(net, state, courier, returns)
        cost += net.courier[courier, DUTY] * (returns - leaves)
    return cost + road_costs(net, state, courier)


@folded
def leave_late(net: Net, state: State, courier: int, returns: int) -> int:
    """The second of leaving that is back as early as `returns` after the shortest day."""
    low = state.scratch[7, 1]
    leaves = max(low, latest_leaving(net, state, courier, returns))
    kind = net.courier[courier, CLASS]
    if not net.flag[RIDES] and net.speed_at[kind] == net.speed_at[kind + 1]:
        # Where speed is the same all day, the price of the roads asks for no timetable.
        return leaves
    state.scratch[7, 0] = 1
    # Rides can forbid what the windows allow; then the last possible second is bisected.
    if raised(net, state, courier, leaves) != returns:
        high = leaves
        while low < high:
            middle = (low + high + 1) // 2
            if raised(net, state, courier, middle) == returns:
                low = middle
            else:
                high = middle - 1
        raised(net, state, courier, low)
    return state.scratch[7, 1]


@folded
def latest_leaving(net: Net, state: State, courier: int, returns: int) -> int:
    """The last second of leaving that is back as early as `returns`, rides not considered."""
    start = backward(net, state, courier, returns)
    leaves = 0
    for done in range(net.courier[courier, BREAKS] + 1):
        second = state.latest[start, done]
        if second >= net.rest_before[courier, done] and second > leaves:
            leaves = second
    return leaves
