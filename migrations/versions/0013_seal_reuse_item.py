"""Nobody asks for the seal reuses of an item: they are found by their event or by the serial."""

from alembic import op

revision = "0013_seal_reuse_item"
down_revision = "0012_tours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_seal_reuse_item"), "seal_reuse")


def downgrade() -> None:
    op.create_index(op.f("ix_seal_reuse_item"), "seal_reuse", ["item"])
