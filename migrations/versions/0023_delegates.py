"""Keep who was named to receive a result in its owner's place, and who confirmed a fee.

Of a fee that was confirmed before this step nobody knows who did it: its source stands alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_delegates"
down_revision = "0022_days_of_checkpoints"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),  # SQLite numbers rows by itself only in a column of exactly this type
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("rotation", sa.BigInteger(), nullable=True),
        sa.Column("lock", sa.Text(), nullable=True),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_unit", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_delegation_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_dossier"), "delegation", ["dossier"])
    op.add_column("procedure_fee", sa.Column("confirmed_by", sa.Text(), nullable=True))
    op.add_column("procedure_fee", sa.Column("confirmed_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("procedure_fee", "confirmed_at")
    op.drop_column("procedure_fee", "confirmed_by")
    op.drop_index(op.f("ix_delegation_dossier"), "delegation")
    op.drop_table("delegation")
