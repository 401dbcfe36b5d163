"""Compare what a citizen brought with the procedure's list and its fee. The list is closed: nobody adds to it."""

from collections.abc import Sequence
from datetime import date

from postal_service.domain import procedures as domain
from postal_service.domain.acts import Counts
from postal_service.domain.money import Line
from postal_service.domain.procedures import FeeStatus, PaperCount, PaperNeed, ProcedureVersion
from postal_service.domain.refusals import Malformed, RuleBroken, told_together
from postal_service.domain.standing import Channel
from postal_service.services.charges import Due
from postal_service.services.procedures import fee_channel

MOST_OF_ONE = 999


class PapersMissing(RuleBroken):
    """Required papers are missing; `missing` lists them for the citizen's guidance."""

    code = "reception.papers_missing"

    def __init__(self, missing: Sequence[PaperNeed]) -> None:
        super().__init__(papers="; ".join(need.name for need in missing))
        self.missing = tuple(missing)


class PaperTwice(Malformed):
    code = "reception.paper_twice"


class TooManySheets(Malformed):
    code = "reception.too_many_sheets"


class FeeDiffers(RuleBroken):
    """The fee in force is another one."""

    code = "reception.fee_differs"


class FeeNotConfirmed(RuleBroken):
    """The catalogue's fee is a placeholder: whoever enters one names the decision that sets it."""

    code = "reception.fee_not_confirmed"


def check_papers(
    version: ProcedureVersion, brought: Sequence[PaperCount], *, partly: bool = False
) -> tuple[PaperCount, ...]:
    """What is taken in, in the order of the list; papers that are only shown are left out.

    `partly` admits an incomplete set, as a supplement is. Raises PaperTwice, TooManySheets,
    PaperNotListed, TooManyOfPaper and PapersMissing; several of them, and of several papers, as
    SeveralRefused.
    """
    counted: dict[str, PaperCount] = {}
    with told_together() as judging:
        for count in brought:
            with judging:
                if count.name in counted:
                    raise PaperTwice(paper=count.name[:80])
                counted[count.name] = count
                if max(count.originals, count.certified, count.photocopies) > MOST_OF_ONE:
                    raise TooManySheets(paper=count.name[:80], most=MOST_OF_ONE)
                domain.refuse_unless_listed(version, count)
        missing = domain.missing_papers(version, counted)
        if missing and not partly:
            raise PapersMissing(missing)
    return tuple(
        counted[need.name]
        for need in version.papers
        if need.name in counted and not need.shown_only and _sheets(counted[need.name])
    )


def total(counted: Sequence[PaperCount]) -> Counts:
    """How many papers of each kind lie in the package."""
    return Counts(
        originals=sum(count.originals for count in counted),
        certified=sum(count.certified for count in counted),
        photocopies=sum(count.photocopies for count in counted),
    )


def check_dues(
    version: ProcedureVersion, dues: Sequence[Due], *, channel: Channel, day: date
) -> tuple[Due, ...]:
    """The dues to enter; a confirmed state fee that nobody entered is added.

    A due of nothing is left out unless a rule exempts from it: nobody could ever settle it.

    Raises FeeDiffers for another amount than the confirmed one or a multiple of it where it is
    set by the copy, FeeNotConfirmed for an amount without its decision, or NoFee.
    """
    fee = version.fee_on(fee_channel(channel), day)
    entered = [due for due in dues if due.line is Line.STATE_FEE]
    if fee.status is FeeStatus.PLACEHOLDER:
        if any(due.amount_dong and not due.basis.strip() for due in entered):
            raise FeeNotConfirmed(procedure=version.code)
        return _to_enter(dues)
    amount = fee.amount_dong or 0
    if not entered:
        return _to_enter((*dues, Due(line=Line.STATE_FEE, amount_dong=amount)))
    told = sum(due.amount_dong for due in entered)
    by_the_copy = bool(fee.per) and amount > 0 and told > 0 and told % amount == 0
    if told != amount and not by_the_copy:
        raise FeeDiffers(procedure=version.code, fee_dong=amount, entered_dong=told)
    return _to_enter(dues)


def _to_enter(dues: Sequence[Due]) -> tuple[Due, ...]:
    return tuple(due for due in dues if due.amount_dong or due.exempt)


def _sheets(count: PaperCount) -> int:
    return count.originals + count.certified + count.photocopies
