"""Managers plan the rounds of their offices, publish them, and clerks load them.

The searches run in processes of their own, so that a province is planned while one coffee is drunk.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from postal_service.demo import places
from postal_service.demo.clerks import Office
from postal_service.domain.ids import StaffId
from postal_service.services import proposals, rounds
from postal_service.services.planning import Solved
from postal_service.services.proposals import Task, Wish
from postal_service.services.workdays import NothingToPlan
from postal_service.storage.transaction import reading, transaction

Progress = Callable[..., Iterable[Any]]  # cli.output.progress
EASY_SECONDS = 0.25
SECONDS_A_CALL = 0.08
MOST_SECONDS = 3.0


@dataclass
class Planned:
    """What all offices' plans come to, beside the nearest stop next."""

    offices: int = 0
    calls: int = 0
    rounds: int = 0
    left: int = 0
    metres: int = 0
    seconds: int = 0
    # Of the offices whose search had time for the nearest stop next: that, and their plans beside it.
    compared: int = 0
    compared_metres: int = 0
    compared_seconds: int = 0
    baseline_metres: int = 0
    baseline_seconds: int = 0
    baseline_left: int = 0
    # Of these, the offices where the work is shared out, and their longest rounds added up.
    shared: int = 0
    longest_seconds: int = 0
    baseline_longest_seconds: int = 0
    couriers: set[StaffId] = field(default_factory=set)

    def add(self, task: Task, solved: Solved) -> None:
        self.offices += 1
        self.calls += len(task.workday.orders)
        self.rounds += len(solved.rounds)
        self.couriers |= {each.courier for each in solved.rounds if each.stops}
        self.left += len(solved.unserved)
        self.metres += solved.metres
        self.seconds += solved.seconds
        if solved.baseline is None:
            return
        self.compared += 1
        self.compared_metres += solved.metres
        self.compared_seconds += solved.seconds
        self.baseline_metres += solved.baseline.metres
        self.baseline_seconds += solved.baseline.seconds
        self.baseline_left += solved.baseline.left
        if len(solved.rounds) > 1 and solved.baseline.longest is not None:
            self.shared += 1
            self.longest_seconds += max(each.returns - each.leaves for each in solved.rounds)
            self.baseline_longest_seconds += solved.baseline.longest


def plan(office: Office, day: date, *, seed: int, at: datetime, progress: Progress) -> Planned:
    """Plan and publish the rounds of every office that has something to carry."""
    planned = Planned()
    tasks = list(_tasks(office, day, seed, at))
    for task, solved in _solved(tasks, progress):
        area = places.office_of(task.wish.office).area
        manager = office.world.managers[area]
        with transaction(office.runtime.sessions) as session:
            made = proposals.keep(session, task, solved, made_by=manager.staff, at=at)
            tag = rounds.managed_plan(session, made, by=manager).tag
            rounds.publish(
                session,
                office.runtime.vault,
                made,
                tag=tag,
                knowing_faults=True,
                by=manager,
                at=at,
                conditions=office.runtime.settings.conditions,
            )
        planned.add(task, solved)
    return planned


def _tasks(office: Office, day: date, seed: int, at: datetime) -> Iterator[Task]:
    for place in places.offices():
        with reading(office.runtime.sessions) as session:
            try:
                task = proposals.read(
                    session,
                    office.runtime.vault,
                    Wish(office=place.code, day=day),
                    at=at,
                    conditions=office.runtime.settings.conditions,
                )
            except NothingToPlan:
                continue
        yield replace(
            task,
            wish=Wish(
                office=place.code,
                day=day,
                seed=seed,
                budget_seconds=_budget(len(task.workday.orders)),
            ),
        )


def _budget(calls: int) -> float:
    return min(MOST_SECONDS, EASY_SECONDS + SECONDS_A_CALL * max(0, calls - 3))


def _solved(tasks: Sequence[Task], progress: Progress) -> Iterator[tuple[Task, Solved]]:
    # Fresh processes: a fork would take the server's threads and the database's locks with it.
    context = multiprocessing.get_context("spawn")
    workers = min(len(tasks), os.cpu_count() or 1, 4)
    if workers < 1:
        return
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from zip(
            tasks,
            progress(pool.map(proposals.search, tasks), "Planning rounds", total=len(tasks)),
            strict=True,
        )
