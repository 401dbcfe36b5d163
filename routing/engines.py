"""What every search engine is given and gives back: sequences in, better sequences out."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from routing.days import Orders, Scheduler
from routing.plan import Budget, Plan


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Told whenever a better plan was found, and once at the end of every engine.

    `fraction` of the budget is used, 0 to 1; `plan` is the best so far, already checked.
    """

    fraction: float
    elapsed_seconds: float
    plan: Plan
    engine: str


OnProgress = Callable[[Progress], None]
Cancelled = Callable[[], bool]
# Offers sequences to the caller, who times, checks and keeps them; True when they are the new best.
Offer = Callable[[Orders], bool]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One engine's turn.

    `start` obeys everything already. `budget` is what is left for this engine; `iterations`, where
    given, ends it exactly there, so that the same seed gives the same plan. `cancelled` is asked
    often; after it says yes the engine returns within a second. `spare_seconds` are kept back for
    explaining what is left out; an engine that leaves nothing out may have them too.
    """

    scheduler: Scheduler
    start: Orders
    budget: Budget
    threads: int
    seed: int
    offer: Offer
    cancelled: Cancelled
    spare_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Found:
    """The engine's best sequences and how many iterations it made."""

    orders: Orders
    iterations: int


def cores() -> int:
    """How many this process may use: more threads would only wait for each other, and budgets for them."""
    # Not every system can tell.
    known = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return known or 1


class Engine(Protocol):
    """Improves sequences. It may be wrong: everything it finds is timed and checked afterwards."""

    @property
    def name(self) -> str: ...

    def suits(self, scheduler: Scheduler) -> bool:
        """Whether the engine can express this problem and is worth starting on its size."""
        ...

    def search(self, task: Task) -> Found: ...
