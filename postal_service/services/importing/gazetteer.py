"""All units of all days, held while a file is read: an agency as it stood on a day, the commune in an address."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.dossier_code import DossierCode
from postal_service.domain.ids import UnitCode
from postal_service.domain.refusals import RuleBroken
from postal_service.domain.text import search_key
from postal_service.domain.units import UnknownUnit
from postal_service.services import places
from postal_service.services.places import NotAnAgency, Place
from postal_service.storage.schema import SuccessionRow, UnitRow

# What stands before a name: "P. Tam Kỳ", "TT Hà Lam".
_KIND = re.compile(r"^(phuong|xa|thi tran|dac khu|tt|p|x)\b[. ]*")

ADMINISTRATIVE = frozenset({"province", "district", "commune"})
_PARTS = re.compile(r"[,;\n]| - ")
_key = lru_cache(maxsize=16_384)(search_key)  # the same places come again and again


class NotAWorkplace(RuleBroken):
    """A commune, a district or a province has no hours of work: its agencies and offices have."""

    code = "import.not_a_workplace"


class AmbiguousName(NotAnAgency):
    """Several agencies are called so."""

    code = "import.ambiguous_agency"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A unit and the days it stands on."""

    place: Place
    parent: UnitCode | None
    begins: date
    ends: date | None

    def stands(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass
class Gazetteer:
    """Loaded once for a file."""

    units: dict[UnitCode, Stretch] = field(default_factory=dict)
    _agencies: dict[str, list[Stretch]] = field(default_factory=dict)  # by agency id or name
    _communes: dict[str, set[UnitCode]] = field(default_factory=dict)
    _next: dict[UnitCode, list[tuple[date, UnitCode]]] = field(default_factory=dict)
    _serving: dict[tuple[str, UnitCode], list[Stretch]] = field(default_factory=dict)

    def agency(self, written: str, *, day: date) -> Place:
        """An agency by its code, identification code or name, as it stood that day.

        Raises UnknownUnit, NotAnAgency or AmbiguousName.
        """
        known = self.units.get(UnitCode(written))
        if known is not None:
            if not known.stands(day):
                raise UnknownUnit(unit=written[:60], day=f"{day:%d/%m/%Y}")
            if known.place.kind != places.AGENCY:
                raise NotAnAgency(unit=written[:60])
            return known.place
        found = [each for each in self._agencies.get(_key(written), ()) if each.stands(day)]
        if len(found) > 1:
            raise AmbiguousName(unit=written[:60])
        if not found:
            raise UnknownUnit(unit=written[:60], day=f"{day:%d/%m/%Y}")
        return found[0].place

    def workplace(self, written: str, *, day: date) -> Place:
        """An agency as `agency` finds it, a desk or an office by its code, as it stood that day.

        Raises UnknownUnit, NotAWorkplace or AmbiguousName.
        """
        known = self.units.get(UnitCode(written))
        if known is None or known.place.kind == places.AGENCY:
            return self.agency(written, day=day)
        if not known.stands(day):
            raise UnknownUnit(unit=written[:60], day=f"{day:%d/%m/%Y}")
        if known.place.kind in ADMINISTRATIVE:
            raise NotAWorkplace(unit=written[:60])
        return known.place

    def agency_of(self, code: DossierCode, *, day: date) -> Place:
        """The agency that gave a dossier its code. Raises UnknownUnit."""
        return self.agency(code.agency, day=day)

    def desk_of(self, agency: Place, *, day: date) -> Place:
        """The one-stop desk that takes for an agency; the agency itself where it has none."""
        desks = self._serving.get((places.DESK, agency.code), ())
        return next((desk.place for desk in desks if desk.stands(day)), agency)

    def delivered(self, commune: UnitCode, *, day: date) -> bool:
        """Whether a post office serves this commune."""
        offices = self._serving.get((places.POST_OFFICE, commune), ())
        return any(office.stands(day) for office in offices)

    def commune_in(self, address: str, *, day: date) -> UnitCode | None:
        """The commune of that day in which an address lies; None where its words name none, or several.

        Former communes count: the address keeps its words, the unit is what they became.
        """
        parts = [_key(part) for part in _PARTS.split(address)]
        with_kind = [_KIND.sub("", part) for part in parts if _KIND.match(part)]
        for name in [*with_kind, *parts]:
            old = self._communes.get(name)
            if old is None:
                continue
            now = {code for each in old for code in self.followed(each, day=day)}
            if len(now) == 1:
                return now.pop()
        return None

    def followed(self, code: UnitCode, *, day: date, steps: int = 10) -> set[UnitCode]:
        """What a unit has become by that day; itself while it stands."""
        unit = self.units.get(code)
        if unit is None or not steps:
            return set()
        if unit.stands(day):
            return {code}
        after = [new for on, new in self._next.get(code, ()) if on <= day]
        return {each for new in after for each in self.followed(new, day=day, steps=steps - 1)}

    def province_of(self, agency: Place) -> UnitCode:
        """The topmost unit over an agency."""
        return UnitCode(agency.path.strip("/").split("/")[0])

    def enter(self, unit: Stretch) -> None:
        """One more unit, from the store or from the file."""
        self.units[unit.place.code] = unit
        place = unit.place
        if place.kind == places.AGENCY:
            for name in filter(None, (place.agency_id, place.name)):
                self._agencies.setdefault(search_key(name), []).append(unit)
        if place.kind == "commune":
            bare = _KIND.sub("", search_key(place.name))
            self._communes.setdefault(bare, set()).add(place.code)
        if place.serves:
            self._serving.setdefault((place.kind, place.serves), []).append(unit)

    def follow(self, old: UnitCode, new: UnitCode, on: date) -> None:
        self._next.setdefault(old, []).append((on, new))

    def successions(self, old: UnitCode) -> Iterable[tuple[date, UnitCode]]:
        return self._next.get(old, ())


def load(session: Session) -> Gazetteer:
    """Every unit the directory has."""
    book = Gazetteer()
    for row in session.scalars(select(UnitRow).order_by(UnitRow.code)):
        parent = UnitCode(row.parent) if row.parent else None
        book.enter(
            Stretch(
                place=places.place_of(row), parent=parent, begins=row.valid_from, ends=row.valid_to
            )
        )
    for row_of in session.scalars(select(SuccessionRow)):
        book.follow(UnitCode(row_of.old), UnitCode(row_of.new), row_of.on)
    return book
