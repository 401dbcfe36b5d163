"""Note the events that told a seal serial which another item was known to wear."""

import sqlalchemy as sa
from alembic import op

revision = "0011_seal_reuses"
down_revision = "0010_shift_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seal_reuse",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_seal_reuse")),
    )
    op.create_index(op.f("ix_seal_reuse_item"), "seal_reuse", ["item"])
    op.create_index(op.f("ix_seal_reuse_serial"), "seal_reuse", ["serial"])


def downgrade() -> None:
    op.drop_table("seal_reuse")
