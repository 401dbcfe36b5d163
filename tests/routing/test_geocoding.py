"""An address becomes a point only when it is recognised safely."""

import csv

import pytest
from geopy.exc import GeocoderQueryError, GeocoderTimedOut
from geopy.location import Location as Found

from routing.geocoding import Gazetteer, GeocoderUnavailable, OnlineGeocoder, Unit, bare
from tests.shared_data import shared

UNITS = [
    Unit(district="Phú Ninh", commune="Tam Đại", lat=15.50, lon=108.40),
    Unit(district="Phú Ninh", commune="Tam Dân", lat=15.51, lon=108.41),
    Unit(district="Núi Thành", commune="Tam Hải", lat=15.47, lon=108.66),
    Unit(district="Tam Kỳ", commune="An Mỹ", lat=15.57, lon=108.48),
]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("12 Trần Phú, phường An Mỹ, thành phố Tam Kỳ, tỉnh Quảng Nam", "An Mỹ, Tam Kỳ"),
        ("thôn 3, xa Tam Dai, huyen Phu Ninh", "Tam Đại, Phú Ninh"),
        ("TAM HẢI - NÚI THÀNH - QUẢNG NAM", "Tam Hải, Núi Thành"),
    ],
)
def test_an_address_is_found_by_district_and_commune(address: str, name: str) -> None:
    found = Gazetteer(UNITS).find(address)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "address",
    [
        "",
        "Quảng Nam",
        "Tam Đại",
        "xã Tam Đ, huyện Phú Ninh",  # Đại or Dân: no margin
        "xã Tam Hải, huyện Phú Ninh",  # that commune lies in another district
        "phường An Mỹ, quận Ba Đình, Hà Nội",
    ],
)
def test_a_doubtful_address_is_not_guessed(address: str) -> None:
    assert Gazetteer(UNITS).find(address) is None


def test_every_unit_of_the_pilot_province_finds_itself() -> None:
    with shared("quang_nam/units_2025.tsv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file, delimiter="\t") if "/" not in row["former_district"]
        ]
    units = [
        Unit(
            district=row["former_district"],
            commune=row["name"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
        )
        for row in rows
    ]
    gazetteer = Gazetteer(units)

    for unit in units:
        found = gazetteer.find(f"{unit.commune}, {unit.district}, Quảng Nam")
        # Near names in one district may stay undecided, but never lead elsewhere.
        assert found is None or (found.lat, found.lon) == (unit.lat, unit.lon)
    decided = [u for u in units if gazetteer.find(f"{u.commune}, {u.district}, Quảng Nam")]
    assert len(decided) > 0.9 * len(units)


def test_marks_kinds_and_case_do_not_matter() -> None:
    assert bare("Thị trấn Tiên Kỳ") == bare("TT. tien ky") == "tien ky"


class Service:
    """Stands outside: a geocoding server's client."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def geocode(self, query: str, *, exactly_one: bool, timeout: float) -> object:
        assert (query, exactly_one, timeout) != ("", True, 0)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_server_s_answer_is_taken() -> None:
    found = OnlineGeocoder(Service(Found("Hội An", (15.88, 108.338), {}))).find("Hội An")

    assert found is not None
    assert (found.lat, found.lon) == (15.88, 108.338)


def test_nothing_found_is_not_an_error_but_no_answer_is() -> None:
    assert OnlineGeocoder(Service(None)).find("nowhere") is None
    assert OnlineGeocoder(Service(None)).find("  ") is None
    assert OnlineGeocoder(Service(GeocoderQueryError("bad"))).find("?") is None
    with pytest.raises(GeocoderUnavailable):
        OnlineGeocoder(Service(GeocoderTimedOut("slow"))).find("Hội An")
