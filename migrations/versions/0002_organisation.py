"""Make the organisation: units, staff, devices, calendars, procedures, jobs and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002_organisation"
down_revision = "0001_ledger"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# SQLite numbers rows by itself only in a column of exactly this type.
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _make_calendar_day()
    _make_calendar_year()
    _make_counter()
    _make_device()
    _make_job()
    _make_outbox()
    _make_procedure_version()
    _make_staff()
    _make_unit()
    _make_device_nonce()
    _make_device_token()
    _make_enrolment()
    _make_procedure_fee()
    _make_procedure_paper()
    _make_staff_role()
    _make_unit_succession()
    _make_web_session()
    _make_recovery_code()


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("web_session")
    op.drop_table("unit_succession")
    op.drop_table("staff_role")
    op.drop_table("procedure_paper")
    op.drop_table("procedure_fee")
    op.drop_table("enrolment")
    op.drop_table("device_token")
    op.drop_table("device_nonce")
    op.drop_table("unit")
    op.drop_table("staff")
    op.drop_table("procedure_version")
    op.drop_table("outbox")
    op.drop_table("job")
    op.drop_table("device")
    op.drop_table("counter")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")


def _make_calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sessions", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", "day", name=op.f("pk_calendar_day")),
    )


def _make_calendar_year() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", "year", name=op.f("pk_calendar_year")),
    )


def _make_counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )


def _make_device() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=True),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_digest", sa.Text(), nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_staff"), "device", ["staff"])
    op.create_index(op.f("ix_device_unit_kind"), "device", ["unit", "kind"])


def _make_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("heartbeat_at", INSTANT, nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_state"), "job", ["state"])
    op.create_index(op.f("ix_job_unit_made_at"), "job", ["unit", "made_at"])


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_state_next_at"), "outbox", ["state", "next_at"])
    op.create_index(op.f("ix_outbox_subject"), "outbox", ["subject"])


def _make_procedure_version() -> None:
    op.create_table(
        "procedure_version",
        sa.Column("id", ROW_NUMBER, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("processing_amount", sa.BigInteger(), nullable=False),
        sa.Column("processing_unit", sa.Text(), nullable=False),
        sa.Column("amount_if_verified", sa.BigInteger(), nullable=True),
        sa.Column("amount_if_mountain", sa.BigInteger(), nullable=True),
        sa.Column("bcci_in", sa.Boolean(), nullable=False),
        sa.Column("bcci_out", sa.Boolean(), nullable=False),
        sa.Column("presence_at_intake", sa.Boolean(), nullable=False),
        sa.Column("presence_at_return", sa.Boolean(), nullable=False),
        sa.Column("collect_back", sa.Text(), nullable=False),
        sa.Column("stops_clock_for", sa.Text(), nullable=False),
        sa.Column("formerly", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("term_status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_version")),
        sa.UniqueConstraint(
            "code", "valid_from", name=op.f("uq_procedure_version_code_valid_from")
        ),
    )


def _make_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("badge", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("badge", name=op.f("uq_staff_badge")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )


def _make_unit() -> None:
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("serves", sa.Text(), nullable=True),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Text(), nullable=True),
        sa.Column("terrain", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["unit.code"], name=op.f("fk_unit_parent_unit")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_dates")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_kind"), "unit", ["kind"])
    op.create_index(op.f("ix_unit_path"), "unit", ["path"])


def _make_device_nonce() -> None:
    op.create_table(
        "device_nonce",
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["device"], ["device.id"], name=op.f("fk_device_nonce_device_device")
        ),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_device_nonce")),
    )
    op.create_index(op.f("ix_device_nonce_device"), "device_nonce", ["device"])


def _make_device_token() -> None:
    op.create_table(
        "device_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["device"], ["device.id"], name=op.f("fk_device_token_device_device")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_device_token")),
    )
    op.create_index(op.f("ix_device_token_device"), "device_token", ["device"])


def _make_enrolment() -> None:
    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_enrolment_staff_staff")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_enrolment_unit_unit")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment")),
    )


def _make_procedure_fee() -> None:
    op.create_table(
        "procedure_fee",
        sa.Column("procedure", ROW_NUMBER, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount_dong", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure"],
            ["procedure_version.id"],
            name=op.f("fk_procedure_fee_procedure_procedure_version"),
        ),
        sa.PrimaryKeyConstraint("procedure", "position", name=op.f("pk_procedure_fee")),
    )


def _make_procedure_paper() -> None:
    op.create_table(
        "procedure_paper",
        sa.Column("procedure", ROW_NUMBER, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("certified", sa.BigInteger(), nullable=False),
        sa.Column("photocopies", sa.BigInteger(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("shown_only", sa.Boolean(), nullable=False),
        sa.Column("original_to_return", sa.Boolean(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["procedure"],
            ["procedure_version.id"],
            name=op.f("fk_procedure_paper_procedure_procedure_version"),
        ),
        sa.PrimaryKeyConstraint("procedure", "position", name=op.f("pk_procedure_paper")),
    )


def _make_staff_role() -> None:
    op.create_table(
        "staff_role",
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_staff_role_staff_staff")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_staff_role_unit_unit")),
        sa.PrimaryKeyConstraint("staff", "role", "unit", name=op.f("pk_staff_role")),
    )


def _make_unit_succession() -> None:
    op.create_table(
        "unit_succession",
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["new"], ["unit.code"], name=op.f("fk_unit_succession_new_unit")),
        sa.ForeignKeyConstraint(["old"], ["unit.code"], name=op.f("fk_unit_succession_old_unit")),
        sa.PrimaryKeyConstraint("old", "new", name=op.f("pk_unit_succession")),
    )


def _make_recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_recovery_code_staff_staff")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_staff"), "recovery_code", ["staff"])


def _make_web_session() -> None:
    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name=op.f("fk_web_session_staff_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_staff"), "web_session", ["staff"])
