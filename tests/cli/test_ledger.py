"""`postal verify` on the live store: whatever was changed in it is named in a line, never by a traceback."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine, text

from postal_service.cli import main
from postal_service.ledger import checkpoint, export, notes
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.cli.limits import little_room
from tests.cli.stopping import ctrl_c
from tests.services.in_hand import result, sealed
from tests.services.world import build

Capture = pytest.CaptureFixture[str]


# How an intruder takes the guards of a store away.
WITHOUT_GUARDS = {
    "sqlite": "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT format('DROP TRIGGER %I ON %I', tgname, relname)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal
    """,
}


@pytest.fixture
def database(service: str, committed_sessions: Sessions) -> Iterator[Engine]:
    """A service with a few items whose ledger is signed; its database, opened as an intruder would."""
    with transaction(committed_sessions) as session:
        world = build(session)
        sealed(session, world, 2)
        result(session, world)
    assert main(["checkpoint"]) == 0
    engine = create_engine(service)
    with engine.begin() as connection:
        for drop in connection.scalars(text(WITHOUT_GUARDS[engine.dialect.name])).all():
            connection.execute(text(drop))
    yield engine
    engine.dispose()


def change(database: Engine, words: str) -> None:
    if database.dialect.name == "postgresql":
        words = words.replace("= x'", r"= '\x")  # how it writes bytes
    with database.begin() as connection:
        connection.execute(text(words))


def test_an_honest_store_is_valid(database: Engine, capsys: Capture) -> None:
    capsys.readouterr()
    assert main(["verify"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("valid: size ")
    assert "The store says the same" in said


def test_a_changed_projection_is_named_and_a_rebuild_puts_it_right(
    database: Engine, capsys: Capture
) -> None:
    change(database, "UPDATE holding SET holder_staff = 's-courier'")
    assert main(["verify"]) == 1
    said = capsys.readouterr().out
    assert "differs: holding of BH" in said
    assert "differences: 3. The ledger itself is valid." in said

    assert main(["rebuild"]) == 0
    assert capsys.readouterr().out == "Told the stories of 3 items anew.\n"
    assert main(["verify"]) == 0


def test_what_is_signed_and_written_out_is_valid_where_there_is_no_store(
    database: Engine, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    files = [str(tmp_path / "ledger"), str(tmp_path / "keys")]
    capsys.readouterr()

    assert main(["checkpoint"]) == 0
    signed = re.fullmatch(r"Signed (\d+) events, root ([0-9a-f]{64})\.\n", capsys.readouterr().out)
    assert signed
    assert main(["export-ledger", *files]) == 0
    assert capsys.readouterr().out.startswith(f"Wrote {signed[1]} events to {files[0]} ")

    monkeypatch.delenv("POSTAL_DATABASE_URL")
    assert main(["verify", *files]) == 0
    assert capsys.readouterr().out.startswith(f"valid: size {signed[1]}, root {signed[2]} (")


def test_a_ledger_that_finds_no_room_to_be_checked_is_told_in_a_line(
    service: str, committed_sessions: Sessions, capsys: Capture
) -> None:
    with transaction(committed_sessions) as session:
        sealed(session, build(session), 60)
    assert main(["checkpoint"]) == 0
    capsys.readouterr()

    with little_room():
        assert main(["verify"]) == 1

    told = capsys.readouterr()
    assert told.err.startswith("postal: The system does not do it: ")
    assert told.err.count("\n") == 1
    assert not told.out


def test_a_rebuild_that_is_stopped_says_so_in_a_line(database: Engine, capsys: Capture) -> None:
    change(database, "UPDATE holding SET holder_staff = 's-courier'")
    capsys.readouterr()

    with ctrl_c("INSERT INTO holding"):
        assert main(["rebuild"]) == 130

    assert capsys.readouterr().err == "postal: Stopped.\n"
    assert main(["rebuild"]) == 0


@pytest.mark.parametrize("workers", ["-3", "0", "65", "100000", "9" * 5_000, "1.5", "two", "²"])
def test_a_check_has_as_many_processes_as_a_machine_can_bear(workers: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--workers", workers])
    assert ended.value.code == 2
    assert "it is a whole number from 1 to 64" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        'DELETE FROM ledger_entry WHERE "index" = (SELECT max("index") FROM ledger_entry)',
        'DELETE FROM ledger_entry WHERE "index" = 3',
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET body = x'00' WHERE \"index\" = 3",
        "UPDATE ledger_entry SET signature = x'' WHERE \"index\" = 3",
        "UPDATE ledger_entry SET item_previous = x'00' WHERE \"index\" = 5",
        'UPDATE ledger_entry SET received_ms = received_ms + 1 WHERE "index" = 3',
        "UPDATE ledger_edge SET size = size - 1",
        "UPDATE ledger_edge SET hashes = x''",
        "UPDATE checkpoint SET note = 'x'",
        "UPDATE checkpoint SET root = x'00'",
        "UPDATE device SET public_key = x'00' WHERE kind = 'root'",
    ],
)  # fmt: skip
def test_whatever_is_changed_in_the_ledger_is_told_in_a_line(
    database: Engine, capsys: Capture, words: str
) -> None:
    change(database, words)
    capsys.readouterr()

    assert main(["verify"]) == 1

    said = capsys.readouterr()
    told = ("broken: ", "differs: edge")
    assert any(each in said.out for each in told) or said.err.startswith(
        "postal: The ledger in the store is not what was recorded: "
    )


def test_a_later_checkpoint_that_is_known_must_be_in_the_store(
    database: Engine, capsys: Capture
) -> None:
    capsys.readouterr()
    assert main(["verify", "--known", "99", "ab" * 32]) == 1
    assert "you know of 99" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["verify", "export-ledger"])
def test_while_no_witness_answers_it_says_what_to_do(
    database: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    tmp_path: Path,
    command: str,
) -> None:
    key = notes.public_key("w1", Ed25519PrivateKey.generate(), notes.Kind.COSIGNATURE)
    monkeypatch.setenv("POSTAL_WITNESSES", f"{key} http://127.0.0.1:9")
    files = [str(tmp_path / "ledger"), str(tmp_path / "keys")] if command != "verify" else []

    assert main([command, *files]) == 1

    said = capsys.readouterr().err
    assert "No checkpoint has enough witnesses yet (1 needed)" in said
    assert "`postal checkpoint`" in said


@pytest.mark.usefixtures("database")
def test_a_ledger_that_cannot_be_written_is_told_in_a_line_and_nothing_is_left(
    capsys: Capture, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "folder").mkdir(parents=True)
    capsys.readouterr()
    for ledger, keys in (
        ("none/a", "k"), ("a", "none/k"), ("folder", "k"), ("a", "folder"), ("a", "a"), ("a" * 300, "k"),
    ):  # fmt: skip
        assert main(["export-ledger", str(out / ledger), str(out / keys)]) == 1
        told = capsys.readouterr().err
        assert told.startswith("postal: ")
        assert told.count("\n") == 1
        assert [each.name for each in out.iterdir()] == ["folder"]

    assert main(["export-ledger", str(out / "a"), str(out / "k")]) == 0
    assert sorted(each.name for each in out.iterdir()) == ["a", "folder", "k"]


@pytest.mark.usefixtures("database")
def test_half_a_ledger_is_not_left_behind(committed_sessions: Sessions, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    with reading(committed_sessions) as session:
        newest = checkpoint.newest(session)
        assert newest is not None
        with pytest.raises(OSError, match="directory"):
            export.write(session, folder, origin="post.example/custody", upto=newest)
    assert not (tmp_path / "ledger.partial").exists()
