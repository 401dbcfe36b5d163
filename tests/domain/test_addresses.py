"""An address on paper names the commune, which is kept apart from the street or hamlet."""

import pytest

from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import read_address

TAM_KY = UnitCode("20341")
COMMUNES = {TAM_KY: "Phường Hòa Tam Kỳ"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("12 Trần Cao Vân", "12 Trần Cao Vân, Phường Hòa Tam Kỳ"),
        ("Thôn 4, phường Hòa Tam Kỳ", "Thôn 4, phường Hòa Tam Kỳ"),
        ("Số 1, PHƯỜNG HOÀ TAM KỲ, Đà Nẵng", "Số 1, PHƯỜNG HOÀ TAM KỲ, Đà Nẵng"),
        ("2 Hòa Tam Kỳ", "2 Hòa Tam Kỳ, Phường Hòa Tam Kỳ"),  # a street of that name
    ],
)
def test_the_commune_stands_last_and_once(typed: str, told: str) -> None:
    assert read_address(typed, TAM_KY).in_full(COMMUNES) == told


def test_a_commune_that_nobody_knows_adds_nothing() -> None:
    assert read_address("12 Trần Cao Vân", "99999").in_full(COMMUNES) == "12 Trần Cao Vân"
