"""Put right what was taken down wrongly of a person: one says so, another compares and accepts or rejects.

Only what changes is kept, under the dossier's key, and is erased with it. Nothing changes before the
second person has accepted; who and when stays for ever.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.actors import Actor, Role
from postal_service.domain.ids import DossierId, ItemId, StaffId
from postal_service.domain.persons import Address, Person, PersonRole, read_address, read_person
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.services import dossiers, persons
from postal_service.services.persons import Purpose
from postal_service.services.vault import Vault, open_sealed, seal
from postal_service.storage.schema import DossierRow, ParticularsRow

CorrectionId = NewType("CorrectionId", int)

MOST_FROM_DOORS: Final = 50  # that a desk's page lists
CORRECTING: Final = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.AGENCY)


class UnknownCorrection(Unknown):
    code = "particulars.unknown"


class NobodyInThisRole(Unknown):
    code = "particulars.nobody"


class NamedAnew(RuleBroken):
    """A delegate has a delivery code of his own, so another name is another delegate."""

    code = "particulars.named_anew"


class NothingChanges(Malformed):
    """Every particular is as it is kept already, or none was given."""

    code = "particulars.nothing_changes"


class AddressIncomplete(Malformed):
    """A new address names the street and the commune."""

    code = "particulars.address_incomplete"


class AnotherWaits(RuleBroken):
    code = "particulars.another_waits"


class ComparesOwn(RuleBroken):
    """Whoever made a correction does not accept it."""

    code = "particulars.compares_own"


class ComparedAlready(RuleBroken):
    code = "particulars.compared_already"


class Basis(StrEnum):
    """What shows the right particulars. A closed list: free text could not be erased."""

    CARD = "card"
    PAPER = "paper"
    CITIZEN = "citizen"
    DOOR = "door"  # a courier heard it where the receiver was said to live


AT_THE_OFFICE: Final = (Basis.CARD, Basis.PAPER, Basis.CITIZEN)


class CorrectionState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to stand instead; "" leaves what stands. A new address names both of its parts."""

    name: str = ""
    phone: str = ""
    citizen: str = ""
    address: str = ""
    commune: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        told = {
            "name": self.name,
            "phone": self.phone,
            "citizen": self.citizen,
            "address": self.address or self.commune,
        }
        return tuple(name for name, value in told.items() if value)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A correction as lists show it: nobody's particulars."""

    id: CorrectionId
    dossier: DossierId
    role: PersonRole
    fields: tuple[str, ...]
    basis: Basis
    state: CorrectionState
    made_by: StaffId
    made_at: datetime
    checked_by: StaffId | None
    checked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FromDoor:
    """A new address that a courier heard of, as the desk's page lists it."""

    correction: Correction
    dossier_code: str
    item: ItemId  # that could not be delivered


@dataclass(frozen=True, kw_only=True)
class FromDoors:
    """The oldest first, MOST_FROM_DOORS at once; `cut` says that there are more."""

    heard: tuple[FromDoor, ...] = ()
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A correction opened for whoever compares it: what stands and what would stand."""

    correction: Correction
    now: Person
    then: Person


def propose(
    session: Session,
    vault: Vault,
    dossier: DossierId,
    role: PersonRole,
    changes: Changes,
    *,
    basis: Basis,
    by: Actor,
    at: datetime,
) -> Correction:
    """Say what is wrong; it waits for somebody else. The look at what stands is logged.

    Raises UnknownDossier, RoleNeeded, DossierErased, NamedAnew, NobodyInThisRole, NothingChanges,
    AddressIncomplete, AnotherWaits, and what read_person and read_address raise.
    """
    dossiers.visible(session, dossier, by=by)
    by.need(*CORRECTING)
    if role is PersonRole.DELEGATE:
        raise NamedAnew
    dossiers.row_of(session, dossier)  # two who propose at once come one after the other
    people = persons.look(session, vault, dossier, purpose=Purpose.PROCESSING, by=by, at=at)
    return _enter(session, vault, dossier, role, people, changes, basis=basis, by=by, at=at)


def heard_at_door(
    session: Session, vault: Vault, dossier: DossierId, changes: Changes, *, by: Actor, at: datetime
) -> Correction:
    """What a courier heard of a receiver; a clerk compares it before it stands, as any other correction.

    The caller has locked the dossier's row and knows that this courier stood at the door. Raises
    DossierErased, NobodyInThisRole, NothingChanges, AddressIncomplete, AnotherWaits, BadAddress.
    """
    role = PersonRole.RECEIVER
    people = persons.look_many(
        session, vault, [dossier], purpose=Purpose.DELIVERY, by=by, at=at, roles=[role]
    )[dossier]
    return _enter(session, vault, dossier, role, people, changes, basis=Basis.DOOR, by=by, at=at)


def _enter(
    session: Session,
    vault: Vault,
    dossier: DossierId,
    role: PersonRole,
    people: Mapping[PersonRole, Person],
    changes: Changes,
    *,
    basis: Basis,
    by: Actor,
    at: datetime,
) -> Correction:
    if role not in people:
        raise NobodyInThisRole(role=role.value)
    if not changes.fields or _changed(people[role], changes) == people[role]:
        raise NothingChanges
    waits = select(ParticularsRow.id).filter_by(
        dossier=dossier, role=role.value, state=CorrectionState.WAITING.value
    )
    if session.scalar(waits.limit(1)) is not None:
        raise AnotherWaits
    key = persons.key_of(session, vault, dossier)
    told = json.dumps(vars(changes), ensure_ascii=False).encode()
    row = ParticularsRow(
        dossier=dossier,
        role=role.value,
        fields=",".join(changes.fields),
        content=seal(key.key, told, _place(dossier, role)),
        basis=basis.value,
        state=CorrectionState.WAITING.value,
        made_by=by.staff,
        made_unit=by.unit,
        made_at=at,
    )
    session.add(row)
    session.flush()
    return _correction(row)


def compare(
    session: Session, vault: Vault, correction: CorrectionId, *, by: Actor, at: datetime
) -> Comparison:
    """Open a waiting correction; the look is logged.

    Raises UnknownCorrection, RoleNeeded, ComparesOwn, ComparedAlready, DossierErased.
    """
    row = _row(session, correction, by)
    return _compared(session, vault, row, by=by, at=at)


def decide(
    session: Session,
    vault: Vault,
    correction: CorrectionId,
    *,
    right: bool,
    by: Actor,
    at: datetime,
) -> Correction:
    """Accept it, and from now on it stands; or reject it, and nothing changes. Raises like `compare`."""
    row = _row(session, correction, by)
    dossier, role = DossierId(row.dossier), PersonRole(row.role)
    dossiers.row_of(session, dossier)
    found = _compared(session, vault, row, by=by, at=at)
    if right:
        persons.keep(session, vault, persons.key_of(session, vault, dossier), role, found.then)
    row.state = (CorrectionState.ACCEPTED if right else CorrectionState.REJECTED).value
    row.checked_by, row.checked_at = by.staff, at
    row.content = None  # what was accepted stands with the person; what was rejected is nobody's
    session.flush()
    return _correction(row)


def of_dossier(session: Session, dossier: DossierId) -> list[Correction]:
    """The corrections of a dossier, the newest first. The caller has asked `dossiers.visible`."""
    rows = session.scalars(
        select(ParticularsRow).filter_by(dossier=dossier).order_by(ParticularsRow.id.desc())
    )
    return [_correction(row) for row in rows]


def waiting_from_doors(session: Session, *, by: Actor) -> FromDoors:
    """What couriers of the actor's unit heard and nobody has compared yet, the oldest first."""
    rows = session.execute(
        select(ParticularsRow, DossierRow.code, DossierRow.result_item)
        .join(DossierRow, DossierRow.id == ParticularsRow.dossier)
        .where(
            ParticularsRow.state == CorrectionState.WAITING.value,
            ParticularsRow.basis == Basis.DOOR.value,
            ParticularsRow.made_unit == by.unit,
            DossierRow.erased_at.is_(None),
        )
        .order_by(ParticularsRow.id)
        .limit(MOST_FROM_DOORS + 1)
    ).all()
    heard = tuple(
        FromDoor(correction=_correction(row), dossier_code=code, item=ItemId(item or ""))
        for row, code, item in rows[:MOST_FROM_DOORS]
    )
    return FromDoors(heard=heard, cut=len(rows) > MOST_FROM_DOORS)


def _row(session: Session, correction: CorrectionId, by: Actor) -> ParticularsRow:
    row = session.scalar(select(ParticularsRow).filter_by(id=correction).with_for_update())
    if row is None:
        raise UnknownCorrection(correction=correction)
    try:
        dossiers.visible(session, DossierId(row.dossier), by=by)
    except dossiers.UnknownDossier:
        raise UnknownCorrection(correction=correction) from None
    by.need(*CORRECTING)
    if row.made_by == by.staff:
        raise ComparesOwn
    if row.state != CorrectionState.WAITING:
        raise ComparedAlready
    return row


def _compared(
    session: Session, vault: Vault, row: ParticularsRow, *, by: Actor, at: datetime
) -> Comparison:
    dossier, role = DossierId(row.dossier), PersonRole(row.role)
    people = persons.look(session, vault, dossier, purpose=Purpose.PROCESSING, by=by, at=at)
    key = persons.key_of(session, vault, dossier)
    if row.content is None:
        raise persons.DossierErased(dossier=dossier)
    changes = Changes(**json.loads(open_sealed(key.key, row.content, _place(dossier, role))))
    return Comparison(
        correction=_correction(row), now=people[role], then=_changed(people[role], changes)
    )


def _changed(who: Person, changes: Changes) -> Person:
    if bool(changes.address) != bool(changes.commune):
        raise AddressIncomplete
    address = _moved(who.address, changes) if changes.address else who.address
    return read_person(
        changes.name or who.name,
        phone=changes.phone or who.phone,
        citizen=changes.citizen or who.citizen,
        address=address,
    )


def _moved(stands: Address | None, changes: Changes) -> Address:
    then = read_address(changes.address, changes.commune)
    if stands is not None and (stands.text, stands.unit) == (then.text, then.unit):
        return stands  # with the point that somebody entered for it
    return then


def _place(dossier: DossierId, role: PersonRole) -> str:
    return f"particulars|{dossier}/{role.value}|content"


def _correction(row: ParticularsRow) -> Correction:
    return Correction(
        id=CorrectionId(row.id),
        dossier=DossierId(row.dossier),
        role=PersonRole(row.role),
        fields=tuple(row.fields.split(",")),
        basis=Basis(row.basis),
        state=CorrectionState(row.state),
        made_by=StaffId(row.made_by),
        made_at=row.made_at,
        checked_by=StaffId(row.checked_by) if row.checked_by else None,
        checked_at=row.checked_at,
    )
