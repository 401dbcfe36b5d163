"""Every table of the service, a file a subject. Migrations are compared with what stands here."""

from postal_service.storage.schema.base import Base
from postal_service.storage.schema.dossiers import (
    AccessRow,
    BagContentRow,
    CommitmentRow,
    DossierKeyRow,
    DossierRow,
    EvidenceRow,
    ItemRow,
    MessageCodeRow,
    MoneyRow,
    PaperRow,
    ParticularsRow,
    PersonRow,
    ScanRow,
    SealReuseRow,
    SealRow,
    StepRow,
)
from postal_service.storage.schema.ledger import (
    CheckpointRow,
    CosignatureRow,
    EdgeRow,
    EntryRow,
    EvidenceUseRow,
    HeldRow,
    HoldingRow,
    NodeRow,
    QuarantineRow,
    SpendRow,
    VerdictRow,
)
from postal_service.storage.schema.organisation import (
    CalendarDayRow,
    CalendarYearRow,
    CounterRow,
    CourierFactsRow,
    DeviceRow,
    EnrolmentRow,
    FactorResetRow,
    JobRow,
    NonceRow,
    OutboxRetryRow,
    OutboxRow,
    ProcedureFeeRow,
    ProcedurePaperRow,
    ProcedureRow,
    RecoveryCodeRow,
    RoleRow,
    ShiftCountRow,
    StaffChangeRow,
    StaffRow,
    SuccessionRow,
    TokenRow,
    UnitRow,
    WebSessionRow,
)
from postal_service.storage.schema.rounds import (
    PickupRow,
    PlanRow,
    RoundRow,
    RoundTourRow,
    StopItemRow,
    StopRow,
)
from postal_service.storage.schema.uploads import UploadPieceRow, UploadRow

__all__ = [
    "AccessRow", "BagContentRow", "Base", "CalendarDayRow", "CalendarYearRow", "CheckpointRow",
    "CommitmentRow", "CosignatureRow", "CounterRow", "CourierFactsRow", "DeviceRow", "DossierKeyRow", "DossierRow",
    "EdgeRow", "EnrolmentRow", "EntryRow", "EvidenceRow", "EvidenceUseRow", "FactorResetRow", "HeldRow", "HoldingRow", "ItemRow",
    "JobRow", "MessageCodeRow", "MoneyRow", "NodeRow", "NonceRow", "OutboxRetryRow", "OutboxRow", "PaperRow",
    "ParticularsRow", "PersonRow", "PickupRow", "PlanRow", "ProcedureFeeRow", "ProcedurePaperRow", "ProcedureRow",
    "QuarantineRow", "RecoveryCodeRow", "RoleRow", "RoundRow", "RoundTourRow", "ScanRow", "SealReuseRow", "SealRow",
    "ShiftCountRow", "SpendRow", "StaffChangeRow", "StaffRow", "StepRow", "StopItemRow",
    "StopRow", "SuccessionRow", "TokenRow", "UnitRow", "UploadPieceRow", "UploadRow", "VerdictRow", "WebSessionRow",
]  # fmt: skip
