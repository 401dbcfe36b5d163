"""One answer by HTTP, in the time that is left for it.

The timeout of a socket begins anew with every byte, so a server that drips holds its reader for as
long as it likes. Here every read, of the answer's head too, is given what is left for the whole.
"""

import io
import socket
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Wait = Callable[[], float]


def get(address: str, *, wait: Wait) -> tuple[int, bytes]:
    """The status and the body of what is at an http or https address.

    Args:
        address: the caller has checked its scheme.
        wait: how many seconds connecting or the next read may take; 0 when there is no time left.

    Raises:
        URLError, HTTPException, OSError: no whole answer came in time.
    """
    opener = urllib.request.build_opener(_InTime(wait))
    try:
        with opener.open(address, timeout=wait()) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class _InTime(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    def __init__(self, wait: Wait) -> None:
        super().__init__()
        self._wait = wait

    def http_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._connection(HTTPConnection), req)

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        return self.do_open(self._connection(HTTPSConnection), req)

    def _connection(self, kind: type[HTTPConnection]) -> Callable[..., HTTPConnection]:
        def made(host: str, *, timeout: float) -> HTTPConnection:
            connection = kind(host, timeout=timeout)
            connection.response_class = partial(_Answer, wait=self._wait)  # type: ignore[assignment]
            return connection

        return made


class _Answer(HTTPResponse):
    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, *, wait: Wait
    ) -> None:
        super().__init__(sock, debuglevel, method)
        self.fp = io.BufferedReader(_Reads(self.fp.detach(), sock, wait))


class _Reads(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket, wait: Wait) -> None:
        self._raw, self._socket, self._wait = raw, sock, wait

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        seconds = self._wait()
        if not seconds:
            raise TimeoutError("timed out")
        self._socket.settimeout(seconds)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
