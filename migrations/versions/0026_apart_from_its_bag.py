"""What was handed over apart from its bag is in it no more: bag and item remember by which hand-overs they went.

`postal rebuild` tells the hand-overs before this step. Until then a bag and what lies in it count as
before; once news of one of them alone come in, they seem to have gone apart.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026_apart_from_its_bag"
down_revision = "0025_listed_at_home"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "holding", sa.Column("journey", sa.Text(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("holding", "journey")
