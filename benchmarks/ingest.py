"""How many events a second enter through the API of a real server, beside what the machine could do at most.

Seconds on one machine prove nothing, so each rate stands beside two others of the same run: how many
rows the same database can insert and commit, and how many events one core can check and append in
memory. Where others use the machine too, the ratio of processor times says more than that of rates. Events are signed and packed before the clock starts; the phones are threads of this process,
the server is another. Run: python -m benchmarks.ingest
"""

import argparse
import gzip
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, String, Table, insert

from mobile_api.intake import TOGETHER
from postal_service.cli.serving import ONE_ADDRESS, THREADS
from postal_service.demo.phone import API, Kept, Phone
from postal_service.domain import s10
from postal_service.domain.ids import DeviceId, StaffId, UnitCode
from postal_service.ledger import base64_strict, signing, tree
from postal_service.ledger.encoding import decode
from postal_service.ledger.leaf import NO_LEAF, leaf
from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import upgrade
from postal_service.storage.transaction import sessions_on, transaction
from tests.databases import PostgresMissingError, fresh_database, postgres_server, sqlite_url
from tests.faults.post import Post, Server, carry, connected, found, item_numbers, now
from tests.services.phones import no_line

ACTS = 4  # events of one package: see tests/faults/post.carry
RAW_SECONDS = 2.0
IN_MEMORY = 3_000  # events
EVENTS = (800, 8_000)  # of one cell at batches of one, and at larger ones; at least a batch a phone
WANTED = 0.3  # of the in-memory rate, at batches of 50

Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One batch size with one number of phones."""

    batch: int
    phones: int
    events: int
    seconds: float
    cpu: float  # seconds of the server's processor for one event
    per_phone: tuple[float, ...]  # events a second of each

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    @property
    def slowest_to_median(self) -> float:
        return min(self.per_phone) / statistics.median(self.per_phone)


def main() -> None:
    arguments = _arguments()
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    print(
        f"rate limits: those of the demo ({ONE_ADDRESS.sync} a phone), so that nobody is throttled;"
        f" server: {THREADS} threads, at most {TOGETHER} events a transaction"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.databases:
            with suppress(PostgresMissingError), _database(name, folder, arguments.postgres) as url:
                _measure(name, url, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--postgres", default="", help="URL of a server; default: a throw-away one")
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 50, 500])
    parser.add_argument("--phones", nargs="+", type=int, default=[1, 8, 32])
    return parser.parse_args()


@contextmanager
def _database(name: str, folder: str, postgres: str) -> Iterator[str]:
    if name == "sqlite":
        yield sqlite_url(Path(folder))
        return
    if postgres:
        with fresh_database(postgres, "ingest") as url:
            yield url
        return
    with postgres_server() as server, fresh_database(server, "ingest") as url:
        yield url


def _in_memory() -> tuple[float, float]:
    """What one core does with events when nothing is stored, the ceiling of this design.

    Events a second by the wall clock, and processor seconds of one event.
    """
    phone = _phone_in_memory()
    public = signing.public_bytes(phone._key)  # noqa: SLF001 - the tests' phone
    edge, last = tree.Edge(0, ()), dict[str, tuple[int, bytes]]()
    began, worked = time.perf_counter(), time.process_time()
    for kept in phone.outbox:
        event = decode(kept.body)
        if not signing.verify(signing.ED25519, public, kept.body, kept.signature):
            raise AssertionError("a true signature is refused")
        signing.digest(kept.body)
        sequence, previous = last.get(event.item, (0, NO_LEAF))
        written = leaf(
            kept.body,
            kept.signature,
            item_sequence=sequence + 1,
            item_previous=previous,
            received_ms=event.wall_ms,
        )
        hashed = tree.leaf_hash(written)
        last[event.item] = (sequence + 1, hashed)
        edge, _ = tree.grow(edge, [hashed])
    count = len(phone.outbox)
    took = time.perf_counter() - began
    return count / took, (time.process_time() - worked) / count


def _phone_in_memory() -> Phone:
    phone = Phone(no_line, now)
    phone.enrolled(DeviceId("AAAAAAAA"), StaffId("s-rider0"), UnitCode("560000"))
    for n in range(IN_MEMORY // ACTS):
        carry(phone, s10.make(n + 1, service="BM").id)
    return phone


def _measure(name: str, url: str, arguments: argparse.Namespace) -> None:
    engine = open_engine(url)
    upgrade(engine)
    raw = {batch: _raw_rate(engine, batch) for batch in arguments.batches}
    post = found(url, sessions_on(engine), phones=max(arguments.phones))
    server = Server(url)
    server.start()
    memory, memory_cpu = _in_memory()
    print(
        f"{name}: events/s through POST {API}/batches; in memory on one core {memory:,.0f} = 1.00"
    )
    print(" batch phones  events/s  of memory  CPU of memory  raw rows/s  of raw  slowest/median")
    used = 0
    try:
        for batch in arguments.batches:
            for phones in arguments.phones:
                cell, used = _cell(post, server, batch, phones, used)
                wanted = "" if batch != 50 or cell.rate >= WANTED * memory else "  below 0.3"
                print(
                    f"{batch:6} {phones:6} {cell.rate:9,.0f} {cell.rate / memory:10.2f}"
                    f" {memory_cpu / cell.cpu:14.2f}"
                    f" {raw[batch]:11,.0f} {cell.rate / raw[batch]:7.2f}"
                    f" {cell.slowest_to_median:13.2f}{wanted}",
                    flush=True,
                )
    finally:
        server.kill()
        engine.dispose()
    print()


def _raw_rate(engine: Engine, batch: int) -> float:
    """Rows of an event's size, inserted and committed with no index but the key."""
    plain = Table(
        "ingest_raw",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("event", String),
        Column("body", LargeBinary),
        Column("signature", LargeBinary),
        Column("leaf_hash", LargeBinary),
    )
    plain.create(engine, checkfirst=True)
    row = {"event": "0" * 36, "body": b"e" * 480, "signature": b"s" * 64, "leaf_hash": b"h" * 32}
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < RAW_SECONDS:
        with engine.begin() as connection:
            connection.execute(insert(plain), [row] * batch)
        count += batch
    rate = count / (time.perf_counter() - began)
    plain.drop(engine)
    return rate


def _cell(post: Post, server: Server, batch: int, phones: int, used: int) -> tuple[Cell, int]:
    riders = post.phones[:phones]
    uploads = max(1, EVENTS[batch > 1] // (batch * phones))  # of each phone
    packages = -(-uploads * batch // ACTS)
    with transaction(post.sessions) as session:
        items = item_numbers(session, packages * phones, after=used)
    bodies: list[list[bytes]] = []
    for n, phone in enumerate(riders):
        for item in items[n * packages : (n + 1) * packages]:
            carry(phone, item)
        bodies.append(_packed(phone.outbox, batch))
        phone.outbox = []
    with connected(riders, server.port):
        for phone in riders:
            phone.sign_in()
        before = _cpu_seconds(server.pid)
        times = _send_all(riders, bodies)
        cpu = _cpu_seconds(server.pid) - before
    began = min(first for first, _ in times)
    each = packages * ACTS
    cell = Cell(
        batch=batch,
        phones=phones,
        events=each * phones,
        seconds=max(last for _, last in times) - began,
        cpu=cpu / (each * phones),
        per_phone=tuple(each / (last - first) for first, last in times),
    )
    return cell, used + len(items)


def _cpu_seconds(pid: int) -> float:
    """What the process has used of the processor, in all its threads."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _packed(kept: Sequence[Kept], batch: int) -> list[bytes]:
    """The uploads as they go over the line."""
    bodies = []
    for first in range(0, len(kept), batch):
        events = [
            {"body": base64_strict.write(each.body), "sig": base64_strict.write(each.signature)}
            for each in kept[first : first + batch]
        ]
        bodies.append(gzip.compress(json.dumps({"events": events}).encode(), 5))
    return bodies


def _send_all(phones: Sequence[Phone], bodies: Sequence[Sequence[bytes]]) -> list[Span]:
    """Every phone sends its uploads one after the other; when each began and ended."""
    together = threading.Barrier(len(phones))
    times: dict[int, Span] = {}
    wrong: list[str] = []

    def work(n: int, phone: Phone) -> None:
        together.wait()
        began, answers = time.perf_counter(), [_sent(phone, body) for body in bodies[n]]
        times[n] = (began, time.perf_counter())
        # Looked at after the clock stopped: every single event must have been news.
        told = [each["status"] for body in answers for each in json.loads(body)["outcomes"]]
        wrong.extend(status for status in told if status != "accepted")

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(phones)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong or len(times) != len(phones):
        raise RuntimeError(f"not every event was accepted: {sorted(set(wrong))}")
    return [times[n] for n in range(len(phones))]


def _sent(phone: Phone, body: bytes) -> bytes:
    headers = {
        "Authorization": f"Bearer {phone._token}",  # noqa: SLF001 - sent by hand, to stop the clock
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    answer = phone._transport("POST", f"{API}/batches", headers, body)  # noqa: SLF001
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"the server answered {answer.status}: {answer.body[:200]!r}")
    return answer.body


if __name__ == "__main__":
    main()
