"""Make the record of second factors that were taken off for somebody who lost every way in."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import forbid_changes

revision = "0006_second_factor_resets"
down_revision = "0005_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factor_reset",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),  # SQLite numbers rows by itself only in a column of exactly this type
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff"], ["staff.id"], name=op.f("fk_second_factor_reset_staff_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor_reset")),
    )
    op.create_index(op.f("ix_second_factor_reset_asked"), "second_factor_reset", ["asked"])
    op.create_index(op.f("ix_second_factor_reset_staff"), "second_factor_reset", ["staff"])
    forbid_changes("second_factor_reset")


def downgrade() -> None:
    op.drop_table("second_factor_reset")
