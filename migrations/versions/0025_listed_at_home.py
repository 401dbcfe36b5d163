"""What a citizen listed stands beside the number of what is fetched at his home, to be compared with the courier's count.

Requests that still wait for their courier, or were called off and may be moved, get it from their
dossier's list. What was collected before this step is not judged anew: whoever took it over has
counted it since.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025_listed_at_home"
down_revision = "0024_halves_and_open_cases"
branch_labels = None
depends_on = None

KINDS = ("originals", "certified", "photocopies")


def upgrade() -> None:
    for kind in KINDS:
        op.add_column("item", sa.Column(f"listed_{kind}", sa.BigInteger(), nullable=True))
    item = sa.table(
        "item", *map(sa.column, ("item", "dossier", "leg", *(f"listed_{k}" for k in KINDS)))
    )
    paper = sa.table("dossier_paper", *map(sa.column, ("dossier", *KINDS)))
    pickup = sa.table("pickup", *map(sa.column, ("dossier", "state")))
    listed = {
        f"listed_{kind}": sa.select(sa.func.coalesce(sa.func.sum(paper.c[kind]), 0))
        .where(paper.c.dossier == item.c.dossier)
        .scalar_subquery()
        for kind in KINDS
    }
    awaited = sa.select(pickup.c.dossier).where(pickup.c.state != "collected")
    held = sa.select(sa.table("holding", sa.column("item")).c.item)
    op.execute(
        sa.update(item)
        .where(item.c.leg == "IN", item.c.dossier.in_(awaited), item.c.item.not_in(held))
        .values(**listed)
    )


def downgrade() -> None:
    for kind in KINDS:
        op.drop_column("item", f"listed_{kind}")
