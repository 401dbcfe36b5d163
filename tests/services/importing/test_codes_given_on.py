"""In July 2025 each merged commune got the code of one of those it was made of: both stand in the directory."""

from datetime import date
from pathlib import Path

import pytest

from postal_service.domain.ids import UnitCode
from postal_service.services import directory, places
from postal_service.services.importing import Kind, Mode, gazetteer
from postal_service.storage.schema import UnitRow
from tests.services.importing.files import Importer, saved, told
from tests.services.importing.writing import write_csv

NOW, BEFORE = date(2026, 11, 23), date(2025, 6, 30)
LATER = {"Từ ngày": "01/01/2026", "Đến ngày": "31/12/2027"}
FORMER = UnitCode("20341~2025-06-30")


def a_ward(code: str, name: str, **changes: str) -> dict[str, str]:
    """A row; `changes` by heading, with "_" for a blank."""
    rest = {
        "Mã đơn vị": code, "Tên đơn vị": name, "Loại": "phường", "Từ ngày": "01/07/2025",
        "Đến ngày": "", "Đơn vị kế tiếp": "",
    }  # fmt: skip
    return rest | {name.replace("_", " "): value for name, value in changes.items()}


TAM_KY = a_ward("20341", "Phường Tam Kỳ")
AN_MY = a_ward("20341", "Phường An Mỹ", Từ_ngày="01/01/2006", Đến_ngày="30/06/2025", Đơn_vị_kế_tiếp="20341")  # fmt: skip
AN_XUAN = a_ward("20347", "Phường An Xuân", Từ_ngày="01/01/2006", Đến_ngày="30/06/2025", Đơn_vị_kế_tiếp="20341")  # fmt: skip


@pytest.mark.parametrize("mode", [Mode.CREATE, Mode.MERGE])
def test_both_lives_of_a_code_are_taken_once(
    empty_store: Importer, tmp_path: Path, mode: Mode
) -> None:
    path = write_csv(tmp_path / "units.csv", [TAM_KY, AN_MY, AN_XUAN])

    assert saved(empty_store.take(path, Kind.UNITS, mode=mode)) == (3, 0, 0, 0)
    assert saved(empty_store.take(path, Kind.UNITS, mode=mode)) == (0, 0, 3, 0)

    session = empty_store.session
    assert session.get_one(UnitRow, "20341").name == "Phường Tam Kỳ"
    assert session.get_one(UnitRow, FORMER).name == "Phường An Mỹ"
    assert places.place(session, FORMER, day=BEFORE).name == "Phường An Mỹ"
    for former in (FORMER, UnitCode("20347")):
        assert directory.successors(session, former, day=NOW) == ["20341"]
        assert directory.successors(session, former, day=BEFORE) == [former]


def test_a_former_unit_that_comes_later_does_not_write_over_the_one_of_today(
    empty_store: Importer, tmp_path: Path
) -> None:
    empty_store.take(write_csv(tmp_path / "now.csv", [TAM_KY]), Kind.UNITS)
    later = write_csv(tmp_path / "before.csv", [AN_MY])

    assert saved(empty_store.take(later, Kind.UNITS, mode=Mode.MERGE)) == (1, 0, 0, 0)
    book = gazetteer.load(empty_store.session)
    assert book.commune_in("12 Hùng Vương, phường An Mỹ", day=NOW) == "20341"
    assert book.commune_in("12 Hùng Vương, phường Tam Kỳ", day=NOW) == "20341"


@pytest.mark.parametrize("mode", list(Mode))
def test_a_new_unit_does_not_write_over_the_former_one_that_holds_its_code(
    empty_store: Importer, tmp_path: Path, mode: Mode
) -> None:
    alone = AN_MY | {"Đơn vị kế tiếp": ""}
    above = write_csv(tmp_path / "above.csv", [alone, TAM_KY])
    refused = empty_store.take(above, Kind.UNITS)
    assert told(refused.errors) == [(3, "Mã đơn vị", "import.code_of_a_former_unit")]
    assert refused.errors[0].facts["day"] == "30/06/2025"

    empty_store.take(write_csv(tmp_path / "before.csv", [alone]), Kind.UNITS)
    now = write_csv(tmp_path / "now.csv", [TAM_KY])

    refused = empty_store.take(now, Kind.UNITS, mode=mode)

    assert told(refused.errors) == [(2, "Mã đơn vị", "import.code_of_a_former_unit")]
    assert empty_store.session.get_one(UnitRow, "20341").name == "Phường An Mỹ"


def test_a_unit_that_goes_on_under_its_name_is_written_over_as_before(
    empty_store: Importer, tmp_path: Path
) -> None:
    ended = TAM_KY | {"Đến ngày": "31/12/2025"}
    empty_store.take(write_csv(tmp_path / "a.csv", [ended]), Kind.UNITS)
    again = write_csv(tmp_path / "b.csv", [TAM_KY | LATER])

    assert saved(empty_store.take(again, Kind.UNITS, mode=Mode.UPDATE)) == (0, 1, 0, 0)
