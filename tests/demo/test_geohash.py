"""The demo's phones tell a cell that others know by the same name."""

import pytest

from postal_service.demo import geohash


@pytest.mark.parametrize(
    ("lat", "lon", "cell"),
    [
        (57.64911, 10.40744, "u4pru"),  # the published examples
        (42.6, -5.6, "ezs42"),
        (0.0, 0.0, "s0000"),
        (-90.0, -180.0, "00000"),
        (90.0, 180.0, "zzzzz"),
    ],
)
def test_a_cell_has_its_published_name(lat: float, lon: float, cell: str) -> None:
    assert geohash.cell(lat, lon) == cell


def test_two_doors_of_one_street_are_in_one_cell() -> None:
    assert geohash.cell(15.5731, 108.4741) == geohash.cell(15.5735, 108.4749)
