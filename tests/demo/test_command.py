"""What `postal demo` answers when it was asked wrongly: a line and an exit status, and nothing is made."""

import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from postal_service.cli import main
from postal_service.demo import store
from postal_service.demo.world import INSTALLER
from postal_service.domain.ids import UnitCode
from postal_service.services import directory
from postal_service.services.directory import NewUnit
from postal_service.storage.engine import open_engine
from postal_service.storage.schema import UnitRow
from postal_service.storage.transaction import reading, sessions_on, transaction
from tests.databases import sqlite_url

USAGE = 2


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--day-share", "0"],
        ["--day-share", "-0.5"],
        ["--day-share", "1.5"],
        ["--day-share", "nan"],
        ["--day-share", "half"],
        ["--seed", "-1"],
        ["--seed", "x"],
        ["--port", "0"],
        ["--port", "70000"],
        ["--unheard-of"],
    ],
)
def test_arguments_that_cannot_be_are_explained(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--no-serve", "--folder", str(tmp_path / "demo"), *wrong])
    assert ended.value.code == USAGE
    assert wrong[0] in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_a_port_that_is_taken_is_named_before_anything_is_made(
    taken_port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["demo", "--folder", str(tmp_path / "demo"), "--port", str(taken_port)])
    assert status == 1
    assert str(taken_port) in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_cannot_be_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    assert main(["demo", "--no-serve", "--folder", str(in_the_way / "demo")]) == 1
    told = capsys.readouterr().err
    assert str(in_the_way / "demo") in told
    assert "Traceback" not in told


@pytest.mark.usefixtures("own_databases")
def test_an_older_demo_gives_way_and_what_lies_elsewhere_does_not(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "demo")
    (tmp_path / "demo").mkdir()
    assert store.make(url, tmp_path / "demo").replaced is None
    seen = tmp_path / "demo" / "witnesses" / "one"
    seen.mkdir(parents=True)
    message = tmp_path / "demo" / "messages" / "otp-1.json"
    message.parent.mkdir()
    message.write_text("{}")
    assert store.make(url, tmp_path / "demo").replaced is not None
    assert not seen.exists()  # what a witness saw belongs to the log that is no more
    assert not message.exists()
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    assert store.make(url, elsewhere).replaced is None  # empty, so it may be written into


def test_a_database_that_holds_something_is_left_alone(
    committed_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _put_a_unit(committed_url)
    monkeypatch.setenv("POSTAL_DATABASE_URL", committed_url)
    assert main(["demo", "--no-serve", "--folder", str(tmp_path / "demo")]) == 1
    assert "not empty" in capsys.readouterr().err
    assert _units(committed_url) == 1


def _put_a_unit(url: str) -> None:
    engine = open_engine(url)
    with transaction(sessions_on(engine)) as session:
        unit = NewUnit(
            code=UnitCode("H17"), name="Đà Nẵng", kind="province", level="province", parent=None,
            valid_from=date(2025, 7, 1),
        )  # fmt: skip
        directory.put_unit(session, unit, by=INSTALLER)
    engine.dispose()


def _units(url: str) -> int | None:
    engine = open_engine(url)
    with reading(sessions_on(engine)) as session:
        count = session.scalar(select(func.count()).select_from(UnitRow))
    engine.dispose()
    return count
