"""Whoever sets a service up mistypes things; he is told in a line what is wrong, and nothing is done."""

import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from postal_service.cli import main
from postal_service.ledger import notes
from tests.databases import fresh_database

WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
OTHER_WITNESS = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
ON_A_STORE = [
    ["serve"],
    ["send-messages"],
    ["send-messages", "--follow"],
    ["rebuild"],
    ["verify"],
    ["checkpoint"],
    ["export-ledger", "ledger.jsonl", "keys.json"],
    ["report"],
    ["import", "dossiers", "d.csv"],
    ["staff", "an", "An", "--role", "auditor", "--unit", "H17"],
]
LOG = str(notes.public_key("post.example/custody", Ed25519PrivateKey.from_private_bytes(bytes(32))))


def run_on(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def witness(name: str, key: Ed25519PrivateKey) -> str:
    return f"{notes.public_key(name, key, notes.Kind.COSIGNATURE)} http://w.example\n"


@pytest.mark.parametrize(
    ("name", "value", "status", "said"),
    [
        ("POSTAL_MASTER_KEY", "không", 2, "POSTAL_MASTER_KEY must be 32 bytes"),
        ("POSTAL_TRUSTED_PROXIES", "-1", 2, "POSTAL_TRUSTED_PROXIES"),
        ("POSTAL_TRUSTED_PROXIES", "10", 2, "POSTAL_TRUSTED_PROXIES"),
        ("POSTAL_TRUSTED_PROXIES", "yes", 2, "POSTAL_TRUSTED_PROXIES"),
        ("POSTAL_TRUSTED_PROXIES", "", 2, "POSTAL_TRUSTED_PROXIES"),
        ("POSTAL_WITNESSES", "w1+00000000+AAAA http://w1.example", 2, "POSTAL_WITNESSES"),
        ("POSTAL_WITNESSES", witness("w1", WITNESS) + witness("w2", WITNESS), 2, "twice"),
        ("POSTAL_WITNESSES", witness("w1", WITNESS) + witness("w1", OTHER_WITNESS), 2, "twice"),
        ("POSTAL_ACCOUNTS", "POST postage 970436", 2, "POSTAL_ACCOUNTS has one line"),
        ("POSTAL_ACCOUNTS", "POST gifts 970436 1 A", 2, "POSTAL_ACCOUNTS has one line"),
        ("POSTAL_ACCOUNTS", "POST cod 970436 1 A", 2, "unit POST"),
        ("POSTAL_ACCOUNTS", "POST postage 97 1 A", 2, "A bank has six digits"),
        ("POSTAL_ACCOUNTS", f"POST postage 970436 1 {'A' * 26}", 2, "longer than 25"),
        ("POSTAL_ACCOUNTS", "P postage 970436 1 A\nP postage 970436 2 B", 2, "two accounts"),
        ("POSTAL_ITEM_PREFIX", "B", 2, "POSTAL_ITEM_PREFIX is the two capitals"),
        ("POSTAL_ITEM_PREFIX", "ĐX", 2, "POSTAL_ITEM_PREFIX is the two capitals"),
        ("POSTAL_ITEM_PREFIX", "bh", 2, "POSTAL_ITEM_PREFIX is the two capitals"),
        ("POSTAL_ITEM_PREFIX", "", 2, "POSTAL_ITEM_PREFIX is the two capitals"),
        ("POSTAL_ORIGIN", "a b", 2, "POSTAL_ORIGIN is the log's name"),
        ("POSTAL_ORIGIN", "a+b", 2, "POSTAL_ORIGIN is the log's name"),
        ("POSTAL_ORIGIN", "a\x01b", 2, "POSTAL_ORIGIN is the log's name"),
        ("POSTAL_LABEL_HOST", "a b/é", 2, "POSTAL_LABEL_HOST has to be a host name"),
        ("POSTAL_LABEL_HOST", "bưuđiện.vn", 2, "POSTAL_LABEL_HOST has to be a host name"),
        ("POSTAL_LABEL_HOST", "", 2, "POSTAL_LABEL_HOST has to be a host name"),
        ("POSTAL_SECURE_COOKIES", "true", 2, "POSTAL_SECURE_COOKIES is 1 or 0."),
        ("POSTAL_SECURE_COOKIES", "on", 2, "POSTAL_SECURE_COOKIES is 1 or 0."),
        ("POSTAL_SECURE_COOKIES", " 1", 2, "POSTAL_SECURE_COOKIES is 1 or 0."),
        ("POSTAL_SECURE_COOKIES", "", 2, "POSTAL_SECURE_COOKIES is 1 or 0."),
        ("POSTAL_REDIS_URL", "foo", 2, "POSTAL_REDIS_URL"),
        ("POSTAL_REDIS_URL", "http://u:secret@cache.example", 2, "POSTAL_REDIS_URL"),
        ("POSTAL_REDIS_URL", "redis://u:secret@cache.example:port", 2, "POSTAL_REDIS_URL"),
        ("POSTAL_METRICS_TOKEN", "secret", 2, "POSTAL_METRICS_TOKEN is 32 to 256 signs"),
        ("POSTAL_METRICS_TOKEN", "secret " * 6, 2, "POSTAL_METRICS_TOKEN"),
        ("POSTAL_METRICS_TOKEN", "bí-mật-secret" * 4, 2, "POSTAL_METRICS_TOKEN"),
        ("POSTAL_METRICS_TOKEN", "secret" * 50, 2, "POSTAL_METRICS_TOKEN"),
        ("POSTAL_LEAST_FREE_MB", "", 2, "POSTAL_LEAST_FREE_MB is how many megabytes"),
        ("POSTAL_LEAST_FREE_MB", "-1", 2, "POSTAL_LEAST_FREE_MB"),
        ("POSTAL_LEAST_FREE_MB", "0.5", 2, "POSTAL_LEAST_FREE_MB"),
        ("POSTAL_LEAST_FREE_MB", "500 MB", 2, "POSTAL_LEAST_FREE_MB"),
        ("POSTAL_LEAST_FREE_MB", "²", 2, "POSTAL_LEAST_FREE_MB"),
        ("POSTAL_LEAST_FREE_MB", "1" * 10, 2, "POSTAL_LEAST_FREE_MB"),
        ("POSTAL_DATABASE_URL", "secret-and-no-url", 2, "POSTAL_DATABASE_URL"),
        ("POSTAL_DATABASE_URL", "sqlite:////there/is/no/folder/post.db", 1, "database"),
        ("POSTAL_DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/post", 1, "database"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_a_line(
    configured: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    status: int,
    said: str,
) -> None:
    configured.setenv(name, value)
    assert main(["rebuild"]) == status
    told = capsys.readouterr().err
    assert said in told
    assert "secret" not in told


@pytest.fixture
def without_tables(
    configured: pytest.MonkeyPatch, dialect: str, request: pytest.FixtureRequest
) -> Iterator[None]:
    """A database that is there and in which nothing was made yet."""
    if dialect == "sqlite":
        yield
        return
    with fresh_database(request.getfixturevalue("postgres_url"), "unmade") as url:
        configured.setenv("POSTAL_DATABASE_URL", url)
        yield


@pytest.mark.usefixtures("without_tables")
@pytest.mark.parametrize("command", ON_A_STORE)
def test_a_store_without_tables_is_told_in_a_line(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    assert capsys.readouterr().err == (
        "postal: The tables are not up to date: run `postal migrate` first.\n"
    )


@pytest.mark.usefixtures("without_tables")
def test_tables_are_made_once_and_are_then_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["migrate"]) == 0
        assert capsys.readouterr().out == "The tables are up to date.\n"
    assert main(["rebuild"]) == 0


@pytest.mark.parametrize("command", [["migrate"], *ON_A_STORE])
def test_a_store_of_a_later_release_is_told_in_a_line(
    service: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run_on(service, "UPDATE alembic_version SET version_num = '9999_next'")

    assert main(command) == 2

    told = capsys.readouterr().err
    assert told.startswith(
        "postal: The database is newer than this program: its tables are at step 9999_next,"
    )
    assert told.count("\n") == 1


@pytest.fixture
def postgresql_store(
    configured: pytest.MonkeyPatch, postgres_url: str, postgresql_template: str
) -> Iterator[str]:
    """The URL of a migrated store on PostgreSQL, which the environment names."""
    template = make_url(postgresql_template).database or ""
    with fresh_database(postgres_url, "rights", template=template) as url:
        configured.setenv("POSTAL_DATABASE_URL", url)
        yield url


@pytest.mark.parametrize("command", ["migrate", "rebuild", "checkpoint", "report"])
def test_a_right_that_the_databases_user_lacks_is_told_in_a_line(
    configured: pytest.MonkeyPatch,
    postgresql_store: str,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    # A role that every PostgreSQL has and that owns nothing here.
    stranger = make_url(postgresql_store).update_query_dict({"options": "-c role=pg_monitor"})
    configured.setenv("POSTAL_DATABASE_URL", stranger.render_as_string(hide_password=False))

    assert main([command]) == 1

    assert capsys.readouterr().err == (
        "postal: The database does not do it: permission denied for table alembic_version\n"
    )


def test_what_is_wrong_with_the_program_itself_is_not_hidden(postgresql_store: str) -> None:
    run_on(postgresql_store, "DROP TABLE holding")

    with pytest.raises(ProgrammingError, match="holding"):
        main(["rebuild"])


@pytest.mark.parametrize("command", [["report", "--unit"], ["import", "dossiers"], ["staff"]])
def test_an_argument_that_is_no_text_is_told_in_a_line(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "H17\udcff"]) == 2
    assert capsys.readouterr().err == "postal: An argument is not UTF-8: H17\\udcff\n"


def test_bytes_that_are_no_text_are_told_in_a_line() -> None:
    command: list[str | bytes] = [sys.executable, "-m", "postal_service.cli", "report", "--unit"]
    command.append(b"\xff")
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "postal: An argument is not UTF-8: \\udcff\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:secret@127.0.0.1/post", "postgresql+psycopg://"),
        ("postgresql+pg8000://u:secret@127.0.0.1/post", "postgresql+psycopg://"),  # no such driver
        ("nodb://u:secret@127.0.0.1/post", "postgresql+psycopg://"),
        ("sqlite:///{file}", "No database is there: file is not a database."),
    ],
)
@pytest.mark.parametrize("command", ["rebuild", "migrate", "serve"])
def test_what_is_no_database_is_told_in_a_line(
    configured: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: str,
    url: str,
    said: str,
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Kính gửi Bưu điện thành phố,\n" * 100)
    configured.setenv("POSTAL_DATABASE_URL", url.format(file=file))

    assert main([command]) == 2

    told = capsys.readouterr().err
    assert said in told
    assert "secret" not in told
    assert told.count("\n") == 1


def test_a_demo_with_broken_keys_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for broken in (b"{", b"[]", b"{}", b"\xff", b'{"POSTAL_MASTER_KEY": 1}'):
        (tmp_path / "keys.json").write_bytes(broken)
        assert main(["demo", "--no-serve", "--folder", str(tmp_path)]) == 2
        told = capsys.readouterr().err
        assert "keys.json does not hold the keys of a demo" in told
        assert told.count("\n") == 1


@pytest.mark.usefixtures("configured")
def test_a_role_over_a_unit_that_is_none_is_refused_in_whole_sentences(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["migrate"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("một mật khẩu đủ dài\n"))

    assert main(["staff", "an", "An", "--role", "auditor", "--unit", "ZZZ"]) == 1

    assert capsys.readouterr().err == (
        "postal: There is no unit ZZZ.\npostal: Không có đơn vị ZZZ.\n"
    )


@pytest.mark.parametrize("port", ["99999", "0", "-1", "tám nghìn", "80 ", "9" * 5000])
@pytest.mark.parametrize("command", [["serve"], ["witness", "w1", LOG, "--folder", "w"]])
def test_a_port_that_cannot_be_is_told_in_a_line(
    command: list[str], port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, f"--port={port}"])
    assert ended.value.code == 2
    assert "a port is a whole number from 1 to 65535" in capsys.readouterr().err


@pytest.mark.usefixtures("configured")
def test_a_port_that_another_program_has_is_told_in_a_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["migrate"]) == 0
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        witness = ["witness", "w1", LOG, "--folder", str(tmp_path / "w")]
        for command in (["serve"], witness):
            assert main([*command, "--port", str(port)]) == 1
            told = capsys.readouterr().err
            assert told.startswith(f"postal: Cannot listen on 127.0.0.1 port {port}: ")
            assert told.count("\n") == 1


@pytest.mark.usefixtures("configured")
def test_a_host_that_is_none_is_told_in_a_line(tmp_path: Path) -> None:
    # In a process of its own: in this one no test may even ask for a name beyond the machine.
    command = ["witness", "w1", LOG, "--folder", str(tmp_path / "w"), "--host", "no..host.invalid"]
    ended = subprocess.run(
        [sys.executable, "-m", "postal_service.cli", *command],
        capture_output=True, text=True, env=os.environ, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("postal: Cannot listen on no..host.invalid port 8010: ")


@pytest.mark.parametrize(
    "named", [("a b", "x"), ("w+1", "x"), ("w1", "x"), ("w1", "l+00000000+AA")]
)
def test_a_witness_needs_a_name_and_the_key_of_a_log(
    named: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["witness", *named, "--folder", str(tmp_path / "w")])
    assert ended.value.code == 2
    assert "postal witness: error" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()
