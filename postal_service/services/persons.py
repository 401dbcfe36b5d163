"""The people of a dossier: kept encrypted under its key, found by blind index, looked at with a reason.

Whoever looks at a person in full leaves a row in the access log. Masked views do not.
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor
from postal_service.domain.acts import Receiver
from postal_service.domain.ids import DossierId, UnitCode
from postal_service.domain.persons import Address, Masked, Person, PersonRole, owner_of
from postal_service.domain.refusals import Unknown
from postal_service.domain.text import search_key
from postal_service.services.vault import Lock, Vault, commitment, open_sealed, seal
from postal_service.storage.schema import AccessRow, CommitmentRow, DossierKeyRow, PersonRow

FIELDS = ("name", "phone", "citizen", "address")


class DossierErased(Unknown):
    """The personal data of this dossier was erased."""

    code = "dossier.erased"


class Purpose(StrEnum):
    """Why somebody looks at a person in full. A closed list: free text could not be erased."""

    RECEPTION = "reception"
    PROCESSING = "processing"
    PRINTING = "printing"
    COLLECTING = "collecting"
    DELIVERY = "delivery"
    NAMING = "naming"  # somebody is named to receive in the owner's place, or no longer
    COMPLAINT = "complaint"
    AUDIT = "audit"
    CITIZEN = "citizen"  # the citizen himself asked
    ERASING = "erasing"  # nobody looked: it was erased


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where a round stops for a dossier: a point, nobody's name."""

    unit: UnitCode
    lat: float | None
    lon: float | None


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at personal data, as the citizen may read it."""

    at: datetime
    staff: str
    unit: UnitCode
    what: str
    purpose: str


@dataclass(frozen=True)
class DossierKey:
    """A dossier's data key while a use case needs it."""

    dossier: DossierId
    key: bytes

    def __repr__(self) -> str:
        return f"DossierKey({self.dossier!r}, …)"


def new_key(session: Session, vault: Vault, dossier: DossierId) -> DossierKey:
    """Make and keep the key of a dossier that has none."""
    key, wrapped = vault.new_key(dossier)
    session.add(DossierKeyRow(dossier=dossier, wrapped=wrapped))
    session.flush()
    return DossierKey(dossier, key)


def key_of(session: Session, vault: Vault, dossier: DossierId) -> DossierKey:
    """The key of a dossier. Raises DossierErased when it is gone."""
    return _keys(session, vault, [dossier])[dossier]


def keep(session: Session, vault: Vault, key: DossierKey, role: PersonRole, who: Person) -> None:
    """Write somebody of a dossier, in place of who had this role before."""
    (row,) = sealed_rows(vault, key, {role: who})
    session.merge(PersonRow(**row))
    session.flush()


def forget(session: Session, dossier: DossierId, role: PersonRole) -> None:
    """Keep nobody in this role of a dossier: whoever had it is needed no longer."""
    session.execute(delete(PersonRow).filter_by(dossier=dossier, role=role.value))


def sealed_rows(
    vault: Vault, key: DossierKey, people: Mapping[PersonRole, Person]
) -> list[dict[str, str | bytes]]:
    """The columns in which the people of a dossier are kept, encrypted and indexed; for writing many.

    Mostly one person has all roles, so that what a name or a number is found by is made once.
    """
    lock = Lock(key.key)
    indexes: dict[tuple[str, str], bytes] = {}

    def index(purpose: str, value: str) -> bytes:
        if (purpose, value) not in indexes:
            meant = search_key(value) if purpose == "name" else value
            meant = f"{key.dossier}\0{value}" if purpose == "phone_tail" and value else meant
            indexes[purpose, value] = _blind(vault, purpose, meant)
        return indexes[purpose, value]

    return [
        {
            "dossier": key.dossier,
            "role": role.value,
            **{
                field: lock.seal(content, _place(key.dossier, role, field))
                for field, content in _fields(who).items()
            },
            "name_index": index("name", who.name),
            "phone_index": index("phone", who.phone),
            "phone_tail_index": index("phone_tail", who.phone[-4:]),
            "citizen_index": index("citizen", who.citizen),
        }
        for role, who in people.items()
    ]


def unlike(
    session: Session, vault: Vault, told: Mapping[DossierId, Mapping[PersonRole, Person]]
) -> dict[DossierId, frozenset[PersonRole]]:
    """Which of these people are kept otherwise than told here, or not at all.

    Nobody learns who they are, so it is no look. Raises DossierErased.
    """
    found = _open_all(session, vault, told, PersonRole)
    return {
        dossier: frozenset(role for role, who in people.items() if found[dossier].get(role) != who)
        for dossier, people in told.items()
    }


@dataclass(frozen=True)
class ShownCard:
    """The end of the number on a card that somebody showed to receive what belongs to a dossier."""

    dossier: DossierId
    receiver: Receiver
    last4: str


def cards_of_others(
    session: Session, vault: Vault, shown: Collection[ShownCard]
) -> frozenset[ShownCard]:
    """Those cards that are not the owner's, or the named delegate's where somebody authorised showed his.

    Where no number is kept of him, or it was erased, nothing is contradicted. The server compares
    and nobody learns a number, so it is no look.
    """
    roles = (PersonRole.OWNER, PersonRole.SUBMITTER, PersonRole.DELEGATE)
    dossiers = {each.dossier for each in shown}
    found = _open_all(session, vault, sorted(dossiers), roles, erased_too=True)

    def meant(card: ShownCard) -> Person | None:
        people = found[card.dossier]
        match card.receiver:
            case Receiver.OWNER:
                return owner_of(people)
            case Receiver.AUTHORISED:
                return people.get(PersonRole.DELEGATE)
            case Receiver.ORGANISATION:
                return None
            case _:
                assert_never(card.receiver)

    return frozenset(
        card
        for card in shown
        if (who := meant(card)) is not None and who.citizen and who.citizen[-4:] != card.last4
    )


def commit(session: Session, key: DossierKey, content: Mapping[str, object]) -> str:
    """Keep what an event says only by its commitment; the commitment, for the event's `pc`.

    `content` holds strings, whole numbers and lists of them: what the encoding of events admits.
    """
    salt = os.urandom(32)
    pledged = commitment(salt, content)
    keep_committed(session, key, pledged, salt, content)
    return pledged


def keep_committed(
    session: Session, key: DossierKey, pledged: str, salt: bytes, content: Mapping[str, object]
) -> None:
    """Keep what stands behind a commitment, also one that a phone has signed."""
    told = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    session.add(
        CommitmentRow(
            hash=pledged,
            dossier=key.dossier,
            salt=salt,
            content=seal(key.key, told, _bound_place(pledged)),
        )
    )
    session.flush()


def committed(
    session: Session, vault: Vault, dossier: DossierId, asked: Collection[str]
) -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Salt and content of those of these commitments that are kept; none of an erased dossier.

    The caller has asked `dossiers.visible`.
    """
    if not asked:
        return {}
    rows = session.scalars(
        select(CommitmentRow).where(
            CommitmentRow.dossier == dossier, CommitmentRow.hash.in_(sorted(asked))
        )
    ).all()
    if not rows:
        return {}
    key = key_of(session, vault, dossier).key
    return {
        row.hash: (row.salt, json.loads(open_sealed(key, row.content, _bound_place(row.hash))))
        for row in rows
    }


def look(
    session: Session,
    vault: Vault,
    dossier: DossierId,
    *,
    purpose: Purpose,
    by: Actor,
    at: datetime,
) -> dict[PersonRole, Person]:
    """Everybody of a dossier in full, by role; the look is logged.

    The caller has asked `dossiers.visible`. Raises DossierErased.
    """
    return look_many(session, vault, [dossier], purpose=purpose, by=by, at=at)[dossier]


def look_many(
    session: Session,
    vault: Vault,
    asked: Iterable[DossierId],
    *,
    purpose: Purpose,
    by: Actor,
    at: datetime,
    roles: Iterable[PersonRole] = PersonRole,
) -> dict[DossierId, dict[PersonRole, Person]]:
    """The same for a round's dossiers, one row of the log for each. Raises DossierErased."""
    wanted = list(roles)
    found = _open_all(session, vault, asked, wanted)
    for dossier in sorted(found):
        what = ",".join(sorted(role.value for role in found[dossier]))
        log_look(session, dossier, what, purpose=purpose, by=by, at=at)
    session.flush()
    return found


def log_look(
    session: Session, dossier: DossierId, what: str, *, purpose: Purpose, by: Actor, at: datetime
) -> None:
    """A line of the access log, which the citizen can read: who looked at what of a dossier, and why."""
    session.add(
        AccessRow(
            at=at, staff=by.staff, unit=by.unit, dossier=dossier, what=what, why=purpose.value
        )
    )


def masked(
    session: Session, vault: Vault, asked: Iterable[DossierId]
) -> dict[DossierId, dict[PersonRole, Masked]]:
    """What lists show of the people of these dossiers; an erased dossier shows nobody."""
    found = _open_all(session, vault, asked, PersonRole, erased_too=True)
    return {
        dossier: {role: who.masked for role, who in people.items()}
        for dossier, people in found.items()
    }


def homes(
    session: Session, vault: Vault, asked: Iterable[DossierId], role: PersonRole
) -> dict[DossierId, Home]:
    """Where rounds stop: the receiver's home for a result, the submitter's for a collection."""
    found = _open_all(session, vault, asked, [role], erased_too=True)
    return {
        dossier: Home(unit=who.address.unit, lat=who.address.lat, lon=who.address.lon)
        for dossier, people in found.items()
        for who in people.values()
        if who.address is not None
    }


def with_phone(session: Session, vault: Vault, phone: str, *, limit: int) -> list[DossierId]:
    """Newest dossiers in which somebody has this phone (E.164)."""
    return _with(session, PersonRow.phone_index == _blind(vault, "phone", phone), limit)


def with_citizen(session: Session, vault: Vault, citizen: str, *, limit: int) -> list[DossierId]:
    """Newest dossiers in which somebody has this citizen number (twelve digits)."""
    return _with(session, PersonRow.citizen_index == _blind(vault, "citizen", citizen), limit)


def with_name(session: Session, vault: Vault, name: str, *, limit: int) -> list[DossierId]:
    """Newest dossiers in which somebody has this whole name, marks or not."""
    index = _blind(vault, "name", search_key(name))
    return _with(session, PersonRow.name_index == index, limit)


def phone_ends_with(session: Session, vault: Vault, dossier: DossierId, last4: str) -> bool:
    """Whether somebody of this dossier has a phone with these last four digits."""
    index = _blind(vault, "phone_tail", f"{dossier}\0{last4}")
    asked = select(PersonRow.role).filter_by(dossier=dossier, phone_tail_index=index).limit(1)
    return session.scalar(asked) is not None


def looks(session: Session, dossier: DossierId, *, limit: int = 100) -> list[Look]:
    """Who looked at the people of a dossier, newest first."""
    rows = session.scalars(
        select(AccessRow).filter_by(dossier=dossier).order_by(AccessRow.id.desc()).limit(limit)
    )
    return [
        Look(at=row.at, staff=row.staff, unit=UnitCode(row.unit), what=row.what, purpose=row.why)
        for row in rows
    ]


def _open_all(
    session: Session,
    vault: Vault,
    asked: Iterable[DossierId],
    roles: Iterable[PersonRole],
    *,
    erased_too: bool = False,
) -> dict[DossierId, dict[PersonRole, Person]]:
    wanted = list(dict.fromkeys(asked))
    keys = _keys(session, vault, wanted, erased_too=erased_too)
    found: dict[DossierId, dict[PersonRole, Person]] = {dossier: {} for dossier in wanted}
    rows = session.scalars(
        select(PersonRow).where(
            PersonRow.dossier.in_(list(keys)),
            PersonRow.role.in_([role.value for role in roles]),
        )
    )
    for row in rows:
        dossier = DossierId(row.dossier)
        found[dossier][PersonRole(row.role)] = _open(keys[dossier], row)
    return found


def _keys(
    session: Session, vault: Vault, asked: list[DossierId], *, erased_too: bool = False
) -> dict[DossierId, DossierKey]:
    rows = session.scalars(select(DossierKeyRow).where(DossierKeyRow.dossier.in_(asked)))
    keys = {
        DossierId(row.dossier): DossierKey(
            DossierId(row.dossier), vault.unwrap(row.dossier, row.wrapped)
        )
        for row in rows
    }
    for dossier in asked:
        if dossier not in keys and not erased_too:
            raise DossierErased(dossier=dossier)
    return keys


# Made once: an encoder for every address took as long as sealing it.
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _fields(who: Person) -> dict[str, bytes]:
    address = who.address
    told = {
        "text": address.text, "unit": address.unit, "lat": address.lat, "lon": address.lon,
    } if address else None  # fmt: skip
    return {
        "name": who.name.encode(),
        "phone": who.phone.encode(),
        "citizen": who.citizen.encode(),
        "address": _as_json(told).encode(),
    }


def _open(key: DossierKey, row: PersonRow) -> Person:
    role = PersonRole(row.role)
    opened = {
        field: open_sealed(key.key, getattr(row, field), _place(key.dossier, role, field)).decode()
        for field in FIELDS
    }
    told = json.loads(opened["address"])
    return Person(
        name=opened["name"],
        phone=opened["phone"],
        citizen=opened["citizen"],
        address=Address(**told) if told else None,
    )


def _bound_place(pledged: str) -> str:
    return f"commitment|{pledged}|content"


def _place(dossier: DossierId, role: PersonRole, field: str) -> str:
    return f"person|{dossier}/{role.value}|{field}"


def _blind(vault: Vault, purpose: str, value: str) -> bytes:
    # Nobody is found by what he did not give.
    return vault.blind(purpose, value) if value else b""


def _with(session: Session, meant: ColumnElement[bool], limit: int) -> list[DossierId]:
    asked = select(PersonRow.dossier).where(meant).distinct()
    rows = session.scalars(asked.order_by(PersonRow.dossier.desc()).limit(limit))
    return [DossierId(row) for row in rows]
