"""`postal import`, as a person types it, on a store of its own."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy import text as text_of

from postal_service.cli import main
from postal_service.domain.legacy_text import Encoding
from tests.cli.limits import little_room
from tests.cli.stopping import ctrl_c, ctrl_c_at_commit
from tests.services.importing.writing import encoded

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
BEFORE = ("units", "offices", "staff", "procedures", "calendar")


@pytest.fixture
def url(service: str) -> str:
    """A store with units and procedures in it."""
    for kind in BEFORE:
        assert main(["import", kind, str(SAMPLES / f"{kind}.csv")]) == 0
    return service


def _dossiers(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.execute(text_of("SELECT count(*) FROM dossier")).scalar_one()
    engine.dispose()
    return int(count)


def test_a_preview_shows_rows_and_saves_nothing(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "dossiers", str(SAMPLES / "dossiers_tcvn3.csv"), "--preview"]) == 0

    said = capsys.readouterr().out
    assert "tcvn3" in said
    assert "Đ. V. Ưởng" in said
    assert "0905000022" not in said
    assert "created 5" in said
    assert _dossiers(url) == 0


@pytest.mark.usefixtures("url")
def test_an_agencys_calendar_is_looked_at_and_saved(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", "calendar", str(SAMPLES / "agency_calendar.csv")]

    assert main([*command, "--preview"]) == 0
    assert main(command) == 0
    assert main(command) == 0

    said = capsys.readouterr().out
    assert said.count("created 4") == 3  # looked at twice, saved once
    assert "unchanged 4" in said


def test_an_import_is_saved_once(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "dossiers", str(SAMPLES / "dossiers.csv")]) == 0
    assert main(["import", "dossiers", str(SAMPLES / "dossiers.xlsx"), "--mode", "merge"]) == 0

    assert "unchanged 5" in capsys.readouterr().out
    assert _dossiers(url) == 5


@pytest.mark.parametrize("name", ["tcvn3", "windows1258"])
def test_a_guessed_encoding_is_saved_only_when_it_is_named(
    url: str, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    said = {"windows1258": "windows-1258"}.get(name, name)
    command = ["import", "dossiers", str(SAMPLES / f"dossiers_{name}.csv")]
    capsys.readouterr()

    assert main(command) == 1
    assert f"run the command again with --encoding {said}" in capsys.readouterr().err
    assert _dossiers(url) == 0

    assert main([*command, "--encoding", said]) == 0
    assert _dossiers(url) == 5


def test_a_name_of_one_row_that_is_guessed_wrong_is_not_saved_wrong(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "staff.csv"
    text = "Ten dang nhap,Ho ten,Vai tro,Ma don vi\ny.bt,Bùi Thị Ỷ,courier,560000\n"
    path.write_bytes(encoded(text, Encoding.WINDOWS_1258))

    assert main(["import", "staff", str(path)]) == 1
    assert "tcvn3 (đoán" in capsys.readouterr().out  # it looks more like TCVN3
    assert main(["import", "staff", str(path), "--encoding", "windows-1258"]) == 0

    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.scalars(text_of("SELECT name FROM staff WHERE login = 'y.bt'")).all()
    engine.dispose()
    assert names == ["Bùi Thị Ỷ"]


@pytest.mark.parametrize("order", ["le", "be"])
def test_text_in_pairs_of_bytes_without_a_mark_is_read_as_named(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], order: str
) -> None:
    good = (SAMPLES / "dossiers.csv").read_text(encoding="utf-8-sig")
    path = tmp_path / "d.csv"
    path.write_bytes(good.encode(f"utf-16-{order}"))

    assert main(["import", "dossiers", str(path)]) == 1
    assert "--encoding utf-16" in capsys.readouterr().err
    assert main(["import", "dossiers", str(path), "--encoding", "utf-16"]) == 0
    assert _dossiers(url) == 5


def test_one_bad_row_leaves_all_unsaved_unless_the_good_ones_are_asked_for(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = (SAMPLES / "dossiers.csv").read_text(encoding="utf-8-sig")
    path = tmp_path / "d.csv"
    path.write_text(good.replace("2.000635", "9.999999", 1), encoding="utf-8")

    assert main(["import", "dossiers", str(path)]) == 1
    told = capsys.readouterr()
    assert "dòng / row 2 | Mã TTHC | 9.999999" in told.out
    assert "Nothing was saved" in told.err
    assert _dossiers(url) == 0

    assert main(["import", "dossiers", str(path), "--save-good-rows"]) == 1
    assert _dossiers(url) == 4


@pytest.mark.parametrize("at", ["FROM unit", "INSERT INTO dossier "])
@pytest.mark.parametrize(("options", "bad"), [([], 0), (["--save-good-rows"], 1)])
def test_an_import_that_is_stopped_has_saved_nothing(
    url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    at: str,
    options: list[str],
    bad: int,
) -> None:
    good = (SAMPLES / "dossiers.csv").read_text(encoding="utf-8-sig")
    path = tmp_path / "d.csv"
    path.write_text(good.replace("2.000635", "9.999999", bad), encoding="utf-8")
    command = ["import", "dossiers", str(path), *options]
    capsys.readouterr()

    with ctrl_c(at):
        assert main(command) == 130

    assert capsys.readouterr().err == (
        "postal: Đã dừng, chưa lưu gì.\npostal: Stopped; nothing was saved.\n"
    )
    assert _dossiers(url) == 0
    assert main(command) == bad
    assert _dossiers(url) == 5 - bad


def test_an_import_that_is_stopped_at_its_very_end_says_that_it_may_be_saved(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["import", "dossiers", str(SAMPLES / "dossiers.csv")]
    with ctrl_c_at_commit():
        assert main(command) == 130

    assert "it may be saved. Run the command again" in capsys.readouterr().err
    assert main(command) == 0
    assert main(command) == 0
    assert _dossiers(url) == 5


def test_rows_that_find_no_room_until_they_are_saved_are_told_in_a_line(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heading, row, *_ = (SAMPLES / "dossiers.csv").read_text(encoding="utf-8-sig").splitlines()
    path = tmp_path / "d.csv"
    rows = [row.replace("261102-0001", f"261102-{number:04}") for number in range(1, 1_001)]
    path.write_text("\n".join([heading, *rows]), encoding="utf-8")
    capsys.readouterr()

    with little_room():
        assert main(["import", "dossiers", str(path)]) == 1

    told = capsys.readouterr().err
    assert told.startswith("postal: The system does not do it: ")
    assert told.count("\n") == 1
    assert _dossiers(url) == 0


def test_a_file_without_a_row_says_that_nothing_was_saved(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heading, *_ = (SAMPLES / "dossiers.csv").read_text(encoding="utf-8-sig").splitlines()
    path = tmp_path / "d.csv"
    path.write_text(heading + "\n", encoding="utf-8")

    assert main(["import", "dossiers", str(path)]) == 0

    said = capsys.readouterr().out
    assert "The file has no rows, so nothing was saved." in said
    assert "Saved." not in said
    assert _dossiers(url) == 0


def test_what_breaks_before_the_first_row_is_told_of_the_file(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.json"
    path.write_bytes(b"[" * 200_000)

    assert main(["import", "dossiers", str(path)]) == 1

    told = capsys.readouterr()
    assert "tệp / file: " in told.out
    assert "row 0" not in told.out
    assert "Nothing was saved" in told.err
    assert _dossiers(url) == 0


def test_text_of_no_known_encoding_is_told_as_that(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes("氏名,住所\n日本,東京\n".encode("shift-jis"))

    assert main(["import", "dossiers", str(path)]) == 1

    said = capsys.readouterr().err
    assert "encoding is not known" in said
    assert "?" not in said
    assert _dossiers(url) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["dossiers", "there-is-no-such-file.csv"],
        ["dossiers", str(SAMPLES / "README.md")],
        ["dossiers", str(SAMPLES / "units.csv")],
        ["dossiers", str(SAMPLES / "dossiers.csv"), "--format", "xlsx"],
        ["dossiers", str(SAMPLES / "dossiers.xlsx"), "--format", "json"],
    ],
)
def test_what_cannot_be_taken_is_refused_in_a_sentence(
    url: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *arguments]) == 1

    said = capsys.readouterr().err
    assert said.startswith("postal: ")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments",
    [["letters", "d.csv"], ["dossiers"], ["dossiers", "d.csv", "--mode", "replace"], ["dossiers", "d.csv", "--encoding", "latin-1"]],
)  # fmt: skip
def test_a_command_that_is_not_understood_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", *arguments])

    assert ended.value.code == 2


def test_a_negative_number_of_errors_is_refused() -> None:
    assert main(["import", "dossiers", "d.csv", "--errors", "-1"]) == 2


def test_a_service_without_settings_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("POSTAL_DATABASE_URL", raising=False)

    assert main(["import", "dossiers", "d.csv"]) == 2
    assert "POSTAL_DATABASE_URL" in capsys.readouterr().err
