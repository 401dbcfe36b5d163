"""Keep what a message of the outbox needs to be sent, and who had one tried again.

What was written before was never sent and its code is long over: it is told as run out, and its
content goes.
"""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import forbid_changes

revision = "0020_sent_messages"
down_revision = "0019_tried"
branch_labels = None
depends_on = None

TEXTS = ("key", "unit", "shown_to", "via")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("outbox", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "outbox",
        # SQLite adds a column that is not null only with a constant.
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-01-01"
        ),
    )
    op.add_column("outbox", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("answer_status", sa.BigInteger(), nullable=True))
    _tell_as_run_out()
    _take_defaults_away()
    op.create_index(op.f("ix_outbox_key"), "outbox", ["key"], unique=True)
    op.create_index(op.f("ix_outbox_state_id"), "outbox", ["state", "id"])
    _make_retries()


def downgrade() -> None:
    op.drop_table("outbox_retry")
    op.drop_index(op.f("ix_outbox_state_id"), "outbox")
    op.drop_index(op.f("ix_outbox_key"), "outbox")
    for name in ("answer_status", "ended_at", "expires_at", *TEXTS):
        op.drop_column("outbox", name)


def _tell_as_run_out() -> None:
    names = ("id", "key", "payload", "state", "made_at", "expires_at", "ended_at", "error")
    outbox = sa.table("outbox", *map(sa.column, names))
    number = sa.cast(outbox.c.id, sa.Text())
    op.execute(
        sa.update(outbox).values(
            key=sa.literal("before-") + number,
            expires_at=outbox.c.made_at,
            ended_at=outbox.c.made_at,
            payload=sa.literal(b"", sa.LargeBinary()),
        )
    )
    unsent = outbox.c.state != "sent"
    op.execute(sa.update(outbox).where(unsent).values(state="expired", error="run_out"))


def _take_defaults_away() -> None:
    # They stood for the rows of before; of a new row nothing may be forgotten.
    with op.batch_alter_table("outbox") as batch:
        for name in TEXTS:
            batch.alter_column(
                name, existing_type=sa.Text(), existing_nullable=False, server_default=None
            )
        batch.alter_column(
            "expires_at",
            existing_type=sa.DateTime(timezone=True),
            existing_nullable=False,
            server_default=None,
        )


def _make_retries() -> None:
    op.create_table(
        "outbox_retry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),  # SQLite numbers rows by itself only in a column of exactly this type
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_retry")),
    )
    op.create_index(op.f("ix_outbox_retry_key"), "outbox_retry", ["key"])
    forbid_changes("outbox_retry")
