"""A plan stands beside the nearest stop next also by how long the courier is out who is out longest."""

import sqlalchemy as sa
from alembic import op

revision = "0027_longest_round"
down_revision = "0026_apart_from_its_bag"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("baseline_longest", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("plan", "baseline_longest")
