"""The set partitioning picks whole days that fit together, never worse than what there was."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from routing import Budget, PlanRules, check
from routing.assembly import assemble
from routing.days import Scheduler
from routing.engines import Task
from routing.search import layout as at
from routing.search.building import NetBuilder
from routing.search.columns import Choosing, Column, Cover, cover_of
from routing.search.engine import Run, _Columns, orders_of_columns
from routing.search.search import Search
from routing.search.walks import Walks
from tests.routing.courier_days import courier_day
from tests.routing.small import LAN, MINH, S, courier, on_a_line, stop

ROOT = Path(__file__).parents[2]


def cover(columns: list[Column], incumbent: set[int], penalties: tuple[int, ...]) -> Cover:
    cost = sum(columns[number].cost for number in incumbent)
    return Cover(
        columns=tuple(columns),
        incumbent=frozenset(incumbent),
        incumbent_cost=cost,
        penalties=penalties,
        couriers=(2,),
    )


def choose_the_cheaper_pair() -> tuple[Column, ...] | None:
    columns = [
        Column(0, 10, (0, 1, -1)),
        Column(0, 10, (2, 3, -1)),
        Column(0, 6, (0, 2, -1)),
        Column(0, 7, (1, 3, -1)),
    ]
    return Choosing(cover(columns, {0, 1}, (99,) * 4), seconds=5).better()


def test_the_cheaper_pair_of_days_is_found() -> None:
    chosen = choose_the_cheaper_pair()

    assert chosen is not None
    assert {column.cost for column in chosen} == {6, 7}


PRESSED_AFTER_A_CHOICE = """
import signal
from tests.routing.test_columns import choose_the_cheaper_pair
signal.signal(signal.SIGINT, signal.default_int_handler)
assert choose_the_cheaper_pair()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("told")
"""


def test_whoever_presses_ctrl_c_after_a_choice_is_heard() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRESSED_AFTER_A_CHOICE],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "told\n")


def test_nothing_is_chosen_where_nothing_is_better() -> None:
    columns = [Column(0, 3, (0, -1)), Column(0, 3, (1, -1)), Column(0, 9, (0, 1, -1))]

    assert Choosing(cover(columns, {0, 1}, (99, 99)), seconds=5).better() is None


def test_a_stop_dearer_to_serve_than_to_leave_is_left() -> None:
    columns = [Column(0, 30, (0, 1, -1)), Column(0, 10, (0, -1))]

    chosen = Choosing(cover(columns, {0}, (99, 5)), seconds=5).better()

    assert chosen == (columns[1],)


def test_no_more_days_than_couriers() -> None:
    columns = [Column(0, 30, (0, 1, 2, -1)), *(Column(0, 2, (n, -1)) for n in range(3))]

    assert Choosing(cover(columns, {0}, (99,) * 3), seconds=5).better() is None


def test_an_empty_pool_answers_nothing() -> None:
    assert Choosing(cover([], set(), (1,)), seconds=1).better() is None


def test_a_choice_by_count_ends_when_the_seconds_of_the_budget_are_over() -> None:
    """What the solvers do is counted then, which takes as long as it takes."""
    problem = courier_day(3, 150, 6, rich=False)
    search = Search(NetBuilder(Scheduler(problem)), seed=1)
    search.construct()
    search.anneal(8_000, 1.0)
    task = Task(
        scheduler=Scheduler(problem),
        start=search.best(),
        budget=Budget(seconds=1, iterations=100_000),
        threads=1,
        seed=1,
        offer=lambda _: True,
        cancelled=lambda: False,
    )

    def work(spent: float) -> float:
        """The seconds that a choice works once so much of the budget is spent."""
        run = Run(task, search, started=time.monotonic() - spent)
        with Walks(search, further=0, temperature=lambda: 0.1) as walks:
            begun = time.process_time()  # a busy machine does not change what is done
            _Columns(run, walks).choose_when_due(0.3)
            return time.process_time() - begun

    assert work(spent=2) < 1 < work(spent=-300)


def test_a_choice_that_is_given_up_ends_at_once_with_nothing() -> None:
    rows = np.random.default_rng(7)
    hard = [
        Column(0, int(cost), (*sorted(rows.choice(60, 6, replace=False).tolist()), -1))
        for cost in rows.integers(50, 99, 1_400)
    ]
    choosing = Choosing(
        Cover(
            columns=tuple(hard),
            incumbent=frozenset(),
            incumbent_cost=60 * 40,
            penalties=(40,) * 60,
            couriers=(60,),
        ),
        seconds=300,
    )
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(choosing.better()))
    thread.start()
    thread.join(0.5)
    was_busy = thread.is_alive()

    while thread.is_alive():
        choosing.give_up()
        thread.join(0.05)

    assert was_busy
    assert answers == [None]


def test_the_incumbent_costs_what_the_best_plan_does_whatever_the_pool_remembers() -> None:
    search = Search(NetBuilder(Scheduler(courier_day(4, 30, 4))), seed=4)
    search.construct()
    search.anneal(400, 1.0)
    remembered = cover_of([search])
    search.forget_pool()

    assert remembered.incumbent
    assert cover_of([search]).incumbent == frozenset()
    assert {remembered.incumbent_cost, cover_of([search]).incumbent_cost} == {
        int(search.state.total[at.BEST])
    }


def test_what_is_chosen_from_a_real_pool_obeys_everything() -> None:
    problem = courier_day(4, 30, 4)
    search = Search(NetBuilder(Scheduler(problem)), seed=4)
    search.construct()
    search.anneal(400, 1.0)
    pool = cover_of([search])
    # Against an incumbent of nothing the solver must put a whole plan together itself.
    empty = Cover(
        columns=pool.columns,
        incumbent=frozenset(),
        incumbent_cost=sum(max(0, penalty) for penalty in pool.penalties),
        penalties=pool.penalties,
        couriers=pool.couriers,
    )

    chosen = Choosing(empty, seconds=5, deterministic=True).better()

    assert chosen is not None
    orders = orders_of_columns(search, chosen)
    if orders is not None:
        plan = assemble(Scheduler(problem), orders)
        assert all(violation.is_shortfall for violation in check(problem, plan))
        assert sum(column.cost for column in chosen) <= plan.cost


def test_days_that_break_a_grouping_are_not_put_together() -> None:

    rules = PlanRules(keep_together=((S("a"), S("b")),))
    two = [courier(LAN), courier(MINH)]
    problem = on_a_line([stop("a", 1), stop("b", 2)], two, rules=rules)
    search = Search(NetBuilder(Scheduler(problem)), seed=1)

    apart = (Column(0, 120, (0, -1)), Column(0, 240, (1, -1)))

    assert orders_of_columns(search, apart) is None
    assert orders_of_columns(search, (Column(0, 240, (0, 1, -1)),)) is not None
