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

from postal_service.cli import main
from postal_service.ledger import notes
from postal_service.settings import make_keys
from tests.databases import fresh_database

WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
OTHER_WITNESS = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
LOG = str(notes.public_key("post.example/custody", Ed25519PrivateKey.from_private_bytes(bytes(32))))


@pytest.fixture
def configured(
    own_databases: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> pytest.MonkeyPatch:
    """A service as it should be set up; its tables are not made yet."""
    for name, value in make_keys().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTAL_DATABASE_URL", f"sqlite:///{tmp_path / 'post.db'}")
    monkeypatch.setenv("POSTAL_ORIGIN", "post.example/custody")
    return monkeypatch


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
@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["rebuild"],
        ["verify"],
        ["checkpoint"],
        ["export-ledger", "ledger.jsonl", "keys.json"],
        ["report"],
        ["import", "dossiers", "d.csv"],
        ["staff", "an", "An", "--role", "auditor", "--unit", "H17"],
    ],
)
def test_a_store_without_tables_is_told_in_a_line(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    assert capsys.readouterr().err == (
        "postal: The tables are not up to date: run `postal migrate` first.\n"
    )


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
