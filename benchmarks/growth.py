"""What a growing ledger costs: appending, the tracking page, a courier's list, a proof, the verifier.

A page that is quick over ten thousand events and slow over a million is broken. Each question is put
at several sizes of one ledger, and what counts is the ratio between the sizes: nothing may grow
faster than the logarithm. What bytes mean is kept in memory for the newest events; a small ledger
fits into that whole, so the tracking page is asked twice: with nothing kept, and with the one item
that it asks for. All of it is put a second time, about the same rows: of a large ledger the system
may have to read them from the disk the first time, and what the disk takes is not what the question
costs. The counter holds each package first and offers it; couriers' phones sign that they
took and delivered it, and the service's own code records it all in big batches, the only way in.
Couriers deliver what they took, so that the ledger grows and what they hold does not.
At each size a server is started anew and does the same work; the verifier is a process too: the
memory of both is what the system says they used at most.
Run: python -m benchmarks.growth [--long]
"""

import argparse
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from postal_service.demo.phone import Phone
from postal_service.domain import acts, s10
from postal_service.domain.acts import Capacity, Condition, Leg
from postal_service.domain.codes import token_digest
from postal_service.domain.crockford import Token
from postal_service.domain.event import NO_PARENT
from postal_service.domain.ids import EventId, ItemId
from postal_service.ledger import reading as ledger
from postal_service.ledger.encoding import decode
from postal_service.ledger.signing import digest
from postal_service.projections import holdings
from postal_service.services import checkpoints, numbers, tracking
from postal_service.services.office_events import Told, milliseconds, tell
from postal_service.services.recording import Signed, record
from postal_service.storage.engine import open_engine
from postal_service.storage.migrate import upgrade
from postal_service.storage.schema import ItemRow
from postal_service.storage.transaction import Sessions, reading, sessions_on, transaction
from tests.databases import fresh_database, postgres_server, sqlite_url
from tests.faults.post import ROOT, Line, Post, Server, connected, found, now
from tests.mobile_api.phones import TWO
from tests.services import world as w

SIZES = (10_000, 100_000)
LONGEST = 1_000_000
AT_ONCE = 10_000  # events of one transaction while the ledger is filled
PAGES = (
    50  # tracking pages that a server shows before its memory is looked at; an address may ask 60
)
TOLD_EVERY = 100_000  # events after which a long filling says how far it is
COURIERS = 20
HELD = 200  # packages that each courier keeps; whatever comes after these he delivers
ACTS = 4  # events of one package: held at the counter, offered, taken, delivered
ACTS_OF_A_COURIER = 2
ASKED = 40  # times that each question is put at each size
APPENDED = 24  # packages of the batch whose time is taken: two acts of each are the courier's

_VERIFYING = (
    "import sys, pathlib; from postal_service.ledger.verify import main;"
    " status = main(sys.argv[1:]); print(pathlib.Path('/proc/self/status').read_text());"
    " sys.exit(status)"
)

_TO_THE_CITIZEN = acts.Deliver(
    receiver=acts.Receiver.OWNER,
    proof=acts.CardProof(last4="1234"),
    counts=TWO,
    condition=Condition.OK,
)

Medians = dict[str, float]
Clock = Callable[[], float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--postgres", default="", help="URL of a server; default: a throw-away one")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--long", action="store_true", help=f"also at {LONGEST:,} events")
    parser.add_argument(
        "--processor", action="store_true",
        help="time questions by this process's processor: SQLite on a machine that others use",
    )  # fmt: skip
    arguments = parser.parse_args()
    clock = time.process_time if arguments.processor else time.perf_counter
    sizes = sorted({*arguments.sizes, *([LONGEST] if arguments.long else [])})
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        _database(arguments.database, folder, arguments.postgres) as url,
    ):
        _grow(url, Path(folder), sizes, clock)


@contextmanager
def _database(name: str, folder: str, postgres: str) -> Iterator[str]:
    if name == "sqlite":
        yield sqlite_url(Path(folder))
    elif postgres:
        with fresh_database(postgres, "growth") as url:
            yield url
    else:
        with postgres_server() as server, fresh_database(server, "growth") as url:
            yield url


def _grow(url: str, folder: Path, sizes: list[int], clock: Clock) -> None:
    engine = open_engine(url)
    upgrade(engine)
    filling = _Filling(found(url, sessions_on(engine), phones=COURIERS))
    measured: list[tuple[int, Medians, Medians]] = []
    for size in sizes:
        filling.upto(size)
        print(f"{size:,} events: filled at {filling.rate:,.0f} events/s")
        measured.append((size, *_medians(filling, clock)))
        print(f"  server: {_served(url, filling):,.0f} MiB at most after the same work")
        _verified(filling.post, folder)
    _table("first asked", [(size, first) for size, first, _ in measured])
    _table("asked again", [(size, again) for size, _, again in measured])
    engine.dispose()


def _table(when: str, measured: list[tuple[int, Medians]]) -> None:
    print(
        f"\n{f'median ms, {when}':33}"
        + "".join(f"{size:>12,}" for size, _ in measured)
        + "   grew   log"
    )
    (first, least), (last, most) = measured[0], measured[-1]
    allowed = math.log(last) / math.log(first)
    for name in least:
        medians = "".join(f"{found[name] * 1000:12.2f}" for _, found in measured)
        print(f"{name:33}{medians}{most[name] / least[name]:7.2f}{allowed:6.2f}")


class _Filling:
    """One ledger that gets longer. Its couriers share the packages evenly."""

    def __init__(self, post: Post) -> None:
        self.post, self.rate = post, 0.0
        self.labels: list[tuple[ItemId, Token]] = []
        self._made = 0

    @property
    def sessions(self) -> Sessions:
        return self.post.sessions

    def upto(self, size: int) -> None:
        with reading(self.sessions) as session:
            missing = size - ledger.size(session)
        began, count, told = time.perf_counter(), missing, 0
        while missing > 0:
            packages = max(1, min(AT_ONCE, missing) // ACTS)
            with transaction(self.sessions) as session:
                signed = self.signed(session, packages)
                self.append(session, signed)
            missing -= len(signed) + (ACTS - ACTS_OF_A_COURIER) * packages
            self.rate = (count - missing) / (time.perf_counter() - began)
            if (size - missing) // TOLD_EVERY > told and missing > 0:
                told = (size - missing) // TOLD_EVERY
                print(f"  {size - missing:,} at {self.rate:,.0f} events/s", flush=True)

    def signed(self, session: Session, packages: int) -> list[Signed]:
        """The next packages, each with its courier's signature under every act of his.

        What the counter did before that is recorded already.
        """
        kept = max(0, COURIERS * HELD - self._made)
        offers = self._offered(session, self._numbers(session, packages))
        for n, offer in enumerate(offers):
            phone, item = self._phone(n), offer.event.item
            taken = acts.Handover(
                capacity=Capacity.COURIER,
                counts=TWO,
                condition=Condition.OK,
                seal="",
                giver=offer.event.device,
                offer=digest(offer.body),
                offer_signature=b64encode(offer.signature).decode(),
            )
            phone.tell(item, taken, parent=offer.event.parent)
            if n >= kept:
                phone.tell(item, _TO_THE_CITIZEN)
        made = []
        for phone in self.post.phones:
            made += [Signed(decode(each.body), each.body, each.signature) for each in phone.outbox]
            phone.outbox, phone.custody = [], {}
        return made

    def _offered(self, session: Session, items: Sequence[ItemId]) -> list[ledger.Recorded]:
        """The counter's offers of these, each to the courier whose turn it is."""
        held = acts.Accept(capacity=Capacity.COUNTER, leg=Leg.OUT, counts=TWO, destination=w.OFFICE)
        begun = self._at_the_counter(
            session, [Told(item=i, parent=NO_PARENT, act=held) for i in items]
        )
        offers = [
            Told(
                item=item,
                parent=custody,
                act=acts.Offer(
                    to_unit=w.OFFICE,
                    to_staff=self._phone(n).staff,
                    counts=TWO,
                    condition=Condition.OK,
                    seal="",
                    batch=f"b-{item}",
                    manifest=digest(item.encode()),
                    batch_count=1,
                ),
            )
            for n, (item, custody) in enumerate(zip(items, begun, strict=True))
        ]
        told = self._at_the_counter(session, offers)
        entries = ledger.entries(session, told)
        return [entries[offer] for offer in told]

    def _at_the_counter(self, session: Session, told: Sequence[Told]) -> list[EventId]:
        world = self.post.world
        return [each.event for each in tell(session, world.keys, told, by=world.counter, at=now())]

    def _phone(self, number: int) -> Phone:
        return self.post.phones[number % COURIERS]

    def append(self, session: Session, signed: list[Signed]) -> None:
        record(session, signed, received_ms=milliseconds(now()), of_phones=True)

    def _numbers(self, session: Session, how_many: int) -> list[ItemId]:
        label = numbers.label()  # one token for all: its digest is compared each time all the same
        digest = token_digest(label.token)
        items = [s10.make(self._made + n + 1, service="BG").id for n in range(how_many)]
        self._made += how_many
        fixed = {
            "issued_on": now().date(),
            "leg": Leg.OUT.value,
            "dossier": None,
            "origin_unit": w.OFFICE,
            "destination_unit": w.AGENCY,
            "token_hash": digest,
            "made_by": "s-manager",
        }
        session.execute(insert(ItemRow), [{"item": item, **fixed} for item in items])
        self.labels += [(item, label.token) for item in items[:: max(1, how_many // 10)]]
        return items


def _medians(filling: _Filling, clock: Clock) -> tuple[Medians, Medians]:
    """Of each question when it is put for the first time, and when it is put again."""
    chosen, labels = random.Random(), tuple(filling.labels)
    with reading(filling.sessions) as session:
        size = ledger.size(session)

    def append() -> float:
        with transaction(filling.sessions) as session:
            signed = filling.signed(session, APPENDED)
            began = clock()
            filling.append(session, signed)
            return clock() - began

    def asked(question: Callable[[Session], object]) -> float:
        with reading(filling.sessions) as session:
            began = clock()
            question(session)
            return clock() - began

    def held(session: Session) -> object:
        return holdings.held_by_staff(session, chosen.choice(filling.post.phones).staff)

    def label(session: Session) -> object:
        item, token = chosen.choice(labels)
        return tracking.by_label(session, item, token)

    def cold() -> float:
        ledger.meaning.cache_clear()
        return asked(label)

    known = labels[0]

    def warm() -> float:
        return asked(lambda session: tracking.by_label(session, *known))

    def proof(session: Session) -> object:
        return ledger.inclusion(session, chosen.randrange(size), size)

    def medians() -> Medians:
        chosen.seed(1)
        return {
            f"append {APPENDED * ACTS_OF_A_COURIER} events": _median(append),
            "tracking by label, nothing kept": _median(cold),
            "tracking by label, kept": _median(warm),
            "a courier's list (a page)": _median(lambda: asked(held)),
            "inclusion proof": _median(lambda: asked(proof)),
        }

    return medians(), medians()


def _median(once: Callable[[], float]) -> float:
    once()  # the first one fills caches and compiles statements
    return statistics.median(once() for _ in range(ASKED))


def _served(url: str, filling: _Filling) -> float:
    """What a fresh server took of memory at most, in MiB, after phones and citizens asked it."""
    server, chosen = Server(url), random.Random(2)
    server.start()
    try:
        with connected(filling.post.phones, server.port):
            for phone in filling.post.phones:
                phone.sign_in()
                phone.pull()
        with closing(Line(server.port)) as line:
            for item, token in (chosen.choice(filling.labels) for _ in range(PAGES)):
                answer = line("GET", f"/{item}/{token}", {}, b"")
                if answer.status != 200:
                    raise RuntimeError(f"the tracking page answered {answer.status}")
        told = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    finally:
        server.kill()
    return _peak_mib(told)


def _verified(post: Post, folder: Path) -> None:
    """The verifier over the whole file: events a second, and what it takes of memory at most."""
    settings, keys = post.runtime.settings, folder / "keys.json"
    exported = folder / "ledger.jsonl"
    with transaction(post.sessions) as session:
        checkpoints.make(session, origin=settings.origin, log_key=post.runtime.log_key, at=now())
    with reading(post.sessions) as session:
        size = ledger.size(session)
        policy = checkpoints.policy(settings.origin, post.runtime.log_key, [])
        checkpoints.export_to(session, policy, ledger=exported, keys=keys)
    began = time.perf_counter()
    # It tells its own peak: what the system keeps of a child begins with its parent's memory.
    verifier = subprocess.run(
        [sys.executable, "-c", _VERIFYING, str(exported), str(keys)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rate = size / (time.perf_counter() - began)
    exported.unlink()
    print(f"  verifier: valid, {rate:,.0f} events/s, {_peak_mib(verifier.stdout):,.0f} MiB at most")


def _peak_mib(told: str) -> float:
    peak = next(line for line in told.splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main()
