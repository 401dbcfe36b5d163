"""One specimen of every paper, with people, codes and addresses that do not exist."""

from postal_service.printing import (
    appointment_slip,
    authorisation,
    bag_label,
    bag_manifest,
    custody_extract,
    delivery_slip,
    discrepancy_record,
    dossier_list,
    envelope_label,
    handover_record,
    invitation,
    keeping_slip,
    receipts,
    remittance_slip,
    return_record,
    run_list,
)
from postal_service.printing.specimens import desk, movement, outcome


def specimens() -> dict[str, bytes]:
    """Each paper's file name without ending → its PDF."""
    return {
        "p02-phieu-gui-ho-so": dossier_list.render(desk.DOSSIER_LIST),
        "p03-giay-tiep-nhan-va-hen-tra": appointment_slip.render(desk.APPOINTMENT_SLIP),
        "p03-phieu-giu-cua-cong-dan": keeping_slip.render(desk.KEEPING_SLIP),
        "p04-bien-nhan-phi": receipts.render(desk.FEE_RECEIPT),
        "p04-bien-nhan-cuoc": receipts.render(desk.POSTAGE_RECEIPT),
        "p07-giay-moi-lan-1": invitation.render(desk.INVITATION),
        "p08-giay-uy-quyen": authorisation.render(desk.AUTHORISATION),
        "p09-nhan-niem-phong-100x50": envelope_label.render(movement.ENVELOPE_LABELS),
        "p09-nhan-niem-phong-a6": envelope_label.render(movement.ENVELOPE_LABELS_A6),
        "p10-nhan-tui": bag_label.render(movement.BAG_LABEL),
        "p10-ban-ke-dong-tui": bag_manifest.render(movement.BAG_MANIFEST),
        "p11-bien-ban-giao-nhan-ho-so": handover_record.render(movement.DOSSIER_HANDOVER),
        "p12-bien-ban-giao-nhan-ket-qua": handover_record.render(movement.RESULT_HANDOVER),
        "p13-ban-ke-phat": run_list.render(movement.RUN_LIST),
        "p14-phieu-xac-nhan-phat": delivery_slip.render(outcome.DELIVERY_SLIP),
        "p15-bien-ban-bat-thuong": discrepancy_record.render(outcome.DISCREPANCY_RECORD),
        "p16-bien-ban-chuyen-hoan": return_record.render(outcome.RETURN_RECORD),
        "p18-phieu-nop-tien-mat": remittance_slip.render(outcome.REMITTANCE_SLIP),
        "p22-trich-luc-chuoi-luu-giu": custody_extract.render(outcome.CUSTODY_EXTRACT),
    }
