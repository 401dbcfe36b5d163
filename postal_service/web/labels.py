"""The clerk's word for every code that a page shows: Vietnamese, English. Spelt as in docs/glossary.md."""

from enum import StrEnum

from postal_service.domain.actors import Role
from postal_service.domain.acts import (
    Capacity,
    Condition,
    CorrectionKind,
    Leg,
    Receiver,
    ReservedFor,
)
from postal_service.domain.custody import State, Trouble
from postal_service.domain.standing import Administrative, Channel, Digitisation, Money
from postal_service.web.language import pick

Pair = tuple[str, str]

# A list: enumerations that share a value would be one key of a dictionary.
WORDS: tuple[tuple[StrEnum, Pair], ...] = (
    (Role.COURIER, ("bưu tá", "courier")),
    (Role.MANAGER, ("trưởng bưu cục", "manager")),
    (Role.DESK_CLERK, ("cán bộ Một cửa", "desk clerk")),
    (Role.POSTAL_CLERK, ("giao dịch viên", "counter clerk")),
    (Role.AGENCY, ("cán bộ cơ quan giải quyết", "agency officer")),
    (Role.AUDITOR, ("kiểm tra viên", "auditor")),
    (Role.ADMINISTRATOR, ("quản trị", "administrator")),
    (Capacity.COURIER, ("bưu tá", "courier")),
    (Capacity.COUNTER, ("quầy bưu cục", "post office counter")),
    (Capacity.DESK, ("bộ phận Một cửa", "one-stop desk")),
    (Leg.IN, ("hồ sơ gửi đi", "dossier to the agency")),
    (Leg.SUP, ("hồ sơ bổ sung", "supplement")),
    (Leg.OUT, ("kết quả", "result")),
    (Leg.RET, ("giấy tờ trả về cơ quan", "papers back to the agency")),
    (Leg.BAG, ("túi thư", "mail bag")),
    (State.ACCEPTED, ("đã chấp nhận", "accepted")),
    (State.SEALED, ("đã niêm phong", "sealed")),
    (State.AT_ORIGIN_OFFICE, ("tại bưu cục gốc", "at the origin office")),
    (State.IN_DISPATCH, ("trên chuyến thư", "in dispatch")),
    (State.AT_DESTINATION_OFFICE, ("tại bưu cục phát", "at the delivering office")),
    (State.WITH_COURIER, ("bưu tá đang giữ", "with the courier")),
    (State.WITH_AGENCY, ("cơ quan đã nhận", "with the agency")),
    (State.RESULT_AT_AGENCY, ("kết quả tại cơ quan", "result at the agency")),
    (State.RESULT_TAKEN, ("bưu điện đã nhận kết quả", "result taken by the post")),
    (State.DELIVERED, ("đã phát", "delivered")),
    (State.UNDELIVERED, ("chưa phát được", "not delivered")),
    (State.HELD, ("lưu chờ nhận", "held for collection")),
    (State.GOING_BACK, ("đang chuyển hoàn", "going back")),
    (State.RETURNED, ("đã chuyển hoàn", "returned")),
    (Trouble.SEAL, ("niêm phong bất thường", "seal exception")),
    (Trouble.DAMAGE, ("hư hại", "damaged")),
    (Trouble.LOST, ("thất lạc", "lost")),
    (Trouble.REDIRECTED, ("chuyển tiếp", "redirected")),
    (Trouble.CANCELLED, ("công dân rút hồ sơ", "withdrawn by the citizen")),
    (Trouble.POSTPONED, ("hoãn vì thiên tai", "postponed")),
    (Condition.OK, ("nguyên vẹn", "intact")),
    (Condition.TORN, ("rách", "torn")),
    (Condition.WET, ("ướt", "wet")),
    (Condition.SEAL_BROKEN, ("mất niêm phong", "seal broken")),
    (ReservedFor.MISSING, ("thiếu, không thấy", "missing")),
    (ReservedFor.COUNT, ("sai số lượng giấy tờ", "count differs")),
    (ReservedFor.SEAL, ("niêm phong bất thường", "seal exception")),
    (ReservedFor.DAMAGED, ("hư hại", "damaged")),
    (ReservedFor.NOT_OURS, ("không thuộc nơi nhận này", "not for us")),
    (Receiver.OWNER, ("chủ hồ sơ", "the owner")),
    (Receiver.AUTHORISED, ("người được ủy quyền", "an authorised person")),
    (Receiver.ORGANISATION, ("cơ quan, tổ chức (giấy giới thiệu)", "an organisation (introduction letter)")),
    (CorrectionKind.DID_NOT_OCCUR, ("việc đó không xảy ra", "it did not occur")),
    (CorrectionKind.INCORRECT_DATA, ("số liệu sai", "its data were wrong")),
    (Administrative.REQUESTED, ("công dân đã đăng ký", "requested by the citizen")),
    (Administrative.POSTED, ("bưu điện đã nhận, chưa tính thời hạn", "posted; the legal clock has not begun")),
    (Administrative.RECEIVED, ("cơ quan đã tiếp nhận", "received by the agency")),
    (Administrative.SUPPLEMENT, ("chờ công dân bổ sung", "waiting for a supplement")),
    (Administrative.FINANCIAL_DUTY, ("chờ nghĩa vụ tài chính", "waiting for a financial duty")),
    (Administrative.REFUSED, ("từ chối tiếp nhận", "refused")),
    (Administrative.DISCONTINUED, ("dừng giải quyết", "discontinued")),
    (Administrative.RESOLVED, ("đã có kết quả", "resolved")),
    (Administrative.RETURNED, ("đã trả kết quả", "result returned")),
    (Administrative.WITHDRAWN, ("đã rút hồ sơ", "withdrawn")),
    (Money.NONE, ("không có khoản thu", "nothing to pay")),
    (Money.DUE, ("còn phải nộp", "due")),
    (Money.PAID, ("đã nộp", "paid")),
    (Money.EXEMPT, ("được miễn", "exempt")),
    (Digitisation.NONE, ("chưa số hóa", "not digitised")),
    (Digitisation.PARTIAL, ("số hóa một phần", "partly digitised")),
    (Digitisation.COMPLETE, ("đã số hóa", "digitised")),
    (Channel.DIRECT, ("trực tiếp", "in person")),
    (Channel.ONLINE, ("trực tuyến", "online")),
    (Channel.POST, ("qua bưu chính công ích", "by post")),
)  # fmt: skip
_PAIRS = {(type(code), code.value): pair for code, pair in WORDS}


def word(code: StrEnum) -> str:
    """The word for a code in the person's language."""
    return pick(_PAIRS[type(code), code.value])
