"""The catalogue of procedures, by version: what is entered is never changed, only followed by a newer version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NewType, assert_never

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from postal_service.domain import procedures as domain
from postal_service.domain import standing
from postal_service.domain.actors import SHARED, Actor
from postal_service.domain.deadlines import Term, TimeUnit
from postal_service.domain.ids import StaffId
from postal_service.domain.procedures import (
    Channel,
    Fee,
    FeeStatus,
    PaperNeed,
    ProcedureVersion,
    Trust,
)
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.domain.text import matches_with_marks, search_key
from postal_service.domain.wording_dates import local, short_date
from postal_service.storage.schema import (
    ProcedureFeeRow,
    ProcedurePaperRow,
    ProcedureRow,
    StaffRow,
)

FOUND_AT_MOST = 30
LISTED = 50

VersionId = NewType("VersionId", int)


class UnknownProcedure(Unknown):
    code = "procedure.unknown"


class FeeIncomplete(Malformed):
    """A fee is confirmed by its amount and by what decided it."""

    code = "procedure.fee_incomplete"


class FeeOutsideVersion(RuleBroken):
    """A fee of a version applies while the version does."""

    code = "procedure.fee_outside_version"


class DecidedLater(RuleBroken):
    """The decision bears a day that has not come."""

    code = "procedure.decided_later"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A version as a search lists it."""

    id: VersionId
    code: str
    name: str
    field: str
    level: str
    by_post_in: bool
    by_post_out: bool


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What set a fee: its number, as "23/2026/NQ-HĐND", and its day."""

    number: str
    decided_on: date

    @property
    def source(self) -> str:
        """As papers name it."""
        return f"{self.number} ngày {short_date(self.decided_on)}"


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """Who confirmed a fee, and when."""

    by: StaffId
    at: datetime


def add_version(
    session: Session,
    version: ProcedureVersion,
    *,
    source: str,
    by: Actor,
    at: datetime | None = None,
) -> VersionId:
    """Enter a version; the one before it ends the day before.

    Fees that come confirmed are confirmed by `by` `at` that time, if he is a member of staff and not
    the installation; else their source stands alone.

    Raises OverAllNeeded, BadProcedureCode, or OverlappingVersions when another
    version begins on the same day or a later one is entered already.
    """
    by.need_to_administer(SHARED, None)
    domain.check_code(version.code)
    earlier = session.scalars(select(ProcedureRow).filter_by(code=version.code)).all()
    if any(row.valid_from >= version.valid_from for row in earlier):
        raise domain.OverlappingVersions(procedure=version.code, day=short_date(version.valid_from))
    for row in earlier:
        if row.valid_to is None or row.valid_to >= version.valid_from:
            row.valid_to = version.valid_from - timedelta(days=1)
    row = _row(version, source)
    session.add(row)
    session.flush()
    session.add_all(_papers(row.id, version.papers))
    is_known = session.get(StaffRow, by.staff) is not None
    confirmation = Confirmation(by=by.staff, at=at) if at and is_known else None
    session.add_all(_fees(row.id, version.fees, confirmation))
    session.flush()
    return VersionId(row.id)


def version(session: Session, version_id: VersionId) -> ProcedureVersion:
    """A version by its number, as a dossier keeps it. Raises UnknownProcedure."""
    row = session.get(ProcedureRow, version_id)
    if row is None:
        raise UnknownProcedure(procedure=str(version_id))
    return _version(session, row)


def version_on(session: Session, code: str, day: date) -> tuple[VersionId, ProcedureVersion]:
    """The version in force on a day, by the code of the procedure.

    Raises BadProcedureCode, UnknownProcedure, NoVersion or OverlappingVersions.
    """
    domain.check_code(code)
    rows = session.scalars(select(ProcedureRow).filter_by(code=code)).all()
    if not rows:
        raise UnknownProcedure(procedure=code)
    versions = {row.id: _version(session, row) for row in rows}
    found = domain.version_on(versions.values(), day)
    return next((VersionId(each), found) for each, made in versions.items() if made is found)


def search(session: Session, query: str, *, day: date, limit: int = FOUND_AT_MOST) -> list[Listed]:
    """Versions in force whose name or code holds every word of the query, marks or not.

    A hit with its marks as written stands before one without. An empty query lists by code.
    """
    asked = _in_force(day)
    for word in search_key(query[:100]).split():
        asked = asked.where(
            ProcedureRow.search_name.contains(word, autoescape=True)
            | ProcedureRow.code.startswith(word, autoescape=True)
        )
    rows = session.scalars(asked.order_by(ProcedureRow.code).limit(max(limit, 0) * 4)).all()
    ranked = sorted(rows, key=lambda row: not matches_with_marks(row.name, query[:100]))
    return [_listed(row) for row in ranked[:limit]]


def fee_channel(channel: standing.Channel) -> Channel:
    """The catalogue's word for a dossier's channel."""
    match channel:
        case standing.Channel.DIRECT:
            return Channel.COUNTER
        case standing.Channel.ONLINE:
            return Channel.ONLINE
        case standing.Channel.POST:
            return Channel.POST
        case _:
            assert_never(channel)


def confirm_fee(
    session: Session, version_id: VersionId, fee: Fee, *, by: Actor, at: datetime
) -> None:
    """Enter a fee that was decided elsewhere, in force from its own day on, and who confirmed it.

    Raises OverAllNeeded, UnknownProcedure, FeeIncomplete or FeeOutsideVersion.
    """
    by.need_to_administer(SHARED, None)
    if fee.amount_dong is None or not fee.source:
        raise FeeIncomplete
    # Two administrators at once: the second counts the fee of the first.
    session.execute(select(ProcedureRow.id).filter_by(id=version_id).with_for_update())
    made = version(session, version_id)
    if not made.in_force(fee.valid_from):
        last = short_date(made.valid_to) if made.valid_to else ""
        raise FeeOutsideVersion(first=short_date(made.valid_from), last=last or "…")
    confirmed = replace(fee, status=FeeStatus.CONFIRMED)
    confirmation = Confirmation(by=by.staff, at=at)
    session.add_all(_fees(version_id, (confirmed,), confirmation, after=len(made.fees)))
    session.flush()


def decide_fee(
    session: Session,
    version_id: VersionId,
    *,
    channel: Channel | None,
    amount_dong: int,
    valid_from: date,
    decision: Decision,
    by: Actor,
    at: datetime,
) -> Fee:
    """Confirm a fee by its decision; for what one pays it stays what was entered for it before.

    Raises DecidedLater, and what `confirm_fee` raises.
    """
    by.need_to_administer(SHARED, None)
    if decision.decided_on > local(at).date():
        raise DecidedLater(day=short_date(decision.decided_on))
    made = version(session, version_id)
    before = made.entered_fee(channel, valid_from) or made.entered_fee(None, valid_from)
    fee = Fee(
        amount_dong=amount_dong,
        status=FeeStatus.CONFIRMED,
        source=decision.source,
        per=before.per if before else "",
        channel=channel,
        valid_from=valid_from,
    )
    confirm_fee(session, version_id, fee, by=by, at=at)
    return fee


def confirmations(session: Session, version_id: VersionId) -> tuple[Confirmation | None, ...]:
    """Who confirmed each fee of a version, in their order; none where nobody did or nobody knows."""
    rows = session.scalars(
        select(ProcedureFeeRow).filter_by(procedure=version_id).order_by(ProcedureFeeRow.position)
    )
    return tuple(
        Confirmation(by=StaffId(row.confirmed_by), at=row.confirmed_at)
        if row.confirmed_by and row.confirmed_at
        else None
        for row in rows
    )


def unconfirmed(session: Session, *, day: date, after: str = "") -> list[Listed]:
    """Versions in force of which some fee is a placeholder still, by code, LISTED at most."""
    placeholder, confirmed = aliased(ProcedureFeeRow), aliased(ProcedureFeeRow)
    later = or_(
        confirmed.valid_from > placeholder.valid_from,
        and_(
            confirmed.valid_from == placeholder.valid_from,
            confirmed.position > placeholder.position,
        ),
    )
    is_confirmed = exists().where(
        confirmed.procedure == placeholder.procedure,
        func.coalesce(confirmed.channel, "") == func.coalesce(placeholder.channel, ""),
        confirmed.status == FeeStatus.CONFIRMED.value,
        confirmed.valid_from <= day,
        later,
    )
    waits = exists().where(
        placeholder.procedure == ProcedureRow.id,
        placeholder.status == FeeStatus.PLACEHOLDER.value,
        placeholder.valid_from <= day,
        ~is_confirmed,
    )
    asked = _in_force(day).where(ProcedureRow.code > after, waits).order_by(ProcedureRow.code)
    return [_listed(row) for row in session.scalars(asked.limit(LISTED))]


def _in_force(day: date) -> Select[ProcedureRow]:
    return select(ProcedureRow).where(
        ProcedureRow.valid_from <= day,
        (ProcedureRow.valid_to.is_(None)) | (ProcedureRow.valid_to >= day),
    )


def _row(made: ProcedureVersion, source: str) -> ProcedureRow:
    verified, mountain = made.term_if_verified, made.term_if_mountain
    return ProcedureRow(
        code=made.code,
        valid_from=made.valid_from,
        valid_to=made.valid_to,
        name=made.name,
        search_name=search_key(made.name),
        field=made.field,
        authority=made.authority,
        level=made.level,
        processing_amount=made.term.amount,
        processing_unit=made.term.unit.value,
        amount_if_verified=verified.amount if verified else None,
        amount_if_mountain=mountain.amount if mountain else None,
        bcci_in=made.post_in,
        bcci_out=made.post_out,
        presence_at_intake=made.presence_at_intake,
        presence_at_return=made.presence_at_return,
        collect_back="\n".join(made.collects_on_delivery),
        stops_clock_for=made.stops_clock_for,
        formerly=made.formerly,
        source=source,
        status=made.trust.value,
        term_status=made.trust_in_term.value,
    )


def _papers(version_id: int, papers: Sequence[PaperNeed]) -> Iterable[ProcedurePaperRow]:
    return [
        ProcedurePaperRow(
            procedure=version_id,
            position=position,
            name=paper.name,
            originals=paper.originals,
            certified=paper.certified,
            photocopies=paper.photocopies,
            required=not paper.optional,
            shown_only=paper.shown_only,
            original_to_return=paper.original_to_return,
            form=paper.form,
        )
        for position, paper in enumerate(papers, start=1)
    ]


def _fees(
    version_id: int, fees: Sequence[Fee], confirmation: Confirmation | None, *, after: int = 0
) -> Iterable[ProcedureFeeRow]:
    return [
        _fee_row(version_id, position, fee, confirmation)
        for position, fee in enumerate(fees, start=after + 1)
    ]


def _fee_row(
    version_id: int, position: int, fee: Fee, confirmation: Confirmation | None
) -> ProcedureFeeRow:
    told = confirmation if fee.status is FeeStatus.CONFIRMED else None
    return ProcedureFeeRow(
        procedure=version_id,
        position=position,
        channel=fee.channel.value if fee.channel else None,
        valid_from=fee.valid_from,
        amount_dong=fee.amount_dong,
        status=fee.status.value,
        per=fee.per,
        source=fee.source,
        confirmed_by=told.by if told else None,
        confirmed_at=told.at if told else None,
    )


def _version(session: Session, row: ProcedureRow) -> ProcedureVersion:
    papers = session.scalars(
        select(ProcedurePaperRow).filter_by(procedure=row.id).order_by(ProcedurePaperRow.position)
    )
    fees = session.scalars(
        select(ProcedureFeeRow).filter_by(procedure=row.id).order_by(ProcedureFeeRow.position)
    )
    unit = TimeUnit(row.processing_unit)
    return ProcedureVersion(
        code=row.code,
        name=row.name,
        field=row.field,
        authority=row.authority,
        level=row.level,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        term=Term(amount=row.processing_amount, unit=unit),
        term_if_verified=_term(row.amount_if_verified, unit),
        term_if_mountain=_term(row.amount_if_mountain, unit),
        post_in=row.bcci_in,
        post_out=row.bcci_out,
        presence_at_intake=row.presence_at_intake,
        presence_at_return=row.presence_at_return,
        papers=tuple(_paper(paper) for paper in papers),
        fees=tuple(_fee(fee) for fee in fees),
        collects_on_delivery=tuple(row.collect_back.split("\n")) if row.collect_back else (),
        stops_clock_for=row.stops_clock_for,
        trust=Trust(row.status),
        trust_in_term=Trust(row.term_status),
        formerly=row.formerly,
    )


def _paper(row: ProcedurePaperRow) -> PaperNeed:
    return PaperNeed(
        name=row.name,
        originals=row.originals,
        certified=row.certified,
        photocopies=row.photocopies,
        original_to_return=row.original_to_return,
        shown_only=row.shown_only,
        optional=not row.required,
        form=row.form,
    )


def _fee(row: ProcedureFeeRow) -> Fee:
    return Fee(
        amount_dong=row.amount_dong,
        status=FeeStatus(row.status),
        source=row.source,
        per=row.per,
        channel=Channel(row.channel) if row.channel else None,
        valid_from=row.valid_from,
    )


def _term(amount: int | None, unit: TimeUnit) -> Term | None:
    return None if amount is None else Term(amount=amount, unit=unit)


def _listed(row: ProcedureRow) -> Listed:
    return Listed(
        id=VersionId(row.id),
        code=row.code,
        name=row.name,
        field=row.field,
        level=row.level,
        by_post_in=row.bcci_in,
        by_post_out=row.bcci_out,
    )
