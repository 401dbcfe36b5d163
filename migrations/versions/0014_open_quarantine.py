"""What still waits in quarantine is counted and listed without reading what was settled long ago."""

from alembic import op

revision = "0014_open_quarantine"
down_revision = "0013_seal_reuse_item"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_quarantine_settled_at"), "quarantine", ["settled_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_quarantine_settled_at"), "quarantine")
