"""The last checkpoint of a day is found by its time: anybody may ask for it, and a year has half a million."""

from alembic import op

revision = "0022_days_of_checkpoints"
down_revision = "0021_carried_along"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_checkpoint_made_at", "checkpoint", ["made_at"])


def downgrade() -> None:
    op.drop_index("ix_checkpoint_made_at", "checkpoint")
