"""A file that tells a day, or the way home of a result, otherwise than before is never taken for the same."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from postal_service.domain.administrative import StepKind, as_corrected
from postal_service.domain.ids import DossierId
from postal_service.domain.persons import PersonRole
from postal_service.domain.wording_dates import VIETNAM
from postal_service.services.importing import Mode
from postal_service.services.importing.dossier_comparing import CORRECTED
from postal_service.services.steps import steps_of, take_step
from postal_service.storage.schema import PersonRow, StepRow
from tests.services.importing.files import Importer, row, saved, told
from tests.services.importing.writing import write_csv

CODE = "H17.132-261110-0001"
RESOLVED = {"Trạng thái": "Có kết quả", "Ngày giải quyết": "12/11/2026"}
RETURNED = RESOLVED | {"Trạng thái": "Đã trả kết quả", "Ngày trả kết quả": "13/11/2026"}
REFUSED = {"Trạng thái": "Từ chối", "Ngày trả kết quả": "13/11/2026"}
BY_POST = {"Nhận kết quả qua BCCI": "có"}


def day(written: int, hour: int = 0) -> datetime:
    return datetime(2026, 11, written, hour, tzinfo=VIETNAM)


def take(
    office: Importer,
    folder: Path,
    mode: Mode,
    before: Mapping[str, object],
    then: Mapping[str, object],
) -> object:
    """Enter a row as it was, and then as it is told now; what the second file came to."""
    office.take(write_csv(folder / "before.csv", [row(1) | {**before}]), mode=Mode.CREATE)
    report = office.take(write_csv(folder / "then.csv", [row(1) | {**then}]), mode=mode)
    return told(report.errors) or saved(report)


def steps(office: Importer) -> dict[StepKind, datetime]:
    """The steps of the dossier as they stand."""
    known = steps_of(office.session, DossierId(office.dossiers()[CODE].id))
    return {step.kind: step.at for step in as_corrected(known)}


def roles(office: Importer) -> set[PersonRole]:
    """In which roles somebody is kept of the dossier."""
    kept = select(PersonRow.role).filter_by(dossier=office.dossiers()[CODE].id)
    return {PersonRole(role) for role in office.session.scalars(kept)}


@pytest.mark.parametrize(
    ("before", "change", "column"),
    [
        (RESOLVED, {"Ngày giải quyết": "20/11/2026"}, "Ngày giải quyết"),
        (RETURNED, {"Ngày trả kết quả": "16/11/2026"}, "Ngày trả kết quả"),
        (BY_POST, {"Nhận kết quả qua BCCI": "không"}, "Nhận kết quả qua bưu chính"),
    ],
)
def test_create_names_what_differs(
    office: Importer,
    tmp_path: Path,
    before: Mapping[str, object],
    change: Mapping[str, object],
    column: str,
) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1) | {**before}]))

    report = office.take(write_csv(tmp_path / "b.csv", [row(1) | {**before, **change}]))

    assert told(report.errors) == [(2, "", "import.there_and_different")]
    assert report.errors[0].facts == {"columns": column}


@pytest.mark.parametrize("told_day", [20, 11])
def test_an_update_corrects_the_day_of_the_result_and_adds_a_step(
    office: Importer, tmp_path: Path, told_day: int
) -> None:
    corrected = RESOLVED | {"Ngày giải quyết": f"{told_day}/11/2026"}

    assert take(office, tmp_path, Mode.UPDATE, RESOLVED, corrected) == (0, 1, 0, 0)
    assert take(office, tmp_path, Mode.UPDATE, corrected, corrected) == (0, 0, 1, 0)

    assert office.dossiers()[CODE].resolved_at == day(told_day)
    assert steps(office)[StepKind.RESOLVED] == day(told_day)
    kept = office.session.execute(
        select(StepRow.kind, StepRow.at, StepRow.why).order_by(StepRow.id)
    )
    assert [tuple(each) for each in kept][1:] == [
        ("resolved", day(12), "import"),
        ("resolved", day(told_day), CORRECTED),
    ]


def test_an_update_corrects_the_day_of_the_return_alone(office: Importer, tmp_path: Path) -> None:
    later = RETURNED | {"Ngày trả kết quả": "16/11/2026"}

    assert take(office, tmp_path, Mode.UPDATE, RETURNED, later) == (0, 1, 0, 0)

    assert office.dossiers()[CODE].resolved_at == day(12)
    assert steps(office)[StepKind.RESOLVED] == day(12)
    assert steps(office)[StepKind.RETURNED] == day(16)


def test_an_empty_day_of_the_result_leaves_the_one_that_is_stored(
    office: Importer, tmp_path: Path
) -> None:
    returned = {"Trạng thái": "Đã trả kết quả", "Ngày trả kết quả": "20/11/2026"}

    assert take(office, tmp_path, Mode.UPDATE, RESOLVED, returned) == (0, 1, 0, 0)

    assert office.dossiers()[CODE].resolved_at == day(12)
    assert steps(office)[StepKind.RESOLVED] == day(12)
    assert steps(office)[StepKind.RETURNED] == day(20)


def test_one_day_told_for_both_is_corrected_for_both(office: Importer, tmp_path: Path) -> None:
    one = {"Trạng thái": "Đã trả kết quả", "Ngày giải quyết": "12/11/2026"}
    other = one | {"Ngày giải quyết": "16/11/2026"}

    assert take(office, tmp_path, Mode.UPDATE, one, other) == (0, 1, 0, 0)

    assert steps(office)[StepKind.RESOLVED] == steps(office)[StepKind.RETURNED] == day(16)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("before", "change", "expected"),
    [
        (
            RETURNED,
            {"Ngày giải quyết": "", "Ngày trả kết quả": "11/11/2026"},
            ("Ngày trả kết quả", "import.returned_before_resolved"),
        ),
        (
            RETURNED,
            {"Ngày giải quyết": "16/11/2026", "Ngày trả kết quả": ""},
            ("Ngày giải quyết", "import.returned_before_resolved"),
        ),
        (
            REFUSED,
            {"Ngày giải quyết": "", "Ngày trả kết quả": "16/11/2026"},
            ("Ngày giải quyết", "import.which_day_ended"),
        ),
    ],
)
def test_a_day_that_cannot_stand_beside_the_stored_one_is_refused(
    office: Importer,
    tmp_path: Path,
    before: Mapping[str, object],
    change: Mapping[str, object],
    expected: tuple[str, str],
    mode: Mode,
) -> None:
    assert take(office, tmp_path, mode, before, {**before, **change}) == [(2, *expected)]


def test_the_day_of_a_step_that_was_taken_here_stands(office: Importer, tmp_path: Path) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1)]))
    dossier = office.dossiers()[CODE]
    take_step(office.session, dossier, StepKind.RESOLVED, by=office.by, at=day(12, 9))

    report = office.take(
        write_csv(tmp_path / "b.csv", [row(1) | RESOLVED | {"Ngày giải quyết": "16/11/2026"}]),
        mode=Mode.UPDATE,
    )

    assert told(report.errors) == [(2, "", "import.already_ours")]
    assert office.dossiers()[CODE].resolved_at == day(12, 9)


def test_a_day_the_state_has_not_reached_is_left_out_with_a_remark(
    office: Importer, tmp_path: Path
) -> None:
    early = RESOLVED | {"Trạng thái": "Đang xử lý"}

    report = office.take(write_csv(tmp_path / "a.csv", [row(1) | early]))

    assert told(report.remarks) == [(2, "Ngày giải quyết", "import.end_not_reached")]
    assert office.dossiers()[CODE].resolved_at is None


def test_a_receiver_is_left_out_with_a_remark_where_nothing_says_that_it_goes_by_post(
    office: Importer, tmp_path: Path
) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1) | BY_POST]))
    elsewhere: dict[str, object] = {"Địa chỉ nhận kết quả": "1 Lê Lợi, phường Tam Kỳ"}

    report = office.take(write_csv(tmp_path / "b.csv", [row(1) | elsewhere]), mode=Mode.UPDATE)

    assert told(report.remarks) == [(2, "Địa chỉ nhận kết quả", "import.receiver_not_used")]


def test_a_result_that_is_fetched_after_all_sends_no_courier(
    office: Importer, tmp_path: Path
) -> None:
    fetched = {"Nhận kết quả qua BCCI": "không"}

    assert take(office, tmp_path, Mode.UPDATE, BY_POST, {}) == (0, 0, 1, 0)  # empty says nothing
    assert take(office, tmp_path, Mode.UPDATE, BY_POST, fetched) == (0, 1, 0, 0)

    kept = office.dossiers()[CODE]
    assert (kept.result_by_post, kept.result_item, kept.result_lock) == (False, None, None)
    assert roles(office) == {PersonRole.SUBMITTER, PersonRole.OWNER}
    assert take(office, tmp_path, Mode.UPDATE, fetched, BY_POST) == (0, 1, 0, 0)
    kept = office.dossiers()[CODE]
    assert kept.result_by_post
    assert kept.result_item
    assert PersonRole.RECEIVER in roles(office)


GIVEN_BACK = REFUSED | {"Trạng thái": "Từ chối, đã trả lại giấy tờ"}


def test_papers_that_were_given_back_here_are_no_news_to_an_export(
    office: Importer, tmp_path: Path
) -> None:
    office.take(write_csv(tmp_path / "a.csv", [row(1) | REFUSED]))
    dossier = office.dossiers()[CODE]
    take_step(office.session, dossier, StepKind.RETURNED, by=office.by, at=day(20, 9))

    for mode in (Mode.CREATE, Mode.UPDATE, Mode.MERGE):
        report = office.take(write_csv(tmp_path / "b.csv", [row(1) | REFUSED]), mode=mode)
        assert told(report.errors) == []

    assert office.dossiers()[CODE].administrative == "refused_returned"
    assert steps(office)[StepKind.RETURNED] == day(20, 9)


def test_an_export_that_tells_papers_given_back_is_taken_with_both_days(
    office: Importer, tmp_path: Path
) -> None:
    both = GIVEN_BACK | {"Ngày giải quyết": "12/11/2026", "Ngày trả kết quả": "16/11/2026"}

    assert take(office, tmp_path, Mode.UPDATE, REFUSED, both) == (0, 1, 0, 0)

    assert office.dossiers()[CODE].administrative == "refused_returned"
    assert steps(office)[StepKind.RETURNED] == day(16)
    assert office.dossiers()[CODE].resolved_at == day(12)
