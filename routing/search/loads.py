# ruff: noqa: C901 - a kernel is one loop: a call costs more than its body
"""What is on board along a tour, and what may still be put on.

`State.load` keeps three numbers for each node and dimension: on board when leaving it, the most on
board up to it, and the most from it on.
"""

from routing.search.compiled import folded
from routing.search.layout import (
    BEFORE,
    DELIVER,
    DROPOFF,
    KIND,
    LEG,
    NEXT,
    PURE_DELIVER,
    Net,
    State,
)


@folded
def load_slot(net: Net, state: State, slot: int, courier: int) -> bool:
    """Loads along one tour; False when more is on board than allowed."""
    node, board, given = state.node, state.load, state.slot_load
    stops, dimensions = net.load.shape
    start, end = stops + slot, stops + net.owner.shape[0] + slot
    for dim in range(dimensions):
        given[slot, dim] = 0
    here = node[start, NEXT]
    while here != end:
        if net.stop[here, KIND] == DELIVER:
            for dim in range(dimensions):
                given[slot, dim] += net.load[here, dim]
        here = node[here, NEXT]
    fits = True
    if net.flag[PURE_DELIVER]:
        for dim in range(dimensions):
            fits &= given[slot, dim] <= net.capacity[courier, dim]
        return fits
    for dim in range(dimensions):
        board[start, 3 * dim] = board[start, 3 * dim + 1] = given[slot, dim]
    before, here = start, node[start, NEXT]
    while here != end:
        what = net.stop[here, KIND]
        sign = -1 if what in (DELIVER, DROPOFF) else 0 if what == LEG else 1
        for dim in range(dimensions):
            on_board = board[before, 3 * dim] + sign * net.load[here, dim]
            board[here, 3 * dim] = on_board
            board[here, 3 * dim + 1] = max(board[before, 3 * dim + 1], on_board)
        before, here = here, node[here, NEXT]
    for dim in range(dimensions):
        on_board, highest = board[before, 3 * dim], board[before, 3 * dim + 1]
        board[end, 3 * dim] = board[end, 3 * dim + 2] = on_board
        board[end, 3 * dim + 1] = highest
        fits &= highest <= net.capacity[courier, dim]
    while here != start:
        following, here = here, node[here, BEFORE]
        for dim in range(dimensions):
            highest = max(board[following, 3 * dim + 2], board[here, 3 * dim])
            board[here, 3 * dim + 2] = highest
    return fits


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
