"""What was tried in vain stays so, also where the reason does not count.

`postal rebuild` tells the rest: what came back for such a reason before this step lies as if it had
never been out until an event or a rebuild tells it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_tried"
down_revision = "0018_no_baseline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "holding", sa.Column("tried", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    holding = sa.table("holding", *map(sa.column, ("tried", "attempts", "state")))
    was_tried = sa.or_(holding.c.attempts > 0, holding.c.state == "C11")
    op.execute(sa.update(holding).where(was_tried).values(tried=sa.true()))


def downgrade() -> None:
    op.drop_column("holding", "tried")
