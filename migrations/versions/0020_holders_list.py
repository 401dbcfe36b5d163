"""Give a holder's list an index in its own order, so that a page of it is read and nothing sorted."""

from alembic import op

revision = "0020_holders_list"
down_revision = "0006_second_factor_resets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_holding_holder_staff_item"), "holding", ["holder_staff", "item"])
    op.drop_index(op.f("ix_holding_holder_staff_state"), table_name="holding")


def downgrade() -> None:
    op.create_index(op.f("ix_holding_holder_staff_state"), "holding", ["holder_staff", "state"])
    op.drop_index(op.f("ix_holding_holder_staff_item"), table_name="holding")
