"""Register a dossier: check what was filled in, then write it. Shared by counter, desk and collection.

Nothing is written before everything is checked. What must be printed and never kept is answered
once, in `Received`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from postal_service.domain import dossier_code
from postal_service.domain.actors import Actor
from postal_service.domain.acts import Counts, Leg
from postal_service.domain.codes import DeliveryCode
from postal_service.domain.crockford import Token
from postal_service.domain.ids import DossierId, ItemId, UnitCode
from postal_service.domain.persons import Person, PersonRole
from postal_service.domain.procedures import PaperCount, PostalWay, ProcedureVersion
from postal_service.domain.refusals import Malformed, RuleBroken, told_together
from postal_service.domain.standing import Administrative, Channel, Digitisation, Money
from postal_service.domain.wording_dates import local
from postal_service.services import charges, checklist, numbers, persons, places, procedures
from postal_service.services.charges import Due
from postal_service.services.dossiers import give_item
from postal_service.services.persons import DossierKey
from postal_service.services.places import Place
from postal_service.services.procedures import VersionId
from postal_service.services.steps import Decided
from postal_service.services.vault import Vault
from postal_service.storage.schema import DossierRow, PaperRow

PIN_PURPOSE = "look_up_pin"


class NoReceiver(Malformed):
    """A result by post needs somebody with an address to bring it to."""

    code = "reception.no_receiver"


class NoPhoneToReach(Malformed):
    """Whoever sends or gets something by post leaves a phone number."""

    code = "reception.no_phone"


class DossierKnown(RuleBroken):
    """A dossier with this code is registered: one code for all channels."""

    code = "reception.dossier_known"


class ChannelDoesNotFit(RuleBroken):
    """At a post office a dossier comes by post; at a desk in person, or filed online before."""

    code = "reception.channel_does_not_fit"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What the clerk and the citizen have filled in together."""

    procedure: str  # national or provincial code
    agency: UnitCode  # competent
    submitter: Person
    owner: Person | None = None  # none where the submitter is the owner
    papers: tuple[PaperCount, ...]
    channel: Channel = Channel.POST
    result_by_post: bool = False
    receiver: Person | None = None  # none where the result comes to the submitter's own address
    dues: tuple[Due, ...] = ()
    code: str = ""  # of a dossier that was filed online already

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody it names."""
        return tuple(who for who in (self.submitter, self.owner, self.receiver) if who)

    @property
    def gets_result(self) -> Person:
        """Who receives what is brought home: the owner only where he is named for that too."""
        return self.receiver or self.submitter


@dataclass(frozen=True, kw_only=True)
class Received:
    """What is printed now, and known to nobody afterwards: label token, delivery code and PIN."""

    dossier: DossierId
    code: str
    pin: str
    papers: tuple[PaperCount, ...]
    counts: Counts
    state: Administrative
    due_at: datetime | None  # none until the agency has received
    item: ItemId | None
    label: Token | None  # for codes.envelope_label, with the host of the installation
    result_item: ItemId | None
    delivery_code: DeliveryCode | None  # its payload is what the slip shows

    def __repr__(self) -> str:
        return f"Received({self.code}, …)"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A registration that can be written: everything it names was looked up."""

    command: Registration
    version_id: VersionId
    version: ProcedureVersion
    papers: tuple[PaperCount, ...]
    dues: tuple[Due, ...]
    agency: Place
    desk: Place  # where the agency takes
    receiver: Person | None
    code: str
    at: datetime

    @property
    def counts(self) -> Counts:
        return checklist.total(self.papers)


@dataclass(frozen=True)
class Opened:
    """A dossier that was just written, with what only this moment knows."""

    checked: Checked
    here: UnitCode
    row: DossierRow
    key: DossierKey
    pin: str
    delivery_code: DeliveryCode | None

    @property
    def id(self) -> DossierId:
        return self.key.dossier

    def __repr__(self) -> str:
        return f"Opened({self.row.code}, …)"

    def answer(self, decided: Decided, item: ItemId | None, label: Token | None) -> Received:
        """What the citizen and the printer get."""
        return Received(
            dossier=self.id,
            code=self.row.code,
            pin=self.pin,
            papers=self.checked.papers,
            counts=self.checked.counts,
            state=decided.state,
            due_at=decided.due_at,
            item=item,
            label=label,
            result_item=self.delivery_code.item if self.delivery_code else None,
            delivery_code=self.delivery_code,
        )


def check(session: Session, command: Registration, *, carried_in: bool, at: datetime) -> Checked:
    """Look up and compare; nothing is written. `carried_in`: the Post carries it from the citizen.

    Raises what `reception.register` lists, all of it at once. Papers, fee and postal ways are those
    of the procedure's version: without one they are not judged. Neither are a fee for a way in that
    is closed to the Post, a receiver where the way out is, and the desk of what is no agency.
    Whether the agency decides such procedures is not judged: a version has one level of several at
    which its procedure may be decided, and an agency's own level does not say which procedures it has.
    """
    day = local(at).date()
    with told_together() as judging:
        with judging:
            version_id, version = procedures.version_on(session, command.procedure, day)
            with judging:
                papers = checklist.check_papers(version, command.papers)
            with judging:
                if carried_in:
                    version.refuse_unless_by_post(PostalWay.TO_AGENCY)
                dues = checklist.check_dues(version, command.dues, channel=command.channel, day=day)
            with judging:
                receiver = _receiver(session, command, version, at=at)
        with judging:
            agency = places.agency(session, command.agency, day=day)
            desk = places.desk_of(session, agency.code, day=day)
        with judging:
            code = _known_code(session, command, at=at)
        with judging:
            _refuse_without_phone(command, carried_in=carried_in)
    return Checked(
        command=command,
        version_id=version_id,
        version=version,
        papers=papers,
        dues=dues,
        agency=agency,
        desk=desk,
        receiver=receiver,
        code=code,
        at=at,
    )


def open_dossier(
    session: Session,
    vault: Vault,
    checked: Checked,
    *,
    here: UnitCode,
    origin: str,
    received_unit: UnitCode,
    service: str,
    by: Actor,
) -> Opened:
    """Write the dossier, its people, papers and dues; make its secrets. `here`: where it comes in.

    Raises DossierKnown where somebody was faster, NoAgencyId or NumbersExhausted.
    """
    command = checked.command
    dossier = DossierId(str(uuid7()))
    pin = numbers.pin()
    helped = here if origin != places.DESK else None
    row = DossierRow(
        id=dossier,
        procedure=checked.version_id,
        channel=command.channel.value,
        origin=origin,
        helped_unit=helped,
        received_unit=received_unit,
        competent_unit=checked.agency.code,
        result_by_post=command.result_by_post,
        pin_hash=pin_hash(vault, dossier, pin),
        administrative=Administrative.POSTED.value,  # the first step says which it is
        money=Money.NONE.value,
        digitisation=Digitisation.NONE.value,
        made_at=checked.at,
    )
    _insert(session, row, checked)
    delivery_code = _promise_result(session, row, service) if command.result_by_post else None
    key = persons.new_key(session, vault, dossier)
    _keep_people(session, vault, key, checked)
    _keep_papers(session, dossier, checked)
    for due in checked.dues:
        charges.open_due(session, dossier, due, by=by, at=checked.at)
    return Opened(checked, here, row, key, pin, delivery_code)


def item_in(
    session: Session, opened: Opened, *, service: str, by: Actor, listed: Counts | None = None
) -> tuple[ItemId, Token]:
    """Give out the number and the label of the envelope to the agency.

    `listed` are its papers where somebody else will count them: at the citizen's door.
    """
    checked = opened.checked
    item, label = numbers.item_number(session, service), numbers.label()
    give_item(
        session,
        item,
        Leg.IN,
        opened.id,
        origin=opened.here,
        destination=checked.desk.code,
        token_hash=label.digest,
        made_by=by.staff,
        day=local(checked.at).date(),
        listed=listed,
    )
    return item, label.token


def pledge(session: Session, opened: Opened) -> str:
    """The commitment to who submitted what, for the event that takes it in."""
    checked = opened.checked
    submitter = checked.command.submitter
    owner = checked.command.owner or submitter
    content: dict[str, object] = {
        "code": opened.row.code,
        "procedure": checked.version.code,
        "submitter": [submitter.name, submitter.phone, submitter.citizen],
        "owner": [owner.name, owner.citizen],
        "papers": [
            [paper.name, paper.originals, paper.certified, paper.photocopies]
            for paper in checked.papers
        ],
    }
    return persons.commit(session, opened.key, content)


def pin_hash(vault: Vault, dossier: DossierId, pin: str) -> bytes:
    """What is kept of a look-up PIN. Keyed: four characters fall to an unkeyed search at once."""
    return vault.blind(PIN_PURPOSE, f"{dossier}\0{pin}")


def _refuse_without_phone(command: Registration, *, carried_in: bool) -> None:
    """Whoever the Post has to reach; a submitter who is the receiver too is asked once."""
    reached = [(PersonRole.SUBMITTER, command.submitter)] if carried_in else []
    if command.result_by_post and (command.receiver or not carried_in):
        reached.append((PersonRole.RECEIVER, command.gets_result))
    with told_together() as judging:
        for role, person in reached:
            with judging:
                if not person.phone:
                    raise NoPhoneToReach(role=role.value)


def _receiver(
    session: Session, command: Registration, version: ProcedureVersion, *, at: datetime
) -> Person | None:
    if not command.result_by_post:
        return None
    version.refuse_unless_by_post(PostalWay.TO_CITIZEN)
    receiver = command.gets_result
    if receiver.address is None:
        raise NoReceiver
    places.office_serving(session, receiver.address.unit, day=local(at).date())
    return receiver


def _known_code(session: Session, command: Registration, *, at: datetime) -> str:
    if not command.code:
        return ""
    code = dossier_code.parse(command.code, today=local(at).date()).canonical
    if _is_known(session, code):
        raise DossierKnown(code=code)
    return code


def _is_known(session: Session, code: str) -> bool:
    return session.scalar(select(DossierRow.id).filter_by(code=code)) is not None


def _insert(session: Session, row: DossierRow, checked: Checked) -> None:
    """Write the row under the code it came with, or under a fresh one.

    What another transaction is about to write cannot be seen, only run into: the database waits for
    its end. No item number is held meanwhile, or the other one could wait for that.
    """
    day = local(checked.at).date()
    while True:
        row.code = checked.code or numbers.dossier_number(session, checked.agency, day=day)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            if not _is_known(session, row.code):
                raise
            if checked.code:
                raise DossierKnown(code=row.code) from None
        else:
            return


def _promise_result(session: Session, row: DossierRow, service: str) -> DeliveryCode:
    """Set a number aside for the result; of the code that opens it the row keeps only the lock."""
    code = numbers.delivery_code(numbers.item_number(session, service), rotation=1)
    row.result_item, row.result_lock = code.item, code.lock
    return code


def _keep_people(session: Session, vault: Vault, key: DossierKey, checked: Checked) -> None:
    people = {
        PersonRole.SUBMITTER: checked.command.submitter,
        PersonRole.OWNER: checked.command.owner or checked.command.submitter,
        PersonRole.RECEIVER: checked.receiver,
    }
    for role, who in people.items():
        if who is not None:
            persons.keep(session, vault, key, role, who)


def _keep_papers(session: Session, dossier: DossierId, checked: Checked) -> None:
    counted = {paper.name: paper for paper in checked.papers}
    session.add_all(
        PaperRow(
            dossier=dossier,
            position=position,
            name=need.name,
            originals=counted[need.name].originals,
            certified=counted[need.name].certified,
            photocopies=counted[need.name].photocopies,
            original_to_return=need.original_to_return,
        )
        for position, need in enumerate(checked.version.papers, start=1)
        if need.name in counted
    )
    session.flush()
