# mypy: disable-error-code=no-any-return
"""When places are open, and how long a road takes by the hour at which it is driven."""

from routing.search.compiled import compiled, folded
from routing.search.layout import ENTER, LEAVE, NEVER, SETUP, Net


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
