"""The distances of a VRPLIB file, computed or given, in whole numbers as TSPLIB defines them.

G. Reinelt, TSPLIB 95, section 2: the functions of `EDGE_WEIGHT_TYPE` and the orders of
`EDGE_WEIGHT_FORMAT`. Given triangles are symmetric; given diagonals are not read.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.formats.euclidean import Points, by_rows, rounded
from routing.formats.numbers import whole
from routing.formats.unreadable import UnreadableFile
from routing.tables import Matrix
from routing.terms import UNREACHABLE

EARTH_RADIUS_KM: Final = 6378.388  # TSPLIB's own, as are its pi and its rounding
PI: Final = 3.141592


def computed(kind: str, points: Points) -> Matrix:
    """The distances between points by `EDGE_WEIGHT_TYPE`.

    Raises:
        UnreadableFile: a type this reader does not know.
    """
    if kind not in _COMPUTED:
        known = ", ".join((*_COMPUTED, "EXPLICIT"))
        raise UnreadableFile(f"EDGE_WEIGHT_TYPE {kind} is not read; {known} are")
    return _COMPUTED[kind](points)


def given(form: str, numbers: Sequence[float], dimension: int) -> Matrix:
    """The distances of an `EDGE_WEIGHT_SECTION`, whose line breaks mean nothing.

    Raises:
        UnreadableFile: a format this reader does not know, too many or too few numbers.
    """
    if form not in _GIVEN:
        raise UnreadableFile(f"EDGE_WEIGHT_FORMAT {form} is not read; {', '.join(_GIVEN)} are")
    expected, cells_of = _GIVEN[form]
    if len(numbers) != expected(dimension):
        detail = f"{form} of {dimension} nodes has {expected(dimension)} numbers"
        raise UnreadableFile(f"{detail}, not {len(numbers)}")
    weights = [whole(number, "an edge weight") for number in numbers]
    wrong = next((weight for weight in weights if not 0 <= weight < UNREACHABLE), None)
    if wrong is not None:
        raise UnreadableFile(f"an edge weight of {wrong}")
    table = np.zeros((dimension, dimension), dtype=np.int64)
    table[cells_of(dimension)] = weights
    if form != "FULL_MATRIX":
        table = np.maximum(table, table.T)
    np.fill_diagonal(table, 0)
    return Matrix(table)


def _lengths(length: Callable[[Points], Points]) -> Callable[[Points], Matrix]:
    """Distances that depend on the difference of the points only."""
    return lambda points: by_rows(points, lambda point: length(points - point))


def degrees(points: Points) -> Points:
    """Of GEO: coordinates are degrees and minutes, DDD.MM, latitude and longitude."""
    whole_degrees = np.trunc(points)
    decimal: Points = whole_degrees + 5 * (points - whole_degrees) / 3
    return decimal


def _geographical(points: Points) -> Matrix:
    lat, lon = (PI * degrees(points) / 180).T

    def from_one(point: Points) -> Points:
        here_lat, here_lon = PI * degrees(point) / 180
        q1, q2, q3 = np.cos(lon - here_lon), np.cos(lat - here_lat), np.cos(lat + here_lat)
        cosine = np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1)
        kilometres: Points = np.floor(EARTH_RADIUS_KM * np.arccos(cosine) + 1)
        return kilometres

    return by_rows(points, from_one)


_COMPUTED: Final[Mapping[str, Callable[[Points], Matrix]]] = {
    "EUC_2D": rounded,
    "CEIL_2D": _lengths(lambda way: np.ceil(np.hypot(*way.T))),
    "FLOOR_2D": _lengths(lambda way: np.floor(np.hypot(*way.T))),
    "MAN_2D": _lengths(lambda way: np.floor(np.abs(way).sum(axis=1) + 0.5)),
    "MAX_2D": _lengths(lambda way: np.floor(np.abs(way) + 0.5).max(axis=1)),
    "ATT": _lengths(lambda way: np.ceil(np.hypot(*way.T) / math.sqrt(10))),
    "GEO": _geographical,
}


def _triangle(nodes: int, *, diagonal: int) -> int:
    return nodes * (nodes - 1) // 2 + nodes * diagonal


Cells = tuple[NDArray[np.intp], ...]


def _square(nodes: int) -> Cells:
    return tuple(axis.ravel() for axis in np.indices((nodes, nodes)))


def _below(nodes: int) -> Cells:
    return np.tril_indices(nodes, -1)


def _above(nodes: int) -> Cells:
    return np.triu_indices(nodes, 1)


_STRICT: Final = partial(_triangle, diagonal=0)
_WITH_DIAGONAL: Final = partial(_triangle, diagonal=1)
# How many numbers there are and where they stand; a triangle by columns is the other one by rows.
_GIVEN: Final[Mapping[str, tuple[Callable[[int], int], Callable[[int], Cells]]]] = {
    "FULL_MATRIX": (lambda nodes: nodes**2, _square),
    "LOWER_ROW": (_STRICT, _below),
    "UPPER_ROW": (_STRICT, _above),
    "LOWER_COL": (_STRICT, _above),
    "UPPER_COL": (_STRICT, _below),
    "LOWER_DIAG_ROW": (_WITH_DIAGONAL, np.tril_indices),
    "UPPER_DIAG_ROW": (_WITH_DIAGONAL, np.triu_indices),
    "LOWER_DIAG_COL": (_WITH_DIAGONAL, np.triu_indices),
    "UPPER_DIAG_COL": (_WITH_DIAGONAL, np.tril_indices),
}
