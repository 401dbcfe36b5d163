# ruff: noqa: C901, PLR0912, PLR0915, SIM102 - a kernel is one loop: a call costs more than its body
# mypy: disable-error-code=no-any-return
"""One courier's day, timed exactly: earliest departures forward, latest arrivals backward, cost.

`DEPARTS` of a node is the earliest second it can be left, `LATEST` the latest second one may be
ready there so that everything after it still holds; a stop fits between two nodes when one is ready
at the second no later than its `LATEST`. With breaks there is one such pair for each number of
breaks taken so far. The rules are those of `routing.schedule`, which has the last word.
"""

from routing.search.compiled import compiled
from routing.search.layout import (
    ABOVE_SHARE,
    BEFORE,
    BREAKS,
    CLASS,
    CLOSES,
    COLLECT,
    DELIVER,
    DEPARTS,
    DROPOFF,
    DUTY,
    EARLY,
    END_HOURS,
    END_ROW,
    ENTER,
    FIRST_SLOT,
    FIXED,
    HAS_EXTRA,
    HAS_METRES,
    HOME_BEFORE,
    HOME_COURIER,
    KIND,
    LATE,
    LATEST,
    LEAVE,
    LOCK,
    LOCK_PLACE,
    LOCKS,
    MATE,
    MAX_METRES,
    MAX_SECONDS,
    NEVER,
    NEXT,
    OPENS,
    ORDER_CHANGE,
    PICKUP,
    PLACE,
    PLAIN,
    PURE_DELIVER,
    RELEASE,
    RELOAD,
    RIDE,
    RIDES,
    ROAD,
    ROUTES,
    ROW,
    SERVICE,
    SETUP,
    SHARE,
    SLOTS,
    START_HOURS,
    START_ROW,
    TRAVEL_RATE,
    Ints,
    Net,
    State,
)

ROUNDS_OF_RAISING = 30


@compiled
def first_open(windows: Ints, low: int, high: int, second: int) -> int:
    """From `second` on the first that lies in a window; everything is open where there is none."""
    if low == high:
        return second
    for number in range(low, high):
        if second <= windows[number, 1]:
            return max(second, windows[number, 0])
    return NEVER


@compiled
def last_open(windows: Ints, low: int, high: int, second: int) -> int:
    """Up to `second` the last that lies in a window; -1 when there is none."""
    if low == high:
        return second
    for number in range(high - 1, low - 1, -1):
        if second >= windows[number, 0]:
            return min(second, windows[number, 1])
    return -1


@compiled
def setup_of(net: Net, row: int, to: int) -> int:
    """Setup seconds that are part of the leg between two rows."""
    stops = net.stop.shape[0]
    if to >= stops:
        return 0
    setup = net.stop[to, SETUP]
    if setup and row < stops and net.stop[row, LEAVE] == net.stop[to, ENTER]:
        return 0
    if setup and row >= stops and net.stop[to, ENTER] == net.hours_place[row - stops]:
        return 0
    return setup


@compiled
def driven(net: Net, kind: int, base: int, departs: int) -> int:
    """Travel seconds when leaving at `departs`, as in `Profile.travel_seconds`."""
    low, high = net.speed_at[kind], net.speed_at[kind + 1]
    if low == high or base == 0:
        return base
    work = base * 100
    now, percent = departs, 100
    for number in range(low, high):
        begins = net.speeds[number, 0]
        if begins > now:
            covered = (begins - now) * percent
            if covered >= work:
                break
            work -= covered
            now = begins
        percent = net.speeds[number, 1]
    return now + (work + percent - 1) // percent - departs


@compiled
def leg(net: Net, kind: int, row: int, to: int, departs: int) -> int:
    """Seconds from leaving one row to being ready at another."""
    seconds = net.seconds[kind, row, to]
    if net.speed_at[kind] == net.speed_at[kind + 1]:
        return seconds
    setup = setup_of(net, row, to)
    return driven(net, kind, seconds - setup, departs) + setup


@compiled
def latest_departure(net: Net, kind: int, row: int, to: int, ready: int) -> int:
    """The last second of leaving that is ready at `to` by `ready`."""
    seconds = net.seconds[kind, row, to]
    low, high = net.speed_at[kind], net.speed_at[kind + 1]
    if low == high:
        return ready - seconds
    setup = setup_of(net, row, to)
    base, arrives = seconds - setup, ready - setup
    if base == 0:
        return arrives
    # Travel lasts at most base * 100 / slowest, at least base * 100 / fastest: bisect between.
    slowest, fastest = 100, 100
    for number in range(low, high):
        slowest = min(slowest, net.speeds[number, 1])
        fastest = max(fastest, net.speeds[number, 1])
    early = arrives - (base * 100 // slowest + 1)
    late = arrives - base * 100 // fastest
    while early < late:
        middle = (early + late + 1) // 2
        if middle + driven(net, kind, base, middle) <= arrives:
            early = middle
        else:
            late = middle - 1
    return early


@compiled
def advance(
    net: Net,
    courier: int,
    row: int,
    to: int,
    since: Ints,
    low: int,
    high: int,
    windows: Ints,
    floor: int,
    service: int,
    until: Ints,
    origin: Ints,
) -> bool:
    """Departures `since` from a row become departures `until` from the next, by breaks taken.

    `low`, `high` select the windows the start must lie in. `origin` gets the state each came from.
    Returns whether any state is reached.
    """
    breaks = net.courier[courier, BREAKS]
    kind = net.courier[courier, CLASS]
    reached = False
    for after in range(breaks + 1):
        until[after] = NEVER
    for done in range(breaks + 1):
        if since[done] >= NEVER:
            continue
        ready = since[done] + leg(net, kind, row, to, since[done])
        for after in range(done, breaks + 1):
            at = ready
            if after > done:
                if since[done] > net.rest[courier, done, after, 2]:
                    continue
                at = max(
                    ready + net.rest[courier, done, after, 0], net.rest[courier, done, after, 1]
                )
            starts = first_open(windows, low, high, max(at, floor))
            if starts >= NEVER:
                continue
            if starts + service < until[after]:
                until[after] = starts + service
                origin[after] = done
                reached = True
    return reached


@compiled
def reaches(net: Net, courier: int, row: int, to: int, since: Ints, latest: Ints) -> bool:
    """Whether departures `since` are ready at `to` by its latest seconds, in any state."""
    breaks = net.courier[courier, BREAKS]
    kind = net.courier[courier, CLASS]
    for done in range(breaks + 1):
        if since[done] >= NEVER:
            continue
        ready = since[done] + leg(net, kind, row, to, since[done])
        if ready <= latest[done]:
            return True
        for after in range(done + 1, breaks + 1):
            if since[done] <= net.rest[courier, done, after, 2]:
                at = max(
                    ready + net.rest[courier, done, after, 0], net.rest[courier, done, after, 1]
                )
                if at <= latest[after]:
                    return True
    return False


@compiled
def retreat(
    net: Net,
    courier: int,
    row: int,
    to: int,
    latest: Ints,
    low: int,
    high: int,
    windows: Ints,
    service: int,
    before: Ints,
) -> None:
    """Latest ready seconds at `to` become latest ready seconds `before` at the row left for it."""
    breaks = net.courier[courier, BREAKS]
    kind = net.courier[courier, CLASS]
    for done in range(breaks + 1):
        best = -1
        for after in range(done, breaks + 1):
            limit = latest[after]
            if limit < 0:
                continue
            if after == done:
                departs = latest_departure(net, kind, row, to, limit)
            else:
                if net.rest[courier, done, after, 1] > limit:
                    continue
                resting = net.rest[courier, done, after, 0]
                departs = latest_departure(net, kind, row, to, limit - resting)
                departs = min(departs, net.rest[courier, done, after, 2])
            best = max(best, last_open(windows, low, high, departs - service))
        before[done] = best


@compiled
def refresh(net: Net, state: State, courier: int) -> bool:
    """Time, load and price a courier's day anew; False when it cannot be driven.

    Everything kept of an impossible day is of no use; the caller undoes what made it so.
    """
    if net.flag[PLAIN]:
        return refresh_plain(net, state, courier)
    return refresh_rich(net, state, courier)


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


@compiled
def load_slot(net: Net, state: State, slot: int, courier: int) -> bool:
    """Loads along one tour; False when more is on board than allowed."""
    node, board = state.node, state.load
    stops, dimensions = net.load.shape
    start, end = stops + slot, stops + net.owner.shape[0] + slot
    fits = True
    for dim in range(dimensions):
        most = net.capacity[courier, dim]
        given = 0
        here = node[start, NEXT]
        while here != end:
            if net.stop[here, KIND] == DELIVER:
                given += net.load[here, dim]
            here = node[here, NEXT]
        state.slot_load[slot, dim] = given
        if net.flag[PURE_DELIVER]:
            fits &= given <= most
            continue
        on_board = given
        column = 3 * dim
        board[start, column] = on_board
        board[start, column + 1] = on_board
        highest = on_board
        here = node[start, NEXT]
        while here != end:
            what = net.stop[here, KIND]
            if what in (DELIVER, DROPOFF):
                on_board -= net.load[here, dim]
            elif what in (COLLECT, PICKUP):
                on_board += net.load[here, dim]
            highest = max(highest, on_board)
            board[here, column] = on_board
            board[here, column + 1] = highest
            here = node[here, NEXT]
        fits &= highest <= most
        board[end, column] = on_board
        board[end, column + 1] = highest
        highest = on_board
        board[end, column + 2] = highest
        while here != start:
            here = node[here, BEFORE]
            highest = max(highest, board[here, column])
            board[here, column + 2] = highest
    return fits


@compiled
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


@compiled
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


@compiled
def rule_costs(net: Net, state: State, courier: int) -> int:
    """Cost of who does what in which order; NEVER when a lock's order or the metres forbid it."""
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    kind = net.courier[courier, CLASS]
    first = net.courier[courier, FIRST_SLOT]
    cost, metres, place, previous = 0, 0, 0, -1
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
            if net.flag[LOCKS] and net.stop[here, LOCK] >= 0:
                lock = net.stop[here, LOCK]
                if state.lock_seen[lock] > net.stop[here, LOCK_PLACE]:
                    return NEVER
                state.lock_seen[lock] = net.stop[here, LOCK_PLACE]
            if net.flag[HAS_METRES]:
                metres += net.metres[kind, row, here]
            place += 1
            previous = here
            row = here
            here = node[here, NEXT]
        if net.flag[HAS_METRES]:
            metres += net.metres[kind, row, node[stops + slots + slot, ROW]]
    if metres > net.courier[courier, MAX_METRES]:
        return NEVER
    return cost


@compiled
def raised(net: Net, state: State, courier: int, leave_from: int) -> int:
    """The earliest day from `leave_from` on, raised until rides and the longest day hold.

    Returns when the courier is back, NEVER if nothing holds; scratch[7, 1] gets the second of leaving.
    """
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    first = net.courier[courier, FIRST_SLOT]
    after_last = first + net.courier[courier, SLOTS]
    for slot in range(first, after_last):
        here = node[stops + slot, NEXT]
        while here < stops:
            state.floor[here] = 0
            here = node[here, NEXT]
    for _ in range(ROUNDS_OF_RAISING):
        returns = forward(net, state, courier, leave_from)
        if returns >= NEVER:
            return NEVER
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
        for slot in range(first, after_last):
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


@compiled
def forward(net: Net, state: State, courier: int, leave_from: int) -> int:
    """Earliest departures of every node in every state; scratch[6, 0] gets the best last state."""
    node, departs, origin = state.node, state.departs, state.came_from
    stops = net.stop.shape[0]
    breaks = net.courier[courier, BREAKS]
    first = net.courier[courier, FIRST_SLOT]
    after_last = first + net.courier[courier, SLOTS]
    office = net.courier[courier, START_HOURS]
    low, high = net.hours_at[office], net.hours_at[office + 1]
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
                departs[start, done] = first_open(net.hours, low, high, earliest)
                origin[start, done] = done
        else:
            row = net.courier[courier, START_ROW]
            if not advance(
                net,
                courier,
                row,
                row,
                departs[end],
                low,
                high,
                net.hours,
                release,
                0,
                departs[start],
                origin[start],
            ):
                return NEVER
        row = node[start, ROW]
        before = start
        here = node[start, NEXT]
        while here < stops:
            if not advance(
                net,
                courier,
                row,
                here,
                departs[before],
                net.window_at[here],
                net.window_at[here + 1],
                net.windows,
                state.floor[here],
                net.stop[here, SERVICE],
                departs[here],
                origin[here],
            ):
                return NEVER
            before, row = here, here
            here = node[here, NEXT]
        end = here
        home = node[end, ROW]
        if slot != last:
            if not advance(
                net,
                courier,
                row,
                home,
                departs[before],
                low,
                high,
                net.hours,
                0,
                net.courier[courier, RELOAD],
                departs[end],
                origin[end],
            ):
                return NEVER
            continue
        office = net.courier[courier, END_HOURS]
        if not advance(
            net,
            courier,
            row,
            home,
            departs[before],
            net.hours_at[office],
            net.hours_at[office + 1],
            net.hours,
            0,
            0,
            departs[end],
            origin[end],
        ):
            return NEVER
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
    office = net.courier[courier, START_HOURS]
    low, high = net.hours_at[office], net.hours_at[office + 1]
    following = -1
    for slot in range(first + net.courier[courier, SLOTS] - 1, first - 1, -1):
        if state.held[slot] == 0:
            continue
        start, end = stops + slot, stops + slots + slot
        if following < 0:
            office = net.courier[courier, END_HOURS]
            for done in range(breaks + 1):
                limit = min(returns_by, net.courier[courier, CLOSES])
                limit = min(limit, net.rest_limit[courier, done])
                latest[end, done] = last_open(
                    net.hours, net.hours_at[office], net.hours_at[office + 1], limit
                )
        else:
            row = net.courier[courier, START_ROW]
            retreat(
                net,
                courier,
                row,
                row,
                latest[following],
                low,
                high,
                net.hours,
                net.courier[courier, RELOAD],
                latest[end],
            )
        to = node[end, ROW]
        after = end
        here = node[end, BEFORE]
        while here < stops:
            retreat(
                net,
                courier,
                here,
                to,
                latest[after],
                net.window_at[here],
                net.window_at[here + 1],
                net.windows,
                net.stop[here, SERVICE],
                latest[here],
            )
            after, to = here, here
            here = node[here, BEFORE]
        retreat(
            net,
            courier,
            node[start, ROW],
            to,
            latest[after],
            low,
            high,
            net.hours,
            0,
            latest[start],
        )
        following = start
    return following


@compiled
def latest_leaving(net: Net, state: State, courier: int, returns: int) -> int:
    """The last second of leaving that is back as early as `returns`, rides not considered."""
    start = backward(net, state, courier, returns)
    leaves = 0
    for done in range(net.courier[courier, BREAKS] + 1):
        second = state.latest[start, done]
        if second >= net.rest_before[courier, done] and second > leaves:
            leaves = second
    return leaves


@compiled
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
