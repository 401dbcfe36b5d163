# ruff: noqa: PLR0911, NPY002 - a kernel is one loop: a call costs more than its body
# mypy: disable-error-code=no-any-return
"""Two tours exchange their tails, which strings of a few stops cannot bring about.

2-opt*: Potvin and Rousseau, Journal of the Operational Research Society 46 (1995).
"""

import math

import numpy as np

from routing.search.compiled import compiled
from routing.search.layout import (
    BEFORE,
    CLASS,
    CURRENT,
    DEPARTS,
    FIXED,
    LATEST,
    NEXT,
    PURE_DELIVER,
    ROAD,
    ROUTES,
    ROW,
    SLOT,
    TYPE,
    Net,
    State,
)
from routing.search.timing import refresh

NEAREST = 16


@compiled
def exchange(net: Net, state: State, one: int, other: int) -> None:
    """Swap what follows a node of one tour with what follows a node of another."""
    node = state.node
    ends = net.stop.shape[0] + net.owner.shape[0]
    end, other_end = ends + node[one, SLOT], ends + node[other, SLOT]
    first, last = node[one, NEXT], node[end, BEFORE]
    other_first, other_last = node[other, NEXT], node[other_end, BEFORE]
    append(net, state, one, other_first, other_last, end)
    append(net, state, other, first, last, other_end)


@compiled
def append(net: Net, state: State, after: int, first: int, last: int, end: int) -> None:
    """Let the stops from `first` to `last` follow a node up to its tour's end; none if no stop."""
    node = state.node
    stops = net.stop.shape[0]
    slot = node[end, SLOT]
    if first < stops:
        node[after, NEXT] = first
        node[first, BEFORE] = after
        after = last
    node[after, NEXT] = end
    node[end, BEFORE] = after
    here = first
    while here < stops:
        node[here, SLOT] = slot
        here = node[here, NEXT]


@compiled
def tails_fit(net: Net, state: State, one: int, other: int) -> bool:
    """Whether what each courier then delivers is within what he can load."""
    node = state.node
    stops = net.stop.shape[0]
    slot1, slot2 = node[one, SLOT], node[other, SLOT]
    for dim in range(net.load.shape[1]):
        before1, before2 = 0, 0
        here = node[stops + slot1, NEXT]
        last = node[one, NEXT]
        while here != last:
            before1 += net.load[here, dim]
            here = node[here, NEXT]
        here = node[stops + slot2, NEXT]
        last = node[other, NEXT]
        while here != last:
            before2 += net.load[here, dim]
            here = node[here, NEXT]
        after1 = state.slot_load[slot1, dim] - before1
        after2 = state.slot_load[slot2, dim] - before2
        if before1 + after2 > net.capacity[net.owner[slot1], dim]:
            return False
        if before2 + after1 > net.capacity[net.owner[slot2], dim]:
            return False
    return True


@compiled
def swap_tails(net: Net, state: State, temperature: float) -> int:
    """Let a near stop of another tour follow a stop drawn at random, and the tails change tours.

    For plain days without shipments, between couriers who can stand in for each other. Returns both
    slots as `slot * slots + other slot`, -1 where nothing was changed.
    """
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    one = np.random.randint(0, stops)
    slot = node[one, SLOT]
    width = min(NEAREST, net.adjacent.shape[1])
    if slot < 0 or width == 0:
        return -1
    tail = net.adjacent[one, np.random.randint(0, width)]
    slot2 = node[tail, SLOT]
    if slot2 < 0 or slot2 == slot:
        return -1
    courier, courier2 = net.owner[slot], net.owner[slot2]
    if net.courier[courier, TYPE] != net.courier[courier2, TYPE]:
        return -1
    kind = net.courier[courier, CLASS]
    other, following = node[tail, BEFORE], node[one, NEXT]
    row, to = node[other, ROW], node[following, ROW]
    change = net.price[kind, one, tail] - node[one, ROAD] - node[other, ROAD]
    if other >= stops and following >= stops:
        change -= net.courier[courier, FIXED]
    else:
        change += net.price[kind, row, to]
    if change >= -temperature * math.log(np.random.random()):
        return -1
    if node[one, DEPARTS] + net.seconds[kind, one, tail] > node[tail, LATEST]:
        return -1
    if node[other, DEPARTS] + net.seconds[kind, row, to] > node[following, LATEST]:
        return -1
    if net.flag[PURE_DELIVER] and not tails_fit(net, state, one, other):
        return -1
    penalty = state.total[CURRENT] - state.total[ROUTES]
    exchange(net, state, one, other)
    fits = refresh(net, state, courier)
    fits &= refresh(net, state, courier2)
    if not fits:
        exchange(net, state, one, other)
        refresh(net, state, courier)
        refresh(net, state, courier2)
        return -1
    state.total[CURRENT] = state.total[ROUTES] + penalty
    return slot * slots + slot2
