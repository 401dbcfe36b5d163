"""Points for the places of a problem's file that has addresses and no coordinates.

Works on the file as JSON, since a problem without a way between its places is none yet.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geopy.geocoders import Nominatim

from routing.geocoding import Gazetteer, Geocoder, OnlineGeocoder, Unit

Json = Any  # what json.loads gives


class UnreadableUnits(ValueError):  # noqa: N818 - named as the clerk says it
    """A list of administrative units that is not as expected; says the row."""


def located(document: Json, geocoder: Geocoder) -> tuple[Json, list[str]]:
    """The document with points for those of its locations that have none, and what was not recognised.

    The name of a location is its address. What is not recognised safely stays without a point.

    Raises:
        ValueError: the document has no list of named locations.
        GeocoderUnavailable: nobody could be asked.
    """
    places = document.get("locations") if isinstance(document, dict) else None
    if not isinstance(places, list) or not all(
        isinstance(place, dict) and isinstance(place.get("name"), str) for place in places
    ):
        raise ValueError("/locations: a list of named places is expected")
    unknown = []
    found: list[Mapping[str, Json]] = []
    for place in places:
        point = None
        if place.get("lat") is None:
            point = geocoder.find(place["name"])
            if point is None:
                unknown.append(place["name"])
        found.append(place if point is None else {**place, "lat": point.lat, "lon": point.lon})
    return {**document, "locations": found}, unknown


def gazetteer(file: Path, *, province: str) -> Gazetteer:
    """Of a CSV with the columns district, commune, lat and lon; others are passed over.

    Raises:
        UnreadableUnits: no CSV in UTF-8, a column is missing, or a point is none.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return Gazetteer(list(_units(csv.DictReader(opened))), province=province)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableUnits(f"{file}: no CSV in UTF-8: {error}") from None


def _units(rows: "csv.DictReader[str]") -> Iterator[Unit]:
    for number, row in enumerate(rows, 2):
        try:
            lat, lon = float(row["lat"]), float(row["lon"])
            district, commune = row["district"], row["commune"]
        except KeyError as error:
            raise UnreadableUnits(f"row {number}: {error} is missing") from None
        except (TypeError, ValueError):
            raise UnreadableUnits(f"row {number}: latitude and longitude are expected") from None
        # A row that is too short has None where the table has a column.
        if district is None or commune is None:
            raise UnreadableUnits(f"row {number}: district and commune are expected")
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise UnreadableUnits(f"row {number}: {lat}, {lon} is not on Earth")
        yield Unit(district=district, commune=commune, lat=lat, lon=lon)


def nominatim(url: str) -> OnlineGeocoder:
    """A Nominatim server of one's own.

    Raises:
        ValueError: not an http address.
    """
    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not address.netloc:
        raise ValueError(f"not an http address: {url}")
    domain = address.netloc + address.path.rstrip("/")
    return OnlineGeocoder(Nominatim(domain=domain, scheme=address.scheme, user_agent="routing"))
