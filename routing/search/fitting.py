# mypy: disable-error-code=no-any-return
"""Where a stop may stand: who may take it, which places are looked at, and putting it there."""

from routing.search.compiled import compiled, folded
from routing.search.layout import (
    BEFORE,
    FIRST_SLOT,
    GROUPED,
    NEVER,
    NEXT,
    OPEN_TO_ALL,
    ROAD,
    ROW,
    SLOT,
    SLOTS,
    Net,
    State,
)


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
