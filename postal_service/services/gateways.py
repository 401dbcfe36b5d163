"""Who carries a message to a telephone: a gateway of the installation's, or for a trial a folder.

A gateway answers whether it took the message, and else whether it is worth another try. It writes
neither number nor text anywhere but where the message goes.
"""

import json
import logging
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from time import monotonic
from typing import Final, Protocol
from urllib.parse import urlsplit

from postal_service.storage import private_files

_log = logging.getLogger(__name__)
_SECONDS = re.compile("[0-9]{1,6}")
# Of all answers that are no success, these say nothing against the message itself.
PASSING: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,  # the try before this one, under the same key, is still at work
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
NOT_LET_IN: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class WhyNot(StrEnum):
    """Why a message is not with its citizen."""

    NO_ANSWER = "no_answer"
    NOT_TRUSTED = "not_trusted"  # its certificate
    BUSY = "busy"
    GATEWAY_FAULT = "gateway_fault"
    NOT_LET_IN = "not_let_in"
    REFUSED = "refused"
    FOLDER_FAULT = "folder_fault"
    UNREADABLE = "unreadable"  # sealed with another key, or damaged
    RUN_OUT = "run_out"
    REPLACED = "replaced"  # by a newer one about the same


class Via(StrEnum):
    """By what a message was sent."""

    GATEWAY = "gateway"
    FOLDER = "folder"  # a file for a trial; no telephone got it


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message. `key` is the same at every try, so that a gateway sends it once."""

    key: str
    to: str = field(repr=False)  # E.164
    text: str = field(repr=False)

    @property
    def told(self) -> bytes:
        return json.dumps({"id": self.key, "to": self.to, "text": self.text}).encode()


@dataclass(frozen=True)
class Taken:
    """The gateway has it."""


@dataclass(frozen=True, kw_only=True)
class Later:
    """Not now. `wait` is what the gateway asked for."""

    why: WhyNot
    status: int | None = None
    wait: timedelta = timedelta()


@dataclass(frozen=True, kw_only=True)
class Never:
    """Not this message, however often."""

    why: WhyNot
    status: int | None = None


Answer = Taken | Later | Never


class Gateway(Protocol):
    @property
    def via(self) -> Via: ...

    def carry(self, letter: Letter, *, until: float) -> Answer:
        """Hand the message over. After `until`, a time of `monotonic`, nothing leaves any more."""


@dataclass(frozen=True)
class FolderGateway:
    """For a trial without a contract: each message becomes a file that its owner alone reads."""

    folder: Path
    via: Via = Via.FOLDER

    def carry(self, letter: Letter, *, until: float) -> Answer:  # noqa: ARG002 - a disk is not waited for
        try:
            private_files.keep(self.folder / f"{letter.key}.json", letter.told)
        except OSError as fault:
            _log.warning("A message cannot be written to its folder: %s", fault.strerror)
            return Later(why=WhyNot.FOLDER_FAULT)
        return Taken()


@dataclass(frozen=True)
class HttpGateway:
    """POSTs a message as JSON to one address, with a bearer token and its key as Idempotency-Key.

    No redirection is followed: another place is not to hear the token.
    """

    url: str
    token: str = field(repr=False)
    via: Via = Via.GATEWAY

    def carry(self, letter: Letter, *, until: float) -> Answer:
        try:
            status, retry_after = self._post(letter, until)
        except ssl.SSLCertVerificationError:
            return Later(why=WhyNot.NOT_TRUSTED)
        except (OSError, HTTPException):
            return Later(why=WhyNot.NO_ANSWER)
        return _judged(status, retry_after)

    def _post(self, letter: Letter, until: float) -> tuple[int, str]:
        address = urlsplit(self.url)
        path = f"{address.path or '/'}{'?' if address.query else ''}{address.query}"
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = kind(address.hostname or "", address.port, timeout=_left(until))
        try:
            connection.connect()
            with _hung_up_after(_left(until), connection.sock) as ended:
                connection.request("POST", path, body=letter.told, headers=self._headers(letter))
                answer = connection.getresponse()
            if ended.is_set():  # half a head reads like a whole one
                raise TimeoutError
            return answer.status, answer.getheader("Retry-After", "")
        finally:
            connection.close()

    def _headers(self, letter: Letter) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": letter.key,
        }


@contextmanager
def _hung_up_after(seconds: float, line: socket.socket) -> Iterator[threading.Event]:
    """End the line then, and say that it was: its own timeout begins anew with every byte."""
    ended = threading.Event()

    def hang_up() -> None:
        ended.set()
        with suppress(OSError):
            # Past TLS, which another thread is reading with.
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()


def _left(until: float) -> float:
    """Seconds. Raises TimeoutError."""
    seconds = until - monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _judged(status: int, retry_after: str) -> Answer:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Taken()
    wait = _asked_to_wait(retry_after)
    if status in PASSING:
        return Later(why=WhyNot.BUSY, status=status, wait=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Later(why=WhyNot.GATEWAY_FAULT, status=status, wait=wait)
    return Never(why=WhyNot.NOT_LET_IN if status in NOT_LET_IN else WhyNot.REFUSED, status=status)


def _asked_to_wait(retry_after: str) -> timedelta:
    """Seconds or a date (RFC 9110, section 10.2.3); nothing where it is neither."""
    if _SECONDS.fullmatch(retry_after):
        return timedelta(seconds=int(retry_after))
    with suppress(ValueError):
        named = parsedate_to_datetime(retry_after)
        if named.tzinfo is not None:
            return max(named - datetime.now(UTC), timedelta())
    return timedelta()
