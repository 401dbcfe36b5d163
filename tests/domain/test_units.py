"""A former unit whose code was given on is known by that code and its last day."""

from datetime import date

from postal_service.domain.ids import UnitCode
from postal_service.domain.units import former_code


def test_two_former_units_of_one_code_are_told_apart_by_their_last_days() -> None:
    codes = [former_code(UnitCode("20341"), day) for day in (date(2004, 12, 31), date(2025, 6, 30))]

    assert codes == ["20341~2004-12-31", "20341~2025-06-30"]
