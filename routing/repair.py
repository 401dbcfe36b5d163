"""Make sequences that almost obey obey: what cannot be timed is taken apart and put in again."""

from collections.abc import Callable

from routing.days import Orders, Scheduler, Tours
from routing.insertion import Draft, insert_all
from routing.steps import Blocked


def repaired(
    scheduler: Scheduler, orders: Orders, *, over: Callable[[], bool] | None = None
) -> Orders:
    """The same orders where every courier can be timed.

    A blocked courier's stops are inserted anew, one by one in their order, wherever they fit; what
    fits nowhere, or is left when `over` says yes, is left out.
    """
    sound: list[Tours] = []
    loose: list[int] = []
    for courier, tours in enumerate(orders):
        kept = tuple(tour for tour in tours if tour)
        if kept and isinstance(scheduler.kept_route(courier, kept), Blocked):
            loose.extend(stop for tour in kept for stop in tour)
            sound.append(())
        else:
            sound.append(kept)
    draft = Draft(scheduler, tuple(sound))
    insert_all(draft, loose, over=over)
    return draft.orders
