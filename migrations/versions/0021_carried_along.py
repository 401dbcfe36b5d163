"""What goes out with a result is known with it: the empty envelope for old papers, and the day that was agreed.

An envelope that was given out before this step stays without its result: its number tells nobody which it was.
`postal rebuild` tells nothing new: no event has named a day yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_carried_along"
down_revision = "0020_sent_messages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item", sa.Column("goes_with", sa.Text(), nullable=True))
    op.create_index(op.f("ix_item_goes_with"), "item", ["goes_with"])
    op.add_column(
        "holding", sa.Column("agreed_for", sa.Text(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("holding", "agreed_for")
    op.drop_index(op.f("ix_item_goes_with"), "item")
    op.drop_column("item", "goes_with")
