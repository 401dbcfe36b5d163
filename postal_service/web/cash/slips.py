"""The slip of a counting, for both to sign. Papers are Vietnamese, whatever the screen speaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postal_service.domain.ids import StaffId
from postal_service.domain.money import Line
from postal_service.domain.wording_dates import local, short_moment
from postal_service.printing import remittance_slip
from postal_service.printing.counted_money import CountedLine
from postal_service.printing.remittance_slip import RemittanceSlip, TakenCharge
from postal_service.services.purses import HandIn, LineCount, Purse
from postal_service.web.labels import vietnamese
from postal_service.web.language import say
from postal_service.web.papers import OPERATOR, Printable


@dataclass(frozen=True, kw_only=True)
class Counters:
    """Where it was counted, and who stood on either side."""

    office: str
    payer: str
    cashiers: Mapping[StaffId, str]

    def cashier(self, staff: StaffId) -> str:
        return self.cashiers.get(staff, staff)


def slip_of(counting: HandIn, who: Counters) -> Printable:
    """The slip of a counting that agreed: the money was taken over."""
    slip = RemittanceSlip(
        number=_number(counting.at),
        operator_name=OPERATOR,
        office_name=who.office,
        place=who.office,
        payer_name=who.payer,
        cashier_name=who.cashier(counting.cashier),
        lines=tuple(
            CountedLine(name=vietnamese(line), taken_dong=amount, counted_dong=amount)
            for line in Line
            if (amount := counting.by_line.get(line, 0))
        ),
        charges=tuple(
            TakenCharge(
                dossier_code=each.dossier_code,
                line_name=vietnamese(each.line),
                amount_dong=each.amount_dong,
                taken_at=each.taken_at,
            )
            for each in counting.charges
        ),
        counted_at=counting.at,
    )
    return _printable(say("Phiếu nộp tiền mặt, {at}", at=short_moment(counting.at)), slip)


def slip_that_differs(
    held: Purse, counts: Sequence[LineCount], who: Counters, *, cashier: StaffId, at: datetime
) -> Printable:
    """The slip of a counting that did not agree: nothing was taken over, and both sign for that."""
    slip = RemittanceSlip(
        number=_number(at),
        operator_name=OPERATOR,
        office_name=who.office,
        place=who.office,
        payer_name=who.payer,
        cashier_name=who.cashier(cashier),
        lines=tuple(
            CountedLine(
                name=vietnamese(each.line),
                taken_dong=each.taken_dong,
                counted_dong=each.counted_dong,
            )
            for each in counts
        ),
        charges=tuple(
            TakenCharge(
                dossier_code=each.dossier_code,
                line_name=vietnamese(each.account.charge.line),
                amount_dong=each.account.charge.amount_dong,
                taken_at=each.account.since,
            )
            for each in held.taken
        ),
        counted_at=at,
    )
    return _printable(say("Phiếu đếm tiền có chênh lệch, chưa nhận"), slip)


def _number(at: datetime) -> str:
    return f"NT-{local(at):%y%m%d-%H%M%S}"


def _printable(name: str, slip: RemittanceSlip) -> Printable:
    return Printable(name, f"{slip.number}.pdf", remittance_slip.render(slip))
