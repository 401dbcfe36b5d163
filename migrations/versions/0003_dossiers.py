"""Make the dossiers: their papers, people, money, scans and items."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import forbid_changes

revision = "0003_dossiers"
down_revision = "0002_organisation"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# SQLite numbers rows by itself only in a column of exactly this type.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("administrative_step", "money_entry", "access_log")


def upgrade() -> None:
    _make_access_log()
    _make_evidence()
    _make_message_code()
    _make_seal()
    _make_dossier()
    _make_administrative_step()
    _make_commitment()
    _make_dossier_key()
    _make_dossier_paper()
    _make_item()
    _make_money_entry()
    _make_person()
    _make_scan()
    _make_particulars_correction()
    _make_bag_content()
    for table in APPEND_ONLY:
        forbid_changes(table)


def downgrade() -> None:
    op.drop_table("bag_content")
    op.drop_table("particulars_correction")
    op.drop_table("scan")
    op.drop_table("person")
    op.drop_table("money_entry")
    op.drop_table("item")
    op.drop_table("dossier_paper")
    op.drop_table("dossier_key")
    op.drop_table("commitment")
    op.drop_table("administrative_step")
    op.drop_table("dossier")
    op.drop_table("seal")
    op.drop_table("message_code")
    op.drop_table("evidence")
    op.drop_table("access_log")


def _make_access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_dossier_at"), "access_log", ["dossier", "at"])
    op.create_index(op.f("ix_access_log_staff_at"), "access_log", ["staff", "at"])


def _make_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence")),
    )


def _make_message_code() -> None:
    op.create_table(
        "message_code",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_message_code")),
    )
    op.create_index(op.f("ix_message_code_item_made_at"), "message_code", ["item", "made_at"])


def _make_seal() -> None:
    op.create_table(
        "seal",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_seal")),
    )


def _make_dossier() -> None:
    op.create_table(
        "dossier",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("procedure", ROW_NUMBER, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("helped_unit", sa.Text(), nullable=True),
        sa.Column("received_unit", sa.Text(), nullable=False),
        sa.Column("competent_unit", sa.Text(), nullable=False),
        sa.Column("posted_at", INSTANT, nullable=True),
        sa.Column("received_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("result_by_post", sa.Boolean(), nullable=False),
        sa.Column("result_item", sa.Text(), nullable=True),
        sa.Column("result_lock", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.LargeBinary(), nullable=False),
        sa.Column("administrative", sa.Text(), nullable=False),
        sa.Column("money", sa.Text(), nullable=False),
        sa.Column("digitisation", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["competent_unit"], ["unit.code"], name=op.f("fk_dossier_competent_unit_unit")
        ),
        sa.ForeignKeyConstraint(
            ["helped_unit"], ["unit.code"], name=op.f("fk_dossier_helped_unit_unit")
        ),
        sa.ForeignKeyConstraint(
            ["procedure"],
            ["procedure_version.id"],
            name=op.f("fk_dossier_procedure_procedure_version"),
        ),
        sa.ForeignKeyConstraint(
            ["received_unit"], ["unit.code"], name=op.f("fk_dossier_received_unit_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("code", name=op.f("uq_dossier_code")),
        sa.UniqueConstraint("result_item", name=op.f("uq_dossier_result_item")),
    )
    op.create_index(
        op.f("ix_dossier_competent_unit_administrative"),
        "dossier",
        ["competent_unit", "administrative"],
    )
    op.create_index(
        op.f("ix_dossier_administrative_due_at"), "dossier", ["administrative", "due_at"]
    )
    op.create_index(op.f("ix_dossier_procedure"), "dossier", ["procedure"])
    op.create_index(op.f("ix_dossier_received_at"), "dossier", ["received_at"])
    op.create_index(op.f("ix_dossier_resolved_at"), "dossier", ["resolved_at"])


def _make_administrative_step() -> None:
    op.create_table(
        "administrative_step",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_administrative_step_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrative_step")),
    )
    op.create_index(
        op.f("ix_administrative_step_dossier_at"), "administrative_step", ["dossier", "at"]
    )


def _make_commitment() -> None:
    op.create_table(
        "commitment",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_commitment_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_commitment")),
    )
    op.create_index(op.f("ix_commitment_dossier"), "commitment", ["dossier"])


def _make_dossier_key() -> None:
    op.create_table(
        "dossier_key",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_dossier_key_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("dossier", name=op.f("pk_dossier_key")),
    )


def _make_dossier_paper() -> None:
    op.create_table(
        "dossier_paper",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("certified", sa.BigInteger(), nullable=False),
        sa.Column("photocopies", sa.BigInteger(), nullable=False),
        sa.Column("original_to_return", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_dossier_paper_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("dossier", "position", name=op.f("pk_dossier_paper")),
    )


def _make_item() -> None:
    op.create_table(
        "item",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=True),
        sa.Column("origin_unit", sa.Text(), nullable=False),
        sa.Column("destination_unit", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("collect_back", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["destination_unit"], ["unit.code"], name=op.f("fk_item_destination_unit_unit")
        ),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name=op.f("fk_item_dossier_dossier")),
        sa.ForeignKeyConstraint(
            ["origin_unit"], ["unit.code"], name=op.f("fk_item_origin_unit_unit")
        ),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_dossier"), "item", ["dossier"])


def _make_money_entry() -> None:
    op.create_table(
        "money_entry",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("charge", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_dong", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_money_entry_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_entry")),
    )
    op.create_index(op.f("ix_money_entry_charge"), "money_entry", ["charge"])
    op.create_index(op.f("ix_money_entry_dossier"), "money_entry", ["dossier"])
    op.create_index(op.f("ix_money_entry_staff_at"), "money_entry", ["staff", "at"])
    op.create_index(
        op.f("ix_money_entry_unit_state_method"), "money_entry", ["unit", "state", "method"]
    )


def _make_person() -> None:
    op.create_table(
        "person",
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("citizen", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_tail_index", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_person_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("dossier", "role", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_citizen_index"), "person", ["citizen_index"])
    op.create_index(op.f("ix_person_name_index"), "person", ["name_index"])
    op.create_index(op.f("ix_person_phone_index"), "person", ["phone_index"])


def _make_scan() -> None:
    op.create_table(
        "scan",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("scanned_by", sa.Text(), nullable=False),
        sa.Column("scanned_at", INSTANT, nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name=op.f("fk_scan_dossier_dossier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    op.create_index(op.f("ix_scan_dossier"), "scan", ["dossier"])
    op.create_index(op.f("ix_scan_state_dossier"), "scan", ["state", "dossier"])


def _make_particulars_correction() -> None:
    op.create_table(
        "particulars_correction",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_unit", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier"], ["dossier.id"], name=op.f("fk_particulars_correction_dossier_dossier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_particulars_correction")),
    )
    op.create_index(
        op.f("ix_particulars_correction_dossier"), "particulars_correction", ["dossier"]
    )
    op.create_index(
        op.f("ix_particulars_correction_state_dossier"),
        "particulars_correction",
        ["state", "dossier"],
    )


def _make_bag_content() -> None:
    op.create_table(
        "bag_content",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bag"], ["item.item"], name=op.f("fk_bag_content_bag_item")),
        sa.ForeignKeyConstraint(["item"], ["item.item"], name=op.f("fk_bag_content_item_item")),
        sa.PrimaryKeyConstraint("bag", "item", name=op.f("pk_bag_content")),
    )
