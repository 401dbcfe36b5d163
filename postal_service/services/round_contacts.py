"""Whom a courier calls and where he rings: the people behind the homes of his own round. Every look is logged.

They are told until the round's day is over: a phone forgets them within a shift (docs/adr/0014),
and whoever has it later, unlocked, does not get them again by an old round's name.

It stands apart from the manifest, which a phone asks for every minute and which names nobody.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.ids import DossierId, RoundId
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.wording_dates import local
from postal_service.services import overview, persons, plans, rounds_reading
from postal_service.services.acknowledging import UnknownRound
from postal_service.services.persons import Purpose
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierKeyRow, RoundRow, StopRow

# Who stands at the door for each kind of stop, the most likely first.
AT_THE_DOOR = {
    "deliver": (
        PersonRole.DELEGATE,
        PersonRole.RECEIVER,
        PersonRole.OWNER,
        PersonRole.SUBMITTER,
    ),
    "collect": (PersonRole.SUBMITTER, PersonRole.OWNER),
}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody at a home of the round. Of the citizen number only what the card check needs."""

    position: int
    dossier: DossierId
    role: PersonRole
    name: str
    phone: str
    address: str
    citizen_last4: str


def contacts(
    session: Session, vault: Vault, round_id: RoundId, *, by: Actor, at: datetime
) -> tuple[Contact, ...]:
    """The people at the homes of this courier's round, by stop; one logged look per dossier.

    Erased dossiers and visits that were called off are left out. Raises UnknownRound, also for a
    round of a day that is over.
    """
    row = session.get(RoundRow, round_id)
    if row is None or row.courier != by.staff or row.state not in plans.SHOWN:
        raise UnknownRound(round=round_id)
    if row.day < local(at).date():
        raise UnknownRound(round=round_id)
    stops = session.scalars(
        select(StopRow)
        .join(DossierKeyRow, DossierKeyRow.dossier == StopRow.dossier)  # erased ones have no key
        .where(StopRow.round == round_id)
        .order_by(StopRow.position)
    ).all()
    off = rounds_reading.no_longer(session, [row], stops)
    at_homes: list[tuple[int, DossierId, PersonRole, Person]] = []
    for kind, purpose in (("deliver", Purpose.DELIVERY), ("collect", Purpose.COLLECTING)):
        meant = {
            DossierId(stop.dossier): stop
            for stop in stops
            if stop.kind == kind and stop.dossier and (stop.round, stop.dossier) not in off
        }
        people = persons.look_many(
            session, vault, meant, purpose=purpose, by=by, at=at, roles=AT_THE_DOOR[kind]
        )
        at_homes += [
            (meant[dossier].position, dossier, role, who[role])
            for dossier, who in people.items()
            for role in AT_THE_DOOR[kind]
            if role in who
        ]
    communes = overview.communes_of(session, [person for *_, person in at_homes])
    found = [
        Contact(
            position=position,
            dossier=dossier,
            role=role,
            name=person.name,
            phone=person.phone,
            address=person.address.in_full(communes) if person.address else "",
            citizen_last4=person.citizen[-4:],
        )
        for position, dossier, role, person in at_homes
    ]
    return tuple(sorted(found, key=lambda each: each.position))
