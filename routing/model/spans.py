"""Variables that may take only the seconds of some spans."""

from itertools import pairwise
from typing import Any

# OR-Tools' SWIG and protobuf objects carry no types; this name says where one is meant.
Solver = Any


def keep_spans(variable: Solver, spans: tuple[tuple[int, int], ...]) -> None:
    """Leave an OR-Tools variable only the seconds of the spans (in order, apart)."""
    variable.SetRange(spans[0][0], spans[-1][1])
    for (_, closes), (opens, _) in pairwise(spans):
        if closes + 1 <= opens - 1:
            variable.RemoveInterval(closes + 1, opens - 1)
