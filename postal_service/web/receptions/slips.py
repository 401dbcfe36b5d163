"""The papers of a reception: consignment note, slip, label, receipts. Always Vietnamese, whatever the screen speaks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from postal_service.domain import money
from postal_service.domain.codes import envelope_label as label_of
from postal_service.domain.deadlines import TimeUnit
from postal_service.domain.ids import UnitCode
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.domain.procedures import ProcedureVersion
from postal_service.domain.wording_dates import short_window
from postal_service.printing import (
    appointment_slip,
    dossier_list,
    envelope_label,
    keeping_slip,
    receipts,
    return_registration,
)
from postal_service.printing.appointment_slip import AppointmentSlip
from postal_service.printing.dossier_list import DossierList
from postal_service.printing.envelope_label import EnvelopeLabel, EnvelopeLabels
from postal_service.printing.keeping_slip import KeepingSlip
from postal_service.printing.paper_counts import ListedPaper
from postal_service.printing.receipts import Charge, FeeReceipt, PostageReceipt
from postal_service.printing.return_registration import ReturnRegistration
from postal_service.services.charges import Account
from postal_service.services.collecting import Visit
from postal_service.services.registration import Received, Registration
from postal_service.web.labels import vietnamese
from postal_service.web.language import say
from postal_service.web.papers import OPERATOR, Printable, tracking_address
from postal_service.web.receptions.return_slip import registration

BY_HAND = "………………"
MEANS = {
    Means.CASH: "tiền mặt",
    Means.TRANSFER_CODE: "chuyển khoản mã QR",
    Means.ONLINE: "trực tuyến",
}
UNITS = {
    TimeUnit.WORKING_HOUR: "giờ làm việc",
    TimeUnit.WORKING_DAY: "ngày làm việc",
    TimeUnit.CALENDAR_DAY: "ngày",
    TimeUnit.MONTH: "tháng",
    TimeUnit.SAME_DAY: "trong ngày",
}
RESULT_BY_POST = "Tại nhà, qua dịch vụ bưu chính công ích"
RESULT_AT_DESK = "Tại nơi tiếp nhận hồ sơ"


@dataclass(frozen=True, kw_only=True)
class Office:
    """Where the dossier was taken, and for which agency."""

    name: str
    agency: str
    label_host: str
    clerk: str
    demo: bool
    communes: Mapping[UnitCode, str]  # the names of those that its people live in


def slips(
    received: Received,
    command: Registration,
    version: ProcedureVersion,
    office: Office,
    accounts: Sequence[Account],
    *,
    serial: str,
    at: datetime,
    visit: Visit | None = None,
) -> list[Printable]:
    """Everything to print now: the label token, PIN and delivery code are known to nobody later.

    What is to be paid and was paid is told from the `accounts`, as every later paper tells it.
    What a `visit` is to fetch is counted, sealed and dated at the door.
    """
    made = _Papers(received, command, version, office, accounts, serial or BY_HAND, at, visit)
    return list(made.all())


def legal_time(version: ProcedureVersion) -> str:
    """How long the agency may take, as the procedure says."""
    return "trong ngày" if version.same_day else f"{version.term.amount} {UNITS[version.term.unit]}"


def result_place(*, by_post: bool) -> str:
    return RESULT_BY_POST if by_post else RESULT_AT_DESK


def fee_told(accounts: Sequence[Account]) -> tuple[int, str]:
    """The state's fee of a dossier and how far it has come, in words."""
    fees = [each.charge for each in accounts if each.charge.line is Line.STATE_FEE]
    states = dict.fromkeys(vietnamese(fee.state) for fee in fees)
    return sum(fee.amount_dong for fee in fees), ", ".join(states)


@dataclass(frozen=True)
class _Papers:
    received: Received
    command: Registration
    version: ProcedureVersion
    office: Office
    accounts: Sequence[Account]
    serial: str
    at: datetime
    visit: Visit | None

    @property
    def posted_at(self) -> datetime | None:
        return None if self.visit else self.at

    def all(self) -> Iterator[Printable]:
        code = self.received.code
        if self.received.due_at is not None:
            slip = appointment_slip.render(self._appointment(self.received.due_at))
            yield Printable(
                say("Giấy tiếp nhận hồ sơ và hẹn trả kết quả"), f"{code}-hen-tra.pdf", slip
            )
        else:
            kept = keeping_slip.render(self._keeping())
            yield Printable(
                say("Phiếu giữ của công dân: PIN và mã nhận kết quả"), f"{code}-phieu-giu.pdf", kept
            )
        if self.received.item is not None:
            note = dossier_list.render(self._list())
            yield Printable(say("Phiếu gửi hồ sơ"), f"{code}-phieu-gui.pdf", note)
        if self.received.item is not None and self.received.label is not None:
            label = envelope_label.render(self._label())
            yield Printable(say("Nhãn phong bì"), f"{self.received.item}-nhan.pdf", label)
        if self.command.result_by_post:
            yield Printable(
                say("Phiếu đăng ký nhận kết quả (2 bản)"),
                f"{code}-nhan-ket-qua.pdf",
                return_registration.render(self._registration()),
            )
        yield from self._receipts()

    def _listed(self) -> tuple[ListedPaper, ...]:
        back = {need.name for need in self.version.papers if need.original_to_return}
        return tuple(
            ListedPaper(
                name=paper.name,
                originals=paper.originals,
                certified_copies=paper.certified,
                photocopies=paper.photocopies,
                original_to_return=paper.name in back,
            )
            for paper in self.received.papers
        )

    def _secret(self) -> str:
        code = self.received.delivery_code
        return code.payload if code is not None else ""

    def _address(self) -> str:
        address = self.command.submitter.address
        return address.in_full(self.office.communes) if address is not None else ""

    def _appointment(self, due_at: datetime) -> AppointmentSlip:
        who = self.command.submitter
        fee_dong, fee_state = fee_told(self.accounts)
        return AppointmentSlip(
            dossier_code=self.received.code,
            agency_name=self.office.agency,
            desk_name=self.office.name,
            place=self.office.name,
            submitter_name=who.name,
            owner_name=(self.command.owner or who).name,
            submitter_id=who.citizen,
            submitter_phone=who.phone,
            submitter_email="",
            submitter_address=self._address(),
            procedure_code=self.version.code,
            procedure_name=self.version.name,
            papers=self._listed(),
            sets=1,
            legal_time=legal_time(self.version),
            received_at=self.at,
            due_at=due_at,
            result_place=result_place(by_post=self.command.result_by_post),
            fee_dong=fee_dong,
            fee_state=fee_state,
            lookup_pin=self.received.pin,
            delivery_code=self._secret(),
            clerk_name=self.office.clerk,
            tracking_address=tracking_address(self.office.label_host),
        )

    def _keeping(self) -> KeepingSlip:
        return KeepingSlip(
            operator_name=OPERATOR,
            office_name=self.office.name,
            dossier_code=self.received.code,
            procedure_name=self.version.name,
            agency_name=self.office.agency,
            item_code=self.received.item or "",
            posted_at=self.posted_at,
            lookup_pin=self.received.pin,
            delivery_code=self._secret(),
            visit=short_window(self.visit.opens_at, self.visit.closes_at) if self.visit else "",
            tracking_address=tracking_address(self.office.label_host),
        )

    def _list(self) -> DossierList:
        who = self.command.submitter
        return DossierList(
            number=self.received.code,
            operator_name=OPERATOR,
            office_name=self.office.name,
            place=self.office.name,
            sender_name=who.name,
            sender_id=who.citizen,
            sender_phone=who.phone,
            sender_address=self._address(),
            agency_name=self.office.agency,
            agency_address="",
            procedure_code=self.version.code,
            procedure_name=self.version.name,
            item_code=self.received.item or "",
            seal_number=self.serial,
            papers=self._listed(),
            posted_at=self.posted_at,
            clerk_name=self.office.clerk,
        )

    def _registration(self) -> ReturnRegistration:
        return registration(
            self.received,
            self.command,
            self.version,
            self.accounts,
            operator=OPERATOR,
            office=self.office.name,
            agency=self.office.agency,
            clerk=self.office.clerk,
            at=self.at,
            communes=self.office.communes,
        )

    def _label(self) -> EnvelopeLabels:
        assert self.received.item is not None  # asked by all() before
        assert self.received.label is not None
        link = label_of(
            host=self.office.label_host, item=self.received.item, token=self.received.label
        ).payload
        label = EnvelopeLabel(
            item_code=self.received.item,
            status_link=link,
            seal_number=self.serial,
            heading="HỒ SƠ HÀNH CHÍNH",
            sender=self.office.name,
            addressee=self.office.agency,
            address="",
        )
        return EnvelopeLabels(labels=(label,))

    def _receipts(self) -> Iterator[Printable]:
        for settled in self.accounts:
            if settled.charge.state is PaymentState.DUE:
                continue
            match settled.charge.line:
                case Line.STATE_FEE:
                    pdf = receipts.render(self._fee_receipt(settled.charge))
                    yield Printable(
                        say("Biên nhận thu phí, lệ phí"), f"{self.received.code}-le-phi.pdf", pdf
                    )
                case Line.POSTAGE:
                    pdf = receipts.render(self._postage_receipt(settled.charge))
                    yield Printable(
                        say("Biên nhận cước bưu chính"), f"{self.received.code}-cuoc.pdf", pdf
                    )
                case Line.COLLECTED_FOR_OTHERS:
                    continue

    def _fee_receipt(self, settled: money.Charge) -> FeeReceipt:
        who = self.command.submitter
        amount = 0 if settled.state is PaymentState.EXEMPT else settled.amount_dong
        return FeeReceipt(
            number=self.received.code,
            operator_name=OPERATOR,
            office_name=self.office.name,
            place=self.office.name,
            agency_name=self.office.agency,
            payer_name=who.name,
            payer_id=who.citizen,
            dossier_code=self.received.code,
            procedure_name=self.version.name,
            charges=(Charge(description="Phí, lệ phí", amount_dong=amount, basis=settled.basis),),
            method=MEANS[settled.means] if settled.means else "được miễn",
            paid_at=self.at,
            cashier_name=self.office.clerk,
        )

    def _postage_receipt(self, settled: money.Charge) -> PostageReceipt:
        charge = Charge(description="Cước bưu chính công ích", amount_dong=settled.amount_dong)
        sent_from, sent_to = self._carried_way()
        return PostageReceipt(
            number=self.received.code,
            operator_name=OPERATOR,
            office_name=self.office.name,
            place=self.office.name,
            payer_name=self.command.submitter.name,
            item_code=self.received.item or (self.received.result_item or self.received.code),
            sent_from=sent_from,
            sent_to=sent_to,
            weight_grams=None,
            charges=(charge,),
            method=MEANS[settled.means] if settled.means else "",
            paid_at=self.at,
            cashier_name=self.office.clerk,
        )

    def _carried_way(self) -> tuple[str, str]:
        """From where to where the postage pays: where nothing is carried in, the way of the result."""
        if self.received.item is not None:
            return self.office.name, self.office.agency
        address = self.command.gets_result.address
        return self.office.agency, address.in_full(self.office.communes) if address else ""
