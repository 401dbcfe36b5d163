"""Of all good days met, OR-Tools picks the cheapest set in which nothing is done twice.

Set partitioning over the pool: a GLOP bound first, then columns whose reduced cost exceeds the gap
to the incumbent are left out for good, then CP-SAT, hinted with the incumbent. Leaving a stop out
is a column too, at its penalty; couriers of one type share a limit.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from ortools.linear_solver import linear_solver_pb2, pywraplp
from ortools.sat.python import cp_model

from routing.search import layout as at
from routing.search.search import Search

MOST_COLUMNS: Final = 8_000
# After reduced-cost fixing; beyond that CP-SAT finds nothing in the seconds it is given.
MOST_KEPT: Final = 1_500
LINEAR_SHARE: Final = 0.6
DETERMINISTIC_UNITS: Final = 2.0
_Solver = Any  # OR-Tools ships no types


class Column(NamedTuple):
    """One day for one type of courier, in the net's own numbers; -1 ends a tour."""

    kind: int
    cost: int
    stops: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What is to be covered: each stop once by a column or by its penalty, types up to a number."""

    columns: tuple[Column, ...]
    incumbent: frozenset[int]
    incumbent_cost: int
    penalties: tuple[int, ...]  # -1 for a drop-off, which its pick-up covers
    couriers: tuple[int, ...]  # how many there are of each type


def cover_of(searches: Sequence[Search]) -> Cover:
    """The pools' best columns, and the first search's best plan as incumbent; a copy.

    The searches are of the same net.
    """
    columns: list[Column] = []
    known: dict[tuple[int, frozenset[int]], int] = {}
    for column in _pooled(searches):
        key = column.kind, frozenset(column.stops)
        number = known.setdefault(key, len(columns))
        if number == len(columns):
            columns.append(column)
        elif column.cost < columns[number].cost:
            columns[number] = column
    search = searches[0]
    net = search.net
    best_days = ((kind, frozenset(stops)) for kind, stops in _best_days(search))
    is_half = net.stop[:, at.KIND] == at.DROPOFF
    penalties = np.where(is_half, -1, net.stop[:, at.TRUE_PENALTY])
    return Cover(
        columns=tuple(columns),
        incumbent=frozenset(known[key] for key in best_days if key in known),
        incumbent_cost=int(search.state.total[at.BEST]),
        penalties=tuple(penalties.tolist()),
        couriers=tuple(np.diff(net.types).tolist()),
    )


def _pooled(searches: Sequence[Search]) -> Iterator[Column]:
    """Of all pools together the days that were part of the cheapest plans."""
    pools = [search.state.pool_day[: search.pooled] for search in searches]
    quality = np.concatenate([pool[:, 3] for pool in pools])
    owner = np.repeat(np.arange(len(pools)), [len(pool) for pool in pools])
    days = np.concatenate(pools)
    for number in np.argsort(quality, kind="stable")[:MOST_COLUMNS]:
        start, length, cost, _, _, kind = days[number].tolist()
        stops = searches[owner[number]].state.pool_stops[start : start + length]
        yield Column(kind, cost, tuple(stops.tolist()))


def _best_days(search: Search) -> list[tuple[int, tuple[int, ...]]]:
    net, state = search.net, search.state
    days = []
    for courier in range(len(net.courier)):
        first, slots = net.courier[courier, [at.FIRST_SLOT, at.SLOTS]].tolist()
        stops: list[int] = []
        for slot in range(first, first + slots):
            stops += [*state.best[state.best_at[slot] : state.best_at[slot + 1]].tolist(), -1]
        if len(stops) > slots:
            days.append((int(net.courier[courier, at.TYPE]), tuple(stops)))
    return days


class Choosing:
    """One choice among the columns of a cover; `give_up` may be called from another thread."""

    def __init__(self, cover: Cover, *, seconds: float, deterministic: bool = False) -> None:
        """What to choose from, seconds for both solvers together, or fixed work for CP-SAT."""
        self.cover, self.seconds, self.deterministic = cover, seconds, deterministic
        self.given_up = False
        self._interrupt: Callable[[], object] = lambda: None

    def give_up(self) -> None:
        """Makes `better` return soon, with None."""
        self.given_up = True
        self._interrupt()

    def better(self) -> tuple[Column, ...] | None:
        """Columns that together cost less than the incumbent; None where none were found in time."""
        if not self.cover.columns:
            return None
        started = time.monotonic()
        kept = self._worth_keeping(None if self.deterministic else self.seconds * LINEAR_SHARE)
        if kept is None or self.given_up:
            return None
        chosen = self._choose(kept, self.seconds - (time.monotonic() - started))
        if chosen is None or self.given_up:
            return None
        return tuple(self.cover.columns[number] for number in chosen)

    def _worth_keeping(self, seconds: float | None) -> list[int] | None:
        """Columns that can still be part of something better; None where nothing can be."""
        solver: _Solver = pywraplp.Solver.CreateSolver("GLOP")
        if seconds is not None:
            solver.SetTimeLimit(max(50, int(seconds * 1000)))
        solver.LoadModelFromProto(_relaxed(self.cover))
        objective, variables = solver.Objective(), solver.variables()[: len(self.cover.columns)]
        self._interrupt = solver.InterruptSolve
        if self.given_up or solver.Solve() != pywraplp.Solver.OPTIMAL:
            return list(range(min(len(variables), MOST_KEPT)))
        gap = self.cover.incumbent_cost - objective.Value()
        if gap < 1 - 1e-6:
            return None
        prices = [variable.reduced_cost() for variable in variables]
        kept = [number for number, price in enumerate(prices) if price <= gap + 1e-6]
        return sorted(kept, key=lambda number: prices[number])[:MOST_KEPT]

    def _choose(self, kept: Sequence[int], seconds: float) -> list[int] | None:
        cover = self.cover
        model = cp_model.CpModel()
        numbers = sorted({*kept, *cover.incumbent})
        variables = {number: model.new_bool_var("") for number in numbers}
        of_stop: list[list[_Solver]] = [[] for _ in cover.penalties]
        of_kind: list[list[_Solver]] = [[] for _ in cover.couriers]
        costs = []
        for number, variable in variables.items():
            column = cover.columns[number]
            of_kind[column.kind].append(variable)
            for stop in column.stops:
                if stop >= 0:
                    of_stop[stop].append(variable)
            costs.append(column.cost * variable)
            model.add_hint(variable, number in cover.incumbent)
        for stop, penalty in enumerate(cover.penalties):
            absent = model.new_bool_var("")
            costs.append(max(0, penalty) * absent)
            model.add_exactly_one([*of_stop[stop], absent])
        for kind, members in enumerate(of_kind):
            if len(members) > cover.couriers[kind]:
                model.add(sum(members) <= cover.couriers[kind])
        model.minimize(sum(costs))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_presolve = False
        # It would take Ctrl-C over and not give it back: from then on it kills the whole process.
        solver.parameters.catch_sigint_signal = False
        if self.deterministic:
            solver.parameters.max_deterministic_time = DETERMINISTIC_UNITS
        else:
            solver.parameters.max_time_in_seconds = max(0.05, seconds)
        self._interrupt = solver.stop_search
        if self.given_up:
            return None
        status = solver.solve(model)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        if not found or solver.objective_value > cover.incumbent_cost - 0.5:
            return None
        return [number for number, variable in variables.items() if solver.value(variable)]


def _relaxed(cover: Cover) -> _Solver:
    """The linear model row by row, as one message: a call for each number takes seconds."""
    model = linear_solver_pb2.MPModelProto()
    for column in cover.columns:
        model.variable.add(lower_bound=0.0, objective_coefficient=float(column.cost))
    for penalty in cover.penalties:
        model.variable.add(lower_bound=0.0, objective_coefficient=float(max(0, penalty)))
    lengths = [len(column.stops) for column in cover.columns]
    stops = np.fromiter((stop for column in cover.columns for stop in column.stops), np.int64)
    numbers = np.repeat(np.arange(len(cover.columns)), lengths)[stops >= 0]
    stops = stops[stops >= 0]
    order = np.argsort(stops, kind="stable")
    ends = np.searchsorted(stops[order], np.arange(len(cover.penalties) + 1))
    by_stop = numbers[order]
    for stop in range(len(cover.penalties)):
        members = [*by_stop[ends[stop] : ends[stop + 1]].tolist(), len(lengths) + stop]
        model.constraint.add(
            lower_bound=1.0, upper_bound=1.0, var_index=members, coefficient=[1.0] * len(members)
        )
    kinds = np.array([column.kind for column in cover.columns])
    for kind, count in enumerate(cover.couriers):
        members = np.flatnonzero(kinds == kind).tolist()
        model.constraint.add(
            lower_bound=0.0,
            upper_bound=float(count),
            var_index=members,
            coefficient=[1.0] * len(members),
        )
    return model
