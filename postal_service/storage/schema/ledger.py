"""What happened: the ledger, its tree of hashes, and what stands at its door."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from postal_service.storage.schema.base import Base
from postal_service.storage.types import RowNumber


class EntryRow(Base):
    """One leaf. Rows are added, never changed: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("item", "item_sequence"),
        UniqueConstraint("device", "device_sequence"),
    )

    index: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    device: Mapped[str]
    device_sequence: Mapped[int]
    item: Mapped[str]  # "" for registry events
    item_sequence: Mapped[int]
    item_previous: Mapped[bytes]
    received_ms: Mapped[int]
    body: Mapped[bytes]
    signature: Mapped[bytes]
    leaf_hash: Mapped[bytes]


class NodeRow(Base):
    """The hash of a full subtree of two leaves or more; leaves themselves stand in the entries."""

    __tablename__ = "ledger_node"

    # In the order in which they became full: see `Place.number` in ledger/tree.py.
    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class EdgeRow(Base):
    """The tree's right edge, in one row: whoever appends locks it."""

    __tablename__ = "ledger_edge"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    hashes: Mapped[bytes]  # roots of the full subtrees from left to right, 32 bytes each


class CheckpointRow(Base):
    """A signed note over the tree at one size."""

    __tablename__ = "checkpoint"
    __table_args__ = (Index(None, "made_at"),)

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    made_at: Mapped[datetime]


class CosignatureRow(Base):
    """A witness's line under a checkpoint."""

    __tablename__ = "cosignature"

    size: Mapped[int] = mapped_column(ForeignKey("checkpoint.size"), primary_key=True)
    witness: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    received_at: Mapped[datetime]


class HeldRow(Base):
    """An event that came before one of its device's earlier events; waits for the gap to close."""

    __tablename__ = "held_event"

    device: Mapped[str] = mapped_column(primary_key=True)
    device_sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(unique=True)
    body: Mapped[bytes]
    signature: Mapped[bytes]
    received_ms: Mapped[int]


class QuarantineRow(Base):
    """Bytes that could not enter the ledger, kept as they came, for a person to look at."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("device", "digest"), Index(None, "settled_at"))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    # Whose key signed it, else the one that sent it: so too, before, of what another had signed.
    device: Mapped[str]
    digest: Mapped[bytes]
    body: Mapped[bytes]
    signature: Mapped[bytes]
    reason: Mapped[str]
    received_ms: Mapped[int]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    settled_how: Mapped[str | None]


class SpendRow(Base):
    """Which event spent which custody. The key makes double custody impossible, not checked."""

    __tablename__ = "custody_spend"

    item: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str]


class VerdictRow(Base):
    """Events of the ledger that do not count: in conflict, disputed or waiting. A projection."""

    __tablename__ = "event_verdict"
    __table_args__ = (Index(None, "item"), Index(None, "verdict"))

    event_id: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    verdict: Mapped[str]


class EvidenceUseRow(Base):
    """Which items' events name which files. A projection: it can be rebuilt."""

    __tablename__ = "evidence_use"
    __table_args__ = (Index(None, "sha256"),)

    item: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)


class ExchangeHalfRow(Base):
    """The two halves of exchanges on delivery. A projection: it can be rebuilt."""

    __tablename__ = "exchange_half"
    __table_args__ = (Index(None, "item"), Index(None, "exchange"), Index(None, "alone_at"))

    event_id: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str]
    exchange: Mapped[str]  # "" where the delivery names none
    side: Mapped[str]  # a word of projections/exchanges.py, Side
    originals: Mapped[int]
    staff: Mapped[str]
    unit: Mapped[str]
    alone_at: Mapped[
        str
    ]  # its unit while the other half is missing or tells another count, else ""


# Frozen items, whose troubles begin with X1 to X3: they are sorted. Few, however many items there are.
OPEN_CASE = text("troubles >= 'X1' AND troubles < 'X4'")


class HoldingRow(Base):
    """Who holds each item now, and what is true of it. A projection: it can be rebuilt."""

    __tablename__ = "holding"
    __table_args__ = (
        Index(
            "ix_holding_open_case", "troubles", postgresql_where=OPEN_CASE, sqlite_where=OPEN_CASE
        ),
        Index(None, "holder_unit", "state"),
        Index(None, "holder_staff", "state"),
        Index(None, "offered_unit", "offered_staff"),
        Index(None, "offered_batch"),
        Index(None, "round"),
        Index(None, "bag"),
        Index(None, "destination", "state"),
    )

    item: Mapped[str] = mapped_column(primary_key=True)
    leg: Mapped[str]
    state: Mapped[str]
    holder_staff: Mapped[str]  # "" once the citizen has it
    holder_unit: Mapped[str]
    capacity: Mapped[str]
    custody_event: Mapped[str]
    since_ms: Mapped[int]
    destination: Mapped[str]
    originals: Mapped[int]
    certified: Mapped[int]
    photocopies: Mapped[int]
    condition: Mapped[str]
    seal: Mapped[str]
    lock: Mapped[str]
    rotation: Mapped[int]
    offered_event: Mapped[str]
    offered_batch: Mapped[str]
    offered_unit: Mapped[str]
    offered_staff: Mapped[str]
    offered_since_ms: Mapped[int]
    troubles: Mapped[str]  # X1,X2,… sorted
    bag: Mapped[str]
    journey: Mapped[str] = mapped_column(server_default=text("''"), default="")
    run: Mapped[str]
    round: Mapped[str]
    attempts: Mapped[int]
    tried: Mapped[bool] = mapped_column(server_default=false(), default=False)
    invitations: Mapped[int]
    held_until: Mapped[str]
    agreed_for: Mapped[str] = mapped_column(server_default=text("''"), default="")
    going_back: Mapped[bool]
