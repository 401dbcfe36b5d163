"""Be a witness: an office that signs beneath another's checkpoints, with a key of its own.

What it has seen is on disk before its signature is given away; it stands on nothing of the post's.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import time
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from waitress import serve

from postal_service.cli.output import Commands, say
from postal_service.ledger import notes
from postal_service.ledger.notes import Kind, NoteInvalid, NoteKey, known_key
from postal_service.ledger.witness import Declined, Seen, cosign, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_REQUEST = 65_536


def add_commands(commands: Commands) -> None:
    """`witness`."""
    witness = commands.add_parser("witness", help="cosign another office's checkpoints")
    witness.add_argument("name", type=_name, help="the witness's name in its signatures")
    witness.add_argument("log", type=_log, help="the log's published key")
    witness.add_argument("--folder", type=Path, required=True, help="its key and what it has seen")
    witness.add_argument("--host", default="127.0.0.1")
    witness.add_argument("--port", type=int, default=8010)
    witness.set_defaults(run=_run)


@dataclass
class WitnessOffice:
    """The protocol's one call, `add-checkpoint`; a WSGI application."""

    name: str
    log: NoteKey
    folder: Path
    clock: Callable[[], float] = time
    turn: Any = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / "key"
        if not kept.exists():
            kept.write_bytes(os.urandom(32))
            kept.chmod(0o600)
        self.private_key = Ed25519PrivateKey.from_private_bytes(kept.read_bytes())

    @property
    def key(self) -> NoteKey:
        return notes.public_key(self.name, self.private_key, Kind.COSIGNATURE)

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        """The status and body of the answer."""
        try:
            request = read_request(body)
            with self.turn:
                line, seen = cosign(
                    request,
                    self._seen(),
                    log=self.log,
                    name=self.name,
                    private_key=self.private_key,
                    at_seconds=int(self.clock()),
                )
                self._keep(seen)
        except Declined as declined:
            return declined.status, declined.body.encode()
        return 200, str(line).encode()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        status, body = 404, b"POST /add-checkpoint\n"
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("POST", "/add-checkpoint"):
            status, body = self.add_checkpoint(environ["wsgi.input"].read(LARGEST_REQUEST))
        start_response(f"{status} Answer", [("Content-Type", "text/plain; charset=utf-8")])
        return [body]

    def _seen(self) -> Seen:
        kept = self.folder / "seen.json"
        if not kept.exists():
            return Seen()
        told = json.loads(kept.read_text())
        return Seen(told["size"], bytes.fromhex(told["root"]))

    def _keep(self, seen: Seen) -> None:
        partial = self.folder / "seen.json.partial"
        with partial.open("w") as file:
            json.dump({"size": seen.size, "root": seen.root.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.folder / "seen.json")


def _run(arguments: argparse.Namespace) -> int:
    office = WitnessOffice(arguments.name, arguments.log, arguments.folder)
    say(f"{office.key} http://{arguments.host}:{arguments.port}")
    serve(office, host=arguments.host, port=arguments.port, threads=2, _quiet=True)
    return 0


def _name(written: str) -> str:
    try:
        return NoteKey(written, Kind.COSIGNATURE, bytes(32)).name
    except NoteInvalid:
        raise argparse.ArgumentTypeError("a witness's name has no blank and no +") from None


def _log(written: str) -> NoteKey:
    try:
        return known_key(written)
    except NoteInvalid as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
