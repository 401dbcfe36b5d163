"""A plan whose search had no time for the nearest stop next stands beside none."""

import sqlalchemy as sa
from alembic import op

revision = "0018_no_baseline"
down_revision = "0017_staff_changes"
branch_labels = None
depends_on = None

FIGURES = ("baseline_metres", "baseline_seconds", "baseline_unserved")


def upgrade() -> None:
    for figure in FIGURES:
        _set_aside(figure)
        op.add_column("plan", sa.Column(figure, sa.BigInteger(), nullable=True))
        _put_back(figure)


def downgrade() -> None:
    for figure in FIGURES:
        _set_aside(figure)
        op.add_column(
            "plan", sa.Column(figure, sa.BigInteger(), nullable=False, server_default="0")
        )
        _put_back(figure)


# SQLite cannot change a column, only add, rename and drop one.
def _set_aside(figure: str) -> None:
    op.execute(f"ALTER TABLE plan RENAME COLUMN {figure} TO set_aside")


def _put_back(figure: str) -> None:
    op.execute(f"UPDATE plan SET {figure} = set_aside WHERE set_aside IS NOT NULL")  # noqa: S608 - names of our own
    op.drop_column("plan", "set_aside")
