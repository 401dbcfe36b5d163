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
    return by_rows(points, lambda point: np.floor(10 * _distances(points, point) + 1e-9))


def rounded_thousandths(points: Points) -> Matrix:
    """A thousand times the distance, rounded."""
    return by_rows(points, lambda point: np.rint(1000 * _distances(points, point)))


def rounded(points: Points) -> Matrix:
    """CVRPLIB (TSPLIB EUC_2D): the distance rounded half up."""
    return by_rows(points, lambda point: np.floor(_distances(points, point) + 0.5))


def by_rows(points: Points, to_all: Callable[[Points], Points]) -> Matrix:
    """The table of whole distances from each point `to_all`; from a point to itself it is 0.

    Row by row: the temporary squares of a whole table would take ten times its memory.

    Raises:
        UnreadableFile: too many points, or two too far apart.
    """
    if len(points) > LARGEST_INSTANCE:
        raise UnreadableFile(f"{len(points)} places, at most {LARGEST_INSTANCE} are read")
    table = np.empty((len(points), len(points)), dtype=np.int32)
    for row, point in enumerate(points):
        distances = to_all(point)
        if distances.max() >= UNREACHABLE:
            raise UnreadableFile(f"places lie further apart than {UNREACHABLE - 1}")
        table[row] = distances
    np.fill_diagonal(table, 0)
    return Matrix(table)


def _distances(points: Points, point: Points) -> Points:
    distances: Points = np.hypot(*(points - point).T)
    return distances
