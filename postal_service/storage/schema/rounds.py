"""Rounds: what the planner proposed, what the manager published, what the courier was given."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from postal_service.storage.schema.base import Base


class PlanRow(Base):
    """The rounds of one office and day as one proposal; a revision is a new row."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("office", "day", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    day: Mapped[date]
    version: Mapped[int]
    state: Mapped[str]  # proposed, published, superseded, discarded
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    seed: Mapped[int]
    budget_seconds: Mapped[float]
    cost: Mapped[int]
    metres: Mapped[int]
    seconds: Mapped[int]
    # The nearest stop next; none where the search had no time for it.
    baseline_metres: Mapped[int | None]
    baseline_seconds: Mapped[int | None]
    baseline_unserved: Mapped[int | None]
    baseline_longest: Mapped[int | None]  # none before 0027 either
    unserved: Mapped[list[object]] = mapped_column(JSON)
    faults: Mapped[list[object]] = mapped_column(JSON)  # what a change by hand broke
    loosened: Mapped[list[object] | None] = mapped_column(JSON)  # locks not kept; none before 0015
    roads: Mapped[str | None]  # whose times: a word of planning/answers.py, Roads; none before 0010
    lower_bound: Mapped[int | None]  # no plan of these orders costs less, where that is known
    orders: Mapped[str]  # fingerprint of the orders it answers
    edits: Mapped[int]  # with the version: what a manager saw when he changed it
    edited_by: Mapped[str]
    edited_at: Mapped[datetime]


class RoundRow(Base):
    """One courier's round of a plan."""

    __tablename__ = "round"
    __table_args__ = (Index(None, "courier", "day"), Index(None, "office", "day"))

    id: Mapped[str] = mapped_column(primary_key=True)
    plan: Mapped[str] = mapped_column(ForeignKey("plan.id"), index=True)
    office: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    day: Mapped[date]
    courier: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str]  # proposed, published, acknowledged, superseded, discarded
    acknowledged_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    metres: Mapped[int]
    seconds: Mapped[int]


class RoundTourRow(Base):
    """One tour of a round: out of the office loaded, and back. A round has one at least."""

    __tablename__ = "round_tour"

    round: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    tour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaves_at: Mapped[datetime]
    returns_at: Mapped[datetime]


class StopRow(Base):
    """One stop of a round. A home has no coordinates here: they are read from its dossier."""

    __tablename__ = "round_stop"

    round: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tour: Mapped[int] = mapped_column(server_default="1", default=1)
    kind: Mapped[str]  # deliver, collect
    unit: Mapped[str | None]  # a desk or an office
    dossier: Mapped[str | None]  # a home
    arrives_at: Mapped[datetime]
    starts_at: Mapped[datetime]  # service begins, once the desk is open
    departs_at: Mapped[datetime]
    locked: Mapped[str]  # none, courier, order, time, route


class StopItemRow(Base):
    """What is handed over at a stop: an item, or a dossier to be collected."""

    __tablename__ = "round_stop_item"
    __table_args__ = (Index(None, "reference"),)

    round: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reference: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # item, pickup


class PickupRow(Base):
    """A citizen asked the post to come; the address is the dossier's."""

    __tablename__ = "pickup"
    __table_args__ = (Index(None, "office", "day", "state"),)

    dossier: Mapped[str] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    day: Mapped[date]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    state: Mapped[str]  # registered, collected, cancelled
