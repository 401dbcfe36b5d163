# ruff: noqa: NPY002 - numba knows only this way to draw
# mypy: disable-error-code=no-any-return
"""Where a stop may stand: who may take it, which places are looked at, and putting it there."""

import numpy as np

from routing.search.compiled import compiled, folded
from routing.search.layout import (
    BEFORE,
    FIRST_SLOT,
    GROUPED,
    NEVER,
    NEXT,
    OPEN_TO_ALL,
    PASSING,
    ROAD,
    ROW,
    SCANNED,
    SEARCHED,
    SLOT,
    SLOTS,
    Net,
    State,
)

PASSED_OVER = 0.25


@folded
def is_passed_over(state: State) -> bool:
    """Whether a type of courier is not sent out, or an early tour left free, this time.

    The first call of a day would else always open the tour that is cheapest for it alone, although
    another courier is cheaper for all of them.
    """
    return state.total[PASSING] == 1 and np.random.random() < PASSED_OVER


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
def may_hold_both(net: Net, state: State, stop: int, mate: int, courier: int) -> bool:
    """`may_hold` of a pick-up and its drop-off; of one stop alone where `mate` is -1."""
    return may_hold(net, state, stop, courier) and (mate < 0 or may_hold(net, state, mate, courier))


@folded
def stretches(net: Net, stop: int) -> tuple[int, int]:
    """Places are looked at a stretch at a time: how many stretches, and the most places of one.

    Either every tour is a stretch, or the places before and behind each near stop are.
    """
    if net.stop[stop, SCANNED]:
        return net.owner.shape[0], NEVER
    return net.near.shape[1], 2


@folded
def stretch(net: Net, state: State, stop: int, mate: int, number: int) -> tuple[int, int]:
    """The tour of a stretch and the node before its first place; tour -1 where none is looked at.

    That is a tour still empty, a near stop that is absent itself, or a courier who may not.
    """
    if net.stop[stop, SCANNED]:
        slot = number if state.held[number] > 0 else -1
        after = net.stop.shape[0] + number
    else:
        near = net.near[stop, number]
        slot, after = state.node[near, SLOT], state.node[near, BEFORE]
    if slot >= 0 and not may_hold_both(net, state, stop, mate, net.owner[slot]):
        slot = -1
    return slot, after


@folded
def next_search(state: State) -> int:
    """The mark of a search that begins."""
    state.total[SEARCHED] += 1
    return state.total[SEARCHED]


@folded
def was_met(state: State, after: int, mark: int) -> bool:
    """Whether this search met a place before, from the other stop beside it; marked either way."""
    met = state.searched[after] == mark
    state.searched[after] = mark
    return met


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


@folded
def put(state: State, stop: int, mate: int, after: int, after_mate: int) -> None:
    link(state, stop, after)
    if mate >= 0:
        link(state, mate, after_mate)
