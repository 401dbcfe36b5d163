"""The registration of a result that is to be brought home, printed with the reception. Always Vietnamese."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Charge, Line, PaymentState
from postal_service.domain.procedures import ProcedureVersion
from postal_service.printing.return_registration import ReturnRegistration
from postal_service.services.charges import Account
from postal_service.services.registration import Received, Registration


def registration(
    received: Received,
    command: Registration,
    version: ProcedureVersion,
    accounts: Sequence[Account],
    *,
    operator: str,
    office: str,
    agency: str,
    clerk: str,
    at: datetime,
    communes: Mapping[UnitCode, str],
) -> ReturnRegistration:
    """To whom and where, as it was just entered."""
    who = command.submitter
    receiver = command.gets_result
    address = receiver.address or who.address
    charges = (each.charge for each in accounts)
    postage = next((charge for charge in charges if charge.line is Line.POSTAGE), None)
    return ReturnRegistration(
        number=received.code,
        operator_name=operator,
        office_name=office,
        place=office,
        agency_name=agency,
        procedure_code=version.code,
        procedure_name=version.name,
        applicant_name=who.name,
        applicant_id=who.citizen,
        receiver_name=receiver.name,
        receiver_phone=receiver.phone or who.phone,
        receiver_address=address.in_full(communes) if address else "",
        result_item=received.result_item or "",
        postage_dong=postage.amount_dong if postage else None,
        postage_state=_how_paid(postage) if postage else "",
        give_back=version.collects_on_delivery,
        registered_at=at,
        clerk_name=clerk,
    )


def _how_paid(postage: Charge) -> str:
    if postage.state is PaymentState.EXEMPT:
        return f"được miễn: {postage.basis}"
    return "chưa thu" if postage.state is PaymentState.DUE else "đã thu"
