"""`postal report`, as a person types it, on a store of its own."""

import csv
from pathlib import Path

import pytest

from postal_service.cli import main
from postal_service.storage.transaction import Sessions, transaction
from tests.reports import rows
from tests.services import world as w

NOVEMBER = ["--from", "2026-11-01", "--to", "2026-11-30"]


@pytest.fixture
def store(service: str, committed_sessions: Sessions) -> str:
    """The small organisation with a dossier that was settled in time."""
    with transaction(committed_sessions) as session:
        world = w.build(session)
        rows.dossier(session, world, received=w.MORNING, due=w.AFTER_CUT, settled=w.MORNING, state="resolved")  # fmt: skip
    return service


@pytest.mark.usefixtures("store")
def test_the_figures_are_told_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "units.csv"

    assert main(["report", *NOVEMBER, "--csv", str(path), "--language", "en"]) == 0

    said = capsys.readouterr().out
    assert "Thành phố Đà Nẵng: 01/11/2026 – 30/11/2026" in said
    assert "100.0 %" in said
    assert "Decision 766/QĐ-TTg" in said
    with path.open(encoding="utf-8-sig") as file:
        total, commune = csv.DictReader(file)
    assert (total["Received"], commune["Unit code"]) == ("1", w.COMMUNE)


@pytest.mark.usefixtures("store")
def test_a_unit_without_anything_has_shares_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--unit", w.OFFICE, *NOVEMBER]) == 0
    said = capsys.readouterr().out
    assert "Bưu cục Tam Kỳ" in said
    assert "–" in said
    assert "0.0 %" not in said


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--unit", "nowhere"],
        ["--unit", "' OR 1=1"],
        ["--from", "2026-12-01", "--to", "2026-11-01"],
        ["--from", "1999-01-01", "--to", "1999-01-02"],
        ["--csv", "/nowhere/at/all.csv"],
        ["--csv", "/"],
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *arguments]) == 1
    told = capsys.readouterr().err
    assert told.startswith("postal: ")
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "arguments",
    [["--from", "tomorrow"], ["--to", "31/12/2026"], ["--language", "fr"], ["--csv"], ["--unit"]],
)
def test_what_is_not_understood_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", *arguments])
    assert ended.value.code == 2
    assert "postal report" in capsys.readouterr().err


def test_without_settings_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POSTAL_DATABASE_URL", raising=False)
    assert main(["report"]) == 2
    assert "POSTAL_DATABASE_URL" in capsys.readouterr().err
