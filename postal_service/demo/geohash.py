"""A place as coarse as events may tell it: five characters of a geohash, a cell of some five kilometres."""

from typing import Final

CHARACTERS: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
BITS_A_CHARACTER: Final = 5
LENGTH: Final = 5


def cell(lat: float, lon: float) -> str:
    """The cell a point lies in: longitude and latitude are halved in turn, one bit each (G. Niemeyer, 2008)."""
    spans = [(-180.0, 180.0), (-90.0, 90.0)]
    wanted = (lon, lat)
    bits = 0
    for turn in range(LENGTH * BITS_A_CHARACTER):
        axis = turn % 2
        low, high = spans[axis]
        middle = (low + high) / 2
        upper = wanted[axis] >= middle
        spans[axis] = (middle, high) if upper else (low, middle)
        bits = bits * 2 + upper
    places = range(LENGTH - 1, -1, -1)
    return "".join(CHARACTERS[bits >> BITS_A_CHARACTER * place & 31] for place in places)
