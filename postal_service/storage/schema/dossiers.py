"""The dossier and its papers, people, money and scans. Personal data stands here, encrypted."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from postal_service.storage.schema.base import Base
from postal_service.storage.types import RowNumber


class DossierRow(Base):
    """One dossier. Its administrative, money and digitisation lines stand apart; custody is the
    ledger's. The units are those of its own date, whatever they became later.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        Index(None, "competent_unit", "administrative"),
        Index(None, "received_at"),
        Index(None, "resolved_at"),
        Index(None, "administrative", "due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    procedure: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), index=True)
    channel: Mapped[str]  # direct, online, post
    origin: Mapped[str]  # desk, post_office, home, import
    helped_unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    received_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    competent_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    posted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]  # legally, by the agency (form 01)
    due_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    result_by_post: Mapped[bool]
    result_item: Mapped[str | None] = mapped_column(unique=True)
    result_lock: Mapped[str | None]  # what the citizen's delivery code opens; never the code
    pin_hash: Mapped[bytes]  # of the look-up PIN on the slip
    # A word of domain/standing.py: how far the agency is.
    administrative: Mapped[str]
    money: Mapped[str]  # none, due, paid, exempt
    digitisation: Mapped[str]  # none, partial, complete
    made_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class PaperRow(Base):
    """What was actually handed in of one line of the checklist."""

    __tablename__ = "dossier_paper"

    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    originals: Mapped[int]
    certified: Mapped[int]
    photocopies: Mapped[int]
    original_to_return: Mapped[bool]


class DossierKeyRow(Base):
    """The dossier's data key, wrapped by the master key. Erasing it erases the person."""

    __tablename__ = "dossier_key"

    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    wrapped: Mapped[bytes]


class PersonRow(Base):
    """Someone of a dossier, field by field under the dossier's key; blind indexes for search."""

    __tablename__ = "person"
    __table_args__ = (
        Index(None, "name_index"),
        Index(None, "phone_index"),
        Index(None, "citizen_index"),
    )

    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)  # submitter, owner, receiver, delegate
    name: Mapped[bytes]
    phone: Mapped[bytes]
    citizen: Mapped[bytes]  # citizen number
    address: Mapped[bytes]  # JSON: text, unit, lat, lon
    name_index: Mapped[bytes]
    phone_index: Mapped[bytes]
    phone_tail_index: Mapped[bytes]  # of the last four digits, bound to the dossier
    citizen_index: Mapped[bytes]


class CommitmentRow(Base):
    """The personal data behind an event's commitment `pc`."""

    __tablename__ = "commitment"

    hash: Mapped[str] = mapped_column(primary_key=True)
    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"), index=True)
    salt: Mapped[bytes]
    content: Mapped[bytes]


class ItemRow(Base):
    """An item number that was given out, and what it is for. Custody of it is the ledger's."""

    __tablename__ = "item"
    __table_args__ = (Index(None, "dossier"), Index(None, "goes_with"))

    item: Mapped[str] = mapped_column(primary_key=True)
    issued_on: Mapped[date]
    leg: Mapped[str]
    dossier: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"))  # a bag has none
    origin_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    destination_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    token_hash: Mapped[bytes]  # SHA-256(token)[:16] of the envelope label
    collect_back: Mapped[str | None]  # what is taken back when it is delivered, a line each
    # Of an envelope that goes out empty: the result for whose old papers it is; none before 0021.
    goes_with: Mapped[str | None]
    made_by: Mapped[str]
    # Of what is fetched at a home: the papers as the citizen listed them, with which the courier's
    # count is compared. Kept here and not read off the dossier, whose list grows by supplements.
    listed_originals: Mapped[int | None]
    listed_certified: Mapped[int | None]
    listed_photocopies: Mapped[int | None]


class BagContentRow(Base):
    """What lies in a bag, as committed by the manifest hash of its `pack` event."""

    __tablename__ = "bag_content"

    bag: Mapped[str] = mapped_column(ForeignKey("item.item"), primary_key=True)
    item: Mapped[str] = mapped_column(ForeignKey("item.item"), primary_key=True)


class SealRow(Base):
    """A seal serial that was used. Its key makes a second use impossible."""

    __tablename__ = "seal"

    serial: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    event_id: Mapped[str]


class SealReuseRow(Base):
    """An event that told a serial which, when it was recorded, another item was known to wear.

    It cannot be read off the seals: a correction passes a serial on to who wears it too, and what was
    known when an event was recorded must tell the same story at every rebuild.
    """

    __tablename__ = "seal_reuse"
    __table_args__ = (Index(None, "serial"),)

    event_id: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    serial: Mapped[str]


class StepRow(Base):
    """One step of the administrative line. Added, never changed."""

    __tablename__ = "administrative_step"
    __table_args__ = (Index(None, "dossier", "at"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    staff: Mapped[str]
    unit: Mapped[str]
    why: Mapped[str]
    due_at: Mapped[datetime | None]  # what the step made of the due date


class MoneyRow(Base):
    """One entry of a money line. State fee, postage and collection are never netted."""

    __tablename__ = "money_entry"
    __table_args__ = (
        Index(None, "dossier"),
        Index(None, "staff", "at"),
        Index(None, "unit", "state", "method"),
        Index(None, "line", "state", "at"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    charge: Mapped[str] = mapped_column(
        index=True
    )  # the entries of one charge tell how far it has come
    line: Mapped[str]  # a word of domain/money.py, Line
    state: Mapped[str]  # PaymentState
    method: Mapped[str]  # Means, or ""
    amount_dong: Mapped[int]
    at: Mapped[datetime]
    staff: Mapped[str]
    unit: Mapped[str]
    reference: Mapped[str]


class ScanRow(Base):
    """A digitised paper and its second pair of eyes."""

    __tablename__ = "scan"
    __table_args__ = (
        Index(None, "dossier"),
        Index(None, "state", "dossier"),
        Index(None, "state", "checked_at"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    position: Mapped[int]  # the paper's line; 0 is the result
    evidence: Mapped[str]  # SHA-256 of the file, which outlives it
    media_type: Mapped[str]
    # Under the dossier's key, so that it is erased with the person; none afterwards.
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    pages: Mapped[int]
    state: Mapped[str]  # waiting, accepted, rejected
    fault: Mapped[str]  # why it was rejected, a word of services/digitisation.py, or ""
    scanned_by: Mapped[str]
    scanned_at: Mapped[datetime]
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]


class ParticularsRow(Base):
    """What somebody says is wrong with a person of a dossier, until somebody else has compared it."""

    __tablename__ = "particulars_correction"
    __table_args__ = (Index(None, "dossier"), Index(None, "state", "dossier"))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    role: Mapped[str]  # a word of domain/persons.py, PersonRole
    fields: Mapped[str]  # which particulars are to change, for pages that show nobody
    # Under the dossier's key, so that it is erased with the person; none afterwards.
    content: Mapped[bytes | None]
    basis: Mapped[str]  # which paper shows it, a word of services/particulars.py
    state: Mapped[str]  # waiting, accepted, rejected
    made_by: Mapped[str]
    made_unit: Mapped[str]
    made_at: Mapped[datetime]
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]


class DelegationRow(Base):
    """Who may receive in the owner's place was named, or that was taken back; the newest counts."""

    __tablename__ = "delegation"
    __table_args__ = (Index(None, "dossier"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"))
    change: Mapped[str]  # named, taken_back
    ground: Mapped[str]  # a word of services/delegates.py
    # The paper that was shown, under the dossier's key, so that it is erased with the person.
    content: Mapped[bytes | None]
    item: Mapped[str | None]  # the result's number, where it comes by post: its code was given out
    rotation: Mapped[int | None]
    lock: Mapped[str | None]
    commitment: Mapped[str]  # of the event that tells it; "" where nobody was named
    made_by: Mapped[str]
    made_unit: Mapped[str]
    made_at: Mapped[datetime]


class EvidenceRow(Base):
    """A photo or a file by the hash of its content; an event may name it before it arrives."""

    __tablename__ = "evidence"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    content: Mapped[bytes]  # encrypted under the master key
    staff: Mapped[str]
    unit: Mapped[str]
    received_at: Mapped[datetime]


class MessageCodeRow(Base):
    """A one-time code sent to a citizen. Tries are counted before they are compared."""

    __tablename__ = "message_code"
    __table_args__ = (Index(None, "item", "made_at"),)

    reference: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    code_hash: Mapped[bytes]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class AccessRow(Base):
    """Somebody looked at personal data: who, when, what, why. Citizens can see it."""

    __tablename__ = "access_log"
    __table_args__ = (Index(None, "dossier", "at"), Index(None, "staff", "at"))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime]
    staff: Mapped[str]
    unit: Mapped[str]
    dossier: Mapped[str]
    what: Mapped[str]
    why: Mapped[str]
