"""Serve both apps from one process: the office's pages, and the couriers' API beside them."""

import argparse
import ctypes
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import mobile_api.app
import postal_service.app
from postal_service.cli.background import at_work
from postal_service.cli.listening import listen, port_number
from postal_service.cli.opening import opened
from postal_service.cli.output import Commands, say
from postal_service.runtime import Runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Whole paths: the phones' app knows its own prefix.
OF_PHONES = ("/api/", "/healthz", "/readyz", "/metrics")
THREADS = 8  # SQLite writers queue in the process; more threads only wait longer
HEAPS = 2
_M_ARENA_MAX = -8  # glibc, malloc.h
# The demo's phones all live on one machine, so that an address says nothing about who asks.
ONE_ADDRESS = mobile_api.app.Limits(
    enrolment="100000/minute", sign_in="100000/minute", sync="100000/minute",
    asking="100000/minute", message_codes="1000/minute",
)  # fmt: skip


def add_commands(commands: Commands) -> None:
    """`serve`."""
    serve = commands.add_parser("serve", help="serve the pages and the couriers' API")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=port_number, default=8000)
    serve.set_defaults(run=_serve)


def both_apps(runtime: Runtime) -> "WSGIApplication":
    """One WSGI application: the couriers' API and health beside the office's pages."""
    office = postal_service.app.create_app(runtime)
    phones = mobile_api.app.create_app(runtime, ONE_ADDRESS if runtime.settings.demo else None)

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        ours = str(environ["PATH_INFO"]).startswith(OF_PHONES)
        return (phones if ours else office)(environ, start_response)

    return answer


def _serve(arguments: argparse.Namespace) -> int:
    with opened() as runtime:
        serve(runtime, host=arguments.host, port=arguments.port)
    return 0


def serve(runtime: Runtime, *, host: str, port: int) -> None:
    """Serve until interrupted. Raises CannotListenError."""
    _share_heaps()
    server = listen(both_apps(runtime), host=host, port=port, threads=THREADS)
    say(f"Serving on http://{host}:{port}/ — stop with Ctrl-C.")
    try:
        with at_work(runtime):
            server.run()
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        server.close()


def _share_heaps() -> None:
    """Let the threads share what one of them has freed, where the C library is glibc.

    It gives each thread a heap of its own and seldom gives one back: the memory of the largest
    answer is then held once for each thread.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, HEAPS)
