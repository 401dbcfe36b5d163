"""Make what is known of each courier, and let a plan say by which roads it was made and how good it is at least."""

import sqlalchemy as sa
from alembic import op

revision = "0009_courier_facts"
down_revision = "0008_verdicts_by_kind"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courier_facts",
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("permits", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("bag_grams", sa.BigInteger(), nullable=True),
        sa.Column("cash_limit_dong", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_courier_facts_staff_staff")),
        sa.PrimaryKeyConstraint("staff", name=op.f("pk_courier_facts")),
    )
    op.add_column("plan", sa.Column("roads", sa.Text(), nullable=True))
    op.add_column("plan", sa.Column("lower_bound", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("plan", "lower_bound")
    op.drop_column("plan", "roads")
    op.drop_table("courier_facts")
