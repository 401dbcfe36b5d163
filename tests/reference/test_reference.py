"""The shipped facts are whole, agree with the shared originals, and say where they are not to be trusted."""

from datetime import date

import pytest

from postal_service.reference.files import shipped_text
from postal_service.reference.holidays import DayKind, holidays, read_holidays
from postal_service.reference.procedures import procedures, read_procedures
from postal_service.reference.reported import reported_2022
from postal_service.reference.units import former_communes, former_districts, units_2025
from tests.shared_data import shared


@pytest.mark.parametrize("name", ["units_2025.tsv", "holidays.tsv", "reported_2022.json"])
def test_the_shipped_copy_is_the_shared_original(name: str) -> None:
    assert shipped_text(name) == shared(f"quang_nam/{name}").read_text(encoding="utf-8")


def test_every_shipped_file_names_its_source() -> None:
    sources = shipped_text("README.md")
    for name in ("units_2025.tsv", "holidays.tsv", "reported_2022.json", "former_districts.tsv"):
        assert name in sources
    assert "procedures.toml" in sources
    assert "form_sets.toml" in sources


def test_78_units_were_formed_from_233_communes() -> None:
    units = units_2025()
    assert len(units) == len({unit.gso_code for unit in units}) == 78
    assert sum(unit.level == "phường" for unit in units) == 11
    assert sum(unit.level == "xã" for unit in units) == 67
    assert len({former.key for former in former_communes()}) == 233
    assert sum(former.township for former in former_communes()) == 14
    assert {f.name for f in former_communes() if f.unchanged} == {"Tân Hiệp", "Tam Hải"}


def test_all_units_lie_within_the_old_province() -> None:
    centres = [(unit.centre_lat, unit.centre_lon) for unit in units_2025()]
    centres += [(row.centre_lat, row.centre_lon) for row in former_districts()]
    assert all(14.9 < lat < 16.1 and 107.2 < lon < 108.8 for lat, lon in centres)


def test_18_districts_one_of_which_ended_before_the_others() -> None:
    districts = former_districts()
    assert len(districts) == 18
    assert {unit.former_district for unit in units_2025()} == {row.name for row in districts}
    early = [row for row in districts if row.valid_to < date(2025, 6, 30)]
    assert [(row.name, row.successor) for row in early] == [("Nông Sơn", "Quế Sơn")]


def test_five_years_of_holidays_are_known_and_the_uncertain_ones_say_so() -> None:
    rows = holidays()
    assert {row.day.year for row in rows} == {2022, 2023, 2024, 2025, 2026}
    assert len({row.day for row in rows}) == len(rows)
    working = {row.day for row in rows if row.kind is DayKind.WORKING}
    assert date(2026, 1, 10) in working
    assert {row.day for row in rows if row.uncertain} == {date(2026, 8, 22), date(2026, 8, 31)}


@pytest.mark.parametrize(
    "row",
    [
        {"date": "2026-02-30", "kind": "off", "name": "x", "note": ""},
        {"date": "2026-02-20", "kind": "maybe", "name": "x", "note": ""},
    ],
)
def test_a_holiday_row_that_cannot_be_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"day|maybe"):
        read_holidays([row])


def test_the_report_of_2022_is_cited_and_its_parts_are_not_made_to_add_up() -> None:
    report = reported_2022()
    levels = report.procedures_online_level_4
    assert report.procedures_total == 1447
    assert levels.province + levels.district + levels.commune == 1523
    assert report.resolved_on_time_percent.district == 71.46
    assert "16 December 2022" in report.source


def test_a_fee_is_confirmed_only_with_an_amount_and_every_fee_names_its_source() -> None:
    rows = procedures()
    assert len({row.code for row in rows}) == len(rows) == 23
    for row in rows:
        for fee in row.fees:
            assert fee.source
            assert fee.status in {"confirmed", "placeholder"}
            assert fee.status == "placeholder" or fee.amount_dong is not None
        assert {row.status, row.time_status} <= {"found", "known", "unsure"}
        assert any(not paper.optional for paper in row.papers)


def test_a_paper_flag_nobody_defined_is_refused() -> None:
    text = shipped_text("procedures.toml").replace('"look"', '"peek"')
    with pytest.raises(ValueError, match="peek"):
        read_procedures(text)


def test_a_procedure_without_its_time_is_refused() -> None:
    text = shipped_text("procedures.toml").replace("\ntime = 0\n", "\n")
    with pytest.raises(KeyError, match="time"):
        read_procedures(text)
