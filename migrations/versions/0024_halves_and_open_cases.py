"""Find exchanges that are half done, and what was delivered while its case was open.

`postal rebuild` tells what the ledger has already; until then only new exchanges are known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024_halves_and_open_cases"
down_revision = "0023_delegates"
branch_labels = None
depends_on = None

OPEN_CASE = sa.text("troubles >= 'X1' AND troubles < 'X4'")


def upgrade() -> None:
    op.create_table(
        "exchange_half",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("alone_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_exchange_half")),
    )
    for column in ("item", "exchange", "alone_at"):
        op.create_index(op.f(f"ix_exchange_half_{column}"), "exchange_half", [column])
    op.create_index(
        "ix_holding_open_case", "holding", ["troubles"],
        postgresql_where=OPEN_CASE, sqlite_where=OPEN_CASE,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_holding_open_case", "holding")
    op.drop_table("exchange_half")
