"""A place is what it was on a day. Old units stay, with the day they ended and what took them over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import RuleBroken, Unknown
from postal_service.domain.wording_dates import short_date
from postal_service.reference.units import (
    REFORM_DAY,
    FormerCommuneRow,
    FormerDistrictRow,
    UnitRow,
)


class UnknownUnit(Unknown):
    """There is no such unit on the `day` that the refusal tells."""

    code = "unit.unknown"


class UnitNotEntered(UnknownUnit):
    """There is no such unit on any day."""

    code = "unit.not_entered"


class OverlappingValidity(RuleBroken):
    code = "unit.overlapping_validity"


class UnitInCircle(RuleBroken):
    """A unit would lie within itself, or follow itself."""

    code = "unit.circle"


class Level(StrEnum):
    """Three tiers until 30 June 2025, two since: reports by level must bear an empty district."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class SuccessionKind(StrEnum):
    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"  # one became one: only its name, kind or parent changed


@dataclass(frozen=True, kw_only=True)
class AdminUnit:
    """A unit in one stretch of its life. A unit that changed its parent has several of these."""

    code: UnitCode
    name: str
    kind: str  # as written before the name: xã, phường, thị trấn, huyện …
    level: Level
    parent: UnitCode | None
    valid_from: date | None = None  # None: before the records begin
    valid_to: date | None = None  # the last day

    def stands_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True)
class Succession:
    old: UnitCode
    new: UnitCode
    on: date
    kind: SuccessionKind


class UnitRegister:
    """All units of all times, asked by day. Built once, never changed."""

    def __init__(self, units: Iterable[AdminUnit], successions: Iterable[Succession] = ()) -> None:
        self._lives: dict[UnitCode, list[AdminUnit]] = {}
        for unit in units:
            self._lives.setdefault(unit.code, []).append(unit)
        for lives in self._lives.values():
            _refuse_overlap(lives)
        self._forward: dict[UnitCode, list[Succession]] = {}
        self._backward: dict[UnitCode, list[Succession]] = {}
        for succession in successions:
            self._forward.setdefault(succession.old, []).append(succession)
            self._backward.setdefault(succession.new, []).append(succession)

    def unit_on(self, code: UnitCode, day: date) -> AdminUnit:
        """The unit as it was that day.

        Raises:
            UnknownUnit: no such unit, or not on that day.
        """
        for unit in self._lives.get(code, ()):
            if unit.stands_on(day):
                return unit
        raise UnknownUnit(unit=code, day=short_date(day))

    def units_on(self, day: date, level: Level | None = None) -> list[AdminUnit]:
        """Every unit that stood that day, of one level or of all."""
        return [
            unit
            for lives in self._lives.values()
            for unit in lives
            if unit.stands_on(day) and level in {None, unit.level}
        ]

    def ancestors(self, code: UnitCode, day: date) -> list[AdminUnit]:
        """From the unit's parent up to its province, as they were that day.

        Raises:
            UnknownUnit: the unit or one above it did not stand.
            UnitInCircle: the parents lead back to where they began.
        """
        above: list[AdminUnit] = []
        parent = self.unit_on(code, day).parent
        while parent is not None:
            if parent == code or any(unit.code == parent for unit in above):
                raise UnitInCircle(unit=code)
            above.append(self.unit_on(parent, day))
            parent = above[-1].parent
        return above

    def within(self, code: UnitCode, area: UnitCode, day: date) -> bool:
        """Whether a unit is, or lies in, an area on that day."""
        return code == area or any(unit.code == area for unit in self.ancestors(code, day))

    def subtree(self, area: UnitCode, day: date) -> list[AdminUnit]:
        """An area and everything in it that day."""
        return [unit for unit in self.units_on(day) if self.within(unit.code, area, day)]

    def successors_on(self, code: UnitCode, day: date) -> list[AdminUnit]:
        """What stands that day where the unit stood: itself, or those that followed it, however often.

        Raises:
            UnknownUnit: never heard of, or gone without a successor.
            UnitInCircle: the successions lead back to where they began.
        """
        if code not in self._lives:
            raise UnknownUnit(unit=code, day=short_date(day))
        found: dict[UnitCode, AdminUnit] = {}
        self._follow(code, day, trail=(), found=found)
        if not found:
            raise UnknownUnit(unit=code, day=short_date(day))
        return list(found.values())

    def predecessors(self, code: UnitCode) -> list[Succession]:
        """What a unit was formed from, one step back."""
        return list(self._backward.get(code, ()))

    def _follow(
        self,
        code: UnitCode,
        day: date,
        *,
        trail: tuple[UnitCode, ...],
        found: dict[UnitCode, AdminUnit],
    ) -> None:
        if code in trail:
            raise UnitInCircle(unit=code)
        for unit in self._lives.get(code, ()):
            if unit.stands_on(day):
                found[code] = unit
                return
        for succession in self._forward.get(code, ()):
            if succession.on <= day:
                self._follow(succession.new, day, trail=(*trail, code), found=found)


QUANG_NAM = UnitCode("49")  # GSO codes of the two provinces; Quảng Nam became part of Đà Nẵng
DA_NANG = UnitCode("48")
_DAY_BEFORE_REFORM = REFORM_DAY - timedelta(days=1)


def district_code(name: str) -> UnitCode:
    """The product's own code of a former district."""
    return UnitCode(f"49/{name}")


def former_commune_code(row: FormerCommuneRow) -> UnitCode:
    """The product's own code of a former commune: the merger map gives none."""
    return UnitCode(f"49/{row.key}")


def quang_nam_register(
    units: Iterable[UnitRow], districts: Iterable[FormerDistrictRow]
) -> UnitRegister:
    """The register of the pilot province: three tiers until the reform, two since."""
    today, old = list(units), list(districts)
    moved = {row.name: row for row in old if row.successor}
    formers = [former for row in today for former in row.formed_from]
    lives = [
        AdminUnit(
            code=QUANG_NAM,
            name="Quảng Nam",
            kind="tỉnh",
            level=Level.PROVINCE,
            parent=None,
            valid_to=_DAY_BEFORE_REFORM,
        ),
        AdminUnit(
            code=DA_NANG, name="Đà Nẵng", kind="thành phố", level=Level.PROVINCE, parent=None
        ),
        *(_district(row) for row in old),
        *(life for former in formers for life in _former_lives(former, moved)),
        *(_commune(row) for row in today),
    ]
    return UnitRegister(lives, _successions(today, old))


def _successions(units: list[UnitRow], districts: list[FormerDistrictRow]) -> list[Succession]:
    merged_districts = [
        Succession(
            old=district_code(row.name),
            new=district_code(row.successor),
            on=row.valid_to + timedelta(days=1),
            kind=SuccessionKind.MERGED,
        )
        for row in districts
        if row.successor
    ]
    communes = [
        Succession(
            old=former_commune_code(former),
            new=UnitCode(row.gso_code),
            on=REFORM_DAY,
            kind=SuccessionKind.RENAMED if len(row.formed_from) == 1 else SuccessionKind.MERGED,
        )
        for row in units
        for former in row.formed_from
    ]
    province = Succession(old=QUANG_NAM, new=DA_NANG, on=REFORM_DAY, kind=SuccessionKind.MERGED)
    return [province, *merged_districts, *communes]


def _district(row: FormerDistrictRow) -> AdminUnit:
    return AdminUnit(
        code=district_code(row.name),
        name=row.name,
        kind=row.kind,
        level=Level.DISTRICT,
        parent=QUANG_NAM,
        valid_to=row.valid_to,
    )


def _former_lives(row: FormerCommuneRow, moved: dict[str, FormerDistrictRow]) -> list[AdminUnit]:
    """One stretch of life, or two where the district was merged before the commune was."""
    # Besides townships the merger map does not say which former communes were wards.
    kind = "thị trấn" if row.township else "xã/phường"
    code = former_commune_code(row)
    home = moved.get(row.district)
    if home is None or home.successor is None:
        return [_life(code, row.name, kind, row.district, None, _DAY_BEFORE_REFORM)]
    moved_on = home.valid_to + timedelta(days=1)
    return [
        _life(code, row.name, kind, row.district, None, home.valid_to),
        _life(code, row.name, kind, home.successor, moved_on, _DAY_BEFORE_REFORM),
    ]


def _life(
    code: UnitCode, name: str, kind: str, district: str, since: date | None, until: date
) -> AdminUnit:
    return AdminUnit(
        code=code,
        name=name,
        kind=kind,
        level=Level.COMMUNE,
        parent=district_code(district),
        valid_from=since,
        valid_to=until,
    )


def _commune(row: UnitRow) -> AdminUnit:
    return AdminUnit(
        code=UnitCode(row.gso_code),
        name=row.name,
        kind=row.level,
        level=Level.COMMUNE,
        parent=DA_NANG,
        valid_from=REFORM_DAY,
    )


def _refuse_overlap(lives: list[AdminUnit]) -> None:
    ordered = sorted(lives, key=lambda unit: unit.valid_from or date.min)
    for earlier, later in pairwise(ordered):
        if earlier.valid_to is None or later.valid_from is None:
            raise OverlappingValidity(unit=earlier.code)
        if later.valid_from <= earlier.valid_to:
            raise OverlappingValidity(unit=earlier.code)
