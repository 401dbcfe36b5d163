"""Phones on the tests' own line, and packages for them to carry."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count

from flask import Flask
from sqlalchemy.orm import Session

from postal_service.demo.phone import Answer, Phone
from postal_service.demo.phone_offers import Parcel
from postal_service.domain import acts, s10
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Counts, Leg
from postal_service.domain.ids import DossierId, EventId, ItemId
from postal_service.ledger.signing import PrivateKey
from postal_service.runtime import Runtime
from postal_service.services import devices, enrolling, items
from postal_service.storage.schema import ItemRow
from postal_service.storage.transaction import transaction
from tests.services.world import AGENCY, OFFICE, World

TWO = Counts(originals=1, certified=0, photocopies=1)
SERIALS = count(100_001)  # beyond those that the world's offices give out


def line_to(app: Flask) -> Callable[[str, str, Mapping[str, str], bytes], Answer]:
    """A transport that reaches the app without a network."""

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        with app.test_client() as client:
            got = client.open(path, method=method, headers=dict(headers), data=body)
            return Answer(status=got.status_code, headers=dict(got.headers), body=got.data)

    return send


@dataclass
class Couriers:
    """Makes phones that are enrolled, confirmed and signed in."""

    app: Flask
    runtime: Runtime
    world: World

    def code_for(self, courier: Actor, by: Actor | None = None) -> str:
        with transaction(self.runtime.sessions) as session:
            return enrolling.issue_code(
                session,
                courier.staff,
                entropy=os.urandom(17),
                by=by or self.world.administrator,
                at=self.runtime.clock(),
            ).code

    def presented(self, courier: Actor, key: PrivateKey | None = None) -> tuple[Phone, str]:
        """A phone that waits for the head, and the characters on its screen."""
        phone = Phone(line_to(self.app), self.runtime.clock, key)
        return phone, phone.enrol(self.code_for(courier))

    def confirm(self, phone: Phone, fingerprint: str) -> None:
        with transaction(self.runtime.sessions) as session:
            enrolling.confirm(
                session,
                self.world.keys,
                phone.device,
                fingerprint,
                by=self.world.administrator,
                at=self.runtime.clock(),
            )

    def revoke(self, phone: Phone) -> None:
        with transaction(self.runtime.sessions) as session:
            devices.revoke(
                session,
                self.world.keys,
                phone.device,
                why="lost",
                by=self.world.administrator,
                at=self.runtime.clock(),
            )

    def phone(
        self, courier: Actor, key: PrivateKey | None = None, *, carrying: ItemId | None = None
    ) -> Phone:
        phone, fingerprint = self.presented(courier, key)
        self.confirm(phone, fingerprint)
        phone.sign_in()
        if carrying is not None:
            with transaction(self.runtime.sessions) as session:
                phone.custody[carrying] = items.standing(session, carrying).custody
        return phone


def number(
    session: Session, leg: Leg = Leg.IN, dossier: DossierId | None = None, token: bytes = b"t" * 16
) -> ItemId:
    """An item number that the office gave out."""
    item = s10.make(next(SERIALS), service="BH").id
    session.add(
        ItemRow(
            item=item,
            issued_on=date(2026, 11, 23),
            leg=leg.value,
            dossier=dossier,
            origin_unit=OFFICE,
            destination_unit=AGENCY,
            token_hash=token,
            made_by="s-manager",
        )
    )
    session.flush()
    return item


def numbers(runtime: Runtime, how_many: int, leg: Leg = Leg.IN) -> list[ItemId]:
    with transaction(runtime.sessions) as session:
        return [number(session, leg) for _ in range(how_many)]


def collected(phone: Phone, item: ItemId, seal: str) -> Parcel:
    """Taken from a citizen and sealed, on the phone only."""
    phone.accept(item, Leg.IN, TWO, AGENCY)
    phone.tell(item, acts.Pack(seal=seal, counts=TWO))
    return Parcel(item=item, seal=seal, counts=TWO)


def custody_of(phone: Phone, *items: ItemId) -> dict[ItemId, EventId]:
    return {item: phone.custody[item] for item in items}
