"""Show the whole service at work: a province, one working day of it, and the proof that nothing was lost."""

import argparse
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from waitress.wasyncore import close_all

from postal_service.cli import proving
from postal_service.cli.background import at_work
from postal_service.cli.listening import listen, port_number
from postal_service.cli.output import Commands, complain, progress, say
from postal_service.cli.serving import THREADS, both_apps
from postal_service.demo import day, signing_in, store, summary
from postal_service.demo.hours import DemoClock
from postal_service.demo.play import Play
from postal_service.runtime import Runtime, start
from postal_service.settings import for_demo
from postal_service.storage.engine import open_engine
from postal_service.storage.transaction import sessions_on

FOLDER = Path("var/demo")
REFUSED = 1
SEED_HELP = (
    "the same seed brings the same people, orders, answers at doors and incidents on any machine;"
    " rounds and kilometres depend on how far the search comes in its seconds on this one"
)


def add_commands(commands: Commands) -> None:
    """`demo`."""
    demo = commands.add_parser("demo", help="make a sample province, play one day of it and serve")
    demo.add_argument("--no-serve", action="store_true", help="stop after the summary")
    demo.add_argument("--day-share", type=_share, default=1.0, help="part of the real volume, 0–1")
    demo.add_argument("--seed", type=_seed, default=1, help=SEED_HELP)
    demo.add_argument("--folder", type=Path, default=FOLDER, help="where the demo keeps its files")
    demo.add_argument("--port", type=port_number, default=8000)
    demo.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    port = 0 if arguments.no_serve else arguments.port
    if port and _is_taken(port):
        complain(f"Port {port} is taken by another program; choose one with --port.")
        return REFUSED
    try:
        settings = for_demo(arguments.folder)
        fresh = store.make(settings.database_url, arguments.folder)
    except OSError as fault:
        complain(f"Cannot write to {arguments.folder}: {fault.strerror or fault}.")
        return REFUSED
    except store.NotEmptyError as fault:
        complain(str(fault))
        return REFUSED
    if fresh.replaced:
        say(f"The demo of before in {fresh.replaced} was removed; this one starts from nothing.")
    engine = open_engine(settings.database_url)
    try:
        clock = DemoClock(day.opening())
        runtime = start(settings, clock=clock, sessions=sessions_on(engine))
        return _played(arguments, runtime, clock, port)
    finally:
        engine.dispose()


def _played(arguments: argparse.Namespace, runtime: Runtime, clock: DemoClock, port: int) -> int:
    began = time.monotonic()
    runtime = proving.with_witnesses(runtime, arguments.folder / "witnesses")
    plan = day.make(arguments.seed, arguments.day_share)
    with _served(runtime, port) as bound:
        address = f"http://127.0.0.1:{bound}"
        if port:
            say(f"Playing the day; it can be watched on {address}/ already.")
        played = Play(runtime, clock, plan, port=bound, progress=progress).whole()
        proved = proving.prove(runtime, arguments.folder, progress)
        for line in summary.lines(runtime, played, proved, seconds=time.monotonic() - began):
            say(line)
        if not proved.holds:
            return REFUSED
        if port:
            clock.run()
            for line in signing_in.lines(runtime, played, address):
                say(line)
            with at_work(runtime):
                _until_interrupted()
    return 0


@contextmanager
def _served(runtime: Runtime, port: int) -> Iterator[int]:
    """The real server in a thread of this process; the port it answers on."""
    application = both_apps(runtime)
    # One socket on one address; the published types know less of it than it offers.
    server: Any = listen(application, host="127.0.0.1", port=port, threads=THREADS)
    thread = Thread(target=server.run, name="server", daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        # Only the server's own thread may close what it waits on.
        server.trigger.pull_trigger(lambda: close_all(server._map))  # noqa: SLF001 - no public way
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        say("Stopped.")


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _share(written: str) -> float:
    share = _number(written)
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError("the share is above 0 and at most 1")
    return share


def _seed(written: str) -> int:
    seed = _number(written)
    if seed < 0 or not seed.is_integer():
        raise argparse.ArgumentTypeError("a seed is a whole number not below 0")
    return int(seed)


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise argparse.ArgumentTypeError("not a number") from None
