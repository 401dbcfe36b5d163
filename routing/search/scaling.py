"""The unit a net counts its costs in: a cost unit, or as many as keep every road within 32 bits.

The kernels are compiled for prices of 32 bits, which take half the memory. Where roads are dearer, all
costs are counted in a common divisor of theirs, which is as exact. Where none is large enough, prices
and the rates of a second are rounded: in a day of 24 hours by less than 0.0001 of the dearest road.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from routing.problem import Courier
from routing.rules import PlanRules
from routing.search.layout import Ints, Table
from routing.tables import Profile
from routing.terms import UNREACHABLE

DEAREST_ROAD: Final = 2**31 - 1


def cannot_be_driven(seconds: Table, men: Sequence[Courier], profiles: Iterable[Profile]) -> Table:
    """Which roads take longer than every shift, at the best speed of the day."""
    longest = max(man.shift.closes_second - man.shift.opens_second for man in men)
    speeds = (period.speed_percent for profile in profiles for period in profile.speed_periods)
    most: Table = seconds > min(UNREACHABLE - 1, longest * max(100, *speeds, 100) // 100)
    return most


def cost_unit(dearest_road: int, men: Sequence[Courier], rules: PlanRules, penalties: Ints) -> int:
    """Cost units to count as one, where one road costs so many.

    Args:
        dearest_road: of those that can be driven.
        men: the couriers, with their rates.
        rules: what else has a price.
        penalties: for leaving each optional stop out.
    """
    needed = -(-dearest_road // DEAREST_ROAD)
    if needed <= 1:
        return 1
    amounts = {rules.unknown_area_cost, int(np.gcd.reduce(penalties, initial=0))}
    for rates in {man.costs for man in men}:
        amounts |= {rates.fixed, rates.per_metre, rates.per_travel_second, rates.per_duty_second}
    if rules.published is not None:
        amounts |= {rules.published.courier_change_cost, rules.published.order_change_cost}
    if rules.balance is not None:
        amounts.add(rules.balance.cost_per_second_above)
    common = math.gcd(*amounts)
    return max(common, needed)


def counted(costs: Table, unit: int) -> Table:
    """So many costs in this unit, rounded where it is no divisor of them."""
    return costs if unit == 1 else (costs + unit // 2) // unit
