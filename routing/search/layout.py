"""What the kernels read (`Net`) and write (`State`): flat arrays, and the meaning of each column.

Nodes are the stops 0 .. n-1, then the start of every slot, then the end of every slot. A slot is
one tour of one courier; a courier has as many consecutive slots as tours are allowed. Rows of the
travel tables are the stops, then the offices.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Table = NDArray[Any]

# Net.stop: one row a stop.
EARLY, LATE, SERVICE, KIND, MATE, PENALTY, TRUE_PENALTY, SCANNED = range(8)
RELEASE, LOCK_FROM, LOCK_TO, HOME_COURIER, HOME_BEFORE, SETUP, ENTER, LEAVE, RIDE = range(8, 17)
STOP_COLUMNS = 17
DELIVER, COLLECT, PICKUP, DROPOFF, LEG = range(5)

# Net.courier: one row a courier.
CLASS, OPENS, CLOSES, FIXED, FIRST_SLOT, SLOTS, TYPE, BREAKS, RELOAD = range(9)
MAX_SECONDS, MAX_METRES, DUTY, TRAVEL_RATE, START_ROW, END_ROW = range(9, 15)
COURIER_COLUMNS = 15

# Net.flag
PLAIN, PURE_DELIVER, EXACT_DELTA, WINDOWED, OPTIONAL, GROUPED, LOCKS, PAIRED = range(8)
SHARE, ABOVE_SHARE, ORDER_CHANGE, HAS_METRES, HAS_EXTRA, OPEN_TO_ALL, RIDES = range(8, 15)
FLAGS = 15

# State.node
# ROAD is the price of the road to the next node. Eight columns fill one cache line.
NEXT, BEFORE, SLOT, DEPARTS, LATEST, PLACE, ROW, ROAD = range(8)

# State.total
ABSENT, CURRENT, BEST, ACCEPTED, STAMP, ROUTES, POOLED, POOL_FILL, POOL_FULL, SEARCHED = range(10)
# Whether types of couriers are passed over while stops are put back: after whole days were removed.
PASSING = 10
TOTALS = 11

CANDIDATES = 4  # places timed exactly before one is chosen

NEVER = 1 << 60


class Net(NamedTuple):
    """One problem (or a part of one), read only."""

    seconds: Table  # (classes, rows, rows) travel with setup
    price: Table  # (classes, rows, rows) cost units of the road
    # The same by where one goes: a stop's places are compared along one row, not down a column.
    seconds_in: Table
    price_in: Table
    metres: Table  # (classes, rows, rows); (1, 1, 1) where nobody has a limit in metres
    stop: Ints  # (stops, STOP_COLUMNS)
    load: Ints  # (stops, dimensions)
    size: NDArray[np.float64]  # (stops,) share of a courier's capacity
    courier: Ints  # (couriers, COURIER_COLUMNS)
    capacity: Ints  # (couriers, dimensions)
    owner: Ints  # (slots,) courier of each slot
    allowed: NDArray[np.bool_]  # (stops, couriers)
    extra: Ints  # (stops, couriers) cost of the assignment itself
    types: Ints  # (types + 1,) into type_couriers
    type_couriers: Ints
    near: NDArray[np.int32]  # (stops, w) where to look for a place
    adjacent: NDArray[np.int32]  # (stops, w) by distance alone, for the ruin
    window_at: Ints  # (rows + 1,) into windows; an empty stretch: always open
    windows: Ints  # (windows, 2)
    office_place: Ints  # (offices,) location of each office row
    rest: Ints  # (couriers, breaks + 1, breaks + 1, 3): sum, earliest end, latest departure
    rest_limit: Ints  # (couriers, breaks + 1): latest return with so many breaks taken
    rest_before: Ints  # (couriers, breaks + 1): earliest departure with so many lying before
    speed_at: Ints  # (classes + 1,) into speeds
    speeds: Ints  # (periods, 2): from second, percent
    group_at: Ints  # (stops + 1,) into group
    group: Ints  # (entries, 2): other stop, 1 together or 0 apart
    # (entries, 2): which of its courier's locked orders, place in it. A stop has those from LOCK_FROM
    # up to LOCK_TO.
    lock: Ints
    flag: Ints


class State(NamedTuple):
    """The plan under change, the best one met, and the pool of good days met."""

    node: Ints  # (nodes, 8)
    floor: Ints  # (nodes,) second before which a stop may not begin, for a ride's sake
    load: Ints  # (nodes, 3 * dimensions): on board, most so far, most from here
    departs: Ints  # (nodes, breaks + 1)
    latest: Ints  # (nodes, breaks + 1)
    came_from: Ints  # (nodes, breaks + 1)
    cost: Ints  # (couriers,)
    held: Ints  # (slots,) stops of each tour
    slot_load: Ints  # (slots, dimensions)
    absent: Ints
    total: Ints
    best: Ints
    best_at: Ints
    touched_mark: Ints  # (slots,)
    searched: Ints  # (nodes,) the last search for a place that looked behind this node
    least: Ints  # (slots,) what the stop looked for adds to a tour at least
    least_mark: Ints  # (slots,) and the search that counted it
    scratch: Ints  # (8, breaks + 1)
    lock_seen: Ints  # (orders of one courier,) the furthest place met in each
    work: Ints  # (6, ...) touched tours, where each begins, their stops, absent before, string, ruined
    key: NDArray[np.float64]
    candidates: Ints  # (CANDIDATES, 3)
    stop_hash: NDArray[np.uint64]
    type_hash: NDArray[np.uint64]
    pool_table: Ints
    pool_day: Ints  # (days, 6): start, length, cost, quality, hash, type
    pool_stops: NDArray[np.int32]
