"""Let a round leave the office several times a day: its tours, and which of them each stop is on.

What was planned before was one tour a round.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_tours"
down_revision = "0011_seal_reuses"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    tours = op.create_table(
        "round_tour",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("tour", sa.BigInteger(), nullable=False),
        sa.Column("leaves_at", INSTANT, nullable=False),
        sa.Column("returns_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["round"], ["round.id"], name=op.f("fk_round_tour_round_round")),
        sa.PrimaryKeyConstraint("round", "tour", name=op.f("pk_round_tour")),
    )
    rounds = sa.table("round", *map(sa.column, ("id", "starts_at", "ends_at")))
    whole = sa.select(rounds.c.id, sa.literal(1), rounds.c.starts_at, rounds.c.ends_at)
    op.execute(sa.insert(tours).from_select(["round", "tour", "leaves_at", "returns_at"], whole))
    op.add_column(
        "round_stop", sa.Column("tour", sa.BigInteger(), nullable=False, server_default="1")
    )


def downgrade() -> None:
    op.drop_column("round_stop", "tour")
    op.drop_table("round_tour")
