"""Keep the cash counted when a shift ends, and find what was paid or checked in some days without reading the rest."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import forbid_changes

revision = "0010_shift_counts"
down_revision = "0009_courier_facts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_count",
        sa.Column("shift", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("taker", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_dong", sa.BigInteger(), nullable=False),
        sa.Column("counted_dong", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_shift_count_staff_staff")),
        sa.ForeignKeyConstraint(["taker"], ["staff.id"], name=op.f("fk_shift_count_taker_staff")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_shift_count_unit_unit")),
        sa.PrimaryKeyConstraint("shift", "line", name=op.f("pk_shift_count")),
    )
    op.create_index(op.f("ix_shift_count_unit_shift"), "shift_count", ["unit", "shift"])
    forbid_changes("shift_count")
    op.create_index(op.f("ix_money_entry_line_state_at"), "money_entry", ["line", "state", "at"])
    op.create_index(op.f("ix_scan_state_checked_at"), "scan", ["state", "checked_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_scan_state_checked_at"), "scan")
    op.drop_index(op.f("ix_money_entry_line_state_at"), "money_entry")
    op.drop_table("shift_count")
