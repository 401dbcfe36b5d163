"""Variables that may take only the seconds of some spans."""

from itertools import pairwise
from typing import Any

# OR-Tools' SWIG and protobuf objects carry no types; this name says where one is meant.
Solver = Any


def keep_spans(variable: Solver, spans: tuple[tuple[int, int], ...]) -> bool:
    """Leave an OR-Tools variable only the seconds of the spans (in order, apart).

    False, and the variable untouched, when that would leave nothing: OR-Tools would raise.
    """
    low, high = int(variable.Min()), int(variable.Max())
    within = [(max(a, low), min(b, high)) for a, b in spans if a <= high and b >= low]
    if not within:
        return False
    variable.SetRange(within[0][0], within[-1][1])
    for (_, closes), (opens, _) in pairwise(within):
        if closes + 1 <= opens - 1:
            variable.RemoveInterval(closes + 1, opens - 1)
    return True
