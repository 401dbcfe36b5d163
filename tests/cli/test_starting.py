"""Whoever sets a service up mistypes things; he is told in a line what is wrong, and nothing is done."""

from pathlib import Path

import pytest

from postal_service.cli import main
from postal_service.settings import make_keys


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


@pytest.mark.parametrize(
    ("name", "value", "status", "said"),
    [
        ("POSTAL_MASTER_KEY", "không", 2, "POSTAL_MASTER_KEY must be 32 bytes"),
        ("POSTAL_WITNESSES", "w1+00000000+AAAA http://w1.example", 2, "POSTAL_WITNESSES"),
        ("POSTAL_ACCOUNTS", "POST postage 970436", 2, "POSTAL_ACCOUNTS has one line"),
        ("POSTAL_ACCOUNTS", "POST gifts 970436 1 A", 2, "POSTAL_ACCOUNTS has one line"),
        ("POSTAL_ACCOUNTS", "POST cod 970436 1 A", 2, "unit POST"),
        ("POSTAL_ACCOUNTS", "POST postage 97 1 A", 2, "A bank has six digits"),
        ("POSTAL_ACCOUNTS", f"POST postage 970436 1 {'A' * 26}", 2, "longer than 25"),
        ("POSTAL_ACCOUNTS", "P postage 970436 1 A\nP postage 970436 2 B", 2, "two accounts"),
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


@pytest.mark.usefixtures("configured")
def test_a_store_without_tables_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild"]) == 1
    assert "no such table" in capsys.readouterr().err


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
