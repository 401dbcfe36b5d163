"""Give every courier a phone: enrolled by a one-time code, confirmed by the head of his office.

The keys follow from the demo's seed; a real phone makes its own and never shows it.
"""

import hashlib
import http.client
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from postal_service.demo import places
from postal_service.demo.clerks import Office
from postal_service.demo.couriers import Courier, Tally
from postal_service.demo.hours import DemoClock
from postal_service.demo.phone import Answer, Phone
from postal_service.demo.places import Office as PostOffice
from postal_service.domain.actors import Actor
from postal_service.domain.ids import StaffId
from postal_service.ledger import signing
from postal_service.services import enrolling
from postal_service.storage.transaction import transaction


class Line:
    """A telephone line to the server on this machine; kept open between calls."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            return self._ask(method, path, headers, body)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()  # the server closes a line that was silent for long
            return self._ask(method, path, headers, body)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self._connection.request(method, path, body=body or None, headers=dict(headers))
        got = self._connection.getresponse()
        return Answer(status=got.status, headers=dict(got.getheaders()), body=got.read())

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True)
class Crew:
    """Makes couriers with phones."""

    post: Office
    line: Line
    clock: DemoClock  # the server's
    tally: Tally
    seed: int

    def courier(self, office: PostOffice, actor: Actor) -> Courier:
        """A courier whose phone is known and may sign."""
        at = self.clock()
        head = self.post.world.managers[office.area]
        phone_clock = DemoClock(at)
        secret = hashlib.sha256(f"phone {self.seed} {actor.staff}".encode()).digest()
        key = Ed25519PrivateKey.from_private_bytes(secret)
        phone = Phone(self.line, phone_clock, key)
        self._enrol(phone, actor, head, secret, at)
        return Courier(
            actor=actor,
            office=office,
            post=self.post,
            phone=phone,
            clock=phone_clock,
            server_clock=self.clock,
            tally=self.tally,
            key=(signing.ED25519, signing.public_bytes(key)),
            offline=office.offline,
        )

    def on_duty(self, planned: Collection[StaffId]) -> list[tuple[PostOffice, Actor]]:
        """The couriers with a round today and their offices, in a fixed order."""
        return [
            (office, actor)
            for office in places.offices()
            for actor in self.post.world.couriers[office.code]
            if actor.staff in planned
        ]

    def _enrol(self, phone: Phone, actor: Actor, head: Actor, secret: bytes, at: datetime) -> None:
        runtime = self.post.runtime
        entropy = hashlib.sha256(secret + b"code").digest()[:17]
        with transaction(runtime.sessions) as session:
            code = enrolling.issue_code(session, actor.staff, entropy=entropy, by=head, at=at).code
        shown = phone.enrol(code)
        with transaction(runtime.sessions) as session:
            enrolling.confirm(session, runtime.keys, phone.device, shown, by=head, at=at)
