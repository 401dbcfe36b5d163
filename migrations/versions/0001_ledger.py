"""Make the ledger: what happened, its tree of hashes, and what is derived from it alone."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import drop_refusal, forbid_changes, make_refusal

revision = "0001_ledger"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# SQLite numbers rows by itself only in a column of exactly this type.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("ledger_entry", "ledger_node")


def upgrade() -> None:
    _make_checkpoint()
    _make_custody_spend()
    _make_event_verdict()
    _make_held_event()
    _make_holding()
    _make_ledger_edge()
    _make_ledger_entry()
    _make_ledger_node()
    _make_quarantine()
    _make_cosignature()
    make_refusal()
    for table in APPEND_ONLY:
        forbid_changes(table)


def downgrade() -> None:
    op.drop_table("cosignature")
    op.drop_table("quarantine")
    op.drop_table("ledger_node")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_edge")
    op.drop_table("holding")
    op.drop_table("held_event")
    op.drop_table("event_verdict")
    op.drop_table("custody_spend")
    op.drop_table("checkpoint")
    drop_refusal()


def _make_checkpoint() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )


def _make_custody_spend() -> None:
    op.create_table(
        "custody_spend",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("item", "parent", name=op.f("pk_custody_spend")),
    )


def _make_event_verdict() -> None:
    op.create_table(
        "event_verdict",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_verdict")),
    )
    op.create_index(op.f("ix_event_verdict_item"), "event_verdict", ["item"])


def _make_held_event() -> None:
    op.create_table(
        "held_event",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("device_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "device_sequence", name=op.f("pk_held_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_held_event_event_id")),
    )


def _make_holding() -> None:
    op.create_table(
        "holding",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder_staff", sa.Text(), nullable=False),
        sa.Column("holder_unit", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("custody_event", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("certified", sa.BigInteger(), nullable=False),
        sa.Column("photocopies", sa.BigInteger(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("lock", sa.Text(), nullable=False),
        sa.Column("rotation", sa.BigInteger(), nullable=False),
        sa.Column("offered_event", sa.Text(), nullable=False),
        sa.Column("offered_batch", sa.Text(), nullable=False),
        sa.Column("offered_unit", sa.Text(), nullable=False),
        sa.Column("offered_staff", sa.Text(), nullable=False),
        sa.Column("offered_since_ms", sa.BigInteger(), nullable=False),
        sa.Column("troubles", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("invitations", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.Text(), nullable=False),
        sa.Column("going_back", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_holding")),
    )
    op.create_index(op.f("ix_holding_bag"), "holding", ["bag"])
    op.create_index(op.f("ix_holding_destination_state"), "holding", ["destination", "state"])
    op.create_index(op.f("ix_holding_holder_staff_state"), "holding", ["holder_staff", "state"])
    op.create_index(op.f("ix_holding_holder_unit_state"), "holding", ["holder_unit", "state"])
    op.create_index(op.f("ix_holding_offered_batch"), "holding", ["offered_batch"])
    op.create_index(
        op.f("ix_holding_offered_unit_offered_staff"), "holding", ["offered_unit", "offered_staff"]
    )
    op.create_index(op.f("ix_holding_round"), "holding", ["round"])


def _make_ledger_edge() -> None:
    op.create_table(
        "ledger_edge",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_edge")),
    )


def _make_ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("index", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("device_sequence", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("item_sequence", sa.BigInteger(), nullable=False),
        sa.Column("item_previous", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint(
            "device", "device_sequence", name=op.f("uq_ledger_entry_device_device_sequence")
        ),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_entry_event_id")),
        sa.UniqueConstraint(
            "item", "item_sequence", name=op.f("uq_ledger_entry_item_item_sequence")
        ),
    )


def _make_ledger_node() -> None:
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_ledger_node")),
    )


def _make_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_how", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("device", "digest", name=op.f("uq_quarantine_device_digest")),
    )


def _make_cosignature() -> None:
    op.create_table(
        "cosignature",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["checkpoint.size"], name=op.f("fk_cosignature_size_checkpoint")
        ),
        sa.PrimaryKeyConstraint("size", "witness", name=op.f("pk_cosignature")),
    )
