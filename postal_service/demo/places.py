"""Where everything stands in the demo's province: codes that follow from the units, and nothing stored.

Communes and wards, their former districts and their coordinates are real. Post offices, desks
beyond the communes' own, and everybody in them are made up.
"""

import math
from dataclasses import dataclass
from functools import cache

from postal_service.domain.ids import UnitCode
from postal_service.reference.units import FormerDistrictRow, UnitRow, former_districts, units_2025

PROVINCE = UnitCode("H17")
OLD_PROVINCE = UnitCode("H47")
OPERATOR = UnitCode("POST")
HUB = UnitCode("KT-TAMKY")
HUB_AT = (15.5702, 108.4741)
POLICE = UnitCode("AG-CA")
CENTRE = UnitCode("DESK-TT")

ISLAND = "Tân Hiệp"  # the Chàm islands: boats, no road
MOUNTAIN = frozenset(
    {
        *("Tây Giang", "Đông Giang", "Nam Giang", "Phước Sơn", "Bắc Trà My", "Nam Trà My"),
        *("Hiệp Đức", "Tiên Phước", "Nông Sơn"),
    }
)
# Where a phone has no network for most of a round.
NO_NETWORK = frozenset({"Tây Giang", "Đông Giang", "Nam Trà My", "Phước Sơn"})
BUSY = {"Tam Kỳ": 5, "Hội An": 4, "Điện Bàn": 4, "Thăng Bình": 4, "Núi Thành": 4, "Đại Lộc": 3}
QUIET = frozenset({"Nông Sơn", "Nam Trà My", "Tây Giang", "Phú Ninh"})


@dataclass(frozen=True, kw_only=True)
class Office:
    """A post office that delivers in one commune or ward. `area` is the office above it."""

    code: UnitCode
    name: str
    commune: UnitRow
    area: UnitCode
    couriers: int
    clerks: int
    offline: bool

    @property
    def is_area(self) -> bool:
        return self.code == self.area


def agency(unit: UnitRow) -> UnitCode:
    return UnitCode(f"AG-{unit.gso_code}")


def desk(unit: UnitRow) -> UnitCode:
    return UnitCode(f"DESK-{unit.gso_code}")


def branch(district: str) -> UnitCode:
    """The land registration branch office of a former district."""
    return UnitCode(f"AG-DD{_number(district):02d}")


def branch_desk(district: str) -> UnitCode:
    return UnitCode(f"DESK-DD{_number(district):02d}")


def desk_for(agency_code: UnitCode) -> UnitCode:
    """The desk that takes for an agency."""
    if agency_code == POLICE:
        return CENTRE
    return UnitCode(agency_code.replace("AG-", "DESK-", 1))


@cache
def units() -> tuple[UnitRow, ...]:
    return units_2025()


@cache
def districts() -> tuple[FormerDistrictRow, ...]:
    return former_districts()


@cache
def seat(district: str) -> UnitRow:
    """Today's commune or ward in which the former district's centre lies."""
    row = next(each for each in districts() if each.name == district)
    inside = [unit for unit in units() if unit.former_district == district]
    return min(
        inside,
        key=lambda u: math.dist((u.centre_lat, u.centre_lon), (row.centre_lat, row.centre_lon)),
    )


@cache
def offices() -> tuple[Office, ...]:
    """A post office at each former district's centre, a post-and-culture point in every other commune."""
    return tuple(_office(unit) for unit in units())


@cache
def office_in(commune: str) -> Office:
    """The office that delivers in a commune, by its GSO code."""
    return next(office for office in offices() if office.commune.gso_code == commune)


@cache
def office_of(code: UnitCode) -> Office:
    """A post office by its code."""
    return next(office for office in offices() if office.code == code)


@cache
def standing_in(desk_code: UnitCode) -> Office:
    """The post office of the commune in which a desk stands."""
    if desk_code == CENTRE:
        return office_in(seat("Tam Kỳ").gso_code)
    for each in districts():
        if desk_code == branch_desk(each.name):
            return office_in(seat(each.name).gso_code)
    return office_in(desk_code.removeprefix("DESK-"))


def terrain(unit: UnitRow) -> str:
    if unit.name == ISLAND:
        return "island"
    if unit.former_district in MOUNTAIN:
        return "mountain"
    return "town" if unit.level == "phường" else "delta"


def _office(unit: UnitRow) -> Office:
    district = unit.former_district
    area = UnitCode(f"BC-{seat(district).gso_code}")
    is_seat = seat(district) == unit
    couriers = BUSY.get(district, 2 if district in QUIET else 3)
    return Office(
        code=area if is_seat else UnitCode(f"VH-{unit.gso_code}"),
        name=f"Bưu cục {_seat_name(district)}" if is_seat else f"Bưu điện – văn hóa xã {unit.name}",
        commune=unit,
        area=area,
        couriers=couriers if is_seat else 1,
        clerks=3 if is_seat else 2,
        offline=district in NO_NETWORK,
    )


def _seat_name(district: str) -> str:
    return next(each.seat for each in districts() if each.name == district)


def _number(district: str) -> int:
    return 1 + [each.name for each in districts()].index(district)
