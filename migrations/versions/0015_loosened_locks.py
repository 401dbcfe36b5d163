"""A plan keeps which locks could not be kept when it was made, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0015_loosened_locks"
down_revision = "0014_open_quarantine"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("loosened", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("plan", "loosened")
