"""From an address to a point, or to nothing: a wrong point costs a courier's morning.

Online by geopy against a server of one's own (Nominatim, Photon, Pelias); offline by the list of
administrative units, where district and commune must each be recognised with a margin to the next
best name.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from geopy.exc import GeocoderQueryError, GeopyError
from geopy.location import Location as GeopyLocation
from rapidfuzz import fuzz

# Percent of likeness demanded of a name, and how far the next best must stay behind.
LIKENESS: Final = 82.0
MARGIN: Final = 6.0
_KINDS: Final = re.compile(
    r"^(xa|phuong|thi tran|thi xa|thanh pho|huyen|quan|tinh|tt|tx|tp|x|p|h|q|t)\.?\s+"
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point and what was recognised; `likeness` in percent, 100 for what a server is sure of."""

    lat: float
    lon: float
    name: str
    likeness: float


class Geocoder(Protocol):
    def find(self, address: str) -> Place | None:
        """The place of an address, or None when it is not recognised safely.

        Raises:
            GeocoderUnavailable: nobody could be asked; the address may be fine.
        """
        ...


class GeocoderUnavailable(RuntimeError):  # noqa: N818 - named as the clerk says it
    """The geocoding server did not answer or refused."""


class GeopyService(Protocol):
    """What is used of a geopy geocoder."""

    def geocode(self, query: str, *, exactly_one: bool, timeout: float) -> object: ...


@dataclass(frozen=True)
class OnlineGeocoder:
    """Any geopy geocoder, as in `Nominatim(domain="maps.internal", scheme="http", ...)`."""

    service: GeopyService
    timeout_seconds: float = 10

    def find(self, address: str) -> Place | None:
        text = unicodedata.normalize("NFC", address).strip()
        if not text:
            return None
        try:
            found = self.service.geocode(text, exactly_one=True, timeout=self.timeout_seconds)
        except GeocoderQueryError:
            return None
        except GeopyError as error:
            raise GeocoderUnavailable(f"{type(error).__name__}: {error}") from error
        if not isinstance(found, GeopyLocation):
            return None
        return Place(
            lat=found.latitude, lon=found.longitude, name=str(found.address), likeness=100.0
        )


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A commune (or ward, town) of a district with a point to send a courier to."""

    district: str
    commune: str
    lat: float
    lon: float


class Gazetteer:
    """Offline: the last parts of the address are the district, before it the commune.

    A province at the very end is passed over.
    """

    def __init__(self, units: Sequence[Unit], *, province: str = "Quảng Nam") -> None:
        self._districts: dict[str, list[Unit]] = {}
        for unit in units:
            self._districts.setdefault(unit.district, []).append(unit)
        self._province = bare(province)

    def find(self, address: str) -> Place | None:
        parts = [part for part in (bare(p) for p in re.split(r"[,;\n-]", address)) if part]
        while parts and fuzz.ratio(parts[-1], self._province) >= LIKENESS:
            parts.pop()
        if len(parts) < 2:
            return None
        # First the district, then the commune inside it: commune names repeat between districts.
        district = _best(parts[-1], list(self._districts))
        if district is None:
            return None
        units = {unit.commune: unit for unit in self._districts[district[0]]}
        for part in reversed(parts[:-1]):
            commune = _best(part, list(units))
            if commune is not None and not self._is_elsewhere(part, district[0], commune[1]):
                unit = units[commune[0]]
                return Place(
                    lat=unit.lat,
                    lon=unit.lon,
                    name=f"{unit.commune}, {unit.district}",
                    likeness=min(district[1], commune[1]),
                )
        return None

    def _is_elsewhere(self, text: str, district: str, likeness: float) -> bool:
        """A commune of another district is named better: the address contradicts itself."""
        return any(
            fuzz.ratio(text, bare(unit.commune)) > likeness
            for name, units in self._districts.items()
            if name != district
            for unit in units
        )


def bare(name: str) -> str:
    """Lower case without marks, without the kind of unit, single spaces: `Xã Tam Đại` → tam dai."""
    text = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = " ".join(re.sub(r"[^a-z0-9. ]", " ", text).split())
    return _KINDS.sub("", text).strip(". ")


def _best(text: str, names: Sequence[str]) -> tuple[str, float] | None:
    """The one name that is like enough and clearly more like than any other."""
    ranked = sorted(((fuzz.ratio(text, bare(name)), name) for name in names), reverse=True)
    if not ranked or ranked[0][0] < LIKENESS:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN:
        return None
    likeness, name = ranked[0]
    return name, likeness
