"""Euclidean distances in the integer conventions of the classic instance sets."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.formats.unreadable import UnreadableFile
from routing.tables import Matrix
from routing.terms import UNREACHABLE

Points = NDArray[np.float64]
LARGEST_INSTANCE: Final = 20_000


def truncated_tenths(points: Points) -> Matrix:
    """DIMACS: ten times the distance, truncated."""
    return _matrix(points, lambda distance: np.floor(10 * distance + 1e-9))


def rounded_thousandths(points: Points) -> Matrix:
    """A thousand times the distance, rounded."""
    return _matrix(points, lambda distance: np.rint(1000 * distance))


def rounded(points: Points) -> Matrix:
    """CVRPLIB (TSPLIB EUC_2D): the distance rounded half up."""
    return _matrix(points, lambda distance: np.floor(distance + 0.5))


def _matrix(points: Points, whole: Callable[[Points], Points]) -> Matrix:
    if len(points) > LARGEST_INSTANCE:
        raise UnreadableFile(f"{len(points)} places, at most {LARGEST_INSTANCE} are read")
    if len(points) and whole(np.hypot(*np.ptp(points, axis=0)[:, None])).max() >= UNREACHABLE:
        raise UnreadableFile(f"places lie further apart than {UNREACHABLE - 1}")
    table = np.empty((len(points), len(points)), dtype=np.int32)
    # Row by row: the temporary squares of a whole table would take ten times its memory.
    for row, point in enumerate(points):
        table[row] = whole(np.hypot(*(points - point).T))
    return Matrix(table)
