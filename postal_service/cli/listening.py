"""Take requests on an address; one that cannot be had is told in a line, not in a traceback."""

import argparse
import re
import socket
from contextlib import ExitStack
from socket import AI_PASSIVE, SOCK_STREAM
from typing import TYPE_CHECKING

from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HIGHEST_PORT = 65_535
PLAIN = re.compile("[0-9]{1,5}")


class CannotListenError(RuntimeError):
    """The address is not this machine's, or another program has it; the message names it."""


def port_number(written: str) -> int:
    """A port as an argument of a command."""
    if not (PLAIN.fullmatch(written) and 1 <= int(written) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a whole number from 1 to {HIGHEST_PORT}")
    return int(written)


def listen(
    application: "WSGIApplication", *, host: str, port: int, threads: int
) -> MultiSocketServer | BaseWSGIServer:
    """A server that listens already; its `run` answers. Raises CannotListenError."""
    return create_server(
        application,
        sockets=_bound(host, port),
        threads=threads,
        # Which forwarded headers are believed is the apps' to say (POSTAL_TRUSTED_PROXIES): left to
        # itself the server would strike them all out.
        clear_untrusted_proxy_headers=False,
    )


def _bound(host: str, port: int) -> list[socket.socket]:
    """A socket on each address that the host's name stands for."""
    with ExitStack() as closing:
        try:
            told = socket.getaddrinfo(host, port, type=SOCK_STREAM, flags=AI_PASSIVE)
            found = dict.fromkeys((family, address[:2]) for family, _, _, _, address in told)
            sockets = [
                closing.enter_context(socket.create_server(address, family=family))
                for family, address in found
            ]
        except (OSError, UnicodeError) as fault:
            why = (isinstance(fault, OSError) and fault.strerror) or "no such address"
            raise CannotListenError(f"Cannot listen on {host} port {port}: {why}.") from fault
        closing.pop_all()  # they are the server's to close now
    return sockets
