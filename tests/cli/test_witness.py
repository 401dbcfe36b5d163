"""A witness's key is nobody else's to read at any moment, and no crash makes a witness forget what it signed."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from postal_service import settings
from postal_service.cli import main
from postal_service.cli.witness import ForgotError, WitnessOffice
from postal_service.ledger import notes
from postal_service.ledger.checkpoint import Checkpoint
from postal_service.ledger.tree import leaf_hash
from postal_service.ledger.witness import Request
from postal_service.storage import private_files

ORIGIN = "post.example/custody"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LOG = notes.public_key(ORIGIN, LOG_KEY)


def request(what: bytes) -> bytes:
    """The question for a signature under a log of one leaf."""
    head = Checkpoint(ORIGIN, 1, leaf_hash(what))
    return bytes(Request(0, (), str(notes.sign(str(head), ORIGIN, LOG_KEY))))


@contextmanager
def everybody_may_read() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def test_a_kept_file_is_its_owners_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    sync = os.fsync

    def watched(file: int) -> None:
        status = os.fstat(file)
        kind = "folder" if stat.S_ISDIR(status.st_mode) else "file"
        seen.append((kind, stat.S_IMODE(status.st_mode)))
        sync(file)

    monkeypatch.setattr(os, "fsync", watched)  # the system's call, which still happens
    (tmp_path / "key.partial").write_bytes(b"left by a crash")
    (tmp_path / "key.partial").chmod(0o644)
    with everybody_may_read():
        private_files.keep(tmp_path / "key", b"secret")

    assert (tmp_path / "key").read_bytes() == b"secret"
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [kind for kind, _ in seen] == ["file", "folder"]  # its name lies in the folder
    assert seen[0][1] == 0o600
    assert not (tmp_path / "key.partial").exists()


def test_the_keys_of_a_witness_and_of_the_demo_are_their_owners(tmp_path: Path) -> None:
    with everybody_may_read():
        WitnessOffice("w1", LOG, tmp_path / "w1")
        settings.for_demo(tmp_path / "demo", {})
    for kept in (tmp_path / "w1" / "key", tmp_path / "demo" / "keys.json"):
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_witness_that_starts_again_knows_what_it_signed(tmp_path: Path) -> None:
    status, _ = WitnessOffice("w1", LOG, tmp_path).add_checkpoint(request(b"one history"))
    assert status == 200

    again = WitnessOffice("w1", LOG, tmp_path)

    assert again.add_checkpoint(request(b"another history")) == (409, b"1\n")


@pytest.mark.parametrize("asked", [True, False])
def test_a_witness_whose_memory_is_gone_does_not_begin_anew_with_its_old_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, asked: bool
) -> None:
    office = WitnessOffice("w1", LOG, tmp_path)
    if asked:
        office.add_checkpoint(request(b"one history"))
    (tmp_path / "seen.json").unlink()

    with pytest.raises(ForgotError):
        office.add_checkpoint(request(b"another history"))
    assert main(["witness", "w1", str(LOG), "--folder", str(tmp_path)]) == 1
    assert "forgot" in capsys.readouterr().err


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"[]", b"{}", b"\xff", b'{"size": "1", "root": "00"}', b'{"size": 1, "root": "00"}',
     b'{"size": -1, "root": "' + b"0" * 64 + b'"}'],
)  # fmt: skip
def test_a_witness_whose_memory_is_broken_refuses_and_leaves_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: bytes
) -> None:
    office = WitnessOffice("w1", LOG, tmp_path)
    office.add_checkpoint(request(b"one history"))
    (tmp_path / "seen.json").write_bytes(broken)

    with pytest.raises(ForgotError):
        office.add_checkpoint(request(b"another history"))
    assert main(["witness", "w1", str(LOG), "--folder", str(tmp_path)]) == 1
    assert "does not tell what was seen" in capsys.readouterr().err
    assert (tmp_path / "seen.json").read_bytes() == broken


def test_a_witness_whose_key_is_broken_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    WitnessOffice("w1", LOG, tmp_path)
    (tmp_path / "key").write_bytes(b"short")

    assert main(["witness", "w1", str(LOG), "--folder", str(tmp_path)]) == 1
    assert "is not the key of a witness" in capsys.readouterr().err
