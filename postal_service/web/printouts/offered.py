"""Which papers a dossier's page offers: those whose act was recorded."""

from dataclasses import dataclass
from typing import Final

from postal_service.domain.actors import Role
from postal_service.domain.administrative import StepKind
from postal_service.domain.issued_forms import Form
from postal_service.services.overview import DossierView
from postal_service.web.language import say


@dataclass(frozen=True)
class Offered:
    """A paper's name in the address, and what it is called here."""

    name: str
    label: str


REGISTERING: Final = (Role.DESK_CLERK, Role.POSTAL_CLERK, Role.MANAGER)
NAMES: Final = {form.value.replace("_", "-"): form for form in Form}
_AFTER: Final = {
    StepKind.SUPPLEMENT_REQUESTED: Form.SUPPLEMENT,
    StepKind.REFUSED: Form.REFUSAL,
    StepKind.EXTENDED: Form.EXTENSION,
    StepKind.DISCONTINUED: Form.DISCONTINUATION,
}


def offered(view: DossierView) -> list[Offered]:
    """The papers to print, the agency's acts in their order, the control slip last."""
    acts = dict.fromkeys(_AFTER[step.kind] for step in view.steps if step.kind in _AFTER)
    words = {
        Form.SUPPLEMENT: say("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
        Form.REFUSAL: say("Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
        Form.EXTENSION: say("Văn bản xin lỗi và đề nghị gia hạn"),
        Form.DISCONTINUATION: say("Thông báo dừng giải quyết hồ sơ"),
        Form.CONTROL_SLIP: say("Phiếu kiểm soát quá trình giải quyết"),
    }
    return [
        Offered(form.value.replace("_", "-"), words[form]) for form in (*acts, Form.CONTROL_SLIP)
    ]
