"""From a problem, or from some of its stops and couriers, to the flat arrays of the kernels."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.days import Scheduler
from routing.problem import Courier, StopKind
from routing.rules import LockLevel
from routing.search import layout as at
from routing.search.layout import Ints, Net, Table
from routing.search.scaling import DEAREST_ROAD, cannot_be_driven, cost_unit, counted
from routing.terms import UNREACHABLE, CourierId

# So many tours of a courier have a slot at first; `Search` gives more to who rides all of them.
FIRST_TOURS: Final = 8
# Up to so many stops every place of every tour is looked at, above only those near the stop.
SCANNED_STOPS: Final = 120
NEAR_STOPS: Final = 100
NEAR_STOPS_OF_SMALL: Final = 60
ADJACENT_STOPS: Final = 400
# Neighbours are looked for in strips, so that the temporary tables stay small.
CELLS_AT_ONCE: Final = 200_000
# No value that tells near from far is above it, with room for a place behind it in 63 bits.
FURTHEST: Final = float(1 << 44)
# Waiting counts a fifth.
FRACTIONS: Final = 5
NO_LIMIT: Final = 1 << 50


class NetBuilder:
    """Builds the `Net` of the given stops and couriers (all by default).

    `stops` and `couriers` hold the problem's numbers for the net's own.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        stops: Sequence[int] | None = None,
        couriers: Sequence[int] | None = None,
    ) -> None:
        problem = scheduler.problem
        self.problem, self.arrays = problem, scheduler.arrays
        self.stops = np.arange(len(problem.stops)) if stops is None else np.array(stops, np.int64)
        who = range(len(problem.couriers)) if couriers is None else couriers
        self.couriers = np.array(list(who), dtype=np.int64)
        self.men = [problem.couriers[number] for number in self.couriers]
        self.number_of = {int(stop): number for number, stop in enumerate(self.stops)}
        places = [(man.start_location, man.end_location) for man in self.men]
        self.offices = sorted({place for pair in places for place in pair})
        kinds = [
            (man.profile, man.costs.per_metre, man.costs.per_travel_second) for man in self.men
        ]
        # The most frequent way of moving comes first: neighbourhoods are measured by it.
        self.kinds = sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind))
        self.kind_of = [self.kinds.index(kind) for kind in kinds]
        tours = [max(1, min(man.max_tours, len(self.stops))) for man in self.men]
        self.most_tours = np.array(tours, dtype=np.int64)
        self.cost_unit = 1

    def net(self) -> Net:
        """All its costs are in `cost_unit`, which this sets."""
        stop = self._stops()
        seconds, price, metres = self._tables()
        allowed = self._allowed()
        extra = self.arrays.courier_cost[np.ix_(self.stops, self.couriers)]
        extra = counted(extra, self.cost_unit)
        courier, owner = self._couriers()
        mandatory = self.arrays.mandatory[self.stops]
        true = counted(stop[:, at.TRUE_PENALTY], self.cost_unit)
        stop[:, at.TRUE_PENALTY] = true
        roads = price[seconds < UNREACHABLE]
        stop[:, at.PENALTY] = _working_penalty(true, mandatory, roads, courier)
        load, capacity = self._loads()
        types, type_couriers = self._types(courier, allowed, extra)
        spans = [self.arrays.windows[number] for number in self.stops]
        spans += [self._hours(place) for place in self.offices]
        window_at, windows = _stretches(spans)
        speed_at, speeds = self._speeds()
        group_at, group = self._groups()
        lock_at, lock = self._locked_orders()
        stop[:, at.LOCK_FROM], stop[:, at.LOCK_TO] = lock_at[:-1], lock_at[1:]
        near, adjacent = neighbours(seconds[0], price[0], stop)
        rest, limit, before = self._rests()
        seconds_in = _turned(seconds)
        net = Net(
            seconds=seconds,
            price=price,
            seconds_in=seconds_in,
            price_in=seconds_in if price is seconds else _turned(price),
            metres=metres,
            stop=stop,
            load=load,
            size=(load / np.maximum(1, np.minimum(capacity.max(axis=0), NO_LIMIT))).max(
                axis=1, initial=0.0
            ),
            courier=courier,
            capacity=capacity,
            owner=owner,
            allowed=allowed,
            extra=extra,
            types=types,
            type_couriers=type_couriers,
            near=near,
            adjacent=adjacent,
            window_at=window_at,
            windows=windows,
            office_place=np.array(self.offices, dtype=np.int64),
            rest=rest,
            rest_limit=limit,
            rest_before=before,
            speed_at=speed_at,
            speeds=speeds,
            group_at=group_at,
            group=group,
            lock=lock,
            flag=np.zeros(at.FLAGS, np.int64),
        )
        self._flags(net)
        # One memory layout for all, so that the kernels are compiled for one only.
        laid_out: list[Any] = [np.require(field, requirements=["C", "W"]) for field in net]
        return Net(*laid_out)

    def _stops(self) -> Ints:
        arrays = self.arrays
        stop = np.zeros((len(self.stops), at.STOP_COLUMNS), dtype=np.int64)
        stop[:, at.SERVICE] = arrays.service_seconds[self.stops]
        stop[:, at.KIND] = arrays.kind[self.stops]
        stop[:, at.TRUE_PENALTY] = arrays.unserved_cost[self.stops]
        stop[:, at.RELEASE] = arrays.tour_release[self.stops]
        stop[:, at.SETUP] = arrays.setup_seconds[self.stops]
        stop[:, at.ENTER] = arrays.location[self.stops]
        stop[:, at.LEAVE] = arrays.exit_location[self.stops]
        stop[:, at.RIDE] = arrays.max_ride[self.stops]
        stop[:, [at.HOME_COURIER, at.MATE]] = -1
        courier_number = {int(number): own for own, number in enumerate(self.couriers)}
        for own, number in enumerate(self.stops.tolist()):
            spans = arrays.windows[number]
            if spans:
                stop[own, at.EARLY], stop[own, at.LATE] = spans[0][0], spans[-1][1]
            stop[own, at.MATE] = self.number_of.get(int(arrays.partner[number]), -1)
            home = arrays.published_place.get(number)
            if home is not None:
                stop[own, at.HOME_COURIER] = courier_number.get(home[0], -1)
                before = home[1]
                stop[own, at.HOME_BEFORE] = self.number_of.get(before, -1 if before == -1 else -2)
        return stop

    def _rows(self) -> tuple[Ints, Ints]:
        """Locations of the rows: where each is left and entered."""
        leave = np.concatenate([self.arrays.exit_location[self.stops], self.offices])
        enter = np.concatenate([self.arrays.location[self.stops], self.offices])
        return leave.astype(np.int64), enter.astype(np.int64)

    def _tables(self) -> tuple[Table, Table, Table]:
        leave, enter = self._rows()
        setup = np.concatenate(
            [self.arrays.setup_seconds[self.stops], np.zeros(len(self.offices), np.int64)]
        )
        shape = (len(self.kinds), len(leave), len(leave))
        seconds = np.empty(shape, dtype=np.int32)
        limited = any(man.max_route_metres is not None for man in self.men)
        metres = np.empty(shape if limited else (1, 1, 1), dtype=np.int32)
        rates = [kind[1:] for kind in self.kinds]
        same = not setup.any() and all(rate == (0, 1) for rate in rates)
        price: Table = seconds if same else np.empty(shape, dtype=np.int64)
        for number, (profile, per_metre, per_second) in enumerate(self.kinds):
            table = self.problem.profile_of[profile].travel
            travel, distance = table.block(leave, enter)
            seconds[number] = travel
            if setup.any():
                moved = leave[:, None] != enter[None, :]
                seconds[number] += (moved * setup[None, :]).astype(np.int32)
            if limited:
                metres[number] = distance
            if not same:
                price[number] = travel.astype(np.int64) * per_second
                price[number] += distance.astype(np.int64) * per_metre
        return seconds, price if same else self._in_cost_units(price, seconds), metres

    def _in_cost_units(self, price: Table, seconds: Table) -> Table:
        """Prices of 32 bits in a unit chosen for them."""
        no_road = seconds >= UNREACHABLE
        price[no_road] = 0
        if price.max(initial=0) > DEAREST_ROAD:
            no_road = cannot_be_driven(seconds, self.men, self.problem.profiles)
            price[no_road] = 0
        optional = self.stops[~self.arrays.mandatory[self.stops]]
        penalties = self.arrays.unserved_cost[optional]
        dearest = int(price.max(initial=0))
        self.cost_unit = cost_unit(dearest, self.men, self.problem.rules, penalties)
        price = counted(price, self.cost_unit)
        # Where there is no road the clock forbids the leg; its price must only stay small.
        price[no_road] = UNREACHABLE
        return price.astype(np.int32)

    def _allowed(self) -> NDArray[np.bool_]:
        allowed = np.ascontiguousarray(self.arrays.allowed[np.ix_(self.stops, self.couriers)])
        closed = [own for own, n in enumerate(self.stops) if not self.arrays.windows[n]]
        allowed[closed] = False
        return allowed

    def _couriers(self) -> tuple[Ints, Ints]:
        courier = np.zeros((len(self.men), at.COURIER_COLUMNS), dtype=np.int64)
        for number, man in enumerate(self.men):
            row = courier[number]
            row[at.CLASS] = self.kind_of[number]
            row[at.OPENS], row[at.CLOSES] = man.shift.opens_second, man.shift.closes_second
            row[at.FIXED], row[at.DUTY] = man.costs.fixed, man.costs.per_duty_second
            row[at.TRAVEL_RATE] = man.costs.per_travel_second
            rates = [at.FIXED, at.DUTY, at.TRAVEL_RATE]
            row[rates] = counted(row[rates], self.cost_unit)
            row[at.BREAKS], row[at.RELOAD] = len(man.breaks), man.reload_seconds
            limits = man.max_route_seconds, man.max_route_metres
            row[at.MAX_SECONDS] = NO_LIMIT if limits[0] is None else limits[0]
            row[at.MAX_METRES] = NO_LIMIT if limits[1] is None else limits[1]
            row[at.START_ROW] = len(self.stops) + self.offices.index(man.start_location)
            row[at.END_ROW] = len(self.stops) + self.offices.index(man.end_location)
        return with_slots(courier, np.minimum(self.most_tours, FIRST_TOURS))

    def _loads(self) -> tuple[Ints, Ints]:
        load = np.ascontiguousarray(self.arrays.loads[self.stops])
        capacity = np.full((len(self.men), load.shape[1]), NO_LIMIT, dtype=np.int64)
        for number, man in enumerate(self.men):
            if man.capacities:
                capacity[number] = man.capacities
        return load, capacity

    def _types(self, courier: Ints, allowed: NDArray[np.bool_], extra: Ints) -> tuple[Ints, Ints]:
        """Couriers who can stand in for each other; written into the couriers' rows too."""
        known: dict[object, list[int]] = {}
        published = self.problem.rules.published
        at_home = set(published.routes) if published else set()
        for number, man in enumerate(self.men):
            twin: Courier = replace(man, id=man.id if man.id in at_home else CourierId(""))
            key = (twin, allowed[:, number].tobytes(), extra[:, number].tobytes())
            known.setdefault(key, []).append(number)
        for kind, members in enumerate(known.values()):
            courier[members, at.TYPE] = kind
        sizes = [len(members) for members in known.values()]
        flat = [number for members in known.values() for number in members]
        return np.cumsum([0, *sizes], dtype=np.int64), np.array(flat, dtype=np.int64)

    def _hours(self, place: int) -> tuple[tuple[int, int], ...]:
        hours = self.problem.rules.depot_hours.get(place, ())
        return tuple((window.opens_second, window.closes_second) for window in hours)

    def _speeds(self) -> tuple[Ints, Ints]:
        return _stretches(
            [
                [
                    (period.from_second, period.speed_percent)
                    for period in self.problem.profile_of[kind[0]].speed_periods
                ]
                for kind in self.kinds
            ]
        )

    def _groups(self) -> tuple[Ints, Ints]:
        index = self.problem.stop_index
        entries: list[list[tuple[int, int]]] = [[] for _ in self.stops]
        pairs = [(one, other, 0) for one, other in self.problem.rules.keep_apart]
        for members in self.problem.rules.keep_together:
            pairs += [(one, other, 1) for one in members for other in members if one < other]
        for one, other, together in pairs:
            left, right = self.number_of.get(index[one]), self.number_of.get(index[other])
            if left is not None and right is not None:
                entries[left].append((right, together))
                entries[right].append((left, together))
        return _stretches(entries)

    def _locked_orders(self) -> tuple[Ints, Ints]:
        """In which of its courier's locked orders each stop stands, and where: it may be in several."""
        index = self.problem.stop_index
        orders: dict[CourierId, dict[tuple[int, ...], None]] = {}
        for lock in self.problem.rules.locks:
            numbers = (self.number_of.get(index[stop]) for stop in lock.stops)
            own = tuple(number for number in numbers if number is not None)
            if lock.level is not LockLevel.COURIER and len(own) > 1:
                orders.setdefault(lock.courier, {})[own] = None
        entries: list[list[tuple[int, int]]] = [[] for _ in self.stops]
        for of_courier in orders.values():
            for number, order in enumerate(of_courier):
                for place, stop in enumerate(order):
                    entries[stop].append((number, place))
        return _stretches(entries)

    def _rests(self) -> tuple[Ints, Ints, Ints]:
        most = max((len(man.breaks) for man in self.men), default=0)
        count = len(self.men)
        rest = np.zeros((count, most + 1, most + 1, 3), dtype=np.int64)
        limit = np.full((count, most + 1), at.NEVER, dtype=np.int64)
        before = np.zeros((count, most + 1), dtype=np.int64)
        for number, man in enumerate(self.men):
            for done, pause in enumerate(man.breaks):
                limit[number, done] = pause.latest_second
                before[number, done + 1] = pause.earliest_second + pause.duration_seconds
            for done in range(len(man.breaks)):
                rest[number, done] = _between(man, done, most)
        return rest, limit, before

    def _flags(self, net: Net) -> None:
        flag, rules = net.flag, self.problem.rules
        kinds = set(net.stop[:, at.KIND].tolist())
        change = rules.published.order_change_cost if rules.published else 0
        flag[at.ORDER_CHANGE] = change if (net.stop[:, at.HOME_COURIER] >= 0).any() else 0
        if rules.balance is not None:
            flag[at.SHARE] = rules.balance.fair_share_seconds
            flag[at.ABOVE_SHARE] = rules.balance.cost_per_second_above
        costs = [at.ORDER_CHANGE, at.ABOVE_SHARE]
        flag[costs] = counted(flag[costs], self.cost_unit)
        flag[at.HAS_METRES] = net.metres.shape[1] > 1
        flag[at.HAS_EXTRA] = bool(net.extra.any())
        flag[at.OPEN_TO_ALL] = bool(net.allowed.all())
        flag[at.GROUPED] = len(net.group) > 0
        flag[at.LOCKS] = len(net.lock) > 0
        flag[at.PAIRED] = at.PICKUP in kinds
        flag[at.PURE_DELIVER] = kinds <= {at.DELIVER, at.LEG}
        flag[at.RIDES] = bool((net.stop[:, at.RIDE] >= 0).any())
        flag[at.OPTIONAL] = not self.arrays.mandatory[self.stops].all()
        last = max(man.shift.closes_second for man in self.men)
        windowed = (net.stop[:, at.EARLY] > 0) | (net.stop[:, at.LATE] < last)
        flag[at.WINDOWED] = bool(windowed.any())
        moving = len(net.speeds) > 0
        costly = any(man.costs.per_duty_second for man in self.men)
        flag[at.EXACT_DELTA] = not (moving or costly or flag[at.ORDER_CHANGE] or rules.balance)
        first = min(man.shift.opens_second for man in self.men)
        flag[at.PLAIN] = bool(
            flag[at.EXACT_DELTA]
            and not (flag[at.HAS_EXTRA] or flag[at.LOCKS] or flag[at.HAS_METRES])
            and not flag[at.RIDES]
            and len(net.owner) == len(net.courier)
            and not net.courier[:, at.BREAKS].any()
            and (net.courier[:, at.MAX_SECONDS] == NO_LIMIT).all()
            and (np.diff(net.window_at[: len(self.stops) + 1]) == 1).all()
            and len(net.windows) == len(self.stops)
            and (net.stop[:, at.RELEASE] <= first).all()
        )
        few = net.allowed.sum(axis=1) * 2 < len(self.men)
        net.stop[:, at.SCANNED] = few | (len(self.stops) <= SCANNED_STOPS)


def _working_penalty(true: Ints, mandatory: NDArray[np.bool_], roads: Table, courier: Ints) -> Ints:
    """What leaving a stop out costs while searching.

    A mandatory one costs so much that it stays out only for lack of room, yet little enough that
    the search may pass through plans without it.
    """
    dear = 20 * int(roads.max(initial=1)) + 3 * int(courier[:, at.FIXED].max())
    dear += 4 * 3600 * int(courier[:, at.DUTY].max())
    dear = max(dear, 2 * int(true[~mandatory].max(initial=0)))
    return np.where(mandatory, np.minimum(true, dear), true)


def with_slots(courier: Ints, tours: Ints) -> tuple[Ints, Ints]:
    """The couriers' rows with a slot for so many tours each, and whose each slot is."""
    rows = courier.copy()
    rows[:, at.SLOTS], rows[:, at.FIRST_SLOT] = tours, np.cumsum(tours) - tours
    return rows, np.repeat(np.arange(len(rows)), tours)


def _turned(tables: Table) -> Table:
    """The tables by where one goes; the same memory where all roads are as long both ways."""
    turned = tables.transpose(0, 2, 1)
    return tables if np.array_equal(tables, turned) else np.ascontiguousarray(turned)


def _between(man: Courier, done: int, most: int) -> Ints:
    """For breaks `done` .. after-1 in one gap: their sum, the earliest end, the latest departure."""
    rows = np.zeros((most + 1, 3), dtype=np.int64)
    total, ends, departs = 0, 0, NO_LIMIT
    for after in range(done + 1, len(man.breaks) + 1):
        pause = man.breaks[after - 1]
        starts = max(pause.earliest_second, ends)
        if starts > pause.latest_second:
            departs = -1
        departs = min(departs, pause.latest_second - total)
        total += pause.duration_seconds
        ends = starts + pause.duration_seconds
        rows[after] = total, ends, departs
    return rows


def _stretches(rows: Sequence[Sequence[tuple[int, int]]]) -> tuple[Ints, Ints]:
    """Rows of pairs as one flat table and where each row begins in it."""
    ends = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    flat = [pair for row in rows for pair in row]
    return ends, np.array(flat, dtype=np.int64).reshape(len(flat), 2)


def neighbours(seconds: Table, price: Table, stop: Ints) -> tuple[Table, Table]:
    """For each stop the others, nearest first: by price, waiting and lateness; and by price alone.

    Shapes (stops, w), with w at most the number of other stops.
    """
    count = len(stop)
    others = max(0, count - 1)
    wanted = NEAR_STOPS_OF_SMALL if count < 300 else NEAR_STOPS
    near = np.zeros((count, min(wanted, others)), dtype=np.int32)
    adjacent = np.zeros((count, min(ADJACENT_STOPS, others)), dtype=np.int32)
    if not others:
        return near, adjacent
    early, late, service = stop[:, at.EARLY], stop[:, at.LATE], stop[:, at.SERVICE]
    scale = float(np.median(price[:count, :count]) / max(1.0, np.median(seconds[:count, :count])))
    strip = max(1, CELLS_AT_ONCE // count)
    for first in range(0, count, strip):
        rows = slice(first, min(first + strip, count))
        there, back = seconds[rows, :count], seconds[:count, rows].T
        distance = price[rows, :count].astype(float)
        own_early, own_late = early[rows, None], late[rows, None]
        own_service = service[rows, None]
        onward = early - (own_late + own_service + there)
        inward = own_early - (late + service + back)
        ahead = distance + scale * (
            0.2 * np.maximum(0, onward) + np.maximum(0, own_early + own_service + there - late)
        )
        behind = price[:count, rows].T + scale * (
            0.2 * np.maximum(0, inward) + np.maximum(0, early + service + back - own_late)
        )
        both = np.minimum(ahead, behind)
        itself = np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)
        both[itself] = distance[itself] = np.inf
        near[rows] = _least(both, near.shape[1])
        adjacent[rows] = _least(distance, adjacent.shape[1])
    return near, adjacent


def _least(values: NDArray[np.float64], count: int) -> Ints:
    """For each row the places of so many least values in order; of equal ones the first come first.

    Each value as a whole number with its place behind it: plain numbers are sorted five times as fast.
    """
    bits = values.shape[1].bit_length()
    keys = np.rint(FRACTIONS * np.minimum(values, FURTHEST)).astype(np.int64) << bits
    keys |= np.arange(values.shape[1])
    if 2 * count < values.shape[1]:
        keys = np.partition(keys, count - 1, axis=1)[:, :count]
    keys.sort(axis=1)
    least: Ints = keys[:, :count] & ((1 << bits) - 1)
    return least


assert [kind.value for kind in StopKind] == ["deliver", "collect", "pickup", "dropoff", "leg"]
