"""The places: today's communes and wards, the communes they were formed from, the former districts."""

from dataclasses import dataclass
from datetime import date

from postal_service.reference.files import shipped_rows

# Resolution 1659/NQ-UBTVQH15: districts ceased and communes merged on this day.
REFORM_DAY = date(2025, 7, 1)
_UNCHANGED_MARK = "(unchanged"
_TOWNSHIP_MARK = "tt "


@dataclass(frozen=True, kw_only=True)
class FormerCommuneRow:
    """A commune that stood until 30 June 2025. `township` is known from the merger map alone."""

    name: str
    district: str
    township: bool
    successor_gso_code: str
    unchanged: bool

    @property
    def key(self) -> str:
        """The product's own key: the merger map gives former communes no code of their own."""
        return f"{self.district}/{'tt ' if self.township else ''}{self.name}"


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    gso_code: str
    level: str  # phường or xã
    name: str
    former_district: str
    formed_from: tuple[FormerCommuneRow, ...]
    centre_lat: float
    centre_lon: float
    area_km2: float


@dataclass(frozen=True, kw_only=True)
class FormerDistrictRow:
    name: str
    kind: str  # thành phố, thị xã or huyện
    seat: str
    centre_lat: float
    centre_lon: float
    road_km_from_tam_ky: int
    valid_to: date
    successor: str | None


def units_2025() -> tuple[UnitRow, ...]:
    """The 78 units that stand where Quảng Nam was, in the order of the merger map."""
    return tuple(_unit(row) for row in shipped_rows("units_2025.tsv"))


def former_communes() -> tuple[FormerCommuneRow, ...]:
    """The 233 communes of 30 June 2025, each with the unit that took it over."""
    return tuple(former for unit in units_2025() for former in unit.formed_from)


def former_districts() -> tuple[FormerDistrictRow, ...]:
    """The 18 districts; Nông Sơn joined Quế Sơn on 1 January 2025, the others ceased at the reform."""
    return tuple(
        FormerDistrictRow(
            name=row["name"],
            kind=row["kind"],
            seat=row["seat"],
            centre_lat=float(row["lat"]),
            centre_lon=float(row["lon"]),
            road_km_from_tam_ky=int(row["road_km_from_tam_ky"]),
            valid_to=date.fromisoformat(row["valid_to"]),
            successor=row["successor"] or None,
        )
        for row in shipped_rows("former_districts.tsv")
    )


def _unit(row: dict[str, str]) -> UnitRow:
    return UnitRow(
        gso_code=row["gso_code"],
        level=row["level"],
        name=row["name"],
        former_district=row["former_district"],
        formed_from=tuple(_former(part, row) for part in row["formed_from"].split(" + ")),
        centre_lat=float(row["lat"]),
        centre_lon=float(row["lon"]),
        area_km2=float(row["area_km2"]),
    )


def _former(written: str, row: dict[str, str]) -> FormerCommuneRow:
    name, unchanged, _ = written.partition(_UNCHANGED_MARK)
    name = name.strip()
    return FormerCommuneRow(
        name=name.removeprefix(_TOWNSHIP_MARK),
        district=row["former_district"],
        township=name.startswith(_TOWNSHIP_MARK),
        successor_gso_code=row["gso_code"],
        unchanged=bool(unchanged),
    )
