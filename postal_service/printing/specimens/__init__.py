"""One specimen of every paper, with people, codes and addresses that do not exist."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from postal_service.printing import (
    appointment_slip,
    authorisation,
    bag_label,
    bag_manifest,
    control_slip,
    custody_extract,
    decision_notice,
    delivery_slip,
    discrepancy_record,
    dossier_list,
    envelope_label,
    fee_list,
    handover_record,
    invitation,
    keeping_slip,
    kpi_report,
    preparation_guide,
    receipts,
    remittance_slip,
    return_record,
    return_registration,
    run_list,
    shift_record,
    supplement_request,
    transfer_slip,
    volume_record,
)
from postal_service.printing.specimens import agency, desk, management, movement, outcome

# Each paper's file name without ending → what writes it, and what it tells.
SPECIMENS: Final[Mapping[str, partial[bytes]]] = {
    "p01-phieu-huong-dan": partial(preparation_guide.render, desk.PREPARATION_GUIDE),
    "p02-phieu-gui-ho-so": partial(dossier_list.render, desk.DOSSIER_LIST),
    "p03-giay-tiep-nhan-va-hen-tra": partial(appointment_slip.render, desk.APPOINTMENT_SLIP),
    "p03-phieu-giu-cua-cong-dan": partial(keeping_slip.render, desk.KEEPING_SLIP),
    "p04-bien-nhan-phi": partial(receipts.render, desk.FEE_RECEIPT),
    "p04-bien-nhan-cuoc": partial(receipts.render, desk.POSTAGE_RECEIPT),
    "p05-phieu-chuyen-khoan": partial(transfer_slip.render, desk.TRANSFER_SLIP),
    "p06-phieu-dang-ky-nhan-ket-qua": partial(return_registration.render, desk.RETURN_REGISTRATION),
    "p07-giay-moi-lan-1": partial(invitation.render, desk.INVITATION),
    "p08-giay-uy-quyen": partial(authorisation.render, desk.AUTHORISATION),
    "p09-nhan-niem-phong-100x50": partial(envelope_label.render, movement.ENVELOPE_LABELS),
    "p09-nhan-niem-phong-a6": partial(envelope_label.render, movement.ENVELOPE_LABELS_A6),
    "p10-nhan-tui": partial(bag_label.render, movement.BAG_LABEL),
    "p10-ban-ke-dong-tui": partial(bag_manifest.render, movement.BAG_MANIFEST),
    "p11-bien-ban-giao-nhan-ho-so": partial(handover_record.render, movement.DOSSIER_HANDOVER),
    "p12-bien-ban-giao-nhan-ket-qua": partial(handover_record.render, movement.RESULT_HANDOVER),
    "p13-ban-ke-phat": partial(run_list.render, movement.RUN_LIST),
    "p14-phieu-xac-nhan-phat": partial(delivery_slip.render, outcome.DELIVERY_SLIP),
    "p15-bien-ban-bat-thuong": partial(discrepancy_record.render, outcome.DISCREPANCY_RECORD),
    "p16-bien-ban-chuyen-hoan": partial(return_record.render, outcome.RETURN_RECORD),
    "p18-phieu-nop-tien-mat": partial(remittance_slip.render, management.REMITTANCE_SLIP),
    "p18-bien-ban-ban-giao-ca": partial(shift_record.render, management.SHIFT_RECORD),
    "p19-bang-ke-nop-phi": partial(fee_list.render, management.FEE_LIST),
    "p20-bao-cao-chi-tieu": partial(kpi_report.render, management.KPI_REPORT),
    "p21-nghiem-thu-khoi-luong": partial(volume_record.render, management.VOLUME_RECORD),
    "p22-trich-luc-chuoi-luu-giu": partial(custody_extract.render, outcome.CUSTODY_EXTRACT),
    "co-quan-yeu-cau-bo-sung": partial(supplement_request.render, agency.SUPPLEMENT_REQUEST),
    "co-quan-tu-choi": partial(decision_notice.render, agency.REFUSAL),
    "co-quan-gia-han": partial(decision_notice.render, agency.EXTENSION),
    "co-quan-dung-giai-quyet": partial(decision_notice.render, agency.DISCONTINUATION),
    "co-quan-phieu-kiem-soat": partial(control_slip.render, agency.CONTROL_SLIP),
}


def specimens() -> dict[str, bytes]:
    """Each paper's file name without ending → its PDF."""
    return {name: written() for name, written in SPECIMENS.items()}
