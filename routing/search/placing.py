"""Put a stop (a pick-up with its drop-off) back where it costs least, with now and then a blink."""

from routing.search.compiled import folded
from routing.search.fitting import link, put
from routing.search.layout import KIND, MATE, PICKUP, PLAIN, SLOT, Ints, Net, State
from routing.search.placing_plain import place_pair_plain, place_plain
from routing.search.placing_rich import place_rich
from routing.search.timing import refresh


@folded
def place(net: Net, state: State, stop: int, blink: float, candidates: Ints) -> bool:
    """Put an absent stop (with its drop-off) where it costs least; False where it stays out."""
    if not net.flag[PLAIN]:
        candidates[:, 1] = -1
        return place_rich(net, state, stop, blink, candidates)
    if net.stop[stop, KIND] == PICKUP:
        after, after_mate = place_pair_plain(net, state, stop, blink)
        if after < 0:
            return False
        put(state, stop, net.stop[stop, MATE], after, after_mate)
    else:
        after = place_plain(net, state, stop, blink)
        if after < 0:
            return False
        link(state, stop, after)
    refresh(net, state, net.owner[state.node[after, SLOT]])
    return True
