"""Make the rounds: plans, rounds, their stops and the pick-ups citizens asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0004_rounds"
down_revision = "0003_dossiers"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_plan()
    _make_pickup()
    _make_round()
    _make_round_stop()
    _make_round_stop_item()


def downgrade() -> None:
    op.drop_table("round_stop_item")
    op.drop_table("round_stop")
    op.drop_table("round")
    op.drop_table("pickup")
    op.drop_table("plan")


def _make_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("budget_seconds", sa.Double(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("metres", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("baseline_metres", sa.BigInteger(), nullable=False),
        sa.Column("baseline_seconds", sa.BigInteger(), nullable=False),
        sa.Column("baseline_unserved", sa.BigInteger(), nullable=False),
        sa.Column("unserved", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.Column("edits", sa.BigInteger(), nullable=False),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["office"], ["unit.code"], name=op.f("fk_plan_office_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("office", "day", "version", name=op.f("uq_plan_office_day_version")),
    )


def _make_pickup() -> None:
    op.create_table(
        "pickup",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_pickup_dossier_dossier")
        ),
        sa.ForeignKeyConstraint(["office"], ["unit.code"], name=op.f("fk_pickup_office_unit")),
        sa.PrimaryKeyConstraint("dossier", name=op.f("pk_pickup")),
    )
    op.create_index(op.f("ix_pickup_office_day_state"), "pickup", ["office", "day", "state"])


def _make_round() -> None:
    op.create_table(
        "round",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("courier", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("metres", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["courier"], ["staff.id"], name=op.f("fk_round_courier_staff")),
        sa.ForeignKeyConstraint(["office"], ["unit.code"], name=op.f("fk_round_office_unit")),
        sa.ForeignKeyConstraint(["plan"], ["plan.id"], name=op.f("fk_round_plan_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    op.create_index(op.f("ix_round_courier_day"), "round", ["courier", "day"])
    op.create_index(op.f("ix_round_office_day"), "round", ["office", "day"])
    op.create_index(op.f("ix_round_plan"), "round", ["plan"])


def _make_round_stop() -> None:
    op.create_table(
        "round_stop",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("dossier", sa.Text(), nullable=True),
        sa.Column("arrives_at", INSTANT, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("departs_at", INSTANT, nullable=False),
        sa.Column("locked", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round"], ["round.id"], name=op.f("fk_round_stop_round_round")),
        sa.PrimaryKeyConstraint("round", "position", name=op.f("pk_round_stop")),
    )


def _make_round_stop_item() -> None:
    op.create_table(
        "round_stop_item",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round"], ["round.id"], name=op.f("fk_round_stop_item_round_round")
        ),
        sa.PrimaryKeyConstraint("round", "position", "reference", name=op.f("pk_round_stop_item")),
    )
    op.create_index(op.f("ix_round_stop_item_reference"), "round_stop_item", ["reference"])
