"""A procedure is known by its versions. A dossier keeps the version that was in force when it was received.

The list of papers of a version is closed: nobody at a desk can ask for a paper that is not on it
(Decision 45/2016/QĐ-TTg forbids to demand papers outside the rules).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postal_service.domain.deadlines import Term, TimeUnit
from postal_service.domain.refusals import Malformed, RuleBroken, Unknown
from postal_service.domain.wording_dates import short_date
from postal_service.reference.procedures import FeeRow, PaperRow, ProcedureRow

_NATIONAL_CODE = re.compile(r"[0-9]\.[0-9]{6}")
_LOCAL_CODE = re.compile(r"[0-9]\.[0-9]{6}\.000\.00\.00\.H[0-9]{2}")


class BadProcedureCode(Malformed):
    code = "procedure.bad_code"


class NoVersion(Unknown):
    code = "procedure.no_version"


class OverlappingVersions(RuleBroken):
    code = "procedure.overlapping_versions"


class ContradictoryChannels(RuleBroken):
    code = "procedure.contradictory_channels"


class PaperNotListed(RuleBroken):
    code = "procedure.paper_not_listed"


class TooManyOfPaper(RuleBroken):
    code = "procedure.too_many_of_paper"


class NotByPost(RuleBroken):
    code = "procedure.not_by_post"


class NoFee(RuleBroken):
    """No fee was entered that would apply to this channel and day."""

    code = "procedure.no_fee"


class Channel(StrEnum):
    """How a dossier comes in."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


class PostalWay(StrEnum):
    """In which direction the Post would carry."""

    TO_AGENCY = "to_agency"
    TO_CITIZEN = "to_citizen"


class FeeStatus(StrEnum):
    CONFIRMED = "confirmed"
    PLACEHOLDER = "placeholder"  # must not be collected or printed before somebody confirms it


class Trust(StrEnum):
    """How far a value of the catalogue may be relied upon."""

    FOUND = "found"
    KNOWN = "known"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True)
class PaperNeed:
    """One line of the checklist: how many of which kind are asked."""

    name: str
    originals: int
    certified: int
    photocopies: int
    original_to_return: bool = False  # comes back to the citizen with the result
    shown_only: bool = False  # compared at the desk, never taken
    optional: bool = False
    form: str = ""

    def __post_init__(self) -> None:
        if min(self.originals, self.certified, self.photocopies) < 0:
            raise ValueError(f"{self.name}: a paper cannot be asked less than not at all.")

    @property
    def taken(self) -> tuple[int, int, int]:
        """Originals, certified copies and photocopies that leave the citizen's hands."""
        if self.shown_only:
            return (0, 0, 0)
        return (self.originals, self.certified, self.photocopies)


@dataclass(frozen=True, kw_only=True)
class Fee:
    """The fee of one channel from one day on. No channel: every channel without its own."""

    amount_dong: int | None  # None where it is set elsewhere and nobody has entered it yet
    status: FeeStatus
    source: str
    per: str = ""
    channel: Channel | None = None
    valid_from: date = date.min


@dataclass(frozen=True, kw_only=True)
class ProcedureVersion:
    code: str
    name: str
    field: str
    authority: str
    level: str
    valid_from: date
    valid_to: date | None = None  # the last day in force
    term: Term
    term_if_verified: Term | None = None
    term_if_mountain: Term | None = None
    post_in: bool
    post_out: bool
    presence_at_intake: bool = False
    presence_at_return: bool = False
    papers: tuple[PaperNeed, ...]
    fees: tuple[Fee, ...]
    collects_on_delivery: tuple[str, ...] = ()  # papers the courier takes back at the door
    stops_clock_for: str = ""
    trust: Trust
    trust_in_term: Trust
    formerly: str | None = None

    def __post_init__(self) -> None:
        check_code(self.code)
        contradictory = (self.presence_at_intake and self.post_in) or (
            self.presence_at_return and self.post_out
        )
        if contradictory:
            raise ContradictoryChannels(procedure=self.code)

    @property
    def same_day(self) -> bool:
        return self.term.unit is TimeUnit.SAME_DAY

    @property
    def presence_required(self) -> bool:
        return self.presence_at_intake or self.presence_at_return

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def refuse_unless_by_post(self, way: PostalWay) -> None:
        """Raises NotByPost where the agency's published list or the law closes this way to the Post."""
        allowed = self.post_in if way is PostalWay.TO_AGENCY else self.post_out
        if not allowed:
            raise NotByPost(procedure=self.code, way=way.value)

    def fee_on(self, channel: Channel, day: date) -> Fee:
        """The fee that applies: the channel's own before the common one, the newest in force.

        Raises:
            NoFee: none was entered.
        """
        fee = self.entered_fee(channel, day) or self.entered_fee(None, day)
        if fee is None:
            raise NoFee(procedure=self.code, channel=channel.value)
        return fee

    def entered_fee(self, channel: Channel | None, day: date) -> Fee | None:
        """The newest fee entered for a channel, or without one for all that have none of their own.

        Of two from the same day it is the one entered last: that is how a placeholder is confirmed.
        """
        entered = [
            fee for fee in reversed(self.fees) if fee.channel is channel and fee.valid_from <= day
        ]
        return max(entered, key=lambda fee: fee.valid_from, default=None)


@dataclass(frozen=True, kw_only=True)
class PaperCount:
    """What a citizen actually brought of one listed paper."""

    name: str
    originals: int
    certified: int
    photocopies: int


def check_code(code: str) -> None:
    """Raises BadProcedureCode for anything but a national or a provincial procedure code."""
    if not (_NATIONAL_CODE.fullmatch(code) or _LOCAL_CODE.fullmatch(code)):
        raise BadProcedureCode(procedure=code[:30])


def national_code(code: str) -> str:
    """The national part of a code: "2.000815.000.00.00.H55" is the same procedure as "2.000815"."""
    check_code(code)
    return code[:8]


def version_on(versions: Iterable[ProcedureVersion], day: date) -> ProcedureVersion:
    """The one version in force on the day of receipt.

    Raises:
        NoVersion: the procedure did not exist, or no longer exists, that day.
        OverlappingVersions: the catalogue has two; a person must mend it first.
    """
    found = [version for version in versions if version.in_force(day)]
    if not found:
        raise NoVersion(day=short_date(day))
    if len(found) > 1:
        raise OverlappingVersions(procedure=found[0].code, day=short_date(day))
    return found[0]


def refuse_unless_listed(version: ProcedureVersion, count: PaperCount) -> None:
    """Refuse to take a paper that the closed list does not ask.

    Raises:
        PaperNotListed: it is outside the list.
        TooManyOfPaper: a count below zero, or more originals than the list asks: they would
            travel without need.
    """
    need = next((need for need in version.papers if need.name == count.name), None)
    if need is None:
        raise PaperNotListed(procedure=version.code, paper=count.name)
    if count.originals > need.originals or _negative(count):
        raise TooManyOfPaper(paper=count.name, allowed=need.originals)


def missing_papers(
    version: ProcedureVersion, brought: Mapping[str, PaperCount]
) -> tuple[PaperNeed, ...]:
    """The listed papers of which too few were brought; what is shown only or optional never misses.

    A certified copy or an original stands in for a photocopy; nothing stands in for an original.
    """
    return tuple(
        need
        for need in version.papers
        if not need.shown_only
        and not need.optional
        and not _satisfies(need, brought.get(need.name))
    )


def version_from_reference(row: ProcedureRow) -> ProcedureVersion:
    """A shipped row as the version an office starts with."""
    unit = TimeUnit(row.unit)
    return ProcedureVersion(
        code=row.code,
        name=row.name,
        field=row.field,
        authority=row.authority,
        level=row.level,
        valid_from=row.valid_from,
        term=Term(amount=row.time, unit=unit),
        term_if_verified=_other_term(row.time_if_verified, unit),
        term_if_mountain=_other_term(row.time_if_mountain, unit),
        post_in=row.post_in,
        post_out=row.post_out,
        presence_at_intake=row.presence_intake,
        presence_at_return=row.presence_return,
        papers=tuple(_paper(paper) for paper in row.papers),
        fees=tuple(_fee(fee) for fee in row.fees),
        collects_on_delivery=row.collects,
        stops_clock_for=row.stops_clock_for,
        trust=Trust(row.status),
        trust_in_term=Trust(row.time_status),
        formerly=row.formerly,
    )


def _negative(count: PaperCount) -> bool:
    return min(count.originals, count.certified, count.photocopies) < 0


def _satisfies(need: PaperNeed, count: PaperCount | None) -> bool:
    if count is None or count.originals < need.originals:
        return False
    spare_originals = count.originals - need.originals
    spare_certified = count.certified + spare_originals - need.certified
    return spare_certified >= 0 and count.photocopies + spare_certified >= need.photocopies


def _other_term(amount: int | None, unit: TimeUnit) -> Term | None:
    return None if amount is None else Term(amount=amount, unit=unit)


def _paper(row: PaperRow) -> PaperNeed:
    return PaperNeed(
        name=row.name,
        originals=row.originals,
        certified=row.certified,
        photocopies=row.photocopies,
        original_to_return=row.original_to_return,
        shown_only=row.shown_only,
        optional=row.optional,
    )


def _fee(row: FeeRow) -> Fee:
    return Fee(
        amount_dong=row.amount_dong,
        status=FeeStatus(row.status),
        source=row.source,
        per=row.per,
        channel=None if row.channel is None else Channel(row.channel),
    )
