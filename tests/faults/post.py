"""A post office with couriers and enrolled phones on a database of its own, and a real server before it."""

import http.client
import json
import resource
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from mobile_api.app import create_app
from postal_service.cli.serving import ONE_ADDRESS
from postal_service.demo.phone import AT_ONCE, Answer, Kept, Phone
from postal_service.domain import acts, s10
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Leg
from postal_service.domain.ids import EventId, ItemId, RoundId
from postal_service.ledger import base64_strict
from postal_service.ledger import reading as ledger
from postal_service.ledger.verify import Verdict, verify
from postal_service.runtime import Runtime, start
from postal_service.services import checkpoints
from postal_service.settings import SECRETS, Settings, from_environment
from postal_service.storage.schema import Base, DeviceRow, ItemRow
from postal_service.storage.transaction import Sessions, reading, transaction
from tests.faults.server import serve_on
from tests.mobile_api.phones import TWO, Couriers
from tests.ports import free_port
from tests.services import world as w
from tests.services.world import World, build

# Loading the code takes ten times as long as starting the server: one process does it, each server is its child.
_LOADED = get_context("forkserver")
_LOADED.set_forkserver_preload(["pytest", "postal_service.cli.serving"])

ROOT = Path(__file__).parents[2]
START_SECONDS = 300  # a start took 98 on a core that ten others used
ANSWER_SECONDS = 60


def environment(url: str) -> dict[str, str]:
    """What an operator would set for this database; the keys are those of the small organisation."""
    keys = {name: b64encode(bytes([n + 1]) * 32).decode() for n, name in enumerate(SECRETS)}
    return {
        "POSTAL_DATABASE_URL": url,
        "POSTAL_ORIGIN": "test.invalid/custody",
        **keys,
        "POSTAL_MASTER_KEY": b64encode(bytes(range(32))).decode(),
        "POSTAL_INDEX_KEY": b64encode(bytes(range(32, 64))).decode(),
        "POSTAL_ROOT_KEY": b64encode(bytes(range(64, 96))).decode(),
    }


def settings_on(url: str) -> Settings:
    return from_environment(environment(url))


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Post:
    """One office, its couriers, and their phones."""

    runtime: Runtime
    world: World
    phones: list[Phone] = field(default_factory=list)

    @property
    def sessions(self) -> Sessions:
        return self.runtime.sessions


def found(url: str, sessions: Sessions, *, phones: int) -> Post:
    """The organisation of tests/services/world.py with as many couriers, each with an enrolled phone."""
    runtime = start(settings_on(url), clock=now, sessions=sessions)
    with transaction(sessions) as session:
        world = build(session)
        paths = {w.OFFICE: world.counter.path}
        couriers = [
            w._staff(session, f"rider{n}", w.OFFICE, Role.COURIER, w.OFFICE, paths)
            for n in range(phones)
        ]
    post = Post(runtime, world)
    enrolling = Couriers(create_app(runtime, ONE_ADDRESS), runtime, world)
    post.phones = [_enrolled(enrolling, courier) for courier in couriers]
    return post


def _enrolled(enrolling: Couriers, courier: Actor) -> Phone:
    phone, fingerprint = enrolling.presented(courier)
    enrolling.confirm(phone, fingerprint)
    return phone


def item_numbers(session: Session, how_many: int, *, after: int = 0) -> list[ItemId]:
    """Numbers that the office gave out, all different from those with another `after`."""
    items = [s10.make(after + n + 1, service="BK").id for n in range(how_many)]
    fixed = {
        "issued_on": now().date(),
        "leg": Leg.IN.value,
        "dossier": None,
        "origin_unit": w.OFFICE,
        "destination_unit": w.AGENCY,
        "token_hash": b"t" * 16,
        "made_by": "s-manager",
    }
    session.execute(insert(ItemRow), [{"item": item, **fixed} for item in items])
    return items


def carry(phone: Phone, item: ItemId) -> None:
    """Four acts of one package: taken at a home, sealed, on the round, and nobody at the desk."""
    phone.accept(item, Leg.IN, TWO, w.AGENCY)
    phone.tell(item, acts.Pack(seal=f"S-{item}", counts=TWO))
    phone.tell(item, acts.Out(round=RoundId("r1")))
    phone.tell(item, acts.Attempt(reason="R13", action="A1", counted=True))


def carry_some(phone: Phone, items: list[ItemId], how_many: int) -> list[Kept]:
    """As many of these packages, taken away from the list; what was signed for them."""
    before = len(phone.outbox)
    for _ in range(how_many):
        carry(phone, items.pop())
    return phone.outbox[before:]


class Line:
    """A phone's line to the server on this machine; it opens a new connection after a failure."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            self._connection.request(method, path, body, dict(headers))
            got = self._connection.getresponse()
            return Answer(status=got.status, headers=dict(got.getheaders()), body=got.read())
        except BaseException:
            self._connection.close()  # the next request opens it anew
            raise

    def close(self) -> None:
        self._connection.close()


@contextmanager
def connected(phones: Iterable[Phone], port: int) -> Iterator[None]:
    """Inside the block the phones reach the server at this port."""
    with ExitStack() as stack:
        for phone in phones:
            phone._transport = stack.enter_context(closing(Line(port)))
        yield


class ServerEndedError(RuntimeError):
    """It could not be started."""


class Server:
    """A server process on one database; it can be killed and started again at the same port."""

    def __init__(self, url: str, **settings: str) -> None:
        self.port = free_port()
        self._environment = {**environment(url), **settings}
        self._process: ForkServerProcess | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        """Start, and wait until it answers. Raises ServerEndedError."""
        self._process = _LOADED.Process(
            target=serve_on, args=(self.port, self._environment), daemon=True
        )
        self._process.start()
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException), closing(Line(self.port)) as line:
                if line("GET", "/healthz", {}, b"").status == 200:
                    return
            if not self._process.is_alive():
                raise ServerEndedError(f"The server ended with {self._process.exitcode}.")
            time.sleep(0.02)
        self.kill()
        raise TimeoutError("The server did not answer in time.")

    def let_files_grow_to(self, size: int | None) -> None:
        """Refuse whatever it would write beyond so many bytes of a file; None: refuse nothing."""
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (most if size is None else size, most))

    def kill(self) -> None:
        """Power off: no handler runs, nothing is flushed."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None


def written(post: Post) -> dict[str, object]:
    """How many rows every table has, and how far each phone's chain goes."""
    with reading(post.sessions) as session:
        counts: dict[str, object] = {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
        chains = session.execute(select(DeviceRow.id, DeviceRow.last_sequence))
        counts["chains"] = {row.id: row.last_sequence for row in chains}
    return counts


def receipts_without_entry(post: Post, phone: Phone) -> list[str]:
    """The events that the server acknowledged to a phone and the ledger has not at their place."""
    with reading(post.sessions) as session:
        entries = ledger.entries(session, [EventId(each) for each in phone.receipts])
    lost: list[str] = []
    for event, receipt in phone.receipts.items():
        told = json.loads(base64_strict.read(receipt["body"]))
        entry = entries.get(EventId(event))
        if entry is None or (told["idx"], told["lh"]) != (entry.index, entry.leaf_hash.hex()):
            lost.append(event)
    return lost


def sent_again(phone: Phone, signed: Sequence[Kept]) -> set[str]:
    """What the server says of events that it has already."""
    said = set()
    for first in range(0, len(signed), AT_ONCE):
        said |= {each["status"] for each in phone.send(signed[first : first + AT_ONCE])}
    return said


def verified(post: Post, folder: Path) -> Verdict:
    """What the offline verifier says of the ledger as it is now."""
    settings = post.runtime.settings
    exported, keys = folder / "ledger.jsonl", folder / "keys.json"
    with transaction(post.sessions) as session:
        checkpoints.make(
            session, origin=settings.origin, log_key=post.runtime.log_key, at=post.runtime.clock()
        )
    with reading(post.sessions) as session:
        policy = checkpoints.policy(settings.origin, post.runtime.log_key, [])
        checkpoints.export_to(session, policy, ledger=exported, keys=keys)
    return verify(exported, keys)
