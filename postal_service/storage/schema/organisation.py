"""Who and where: units, staff, devices, calendars, procedures."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from postal_service.storage.schema.base import Base
from postal_service.storage.types import RowNumber


class UnitRow(Base):
    """A unit of the province, an agency, a one-stop desk or a post office, with its dates.

    `path` runs from the root over all parents, "/VN-QN/PO-560000/", so that a subtree is a prefix.
    """

    __tablename__ = "unit"
    __table_args__ = (
        Index(None, "path"),
        Index(None, "kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    kind: Mapped[str]  # province, district, commune, agency, desk, post_office, hub, operator
    level: Mapped[str]  # province, district, commune
    parent: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    path: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # the last day
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    address: Mapped[str]
    serves: Mapped[str | None]  # a desk's agency, a post office's administrative unit
    calendar: Mapped[str]  # agency, post
    # What its dossier codes begin with, "H17.132"; a unit that gives out no dossier codes has none.
    agency_id: Mapped[str | None]
    terrain: Mapped[str]  # town, delta, mountain, island


class SuccessionRow(Base):
    """Which unit became which, and when."""

    __tablename__ = "unit_succession"

    old: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    new: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    on: Mapped[date]
    kind: Mapped[str]  # merged, split, renamed


class StaffRow(Base):
    """A member of staff. Events know only the pseudonym in `id`."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_name: Mapped[str]
    phone: Mapped[str]
    password_hash: Mapped[str]  # argon2id; "" cannot sign in
    # By an administrator, who knows it: nothing else can be done before it is changed.
    password_is_given: Mapped[bool] = mapped_column(server_default=false(), default=False)
    totp_secret: Mapped[bytes | None]
    totp_step: Mapped[int | None]  # the last thirty seconds whose code was used; none older counts
    badge: Mapped[str] = mapped_column(unique=True)  # short code on the badge, see domain/codes.py
    active: Mapped[bool]
    failed_sign_ins: Mapped[int]
    locked_until: Mapped[datetime | None]


class RoleRow(Base):
    """A role that a member of staff has over a unit and everything below it."""

    __tablename__ = "staff_role"

    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)


class CourierFactsRow(Base):
    """What a plan must know of a courier. Who has no row rides a motorbike and goes everywhere."""

    __tablename__ = "courier_facts"

    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    vehicle: Mapped[str]  # a word of domain/couriers.py, Vehicle
    permits: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # none told: all
    areas: Mapped[list[str]] = mapped_column(JSON)  # communes he knows; none: all
    bag_grams: Mapped[int | None]
    cash_limit_dong: Mapped[int | None]


class WebSessionRow(Base):
    """A signed-in browser; the cookie's hash is all that is kept."""

    __tablename__ = "web_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class RecoveryCodeRow(Base):
    """A way in for somebody who lost his second factor; deleted when it is used."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)


class FactorResetRow(Base):
    """One step of taking a lost second factor off: who asked, and who granted or refused it."""

    __tablename__ = "second_factor_reset"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    asked: Mapped[str] = mapped_column(index=True)  # shared by the steps of one reset
    step: Mapped[str]  # asked, granted, refused
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    why: Mapped[str]
    by: Mapped[str]
    unit: Mapped[str]
    at: Mapped[datetime]


class StaffChangeRow(Base):
    """What an administrator did to an account of his staff. Added, never changed."""

    __tablename__ = "staff_change"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    step: Mapped[str]  # a word of services/staffing.py, Step
    about: Mapped[str]  # the role and unit that were taken away; "" for the other steps
    why: Mapped[str]
    by: Mapped[str]
    unit: Mapped[str]
    at: Mapped[datetime]


class ShiftCountRow(Base):
    """One line of the cash that was counted when a shift was handed over. Added, never changed."""

    __tablename__ = "shift_count"
    __table_args__ = (Index(None, "unit", "shift"),)

    shift: Mapped[str] = mapped_column(primary_key=True)  # shared by the lines of one counting
    line: Mapped[str] = mapped_column(primary_key=True)  # a word of domain/money.py, Line
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    taker: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    at: Mapped[datetime]
    expected_dong: Mapped[int]
    counted_dong: Mapped[int]
    why: Mapped[str]  # why the counting differs from the entries, "" where it does not


class DeviceRow(Base):
    """A signing key: a courier's phone, or the office key behind its browsers."""

    __tablename__ = "device"
    __table_args__ = (Index(None, "staff"), Index(None, "unit", "kind"))

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # root, office, phone
    algorithm: Mapped[str]
    public_key: Mapped[bytes]
    private_key: Mapped[bytes | None]  # of an office key: encrypted under the master key
    staff: Mapped[str]
    unit: Mapped[str]
    status: Mapped[str]  # pending, active, revoked
    last_sequence: Mapped[int]
    last_digest: Mapped[str]
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class EnrolmentRow(Base):
    """A one-time code with which a phone may present its key; ten minutes, one use."""

    __tablename__ = "enrolment"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    device: Mapped[str | None]


class NonceRow(Base):
    """What a device must sign to get a token; used once."""

    __tablename__ = "device_nonce"

    nonce_hash: Mapped[bytes] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    expires_at: Mapped[datetime]


class TokenRow(Base):
    """An access token of a device: fifteen minutes; only its hash is kept."""

    __tablename__ = "device_token"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    staff: Mapped[str]
    unit: Mapped[str]
    expires_at: Mapped[datetime]


class CalendarDayRow(Base):
    """A day that differs from the weekly pattern: closed, or worked with its own hours."""

    __tablename__ = "calendar_day"

    calendar: Mapped[str] = mapped_column(primary_key=True)  # agency, post, or a unit's code
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]  # off, working
    name: Mapped[str]
    sessions: Mapped[str]  # "07:30-11:30,13:30-17:00" on a worked day; "" takes the weekday's
    note: Mapped[str]


class CalendarYearRow(Base):
    """A year whose announcements have been entered. Without it no deadline is computed."""

    __tablename__ = "calendar_year"

    calendar: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]


class ProcedureRow(Base):
    """A procedure as it was from one date to another. A dossier keeps the version of its day."""

    __tablename__ = "procedure_version"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    name: Mapped[str]
    search_name: Mapped[str]
    field: Mapped[str]
    authority: Mapped[str]
    level: Mapped[str]
    processing_amount: Mapped[int]
    processing_unit: Mapped[str]  # a word of domain/deadlines.py, TimeUnit
    amount_if_verified: Mapped[int | None]
    amount_if_mountain: Mapped[int | None]
    bcci_in: Mapped[bool]
    bcci_out: Mapped[bool]
    presence_at_intake: Mapped[bool]
    presence_at_return: Mapped[bool]
    collect_back: Mapped[str]  # what the courier takes back on delivery, a line each; "" nothing
    stops_clock_for: Mapped[str]
    formerly: Mapped[str | None]
    source: Mapped[str]
    status: Mapped[str]  # found, known, unsure: how sure the row is
    term_status: Mapped[str]  # how sure the time is


class ProcedureFeeRow(Base):
    """The fee of one channel from one day on. No channel: every channel without its own."""

    __tablename__ = "procedure_fee"

    procedure: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[str | None]
    valid_from: Mapped[date]
    amount_dong: Mapped[int | None]  # none where it is set elsewhere and was not entered yet
    status: Mapped[str]  # confirmed, placeholder
    per: Mapped[str]
    source: Mapped[str]
    # Who confirmed it; none of a placeholder, and where only the source is known.
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]


class ProcedurePaperRow(Base):
    """One line of a procedure's closed checklist. Nobody may ask for a paper that is not here."""

    __tablename__ = "procedure_paper"

    procedure: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    originals: Mapped[int]
    certified: Mapped[int]
    photocopies: Mapped[int]
    required: Mapped[bool]
    shown_only: Mapped[bool]  # compared at the desk, never taken
    original_to_return: Mapped[bool]
    form: Mapped[str]


class CounterRow(Base):
    """The next number of a series: item serials, dossier serials of an agency's day."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    next: Mapped[int]


class JobRow(Base):
    """Long work that a page and the command line can both watch and cancel."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state"), Index(None, "unit", "made_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]  # waiting, running, done, failed, cancelled
    unit: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    done: Mapped[int]
    total: Mapped[int]
    message: Mapped[str]
    cancel_asked: Mapped[bool]
    arguments: Mapped[dict[str, object]] = mapped_column(JSON)
    result: Mapped[dict[str, object] | None] = mapped_column(JSON)


class OutboxRow(Base):
    """What must leave the system, written in the transaction that caused it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "next_at"),
        Index(None, "state", "id"),
        Index(None, "subject"),
        Index(None, "key", unique=True),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    key: Mapped[str]  # names the message to the gateway, the same at every try
    subject: Mapped[str]  # order is kept per subject
    unit: Mapped[str]  # whose staff asked for it
    kind: Mapped[str]  # sms
    shown_to: Mapped[str]  # the telephone number, masked
    payload: Mapped[bytes]  # sealed: a one-time code and a telephone number; empty once it is over
    state: Mapped[str]  # a word of services/outbox.py, MessageState
    attempts: Mapped[int]
    next_at: Mapped[datetime]  # of a waiting one: not to be taken before; who takes it moves it on
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # sent, given up or run out
    via: Mapped[str]  # by what it was sent: a word of services/gateways.py, Via; "" before
    error: Mapped[str]  # why the last try failed: a word of services/gateways.py, WhyNot
    answer_status: Mapped[int | None]  # what the gateway's server answered then


class OutboxRetryRow(Base):
    """Who asked that a message that was given up be tried again. Added, never changed."""

    __tablename__ = "outbox_retry"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    key: Mapped[str] = mapped_column(index=True)  # of the message, which erasing may remove
    by: Mapped[str]
    unit: Mapped[str]
    at: Mapped[datetime]
