# mypy: disable-error-code=no-any-return
"""From one node of a tour to the next, with every number of breaks taken so far.

`DEPARTS` and `LATEST` of a rich day stand in `State.departs` and `State.latest`, one column for each
number of breaks; a break lies between two nodes, wherever the times allow it.
"""

from routing.search.compiled import folded
from routing.search.hours import first_open, last_open, latest_departure, leg
from routing.search.layout import BREAKS, CLASS, NEVER, Ints, Net


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
    net: Net, courier: int, row: int, to: int, latest: Ints, service: int, before: Ints
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
