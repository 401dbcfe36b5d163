"""What `worker.py` starts: reads one order, searches, writes what gets better, and ends."""

import pickle
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

from routing.assembly import ImpossibleOrder, assemble, orders_of
from routing.days import Orders, Scheduler
from routing.engines import Task
from routing.model.searching import search_here
from routing.model.worker import Order
from routing.plan import Budget
from routing.repair import repaired


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    order: Order = pickle.load(source)  # noqa: S301 - from the parent, see the head
    scheduler = Scheduler(order.problem)
    task = Task(
        scheduler=scheduler,
        start=order.start,
        budget=Budget(seconds=max(0.01, order.until - time.time())),
        threads=1,
        seed=order.seed,
        offer=_teller(scheduler, order.start, sink),
        cancelled=lambda: False,
    )
    search_here(task)
    pickle.dump(None, sink)
    sink.flush()


def _teller(scheduler: Scheduler, start: Orders, sink: BinaryIO) -> Callable[[Orders], bool]:
    """An `offer` that passes on only what is better than everything before."""
    best = assemble(scheduler, start).cost

    def offer(orders: Orders) -> bool:
        nonlocal best
        try:
            plan = assemble(scheduler, orders)
        except ImpossibleOrder:
            plan = assemble(scheduler, repaired(scheduler, orders))
        if plan.cost >= best:
            return False
        best = plan.cost
        pickle.dump(orders_of(scheduler.problem, plan), sink)
        sink.flush()
        return True

    return offer


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
