"""Keep who gave a password, dismissed, took back or took a role away, and that a given password is to be changed."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import forbid_changes

revision = "0017_staff_changes"
down_revision = "0016_node_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "staff",
        sa.Column("password_is_given", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "staff_change",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),  # SQLite numbers rows by itself only in a column of exactly this type
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_change_staff_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_change")),
    )
    op.create_index(op.f("ix_staff_change_staff"), "staff_change", ["staff"])
    forbid_changes("staff_change")


def downgrade() -> None:
    op.drop_table("staff_change")
    op.drop_column("staff", "password_is_given")
