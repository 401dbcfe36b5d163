"""Note which items' events name which files, for what is in the ledger already too."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007_evidence_uses"
down_revision = "0006_second_factor_resets"
branch_labels = None
depends_on = None

AT_ONCE = 1_000


def upgrade() -> None:
    uses = op.create_table(
        "evidence_use",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("item", "sha256", name=op.f("pk_evidence_use")),
    )
    op.create_index(op.f("ix_evidence_use_sha256"), "evidence_use", ["sha256"])
    found = set(_named_in_the_ledger(op.get_bind()))
    if found:
        op.bulk_insert(uses, [{"item": item, "sha256": digest} for item, digest in sorted(found)])


def downgrade() -> None:
    op.drop_table("evidence_use")


def _named_in_the_ledger(connection: sa.Connection) -> list[tuple[str, str]]:
    entries = sa.table("ledger_entry", sa.column("item"), sa.column("body"))
    asked = sa.select(entries.c.item, entries.c.body).execution_options(yield_per=AT_ONCE)
    return [
        (item, digest)
        for item, body in connection.execute(asked)
        if b'"ev":[' in bytes(body)  # few events name a file
        for digest in json.loads(body).get("ev", ())
    ]
