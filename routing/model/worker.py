"""The model's search in a process of its own (`child.py`), so that it can be stopped at any moment.

OR-Tools' iterated local search looks at nothing but its clock, steps of large models outlast it,
and a failed check inside the solver ends the process it runs in. In a child none of that reaches
the caller: it is ended when the caller cancels or its time is over, and what it found so far stays.

Talk: the caller writes one pickled `Order`; the child writes pickled `Orders` as they get better,
then `None`. Both ends are our own code, so pickle is not read from strangers.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import routing
from routing.days import Orders
from routing.engines import Found, Task
from routing.problem import Problem

POLL_SECONDS: Final = 0.05
# Python, numpy and OR-Tools need about this to start; the child's own clock starts after it.
GRACE_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the child is asked to do; `until` is wall-clock time, the same for both processes."""

    problem: Problem
    start: Orders
    until: float
    seed: int


def searched_in_child(task: Task) -> Found:
    """Run the in-process search in a child and offer what comes; always returns in time."""
    deadline = time.time() + task.budget.seconds
    order = Order(
        problem=task.scheduler.problem,
        start=task.start,
        until=deadline - GRACE_SECONDS,
        seed=task.seed,
    )
    root = str(Path(routing.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    child = subprocess.Popen(
        [sys.executable, "-m", "routing.model.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    arrived: queue.SimpleQueue[Orders | None] = queue.SimpleQueue()
    talker = threading.Thread(target=_talk, args=(child, order, arrived), daemon=True)
    talker.start()
    best = task.start
    try:
        while time.time() < deadline and not task.cancelled():
            try:
                orders = arrived.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if orders is None:
                break
            if task.offer(orders):
                best = orders
    finally:
        child.kill()
        child.wait()
        talker.join()
    return Found(orders=best, iterations=0)


def _talk(
    child: "subprocess.Popen[bytes]", order: Order, arrived: "queue.SimpleQueue[Orders | None]"
) -> None:
    """Write the order, then read until the child ends, however it ends."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with child.stdout as source:
            with child.stdin as sink:
                pickle.dump(order, sink)
            while True:
                arrived.put(pickle.load(source))  # noqa: S301 - our own child, see the head
    except (EOFError, OSError, pickle.UnpicklingError):
        arrived.put(None)
