"""Keep the tree's hashes in the order in which its subtrees became full: those of a proof lie together, behind one key."""

from bisect import bisect_right

import sqlalchemy as sa
from alembic import op

from migrations.append_only import forbid_changes

revision = "0016_node_numbers"
down_revision = "0015_loosened_locks"
branch_labels = None
depends_on = None

# SQLite looks a row up at once by a key of exactly this type.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LARGEST_TREE = 48  # levels
AT_ONCE = 10_000  # rows


def upgrade() -> None:
    _set_aside()
    op.create_table(
        "ledger_node",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_node")),
    )
    # What is full before the leaf n is added: n/2 + n/4 + n/8 + …, each rounded down.
    before = " + ".join(f"(last >> {level})" for level in range(1, LARGEST_TREE))
    op.execute(
        f"""
        INSERT INTO ledger_node (number, hash)
        SELECT {before} + level - 1 AS number, hash FROM (
            SELECT level, ((position + 1) << CAST(level AS INTEGER)) - 1 AS last, hash FROM set_aside
        ) AS placed
        ORDER BY number
        """  # noqa: S608 - numbers of our own
    )
    op.drop_table("set_aside")
    forbid_changes("ledger_node")


def downgrade() -> None:
    _set_aside()
    nodes = op.create_table(
        "ledger_node",
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_ledger_node")),
    )
    connection, after = op.get_bind(), -1
    page = sa.text(
        "SELECT number, hash FROM set_aside WHERE number > :after ORDER BY number LIMIT :n"
    )
    while rows := connection.execute(page, {"after": after, "n": AT_ONCE}).all():
        connection.execute(
            sa.insert(nodes), [{**_place(number), "hash": value} for number, value in rows]
        )
        after = rows[-1].number
    op.drop_table("set_aside")
    forbid_changes("ledger_node")


def _set_aside() -> None:
    op.rename_table("ledger_node", "set_aside")
    if (
        op.get_context().dialect.name == "postgresql"
    ):  # where the name of a key is taken in all tables
        op.execute("ALTER INDEX pk_ledger_node RENAME TO pk_set_aside")


def _place(number: int) -> dict[str, int]:
    last = bisect_right(range(2 * number + 2), number, key=_full_before) - 1
    level = number - _full_before(last) + 1
    return {"level": level, "position": (last + 1 >> level) - 1}


def _full_before(leaf: int) -> int:
    return leaf - leaf.bit_count()
