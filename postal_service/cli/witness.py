"""Be a witness: an office that signs beneath another's checkpoints, with a key of its own.

What it has seen is on disk before its signature is given away; it stands on nothing of the post's.
"""

import argparse
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import time
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from postal_service.cli.listening import listen, port_number
from postal_service.cli.output import Commands, complain, say
from postal_service.ledger import notes
from postal_service.ledger.notes import Kind, NoteInvalid, NoteKey, known_key
from postal_service.ledger.witness import Declined, Seen, cosign, read_request
from postal_service.storage import private_files

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_REQUEST = 65_536
_ROOT = re.compile("[0-9a-f]{64}")
THREADS = 2  # requests take turns anyway
REFUSED = 1


class ForgotError(RuntimeError):
    """The witness has not both its key and what it saw with it: it could sign a second history."""


def add_commands(commands: Commands) -> None:
    """`witness`."""
    witness = commands.add_parser("witness", help="cosign another office's checkpoints")
    witness.add_argument("name", type=_name, help="the witness's name in its signatures")
    witness.add_argument("log", type=_log, help="the log's published key")
    witness.add_argument("--folder", type=Path, required=True, help="its key and what it has seen")
    witness.add_argument("--host", default="127.0.0.1")
    witness.add_argument("--port", type=port_number, default=8010)
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
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            private_files.sync_folder(self.folder.parent)
        kept = self.folder / "key"
        if not kept.exists():
            self._keep(Seen())  # before the key: no key is ever here without a memory
            private_files.keep(kept, os.urandom(32))
        try:
            self.private_key = Ed25519PrivateKey.from_private_bytes(kept.read_bytes())
        except ValueError:
            raise ForgotError(f"{kept} is not the key of a witness: it is 32 bytes.") from None
        self._seen()

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
        try:
            told = json.loads((self.folder / "seen.json").read_bytes())
        except FileNotFoundError:
            raise ForgotError(
                f"{self.folder} holds a key but not what was seen with it: a witness that forgot"
                " begins anew, with another name and folder."
            ) from None
        except ValueError:
            told = None
        match told:
            case {"size": int(size), "root": str(root)} if size >= 0 and _ROOT.fullmatch(root):
                return Seen(size, bytes.fromhex(root))
        raise ForgotError(
            f"{self.folder / 'seen.json'} does not tell what was seen: a witness that forgot begins"
            " anew, with another name and folder."
        )

    def _keep(self, seen: Seen) -> None:
        told = json.dumps({"size": seen.size, "root": seen.root.hex()})
        private_files.keep(self.folder / "seen.json", told.encode())


def _run(arguments: argparse.Namespace) -> int:
    try:
        office = WitnessOffice(arguments.name, arguments.log, arguments.folder)
    except OSError as fault:
        complain(f"Cannot keep anything in {arguments.folder}: {fault.strerror}.")
        return REFUSED
    except ForgotError as fault:
        complain(str(fault))
        return REFUSED
    server = listen(office, host=arguments.host, port=arguments.port, threads=THREADS)
    say(f"{office.key} http://{arguments.host}:{arguments.port}")
    server.run()
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
