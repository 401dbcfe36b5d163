"""What is wrong with a file is said, by row and column where there is one, and nothing of it is saved."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from postal_service.domain.actors import RoleNeeded
from postal_service.domain.legacy_text import Encoding, UnreadableFile
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentences
from postal_service.services import importing
from postal_service.services.importing import Kind, Rules, Source
from postal_service.services.importing.columns import ColumnsMissing, ColumnTwice
from postal_service.services.importing.tables import (
    CannotBeRead,
    Format,
    NoTable,
    NotThere,
    OldWorkbook,
    TooLarge,
    WorkbookTooLarge,
)
from tests.services.importing.files import AT, Importer, row, told
from tests.services.importing.writing import (
    csv_text,
    encoded,
    write_csv,
    write_json,
    write_xlsx,
)
from tests.services.world import build

CELLS: dict[str, tuple[str, object, str]] = {
    "not a code": ("Mã hồ sơ", "123", "dossier_code.malformed"),
    "a code of no day": ("Mã hồ sơ", "H17.132-261399-0001", "dossier_code.no_such_day"),
    "a code of tomorrow": ("Mã hồ sơ", "H17.132-261124-0001", "dossier_code.from_the_future"),
    "no code": ("Mã hồ sơ", "", "import.cell_empty"),
    "not a procedure": ("Mã TTHC", "abc", "procedure.bad_code"),
    "an unknown procedure": ("Mã TTHC", "9.999999", "procedure.unknown"),
    "an unknown agency": ("Cơ quan", "UBND xã Không Có", "unit.unknown"),
    "a desk for an agency": ("Cơ quan", "DESK-20341", "place.not_an_agency"),
    "no name": ("Tên người nộp", "  ", "import.cell_empty"),
    "a name too long": ("Tên người nộp", "An " * 50, "import.cell_too_long"),
    "a formula for a name": ("Tên người nộp", "=HYPERLINK(1)", "import.formula"),
    "a command for a name": ("Tên người nộp", "@SUM(A1)", "import.formula"),
    "a minus for a name": ("Tên người nộp", "-cmd|' /C calc'!A0", "import.formula"),
    "a NUL in a name": ("Tên người nộp", "Nguyễn\0 An", "import.control_characters"),
    "a damaged name": ("Tên người nộp", "Nguy\ufffdn An", "import.damaged_text"),
    "eleven digits": ("Số CCCD", "04918500001", "identity.malformed_number"),
    "not a phone": ("Điện thoại", "12345", "phone.malformed"),
    "no day": ("Ngày tiếp nhận", "31/02/2026", "import.not_a_date"),
    "an American day": ("Ngày tiếp nhận", "11/23/2026", "import.not_a_date"),
    "two digits of a year": ("Ngày tiếp nhận", "10/11/26", "import.not_a_date"),
    "a bare number for a day": ("Ngày tiếp nhận", "46336", "import.not_a_date"),
    "the future": ("Ngày tiếp nhận", "24/11/2026 08:00", "import.in_the_future"),
    "long ago": ("Ngày tiếp nhận", "01/01/1990", "import.too_long_ago"),
    "a day before all days here": (
        "Ngày hẹn trả",
        "0001-01-01T00:00:00+14:00",
        "import.beyond_calendar",
    ),
    "a day after all days here": (
        "Ngày hẹn trả",
        "9999-12-31T23:59:59-12:00",
        "import.beyond_calendar",
    ),
    "a day the store has not": ("Ngày tiếp nhận", "01/01/0001", "import.beyond_calendar"),
    "no day written as one": ("Ngày hẹn trả", "31/12/9999", "import.too_far_ahead"),
    "due before received": ("Ngày hẹn trả", "09/11/2026", "import.before_reception"),
    "ten megabytes": ("Địa chỉ", "x" * 10_000_000, "import.cell_too_long"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_saved(
    office: Importer, tmp_path: Path, case: str
) -> None:
    column, value, code = CELLS[case]
    path = write_csv(tmp_path / "d.csv", [row(1), row(2) | {column: value}, row(3)])

    report = office.take(path)

    assert not report.saved
    assert told(report.errors) == [(3, column, code)]
    assert office.dossiers() == {}


@pytest.mark.parametrize(
    "code", sorted({code for _, _, code in CELLS.values()} | {"import.row_twice"})
)
def test_every_reason_is_said_in_both_languages(code: str) -> None:
    assert all(sentences()[code])


def test_every_finding_the_code_can_make_has_a_sentence() -> None:
    package = Path(importing.__file__).parent
    named = {
        part
        for file in package.glob("*.py")
        for part in file.read_text(encoding="utf-8").split('"')
        if part.startswith("import.")
    }

    assert named - set(sentences()) == set()


def test_personal_data_is_in_no_message(office: Importer, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "d.csv",
        [row(1) | {"Số CCCD": "049185", "Điện thoại": "12345", "Tên người nộp": "=Bí Mật"}],
    )

    report = office.look(path)

    said = " ".join(f"{e.value} {e.reason('vi')} {e.reason('en')} {e.facts}" for e in report.errors)
    assert len(report.errors) == 1  # without a name there is nobody whose numbers could be read
    for secret in ("049185", "12345", "Bí Mật", "0905000011"):
        assert secret not in said
        assert secret not in str(report.first_rows)


def test_each_bad_cell_of_a_row_is_named(office: Importer, tmp_path: Path) -> None:
    bad = {"Mã hồ sơ": "x", "Mã TTHC": "y", "Số CCCD": "1", "Điện thoại": "2", "Ngày hẹn trả": "z"}
    report = office.look(write_csv(tmp_path / "d.csv", [row(1) | bad]))

    assert {error.column for error in report.errors} == set(bad)


def test_good_rows_are_saved_alone_only_when_asked(office: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "d.csv", [row(1), row(2) | {"Điện thoại": "1"}, row(3)])

    assert not office.take(path).saved
    report = office.take(path, good_rows_alone=True)

    assert report.saved
    assert sorted(office.dossiers()) == ["H17.132-261110-0001", "H17.132-261110-0003"]


def test_a_code_twice_in_a_file_names_the_first_row(office: Importer, tmp_path: Path) -> None:
    report = office.take(write_csv(tmp_path / "d.csv", [row(1), row(2), row(1)]))

    assert told(report.errors) == [(4, "", "import.row_twice")]
    assert report.errors[0].facts == {"first": 2}
    assert not report.saved


def test_a_procedure_counts_as_it_was_on_the_day(office: Importer, tmp_path: Path) -> None:
    early = {"Mã hồ sơ": "H17.132-250601-0001", "Ngày tiếp nhận": "01/06/2025", "Ngày hẹn trả": ""}
    report = office.look(write_csv(tmp_path / "d.csv", [row(1) | early]))

    # Neither the procedure's version nor the agency stood before 1 July 2025.
    assert told(report.errors) == [
        (2, "Mã TTHC", "procedure.no_version"),
        (2, "Cơ quan", "unit.unknown"),
    ]


def test_a_row_with_too_many_cells_is_refused(office: Importer, tmp_path: Path) -> None:
    text = csv_text([row(1), row(2)]).replace('"12 Phan Châu Trinh, phường Tam Kỳ"', "12 A, B", 1)
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")

    report = office.take(path, good_rows_alone=True)

    assert told(report.errors)[0] == (2, "", "import.ragged_row")
    assert sorted(office.dossiers()) == ["H17.132-261110-0002"]


def test_an_open_quote_ends_the_reading_and_not_even_good_rows_are_saved(
    office: Importer, tmp_path: Path
) -> None:
    text = csv_text([row(1), row(2)]).replace("H17.132-261110-0002", '"H17.132-261110-0002')
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")

    report = office.take(path, good_rows_alone=True)

    assert told(report.errors) == [(0, "", "import.broken_at")]
    assert not report.saved
    assert office.dossiers() == {}


def test_a_damaged_byte_names_its_cell(office: Importer, tmp_path: Path) -> None:
    content = csv_text([row(n) for n in range(1, 30)]).encode()
    path = tmp_path / "d.csv"
    path.write_bytes(content.replace("Nguyễn".encode(), b"Nguy\xffn", 5).replace(b"Nguy\xffn", "Nguyễn".encode(), 4))  # fmt: skip

    report = office.look(path)

    assert report.encoding is Encoding.UTF_8
    assert told(report.errors) == [(6, "Tên người nộp", "import.damaged_text")]


def test_missing_columns_are_named_and_unknown_ones_told(office: Importer, tmp_path: Path) -> None:
    without = {key: value for key, value in row(1).items() if key != "Mã TTHC"}
    with pytest.raises(ColumnsMissing) as refusal:
        office.look(write_csv(tmp_path / "a.csv", [without]))
    assert refusal.value.facts == {"columns": "Mã TTHC"}

    report = office.look(write_csv(tmp_path / "b.csv", [row(1) | {"Ghi chú nội bộ": "gấp"}]))
    assert report.unknown_columns == ("Ghi chú nội bộ",)
    assert report.clean


def test_two_columns_of_one_meaning_are_refused(office: Importer, tmp_path: Path) -> None:
    with pytest.raises(ColumnTwice):
        office.look(write_csv(tmp_path / "d.csv", [row(1) | {"SĐT": "0905000012"}]))


def _text(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def _packed(content: dict[str, bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "d.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
            for name, told in content.items():
                packed.writestr(name, told)
        return folder / "d.xlsx"

    return make


def _bomb(folder: Path) -> Path:
    with (
        zipfile.ZipFile(folder / "d.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(900):
            sheet.write(b"\0" * 1_000_000)
    return folder / "d.xlsx"


FILES: dict[str, tuple[Callable[[Path], Path], type[Refusal]]] = {
    "nothing": (_text("d.csv", b""), CannotBeRead),
    "no file": (lambda folder: folder / "d.csv", NotThere),
    "a folder": (lambda folder: folder, NotThere),
    "a letter": (_text("d.csv", "Kính gửi quý cơ quan,\nxin chào\n".encode()), NoTable),
    "a wrong separator": (_text("d.csv", csv_text([row(1)], "^").encode()), NoTable),
    "noise": (_text("d.csv", bytes(range(256)) * 40), UnreadableFile),
    "NUL bytes": (_text("d.csv", b"\0" * 5000), NoTable),
    "an old workbook": (_text("d.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600), OldWorkbook),
    "half a workbook": (_text("d.xlsx", b"PK\x03\x04" + b"\0" * 600), CannotBeRead),
    "an archive": (_packed({"readme.txt": b"no sheet"}), CannotBeRead),
    "a bomb": (_bomb, WorkbookTooLarge),
    "a bomb of words": (_packed({"xl/sharedStrings.xml": b" " * 200_000_000}), WorkbookTooLarge),
    "a JSON object of no rows": (_text("d.json", b'{"a": 1}'), NoTable),
    "a line without end": (_text("d.csv", b"a" * 20_000_000), TooLarge),
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_table_is_refused_with_a_reason(
    office: Importer, tmp_path: Path, case: str
) -> None:
    make, refusal = FILES[case]

    with pytest.raises(refusal) as refused:
        office.look(make(tmp_path))

    assert refused.value.code in sentences()


JSON_FILES = {
    "cut off": '[{"Mã hồ sơ": "H17.132-261110-0001", "Mã TTHC": ',
    "without its end": json.dumps([row(1)])[:-1],
    "with something after it": json.dumps([row(1)]) + "x",
    "nested a thousand deep": json.dumps([row(1)])[:-1] + "," + "[" * 100_000,
    "with a number nobody can hold": json.dumps([row(1)])[:-1] + ', {"a": ' + "9" * 5000 + "}]",
    "with what is no number": json.dumps([row(1)])[:-1] + ', {"a": NaN}]',
}


@pytest.mark.parametrize("case", JSON_FILES)
def test_json_that_breaks_is_not_half_saved(office: Importer, tmp_path: Path, case: str) -> None:
    path = tmp_path / "d.json"
    path.write_text(JSON_FILES[case], encoding="utf-8")

    report = office.take(path, good_rows_alone=True)

    assert [error.code for error in report.errors] == ["import.broken_at"]
    assert not report.saved
    assert office.dossiers() == {}


def test_json_rows_that_are_no_rows_are_named(office: Importer, tmp_path: Path) -> None:
    told_twice = json.dumps(row(2))[:-1] + ', "Mã TTHC": "1.004859"}'
    nested = json.dumps(row(3) | {"Tên người nộp": ["An"]})
    path = tmp_path / "d.json"
    path.write_text(f"[{json.dumps(row(1))}, 7, {told_twice}, {nested}]", encoding="utf-8")

    assert told(office.look(path).errors) == [
        (2, "", "import.not_an_object"),
        (3, "", "import.key_twice"),
        (4, "Tên người nộp", "import.nested"),
    ]


@pytest.mark.parametrize("column", row(1))
def test_a_number_without_end_is_named_by_its_cell(
    office: Importer, tmp_path: Path, column: str
) -> None:
    told_so = json.dumps(row(2) | {column: None}).replace("null", "1e400")
    path = tmp_path / "d.json"
    path.write_text(f"[{json.dumps(row(1))}, {told_so}]", encoding="utf-8")

    errors = office.look(path).errors

    assert (2, column, "import.endless_number") in told(errors)


@pytest.mark.parametrize("column", ["Mã hồ sơ", "Ngày tiếp nhận"])
def test_a_workbooks_number_without_end_is_named_by_its_cell(
    office: Importer, tmp_path: Path, column: str
) -> None:
    plain = write_xlsx(tmp_path / "plain.xlsx", [row(1) | {column: 77_777}])
    path = tmp_path / "d.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part).replace(b"<v>77777</v>", b"<v>1e999</v>")
            new.writestr(part.filename, content)

    assert (2, column, "import.endless_number") in told(office.look(path).errors)


@pytest.mark.parametrize("column", ["Từ ngày", "Đến ngày"])
def test_a_units_day_that_cannot_be_told_here_is_named(
    office: Importer, tmp_path: Path, column: str
) -> None:
    unit = {"Mã đơn vị": "X1", "Tên đơn vị": "Xã X", "Loại": "commune", "Từ ngày": "01/07/2025"}
    path = write_csv(tmp_path / "u.csv", [unit | {column: "9999-12-31T23:59:59-12:00"}])

    assert (2, column, "import.beyond_calendar") in told(office.look(path, Kind.UNITS).errors)


def test_a_workbooks_formula_is_never_computed(office: Importer, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "d.xlsx", [row(1) | {"Tên người nộp": '=CONCATENATE("An","")'}])

    assert told(office.look(path).errors) == [(2, "Tên người nộp", "import.formula")]


def test_a_workbook_may_claim_a_million_columns(office: Importer, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "d.xlsx", [row(1)])
    huge = tmp_path / "huge.xlsx"
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(huge, "w") as claimed:
        for name in packed.namelist():
            content = packed.read(name)
            claimed.writestr(name, content.replace(b'ref="A1:I2"', b'ref="A1:XFD1048576"'))

    assert office.look(huge).rows == 1


def test_entities_of_a_workbook_are_not_blown_up(office: Importer, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "d.xlsx", [row(1)])
    bomb = tmp_path / "bomb.xlsx"
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>'
    sheet = "<worksheet><sheetData><row><c t='str'><v>&e9;</v></c></row></sheetData></worksheet>"
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(bomb, "w") as made:
        for name in packed.namelist():
            told_here = (
                (head + sheet).encode() if name.endswith("sheet1.xml") else packed.read(name)
            )
            made.writestr(name, told_here)

    with pytest.raises((CannotBeRead, NoTable)):
        office.look(bomb)


@pytest.mark.parametrize("what", ["one cell", "many cells of one row"])
def test_a_row_that_fills_the_memory_is_refused_before_it_is_read(
    office: Importer, tmp_path: Path, what: str
) -> None:
    # given a file of some kilobytes that would unpack to a row of 20 megabytes
    path = write_xlsx(tmp_path / "d.xlsx", [row(1)])
    cell = '<c t="inlineStr"><is><t>%s</t></is></c>'
    huge = cell % ("A" * 20_000_000) if what == "one cell" else cell % ":row " * 500_000
    bomb = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path) as packed,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in packed.namelist():
            content = packed.read(name).decode(errors="replace")
            made.writestr(name, content.replace("</sheetData>", f"<row>{huge}</row></sheetData>"))
    assert bomb.stat().st_size < 200_000

    with pytest.raises(TooLarge):
        office.look(bomb)


def test_a_large_workbook_of_ordinary_rows_is_read(office: Importer, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "d.xlsx", [row(1)])
    large = tmp_path / "large.xlsx"
    cell = f'<c t="inlineStr"><is><t>{" " * 1_000}</t></is></c>'
    blank = f"<row>{cell * 4}</row>"
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(large, "w") as made:
        for name in packed.namelist():
            content = packed.read(name).decode(errors="replace")
            made.writestr(name, content.replace("</sheetData>", blank * 5_000 + "</sheetData>"))

    assert office.look(large).rows == 1


def test_an_empty_workbook_is_refused(office: Importer, tmp_path: Path) -> None:
    Workbook().save(tmp_path / "d.xlsx")

    with pytest.raises(NoTable):
        office.look(tmp_path / "d.xlsx")


def test_a_wrong_format_said_by_hand_is_refused(office: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "d.csv", [row(1)])

    for wrong in (Format.XLSX, Format.JSON):
        with pytest.raises(CannotBeRead):
            importing.preview(
                office.session, office.vault, Source(path=path, format=wrong),
                Rules(kind=Kind.DOSSIERS), service="BH", by=office.by, at=AT,
            )  # fmt: skip


def test_only_an_administrator_imports(office: Importer, tmp_path: Path) -> None:
    session = office.session
    session.rollback()
    clerk = build(session).counter
    path = write_csv(tmp_path / "d.csv", [row(1)])

    with pytest.raises(RoleNeeded):
        Importer(session=session, vault=office.vault, by=clerk).take(path)


def test_a_wrong_encoding_said_by_hand_is_seen_in_the_cells(
    office: Importer, tmp_path: Path
) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(encoded(csv_text([row(1)]), Encoding.TCVN3))
    said = Source(path=path, encoding=Encoding.UTF_8)

    with pytest.raises(Refusal) as refused:
        importing.preview(
            office.session, office.vault, said, Rules(kind=Kind.DOSSIERS),
            service="BH", by=office.by, at=AT,
        )  # fmt: skip
    assert refused.value.code in {"import.no_headings", "import.columns_missing"}


def test_objects_may_leave_out_what_is_empty(office: Importer, tmp_path: Path) -> None:
    short = {key: row(1)[key] for key in ("Mã hồ sơ", "Mã TTHC", "Tên người nộp", "Ngày tiếp nhận")}
    path = write_json(tmp_path / "d.jsonl", [short, row(2)], lines=True)

    assert office.take(path).saved
    assert len(office.dossiers()) == 2
