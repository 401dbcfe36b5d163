"""Roads of any price are counted within 32 bits: exactly where that can be, else nearly."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from routing import (
    UNREACHABLE,
    Budget,
    CostRates,
    Location,
    Matrix,
    Problem,
    Profile,
    check,
)
from routing.assembly import assemble, orders_of
from routing.days import Scheduler
from routing.search.annealing import anneal, construct
from routing.search.building import NetBuilder
from routing.search.engine import SEARCH_ENGINE, warm_up
from routing.search.search import Search
from routing.solve import solve
from routing.steps import Blocked
from tests.routing.courier_days import any_courier_day
from tests.routing.small import LAN, courier, stop

DEAREST = 2**31 - 1
PROVINCE_KM = [0, 30, 95, 170, 240]


def province_road(rates: CostRates, *, penalty: int | None = None) -> Problem:
    """Places along a road of two hundred and forty kilometres, driven at 60 km an hour."""
    seconds = [[60 * abs(a - b) for b in PROVINCE_KM] for a in PROVINCE_KM]
    metres = [[1000 * abs(a - b) for b in PROVINCE_KM] for a in PROVINCE_KM]
    return Problem(
        locations=tuple(Location(name=f"km {km}") for km in PROVINCE_KM),
        profiles=(Profile(travel=Matrix(seconds, metres)),),
        stops=tuple(stop(f"{n}", n, penalty=penalty) for n in range(1, len(PROVINCE_KM))),
        couriers=(courier(LAN, costs=rates),),
    )


def searched(problem: Problem) -> Search:
    search = Search(NetBuilder(Scheduler(problem)), seed=1)
    search.construct()
    search.anneal(200, 0.5)
    return search


DONG = CostRates.of_dong(per_km_dong=2_000)
WITH_WAGES = CostRates.of_dong(fixed_dong=50_000, per_km_dong=2_000, per_duty_hour_dong=30_000)
ODD = CostRates(fixed=7, per_metre=36_001, per_travel_second=11, per_duty_second=13)


@pytest.mark.parametrize("rates", [DONG, WITH_WAGES, ODD], ids=["dong", "with wages", "odd"])
@pytest.mark.parametrize("penalty", [None, 10**12 + 1], ids=["mandatory", "optional"])
def test_the_cheapest_day_is_found_at_any_price_of_the_roads(
    rates: CostRates, penalty: int | None
) -> None:
    problem = province_road(rates, penalty=penalty)
    scheduler = Scheduler(problem)
    cheapest = min(
        assemble(scheduler, ((order,),)).cost
        for order in permutations(range(4))
        if not isinstance(scheduler.route(0, (order,)), Blocked)
    )

    search = searched(problem)

    assert assemble(scheduler, search.best()).cost == cheapest
    assert search.best_cost == pytest.approx(cheapest, rel=1e-5)


@pytest.mark.parametrize("rates", [DONG, WITH_WAGES], ids=["dong", "with wages"])
def test_rates_in_dong_are_counted_exactly(rates: CostRates) -> None:
    problem = province_road(rates, penalty=900_000 * CostRates.UNITS_PER_DONG)
    search = searched(problem)

    assert search.builder.cost_unit > 1
    assert search.best_cost == assemble(Scheduler(problem), search.best()).cost


def test_what_costs_less_than_a_32_bit_number_is_counted_in_cost_units() -> None:
    assert searched(province_road(CostRates(per_metre=3))).builder.cost_unit == 1


@pytest.mark.parametrize("seed", range(6))
def test_days_of_every_kind_obey_and_cost_what_they_say_when_roads_are_dear(seed: int) -> None:
    day = any_courier_day(seed, 20, 3)
    times = 10**6
    rules = replace(day.rules, unknown_area_cost=day.rules.unknown_area_cost * times)
    if rules.balance is not None:
        above = rules.balance.cost_per_second_above * times
        rules = replace(rules, balance=replace(rules.balance, cost_per_second_above=above))
    if rules.published is not None:
        rules = replace(
            rules,
            published=replace(
                rules.published,
                courier_change_cost=rules.published.courier_change_cost * times,
                order_change_cost=rules.published.order_change_cost * times,
            ),
        )
    problem = replace(
        day,
        rules=rules,
        stops=tuple(
            each if each.penalty is None else replace(each, penalty=each.penalty * times)
            for each in day.stops
        ),
        couriers=tuple(
            replace(
                man,
                costs=CostRates(
                    fixed=man.costs.fixed * times,
                    per_metre=man.costs.per_metre * times,
                    per_travel_second=man.costs.per_travel_second * times,
                    per_duty_second=man.costs.per_duty_second * times,
                ),
            )
            for man in day.couriers
        ),
    )
    cheap, dear = searched(day), searched(problem)

    assert dear.builder.cost_unit == times
    assert dear.net.price.dtype == np.int32
    assert dear.best() == cheap.best()
    plan = assemble(Scheduler(problem), dear.best())
    assert [v for v in check(problem, plan) if not v.is_shortfall] == []
    if dear.left_out == 0:
        assert plan.cost == dear.best_cost


def test_a_road_longer_than_any_shift_makes_no_other_coarser() -> None:
    free = province_road(DONG)
    seconds = np.array(free.profiles[0].travel.block(np.arange(5), np.arange(5))[0])
    metres = seconds * 1000 // 60
    seconds[4, :4] = seconds[:4, 4] = 100_000
    metres[4, :4] = metres[:4, 4] = 999_999_999
    seconds[3, 1] = metres[3, 1] = UNREACHABLE
    odd = CostRates(per_metre=9_000, per_travel_second=1)
    problem = replace(
        free,
        profiles=(Profile(travel=Matrix(seconds, metres)),),
        stops=tuple(replace(each, penalty=10**13 + 1) for each in free.stops),
        couriers=(replace(free.couriers[0], costs=odd),),
    )
    search = searched(problem)

    assert search.builder.cost_unit == 1
    assert int(search.net.price.max()) <= DEAREST
    there_and_back = 2 * (170_000 * 9_000 + 170 * 60)
    assert search.best_cost == there_and_back + 10**13 + 1


def test_dear_roads_have_no_kernel_compiled_anew() -> None:
    warm_up()
    kernels: list[Any] = [anneal, construct]
    known = [len(kernel.signatures) for kernel in kernels]
    problem = province_road(WITH_WAGES)

    plan = solve(problem, budget=Budget(seconds=60, iterations=50), engines=[SEARCH_ENGINE])

    assert orders_of(problem, plan) != ((),)
    assert [len(kernel.signatures) for kernel in kernels] == known == [1, 1]
