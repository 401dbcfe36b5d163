"""Find what waits for its other half without reading every event that does not count."""

from alembic import op

revision = "0008_verdicts_by_kind"
down_revision = "0007_evidence_uses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_event_verdict_verdict"), "event_verdict", ["verdict"])


def downgrade() -> None:
    op.drop_index(op.f("ix_event_verdict_verdict"), "event_verdict")
