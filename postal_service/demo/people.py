"""People who do not exist: common names put together at random, numbers of the right form that mean nobody.

Their telephone numbers all begin with 090 0000 and no message leaves the demo; their citizen numbers
end in a count from one.
"""

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from postal_service.domain.identity import CitizenCard, CitizenNumber
from postal_service.domain.ids import UnitCode
from postal_service.domain.persons import Address, Person
from postal_service.reference.units import UnitRow

FAMILY = (
    *("Nguyễn",) * 12, *("Trần",) * 6, *("Lê",) * 5, *("Phạm",) * 4, *("Huỳnh",) * 3,
    *("Phan",) * 3, *("Võ",) * 3, *("Đặng",) * 2, *("Bùi",) * 2, *("Đỗ",) * 2, "Hồ", "Ngô",
    "Dương", "Lý", "Trương", "Đinh", "Lương", "Đoàn", "Tạ", "Mai", "Châu", "Ung", "Thái",
)  # fmt: skip
# In the mountains many people are Cơ Tu, Giẻ Triêng, Ca Dong or Xơ Đăng, with names of their own.
MOUNTAIN_FAMILY = ("Alăng", "Bhling", "Pơloong", "Zơrâm", "Coor", "Arất", "Hôih", "A", "Hồ", "Hiên")
MALE = (
    ("Văn", "Hữu", "Đức", "Minh", "Quang", "Công", "Ngọc", "Thanh", "Xuân"),
    ("An", "Bình", "Cường", "Dũng", "Hải", "Hùng", "Khánh", "Long", "Nam", "Phúc", "Quân", "Sơn",
     "Thắng", "Toàn", "Tuấn", "Việt", "Vinh"),
)  # fmt: skip
FEMALE = (
    ("Thị", "Thị Ngọc", "Thị Thu", "Kim", "Thanh", "Bích", "Thị Mỹ", "Hồng"),
    ("Ánh", "Cúc", "Diễm", "Hà", "Hạnh", "Hoa", "Hương", "Lan", "Liên", "Mai", "Nga", "Nhung",
     "Oanh", "Phượng", "Quỳnh", "Thảo", "Trang", "Vân", "Yến"),
)  # fmt: skip
STREETS = (
    "Trần Cao Vân", "Phan Châu Trinh", "Huỳnh Thúc Kháng", "Hùng Vương", "Nguyễn Hoàng",
    "Lê Lợi", "Phan Bội Châu", "Trưng Nữ Vương", "Nguyễn Duy Hiệu", "Trần Quý Cáp",
)  # fmt: skip
QUANG_NAM = "049"  # the province's number in citizen numbers
CARD_ISSUED = date(2022, 1, 1)
EARTH_KM_A_DEGREE = 111.2


@dataclass(frozen=True, kw_only=True)
class Citizen:
    """Who submits, and where he lives."""

    name: str
    phone: str
    citizen: str
    commune: UnitCode
    address: str
    lat: float
    lon: float

    @property
    def card(self) -> CitizenCard:
        """What the code on his card says."""
        number = CitizenNumber(digits=self.citizen)
        return CitizenCard(
            number=number,
            old_number="",
            name=self.name,
            born_on=date(number.birth_year, 1, 1),
            sex=number.sex,
            address=self.address,
            issued_on=CARD_ISSUED,
        )

    @property
    def person(self) -> Person:
        """As a desk keeps him."""
        where = Address(text=self.address, unit=self.commune, lat=self.lat, lon=self.lon)
        return Person(name=self.name, phone=self.phone, citizen=self.citizen, address=where)


class Registry:
    """Makes people one after the other, none like the one before. The same seed, the same people."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._made = 0

    def name(self, *, mountain: bool = False) -> str:
        """A full name: family, middle, given."""
        middle, given = self._chance.choice((MALE, FEMALE))
        if mountain and self._chance.random() < 0.5:
            return f"{self._chance.choice(MOUNTAIN_FAMILY)} {self._chance.choice(given)}"
        choose = self._chance.choice
        return f"{choose(FAMILY)} {choose(middle)} {choose(given)}"

    def phone(self) -> str:
        """E.164, of a series in which nobody can be called."""
        self._made += 1
        return f"+8490{self._made:07d}"

    def citizen(self, unit: UnitRow, *, mountain: bool) -> Citizen:
        """Somebody who lives in this commune or ward."""
        chance = self._chance
        name = self.name(mountain=mountain)
        phone = self.phone()
        year = chance.randint(1950, 2007)
        digit = 2 * (year // 100 - 19) + chance.randint(0, 1)
        lat, lon = _home(unit, chance)
        return Citizen(
            name=name,
            phone=phone,
            citizen=f"{QUANG_NAM}{digit}{year % 100:02d}{self._made:06d}",
            commune=UnitCode(unit.gso_code),
            address=self.address(unit),
            lat=lat,
            lon=lon,
        )

    def address(self, unit: UnitRow) -> str:
        """Where somebody lives in a commune or ward: by street in a town, else by hamlet."""
        street = f"{self._chance.randint(1, 480)} {self._chance.choice(STREETS)}"
        if unit.level == "phường":
            return street
        return f"Thôn {self._chance.randint(1, 14)}, {unit.level} {unit.name}"


def _home(unit: UnitRow, chance: Random) -> tuple[float, float]:
    """A point near the centre of a commune; the larger it is, the farther people live from it."""
    spread_km = min(math.sqrt(unit.area_km2) / 5, 3.5)
    north, east = (max(-2.0, min(2.0, chance.gauss(0, 1))) * spread_km for _ in range(2))
    lat = unit.centre_lat + north / EARTH_KM_A_DEGREE
    lon = unit.centre_lon + east / (EARTH_KM_A_DEGREE * math.cos(math.radians(lat)))
    return round(lat, 5), round(lon, 5)
