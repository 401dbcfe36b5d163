"""One courier's day, timed exactly: earliest departures forward, latest arrivals backward, cost.

`DEPARTS` of a node is the earliest second it can be left, `LATEST` the latest second one may be
ready there so that everything after it still holds; a stop fits between two nodes when one is ready
at the second no later than its `LATEST`. With breaks there is one such pair for each number of
breaks taken so far. The rules are those of `routing.schedule`, which has the last word.
"""

from routing.search.compiled import compiled
from routing.search.layout import PLAIN, Net, State
from routing.search.plain_days import refresh_plain
from routing.search.rich_days import refresh_rich


@compiled
def refresh(net: Net, state: State, courier: int) -> bool:
    """Time, load and price a courier's day anew; False when it cannot be driven.

    Everything kept of an impossible day is of no use; the caller undoes what made it so.
    """
    if net.flag[PLAIN]:
        return refresh_plain(net, state, courier)
    return refresh_rich(net, state, courier)
