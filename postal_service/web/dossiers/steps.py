"""Which steps the page offers. The rules refuse the rest whatever a page offers (domain/administrative.py)."""

import re
from dataclasses import dataclass
from typing import Final

from postal_service.domain.actors import Actor, Role
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.procedures import ProcedureVersion
from postal_service.domain.standing import Administrative
from postal_service.services.administrative import AGENCY_SIDE
from postal_service.services.dossiers import Dossier
from postal_service.services.importing.dossier_comparing import CORRECTED, ORIGIN
from postal_service.web.language import pick
from postal_service.web.supplements.words import reason_word


@dataclass(frozen=True)
class Offered:
    """A step's name in the address, what it is called here, and what it asks."""

    name: str
    words: tuple[str, str]
    asks: str = ""  # why, papers, date

    @property
    def label(self) -> str:
        return pick(self.words)


RECEIVE = Offered("receive", ("Tiếp nhận chính thức (mẫu 01)", "Receive legally (form 01)"))
SUPPLEMENT = Offered(
    "supplement", ("Yêu cầu bổ sung (mẫu 02)", "Ask for a supplement (form 02)"), "papers"
)
SUPPLEMENTED = Offered("supplemented", ("Đã nhận bổ sung", "Supplement received"))
VERIFY = Offered("verify", ("Cần xác minh", "Must be verified"), "why")
DUTY = Offered("duty", ("Thông báo nghĩa vụ tài chính", "Notice a financial duty"), "why")
DUTY_MET = Offered("duty-met", ("Đã hoàn thành nghĩa vụ tài chính", "Financial duty met"))
EXTEND = Offered(
    "extend", ("Xin lỗi và hẹn lại (mẫu 04)", "Apologise and extend (form 04)"), "date"
)
REFUSE = Offered("refuse", ("Từ chối (mẫu 03)", "Refuse (form 03)"), "why")
DISCONTINUE = Offered("discontinue", ("Dừng giải quyết (mẫu 05)", "Discontinue (form 05)"), "why")
RESOLVE = Offered("resolve", ("Đã có kết quả", "Resolved"))
WITHDRAW = Offered("withdraw", ("Công dân rút hồ sơ", "The citizen withdraws"), "why")

_OF_AGENCY: Final[dict[Administrative, tuple[Offered, ...]]] = {
    Administrative.POSTED: (RECEIVE, REFUSE),
    Administrative.RECEIVED: (RESOLVE, SUPPLEMENT, VERIFY, DUTY, EXTEND, REFUSE, DISCONTINUE),
    Administrative.SUPPLEMENT: (SUPPLEMENTED, REFUSE, DISCONTINUE),
    Administrative.FINANCIAL_DUTY: (DUTY_MET, REFUSE, DISCONTINUE),
}  # fmt: skip
_BY_IMPORT = {
    ORIGIN: ("Theo tệp nhập từ hệ thống khác", "As an imported file tells it"),
    CORRECTED: ("Đính chính theo tệp nhập", "Corrected by an imported file"),
}


def why_of(step: Step, procedure: ProcedureVersion) -> str:
    """Why a step was taken, or from where it is known; a request for a supplement in words, with the papers it asks for."""
    if step.why in _BY_IMPORT:
        return pick(_BY_IMPORT[step.why])
    reason, _, places = step.why.partition(": ")
    if step.kind is not StepKind.SUPPLEMENT_REQUESTED or not re.fullmatch(r"\d+(,\d+)*", places):
        return step.why
    names = [procedure.papers[int(place) - 1].name for place in places.split(",")]
    return f"{reason_word(reason)}: {'; '.join(names)}"


def possible(dossier: Dossier, by: Actor) -> list[Offered]:
    """The steps to offer, the usual one first."""
    found: list[Offered] = []
    at_agency = by.unit in {dossier.competent_unit, dossier.received_unit}
    if at_agency and by.may(*AGENCY_SIDE):
        found += _OF_AGENCY.get(dossier.administrative, ())
    withdrawable = {Administrative.REQUESTED, Administrative.POSTED}
    if dossier.administrative in withdrawable and by.may(Role.POSTAL_CLERK, Role.MANAGER):
        found.append(WITHDRAW)
    return found
