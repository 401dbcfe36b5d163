# ruff: noqa: C901, PLR0912, PLR0915, SIM102 - a kernel is one loop: a call costs more than its body
# mypy: disable-error-code=no-any-return
"""One courier's day, timed exactly: earliest departures forward, latest arrivals backward, cost.

`DEPARTS` of a node is the earliest second it can be left, `LATEST` the latest second one may be
ready there so that everything after it still holds; a stop fits between two nodes when one is ready
at the second no later than its `LATEST`. With breaks there is one such pair for each number of
breaks taken so far. The rules are those of `routing.schedule`, which has the last word.
"""

from routing.search.compiled import compiled, folded
from routing.search.layout import (
    ABOVE_SHARE,
    BEFORE,
    BREAKS,
    CLASS,
    CLOSES,
    DELIVER,
    DEPARTS,
    DROPOFF,
    DUTY,
    EARLY,
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
    LEG,
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
    START_ROW,
    TRAVEL_RATE,
    Ints,
    Net,
    State,
)

ROUNDS_OF_RAISING = 30


@folded
def first_open(net: Net, row: int, second: int) -> int:
    """From `second` on the first that lies in a row's windows; open all day where it has none."""
    low, high, windows = net.window_at[row], net.window_at[row + 1], net.windows
    if low == high:
        return second
    for number in range(low, high):
        if second <= windows[number, 1]:
            return max(second, windows[number, 0])
    return NEVER


@folded
def last_open(net: Net, row: int, second: int) -> int:
    """Up to `second` the last that lies in a row's windows; -1 when there is none."""
    low, high, windows = net.window_at[row], net.window_at[row + 1], net.windows
    if low == high:
        return second
    for number in range(high - 1, low - 1, -1):
        if second >= windows[number, 0]:
            return min(second, windows[number, 1])
    return -1


@folded
def setup_of(net: Net, row: int, to: int) -> int:
    """Setup seconds that are part of the leg between two rows."""
    stops = net.stop.shape[0]
    if to >= stops:
        return 0
    setup = net.stop[to, SETUP]
    if setup and row < stops and net.stop[row, LEAVE] == net.stop[to, ENTER]:
        return 0
    if setup and row >= stops and net.stop[to, ENTER] == net.office_place[row - stops]:
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


@folded
def leg(net: Net, kind: int, row: int, to: int, departs: int) -> int:
    """Seconds from leaving one row to being ready at another."""
    seconds = net.seconds[kind, row, to]
    if net.speed_at[kind] == net.speed_at[kind + 1]:
        return seconds
    setup = setup_of(net, row, to)
    return driven(net, kind, seconds - setup, departs) + setup


@folded
def latest_departure(net: Net, kind: int, row: int, to: int, ready: int) -> int:
    """The last second of leaving that is ready at `to` by `ready`."""
    if net.speed_at[kind] == net.speed_at[kind + 1]:
        return ready - net.seconds[kind, row, to]
    return latest_in_traffic(net, kind, row, to, ready)


@compiled
def latest_in_traffic(net: Net, kind: int, row: int, to: int, ready: int) -> int:
    """`latest_departure` where speed changes with the hour."""
    setup = setup_of(net, row, to)
    base, arrives = net.seconds[kind, row, to] - setup, ready - setup
    if base == 0:
        return arrives
    # Travel lasts at most base * 100 / slowest, at least base * 100 / fastest: bisect between.
    slowest, fastest = 100, 100
    for number in range(net.speed_at[kind], net.speed_at[kind + 1]):
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


@folded
def advance(
    net: Net,
    courier: int,
    row: int,
    to: int,
    since: Ints,
    floor: int,
    service: int,
    until: Ints,
    origin: Ints,
) -> bool:
    """Departures `since` from a row become departures `until` from the next, by breaks taken.

    One begins there not before `floor`. `origin` gets the state each came from. Returns whether any
    state is reached.
    """
    breaks = net.courier[courier, BREAKS]
    kind = net.courier[courier, CLASS]
    if breaks == 0:
        origin[0] = 0
        ready = since[0] + leg(net, kind, row, to, since[0])
        starts = first_open(net, to, max(ready, floor))
        until[0] = NEVER if starts >= NEVER else starts + service
        return starts < NEVER
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
            starts = first_open(net, to, max(at, floor))
            if starts >= NEVER:
                continue
            if starts + service < until[after]:
                until[after] = starts + service
                origin[after] = done
                reached = True
    return reached


@folded
def reaches(net: Net, courier: int, row: int, to: int, since: Ints, latest: Ints) -> bool:
    """Whether departures `since` are ready at `to` by its latest seconds, in any state."""
    breaks = net.courier[courier, BREAKS]
    kind = net.courier[courier, CLASS]
    if breaks == 0:
        return since[0] + leg(net, kind, row, to, since[0]) <= latest[0]
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


@folded
def retreat(
    net: Net,
    courier: int,
    row: int,
    to: int,
    latest: Ints,
    service: int,
    before: Ints,
) -> None:
    """Latest ready seconds at `to` become latest ready seconds `before` at the row left for it."""
    breaks = net.courier[courier, BREAKS]
    kind = net.courier[courier, CLASS]
    if breaks == 0:
        departs = latest_departure(net, kind, row, to, latest[0])
        before[0] = last_open(net, row, departs - service) if latest[0] >= 0 else -1
        return
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
            best = max(best, last_open(net, row, departs - service))
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
def rule_costs(net: Net, state: State, courier: int) -> int:
    """Cost of who does what in which order; NEVER when a lock's order or the metres forbid it."""
    flag = net.flag
    if not (flag[HAS_EXTRA] or flag[ORDER_CHANGE] or flag[LOCKS] or flag[HAS_METRES]):
        return 0
    node = state.node
    stops, slots = net.stop.shape[0], net.owner.shape[0]
    kind = net.courier[courier, CLASS]
    first = net.courier[courier, FIRST_SLOT]
    cost, metres, previous = 0, 0, -1
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
            previous = here
            row = here
            here = node[here, NEXT]
        if net.flag[HAS_METRES]:
            metres += net.metres[kind, row, node[stops + slots + slot, ROW]]
    if metres > net.courier[courier, MAX_METRES]:
        return NEVER
    return cost


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
            net,
            courier,
            office,
            office,
            departs[end],
            release,
            0,
            departs[start],
            origin[start],
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
                net,
                courier,
                row,
                to,
                departs[before],
                floor,
                service,
                departs[here],
                origin[here],
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


@folded
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
