"""From the fees of an agency to their list on paper. Papers are Vietnamese, whatever the screen speaks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from postal_service.domain.money import Means, PaymentState
from postal_service.domain.wording_dates import local
from postal_service.printing import fee_list
from postal_service.printing.fee_list import FeeList, ListedFee
from postal_service.reports import Period
from postal_service.services.remittances import Fee
from postal_service.web.papers import OPERATOR
from postal_service.web.receptions.slips import MEANS

REACHED: Final = {
    PaymentState.REMITTED: "cơ quan",
    PaymentState.HANDED_IN: "quỹ bưu cục",
    PaymentState.PAID: "người thu",
}
BY_TRANSFER: Final = "tài khoản cơ quan"


def render(
    fees: Sequence[Fee],
    period: Period,
    *,
    agency: str,
    office: str,
    printed_by: str,
    at: datetime,
) -> bytes:
    """The whole list, both copies."""
    return fee_list.render(
        FeeList(
            number=f"BKP-{local(at):%y%m%d-%H%M%S}",
            operator_name=OPERATOR,
            office_name=office,
            place=office,
            agency_name=agency,
            first=period.first,
            last=period.last,
            fees=tuple(
                ListedFee(
                    dossier_code=fee.dossier_code,
                    procedure_code=fee.procedure_code,
                    procedure_name=fee.procedure_name,
                    source=fee.source,
                    paid_at=fee.paid_at,
                    means=MEANS[fee.means],
                    state=_reached(fee),
                    amount_dong=fee.amount_dong,
                )
                for fee in fees
            ),
            remitted_dong=sum(f.amount_dong for f in fees if f.state is PaymentState.REMITTED),
            in_till_dong=sum(f.amount_dong for f in fees if f.state is PaymentState.HANDED_IN),
            by_transfer_dong=sum(f.amount_dong for f in fees if _is_transfer(f)),
            carried_dong=sum(f.amount_dong for f in fees if _is_carried(f)),
            printed_at=at,
            printed_by=printed_by,
        )
    )


def _reached(fee: Fee) -> str:
    return BY_TRANSFER if _is_transfer(fee) else REACHED[fee.state]


def _is_transfer(fee: Fee) -> bool:
    return fee.state is PaymentState.PAID and fee.means is not Means.CASH


def _is_carried(fee: Fee) -> bool:
    return fee.state is PaymentState.PAID and fee.means is Means.CASH
