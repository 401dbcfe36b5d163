"""A file may come twice, in parts and corrected; what the post has done since then stands."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from postal_service.domain.acts import Leg
from postal_service.domain.ids import DossierId, ItemId, StaffId
from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services import dossiers as standing
from postal_service.services.importing import Kind, Mode, Progress, Rules, Source, Stage, run
from postal_service.storage.schema import CounterRow, DossierRow, PersonRow, StepRow
from tests.services import world as w
from tests.services.importing.files import AT, Importer, row, saved, told
from tests.services.importing.writing import write_csv

CODE = "H17.132-261110-0001"


def test_a_second_import_changes_nothing(office: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "d.csv", [row(n) for n in range(1, 6)])
    office.take(path)
    before = _everything(office)

    for mode in Mode:
        assert saved(office.take(path, mode=mode)) == (0, 0, 5, 0)

    assert _everything(office) == before


def _everything(office: Importer) -> list[tuple[object, ...]]:
    rows = [
        row
        for table in (DossierRow, PersonRow, StepRow)
        for row in office.session.execute(select(table.__table__))
    ]
    return sorted((tuple(row) for row in rows), key=repr)


def test_a_longer_file_adds_what_is_new(office: Importer, tmp_path: Path) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1), row(2)]))

    report = office.take(write_csv(tmp_path / "b.csv", [row(n) for n in range(1, 5)]))

    assert saved(report) == (2, 0, 2, 0)


def test_create_refuses_what_is_there_and_differs(office: Importer, tmp_path: Path) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1)]))

    report = office.take(write_csv(tmp_path / "b.csv", [row(1) | {"Kênh": "trực tuyến"}]))

    assert told(report.errors) == [(2, "", "import.there_and_different")]
    assert report.errors[0].facts == {"columns": "Kênh"}


def test_an_update_writes_over_what_was_imported(office: Importer, tmp_path: Path) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1)]))
    changed = {
        "Tên người nộp": "Nguyễn Thị Ánh Tuyết",
        "Ngày hẹn trả": "20/11/2026 11:00",
        "Trạng thái": "Có kết quả",
        "Ngày giải quyết": "16/11/2026 10:00",
    }

    report = office.take(write_csv(tmp_path / "b.csv", [row(1) | changed]), mode=Mode.UPDATE)

    assert saved(report) == (0, 1, 0, 0)
    kept = office.dossiers()[CODE]
    assert kept.due_at == datetime(2026, 11, 20, 11, tzinfo=VIETNAM)
    assert kept.administrative == "resolved"
    people = office.people(CODE)
    assert people[PersonRole.SUBMITTER].name == "Nguyễn Thị Ánh Tuyết"
    assert people[PersonRole.OWNER].name == "Nguyễn Thị Ánh Tuyết"
    steps = office.session.scalars(select(StepRow.kind).order_by(StepRow.id))
    assert list(steps) == ["received", "resolved"]


def test_an_update_knows_only_what_is_there(office: Importer, tmp_path: Path) -> None:
    report = office.take(write_csv(tmp_path / "a.csv", [row(1)]), mode=Mode.UPDATE)

    assert told(report.errors) == [(2, "", "import.not_there")]


@pytest.mark.parametrize(
    "change",
    [
        {"Mã TTHC": "2.000635"},
        {"Cơ quan": "AG-20791"},
        {"Ngày tiếp nhận": "10/11/2026 09:00"},
    ],
)
def test_no_import_changes_what_was_received_when_and_by_whom(
    office: Importer, tmp_path: Path, change: dict[str, object]
) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1)]))

    report = office.take(write_csv(tmp_path / "b.csv", [row(1) | change]), mode=Mode.MERGE)

    assert told(report.errors) == [(2, "", "import.never_changes")]


def test_a_dossier_goes_on_and_never_back(office: Importer, tmp_path: Path) -> None:
    done = {"Trạng thái": "Đã trả kết quả", "Ngày trả": "13/11/2026"}
    office.take(write_csv(tmp_path / "a.csv", [row(1) | done]))

    back = write_csv(tmp_path / "b.csv", [row(1) | {"Trạng thái": "Đang xử lý"}])

    assert told(office.take(back, mode=Mode.MERGE).errors) == [(2, "", "import.never_changes")]


def test_a_file_does_not_write_over_a_dossier_the_post_carries(
    office: Importer, tmp_path: Path
) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1)]))
    standing.give_item(
        office.session, ItemId("BH000000015VN"), Leg.IN, DossierId(office.dossiers()[CODE].id),
        origin=w.OFFICE, destination=w.DESK, token_hash=b"", made_by=StaffId("s"), day=AT.date(),
    )  # fmt: skip

    report = office.take(
        write_csv(tmp_path / "b.csv", [row(1) | {"Kênh": "bưu chính"}]), mode=Mode.MERGE
    )

    assert told(report.errors) == [(2, "", "import.already_ours")]
    assert office.dossiers()[CODE].channel == "direct"


def test_people_of_an_import_are_encrypted_and_found_by_index(
    office: Importer, tmp_path: Path
) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1)]))

    stored = office.session.scalars(select(PersonRow)).all()
    kept = b"".join(each.name + each.phone + each.citizen + each.address for each in stored)
    assert "Ánh".encode() not in kept
    assert b"0905000011" not in kept
    for query in ("0905 000 011", "049185000011", "nguyen thi anh", CODE):
        found = standing.find(office.session, office.vault, query, by=office.by)
        assert [dossier.code for dossier in found.dossiers] == [CODE]


def test_a_refused_file_takes_no_numbers(office: Importer, tmp_path: Path) -> None:
    by_post = {"Nhận kết quả qua BCCI": "có"}
    bad = row(2) | {"Điện thoại": "1"}

    office.take(write_csv(tmp_path / "a.csv", [row(1) | by_post, bad]))

    counters = select(func.count()).select_from(CounterRow).where(CounterRow.name == "item:BH")
    assert office.session.scalar(counters) == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Điện thoại": ""}, ("Điện thoại", "reception.no_phone")),
        ({"Địa chỉ": ""}, ("Địa chỉ", "reception.no_receiver")),
        ({"Địa chỉ": "12 Lê Lợi, Hà Nội"}, ("Địa chỉ", "import.no_commune")),
        ({"Mã TTHC": "1.000894"}, ("Nhận kết quả qua BCCI", "procedure.not_by_post")),
    ],
)
def test_a_result_by_post_needs_somebody_to_bring_it_to(
    office: Importer, tmp_path: Path, change: dict[str, object], expected: tuple[str, str]
) -> None:
    report = office.take(
        write_csv(tmp_path / "a.csv", [row(1) | {"Nhận kết quả qua BCCI": "x"} | change])
    )

    assert told(report.errors) == [(2, *expected)]


def test_an_address_elsewhere_is_kept_as_written_with_a_remark(
    office: Importer, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1) | {"Địa chỉ": "12 Lê Lợi, Hà Nội"}])

    report = office.take(path)

    assert told(report.remarks) == [(2, "Địa chỉ", "import.commune_not_found")]
    address = office.people(CODE)[PersonRole.SUBMITTER].address
    assert address is not None
    assert (address.text, address.unit) == ("12 Lê Lợi, Hà Nội", w.PROVINCE)


def test_progress_tells_both_passes_and_their_rows(office: Importer, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "d.csv", [row(n) for n in range(1, 2201)])
    seen: list[Progress] = []

    report = run(
        office.session, office.vault, Source(path=path), Rules(kind=Kind.DOSSIERS),
        service="BH", by=office.by, at=AT, on_progress=seen.append,
    )  # fmt: skip

    assert saved(report) == (2200, 0, 0, 0)
    rows = {stage: [p.rows for p in seen if p.stage is stage] for stage in Stage}
    assert rows == {Stage.CHECKING: [1000, 2000, 2200], Stage.SAVING: [1000, 2000, 2200]}
    assert all(p.total == 2200 for p in seen if p.stage is Stage.SAVING)
    assert office.session.scalar(select(func.count()).select_from(DossierRow)) == 2200
