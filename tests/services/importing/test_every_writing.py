"""However a table is written, the same dossiers come out of it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postal_service.domain.legacy_text import Encoding
from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services.importing import Format
from tests.services.importing.files import Importer, saved
from tests.services.importing.writing import write_csv, write_json, write_xlsx

FAMILY = ("Nguyễn", "Trần", "Đặng", "Lê", "Võ", "Huỳnh", "Bùi")
MIDDLE = ("Thị Thu", "Văn", "Quốc", "Ngọc Ánh", "Hữu", "Thị Mỹ")
GIVEN = ("Hòa", "Ưởng", "Khánh", "Tuyết", "Nghĩa", "Mỹ", "Ổn", "Đẵng", "Ái")
FIRST = date(2026, 1, 5)

names = st.builds(lambda *words: " ".join(words), *map(st.sampled_from, (FAMILY, MIDDLE, GIVEN)))
days = st.integers(0, 300).map(lambda n: FIRST + timedelta(days=n))
people = st.tuples(names, st.integers(0, 10**8 - 1), st.integers(0, 10**9 - 1))
writings = st.one_of(
    st.tuples(
        st.just(Format.CSV),
        st.sampled_from([*Encoding]).filter(lambda e: e is not Encoding.VNI),
        st.sampled_from([",", ";", "\t", "|"]),
    ),
    st.tuples(st.just(Format.JSON), st.booleans(), st.booleans()),
    st.tuples(st.just(Format.XLSX), st.booleans(), st.just("")),
)


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, object]]:
    chosen = draw(st.lists(st.tuples(people, days), min_size=1, max_size=6))
    return [
        {
            "MÃ HỒ SƠ (*)": f"H17.132-{day:%y%m%d}-{serial:04d}",
            "Ma TTHC": "1.004859",
            "Họ và tên người nộp": name,
            "Số CCCD": f"049{citizen:09d}",
            "SĐT": f"09{phone:08d}",
            "Địa chỉ": f"{serial} Phan Châu Trinh; phường Tam Kỳ, Đà Nẵng",
            "Đơn vị giải quyết": "UBND phường Tam Kỳ",
            "Thời gian tiếp nhận": f"{day:%d/%m/%Y} 08:{serial % 60:02d}",
            "Hạn trả": f"{day + timedelta(days=9):%d/%m/%Y}",
        }
        for serial, ((name, phone, citizen), day) in enumerate(chosen, start=1)
    ]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(table=tables(), writing=writings)
def test_the_same_dossiers_come_out_of_every_writing(
    office: Importer, table: list[dict[str, object]], writing: tuple[Format, object, object]
) -> None:
    with TemporaryDirectory() as folder, office.session.begin_nested() as savepoint:
        path = _written(Path(folder), table, *writing)

        report = office.take(path)

        assert report.saved, report.errors
        assert saved(report) == (len(table), 0, 0, 0)
        assert saved(office.take(path)) == (0, 0, len(table), 0)
        kept = office.dossiers()
        for row in table:
            code = str(row["MÃ HỒ SƠ (*)"])
            who = office.people(code)[PersonRole.SUBMITTER]
            assert who.name == row["Họ và tên người nộp"]
            assert who.citizen == row["Số CCCD"]
            assert who.phone == f"+84{str(row['SĐT'])[1:]}"
            assert who.address is not None
            assert (who.address.text, who.address.unit) == (row["Địa chỉ"], "20341")
            assert _said(kept[code].received_at) == row["Thời gian tiếp nhận"]
            assert _said(kept[code].due_at) == f"{row['Hạn trả']} 17:00"
        savepoint.rollback()
        office.session.expire_all()


def _said(moment: datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if moment else ""


def _written(
    folder: Path, table: list[dict[str, object]], form: Format, one: object, other: object
) -> Path:
    if form is Format.CSV:
        assert isinstance(one, Encoding)
        return write_csv(folder / "d.csv", table, encoding=one, delimiter=str(other))
    if form is Format.JSON:
        return write_json(folder / "d.json", table, nfd=bool(one), lines=bool(other))
    if not one:
        return write_xlsx(folder / "d.xlsx", table)
    as_numbers = [
        row
        | {
            "SĐT": int(str(row["SĐT"])),
            "Số CCCD": int(str(row["Số CCCD"])),
            "Thời gian tiếp nhận": datetime.strptime(  # noqa: DTZ007  # a workbook's times have no zone
                str(row["Thời gian tiếp nhận"]), "%d/%m/%Y %H:%M"
            ),
        }
        for row in table
    ]
    return write_xlsx(folder / "d.xlsx", as_numbers, titles=("Danh sách", ""))
