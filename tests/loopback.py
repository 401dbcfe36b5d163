"""Nothing in a test leaves this machine: sockets reach the loopback and files, and nothing else."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import pytest

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class LeavesThisMachineError(RuntimeError):
    """A test tried to reach the network."""


@contextmanager
def only_loopback() -> Iterator[None]:
    """Refuse, inside the block, every address and every name beyond this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect, _host_of_address))
        patch.setattr(
            socket.socket, "connect_ex", _guarded(socket.socket.connect_ex, _host_of_address)
        )
        patch.setattr(socket, "getaddrinfo", _guarded(socket.getaddrinfo, _host_of_question))
        yield


def is_here(host: object) -> bool:
    """Whether the host is this machine, without asking a name server."""
    if isinstance(host, bytes):
        host = host.decode("ascii", errors="replace")
    if not isinstance(host, str) or host in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified  # who listens everywhere listens here


def _guarded(
    original: Callable[Arguments, Answer], host_of: Callable[[tuple[object, ...]], object]
) -> Callable[Arguments, Answer]:
    def guarded(*given: Arguments.args, **named: Arguments.kwargs) -> Answer:
        host = host_of((*given, *named.values()))
        if not is_here(host):
            raise LeavesThisMachineError(f"A test may not reach {host!r}.")
        return original(*given, **named)

    return guarded


def _host_of_address(given: tuple[object, ...]) -> object:
    # An address of the network is a tuple; that of a Unix socket is a path, and here.
    address = given[1]
    return address[0] if isinstance(address, tuple) else None


def _host_of_question(given: tuple[object, ...]) -> object:
    return given[0]
