"""The clerk's word for every code that a page shows: Vietnamese, English. Spelt as in docs/glossary.md."""

from collections.abc import Iterable
from enum import StrEnum

from postal_service.domain.actors import Role
from postal_service.domain.acts import (
    Capacity,
    CorrectionKind,
    Leg,
)
from postal_service.domain.administrative import StepKind
from postal_service.domain.attempts import Step
from postal_service.domain.custody import State, Trouble
from postal_service.domain.identity import CardPart, Compared, Contradiction
from postal_service.domain.money import Line, Means, PaymentState
from postal_service.domain.persons import PersonRole
from postal_service.domain.procedures import Channel as FeeChannel
from postal_service.domain.procedures import FeeStatus
from postal_service.domain.standing import Administrative, Channel, Digitisation, Money
from postal_service.domain.wording_handovers import CONDITIONS, RECEIVERS, RESERVED_FOR
from postal_service.services.administrative import SupplementReason
from postal_service.services.delegated import Change
from postal_service.services.delegates import Ground
from postal_service.services.digitisation import Fault, ScanState
from postal_service.services.erasing import EraseReason
from postal_service.services.gateways import Via, WhyNot
from postal_service.services.jobs import JobState
from postal_service.services.outbox import MessageState
from postal_service.services.particulars import Basis, CorrectionState
from postal_service.services.persons import Purpose
from postal_service.services.planning import Lock
from postal_service.services.staffing import Step as StaffStep
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
    (StaffStep.GIVEN, ("cấp mật khẩu", "password given")),
    (StaffStep.DISMISSED, ("cho nghỉ", "dismissed")),
    (StaffStep.TAKEN_BACK, ("nhận lại", "taken back")),
    (StaffStep.ROLE_TAKEN, ("thu vai trò", "role taken away")),
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
    (State.OPENED, ("túi đã mở, đã đối chiếu", "bag opened and compared")),
    (Trouble.SEAL, ("niêm phong bất thường", "seal exception")),
    (Trouble.DAMAGE, ("hư hại", "damaged")),
    (Trouble.LOST, ("thất lạc", "lost")),
    (Trouble.REDIRECTED, ("chuyển tiếp", "redirected")),
    (Trouble.CANCELLED, ("công dân rút hồ sơ", "withdrawn by the citizen")),
    (Trouble.POSTPONED, ("hoãn vì thiên tai", "postponed")),
    *CONDITIONS.items(),
    *RESERVED_FOR.items(),
    *RECEIVERS.items(),
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
    (Administrative.REFUSED_RETURNED, ("đã trả lại giấy tờ, do từ chối tiếp nhận", "papers given back, since it was refused")),
    (Administrative.DISCONTINUED_RETURNED, ("đã trả lại giấy tờ, do dừng giải quyết", "papers given back, since it was discontinued")),
    (Administrative.WITHDRAWN, ("đã rút hồ sơ", "withdrawn")),
    (Money.NONE, ("không có khoản thu", "nothing to pay")),
    (Money.DUE, ("còn phải nộp", "due")),
    (Money.PAID, ("đã nộp", "paid")),
    (Money.EXEMPT, ("được miễn", "exempt")),
    (Digitisation.NONE, ("chưa số hóa", "not digitised")),
    (Digitisation.PARTIAL, ("số hóa một phần", "partly digitised")),
    (Digitisation.COMPLETE, ("đã số hóa", "digitised")),
    (FeeChannel.COUNTER, ("trực tiếp", "in person")),
    (FeeChannel.ONLINE, ("trực tuyến", "online")),
    (FeeChannel.POST, ("qua bưu chính công ích", "by post")),
    (FeeStatus.CONFIRMED, ("đã xác nhận", "confirmed")),
    (FeeStatus.PLACEHOLDER, ("chưa xác nhận", "not confirmed")),
    (Channel.DIRECT, ("trực tiếp", "in person")),
    (Channel.ONLINE, ("trực tuyến", "online")),
    (Channel.POST, ("qua bưu chính công ích", "by post")),
    (PersonRole.SUBMITTER, ("Người nộp", "Submitter")),
    (PersonRole.OWNER, ("Chủ hồ sơ", "Owner")),
    (PersonRole.RECEIVER, ("Người nhận kết quả", "Receiver of the result")),
    (PersonRole.DELEGATE, ("Người được ủy quyền", "Delegate")),
    (Purpose.RECEPTION, ("tiếp nhận hồ sơ", "reception")),
    (Purpose.PROCESSING, ("giải quyết hồ sơ", "work on the dossier")),
    (Purpose.PRINTING, ("in giấy tờ, nhãn", "printing of papers and labels")),
    (Purpose.COLLECTING, ("thu gom hồ sơ", "collection")),
    (Purpose.DELIVERY, ("phát kết quả", "delivery")),
    (Purpose.COMPLAINT, ("giải quyết khiếu nại", "a complaint")),
    (Purpose.AUDIT, ("kiểm tra", "audit")),
    (Purpose.CITIZEN, ("công dân tự xem", "the citizen himself asked")),
    (Purpose.ERASING, ("xóa dữ liệu cá nhân", "erasing of personal data")),
    (Purpose.NAMING, ("ghi người được ủy quyền", "naming of a delegate")),
    (EraseReason.RETENTION_OVER, ("Hết thời hạn lưu trữ", "The retention period is over")),
    (EraseReason.CITIZEN_ASKED, ("Công dân yêu cầu xóa", "The citizen asked for it")),
    (EraseReason.ENTERED_BY_MISTAKE, ("Hồ sơ nhập nhầm", "The dossier was entered by mistake")),
    (StepKind.REQUESTED, ("Công dân đăng ký", "Requested")),
    (StepKind.VISIT_MOVED, ("Dời lịch bưu tá đến nhận", "Visit moved")),
    (StepKind.VISIT_CALLED_OFF, ("Hủy lịch bưu tá đến nhận", "Visit called off")),
    (StepKind.POSTED, ("Bưu điện nhận hồ sơ", "Posted")),
    (StepKind.RECEIVED, ("Cơ quan tiếp nhận (mẫu 01)", "Received by the agency (form 01)")),
    (StepKind.VERIFYING, ("Cần xác minh", "Must be verified")),
    (StepKind.SUPPLEMENT_REQUESTED, ("Yêu cầu bổ sung (mẫu 02)", "Supplement asked for (form 02)")),
    (StepKind.SUPPLEMENT_RECEIVED, ("Đã nhận bổ sung", "Supplement received")),
    (StepKind.DUTY_NOTICED, ("Thông báo nghĩa vụ tài chính", "Financial duty noticed")),
    (StepKind.DUTY_MET, ("Hoàn thành nghĩa vụ tài chính", "Financial duty met")),
    (StepKind.EXTENDED, ("Xin lỗi và hẹn lại (mẫu 04)", "Apology and extension (form 04)")),
    (StepKind.REFUSED, ("Từ chối (mẫu 03)", "Refused (form 03)")),
    (StepKind.DISCONTINUED, ("Dừng giải quyết (mẫu 05)", "Discontinued (form 05)")),
    (StepKind.RESOLVED, ("Có kết quả", "Resolved")),
    (StepKind.RETURNED, ("Đã trả kết quả", "Result returned")),
    (StepKind.POSTING_CORRECTED, ("Đính chính: bưu tá chưa nhận", "Corrected: not collected")),
    (StepKind.RETURN_CORRECTED, ("Đính chính: chưa trả công dân", "Corrected: not returned")),
    (StepKind.WITHDRAWN, ("Công dân rút hồ sơ", "Withdrawn")),
    (SupplementReason.MISSING, ("thiếu", "missing")),
    (SupplementReason.ILLEGIBLE, ("không đọc được", "illegible")),
    (SupplementReason.EXPIRED, ("hết hạn", "expired")),
    (SupplementReason.UNSIGNED, ("chưa ký hoặc chưa đóng dấu", "unsigned")),
    (SupplementReason.CONTRADICTORY, ("mâu thuẫn với giấy tờ khác", "contradicts another paper")),
    (SupplementReason.WRONG_FORM, ("sai mẫu", "wrong form")),
    (ScanState.WAITING, ("chờ kiểm tra", "waits for a check")),
    (ScanState.ACCEPTED, ("đã kiểm tra, đạt", "checked, good")),
    (ScanState.REJECTED, ("gửi trả", "sent back")),
    (Fault.ILLEGIBLE, ("mờ, không đọc được", "not legible")),
    (Fault.PAGES_MISSING, ("thiếu trang", "pages are missing")),
    (Fault.WRONG_PAPER, ("không đúng giấy tờ", "not this paper")),
    (Fault.CUT_OFF, ("bị cắt mất mép", "cut off at an edge")),
    (Fault.UNREADABLE_FILE, ("tệp không mở được", "the file cannot be opened")),
    (Basis.CARD, ("thẻ căn cước", "citizen card")),
    (Basis.PAPER, ("giấy tờ trong hồ sơ", "a paper of the dossier")),
    (Basis.CITIZEN, ("công dân báo lại", "the citizen told us")),
    (Basis.DOOR, ("lời kể tại nơi phát", "what a courier was told at the door")),
    (Ground.OWNER, ("chủ hồ sơ có mặt, đã so thẻ", "the owner is here, his card compared")),
    (Ground.PAPER, ("giấy ủy quyền", "a letter of authorisation")),
    (Change.NAMED, ("ghi người được ủy quyền", "a delegate was named")),
    (Change.TAKEN_BACK, ("thôi ủy quyền", "the delegation was taken back")),
    (CardPart.ALL, ("toàn bộ", "all of it")),
    (CardPart.OLD_NUMBER, ("số chứng minh cũ", "old identity number")),
    (CardPart.NAME, ("họ tên", "name")),
    (CardPart.BORN_ON, ("ngày sinh", "date of birth")),
    (CardPart.SEX, ("giới tính", "sex")),
    (CardPart.ISSUED_ON, ("ngày cấp", "date of issue")),
    (Contradiction.PREFIX, ("ba số đầu không phải mã tỉnh", "the first three digits are no province's")),
    (Contradiction.SEX, ("giới tính", "sex")),
    (Contradiction.BIRTH_YEAR, ("năm sinh", "year of birth")),
    (Contradiction.ISSUED_BEFORE_BIRTH, ("cấp trước ngày sinh", "issued before birth")),
    (Contradiction.ISSUED_IN_FUTURE, ("ngày cấp chưa đến", "issued on a day to come")),
    (Contradiction.NAME, ("họ tên", "name")),
    (Contradiction.NUMBER, ("số định danh", "citizen number")),
    (Compared.NAME_AND_NUMBER, ("họ tên và 4 số cuối của số định danh", "the name and the last four digits of the citizen number")),
    (Compared.NAME, ("chỉ họ tên, vì không có số định danh để so", "the name alone, for no citizen number is kept")),
    (CorrectionState.WAITING, ("chờ đối chiếu", "to be compared")),
    (CorrectionState.ACCEPTED, ("đã sửa", "corrected")),
    (CorrectionState.REJECTED, ("không sửa", "not corrected")),
    (Line.STATE_FEE, ("phí, lệ phí", "state fee")),
    (Line.POSTAGE, ("cước bưu chính", "postage")),
    (Line.COLLECTED_FOR_OTHERS, ("thu hộ", "collected for others")),
    (Means.CASH, ("tiền mặt", "cash")),
    (Means.TRANSFER_CODE, ("chuyển khoản mã QR", "transfer by QR code")),
    (Means.ONLINE, ("trực tuyến", "online")),
    (PaymentState.DUE, ("phải thu", "due")),
    (PaymentState.PAID, ("đã thu", "paid")),
    (PaymentState.EXEMPT, ("miễn", "exempt")),
    (PaymentState.HANDED_IN, ("đã nộp quỹ", "handed in")),
    (PaymentState.REMITTED, ("đã chuyển cho chủ khoản thu", "remitted")),
    (PaymentState.REFUNDED, ("đã hoàn", "refunded")),
    (JobState.WAITING, ("đang chờ", "waiting")),
    (JobState.RUNNING, ("đang chạy", "running")),
    (JobState.DONE, ("xong", "done")),
    (JobState.FAILED, ("không thành", "failed")),
    (JobState.CANCELLED, ("đã dừng", "stopped")),
    (MessageState.WAITING, ("đang chờ gửi", "waiting")),
    (MessageState.SENT, ("đã gửi", "sent")),
    (MessageState.DEAD, ("không gửi được", "given up")),
    (MessageState.EXPIRED, ("quá hạn gửi", "too late to send")),
    (Via.GATEWAY, ("qua tổng đài", "by the gateway")),
    (Via.FOLDER, ("vào thư mục thử nghiệm", "into the trial folder")),
    (WhyNot.NO_ANSWER, ("tổng đài không trả lời", "the gateway does not answer")),
    (WhyNot.NOT_TRUSTED, ("chứng chỉ của tổng đài không tin được", "the gateway's certificate is not trusted")),
    (WhyNot.BUSY, ("tổng đài đang bận", "the gateway is busy")),
    (WhyNot.GATEWAY_FAULT, ("tổng đài bị lỗi", "the gateway has a fault")),
    (WhyNot.NOT_LET_IN, ("tổng đài không nhận mã truy cập của hệ thống", "the gateway does not accept our token")),
    (WhyNot.REFUSED, ("tổng đài từ chối tin này", "the gateway refuses this message")),
    (WhyNot.FOLDER_FAULT, ("không ghi được vào thư mục thử nghiệm", "the trial folder cannot be written to")),
    (WhyNot.UNREADABLE, ("không mở được nội dung đã niêm phong", "its sealed content does not open")),
    (WhyNot.REPLACED, ("đã có mã mới hơn thay thế", "a newer code took its place")),
    (WhyNot.RUN_OUT, ("hết hạn trước khi gửi được", "it ran out before it could be sent")),
    (Step.DELIVER, ("phát lại", "deliver again")),
    (Step.INVITE, ("gửi giấy mời", "invite")),
    (Step.HOLD, ("lưu chờ nhận", "hold")),
    (Step.FORWARD, ("chuyển tiếp", "forward")),
    (Step.VERIFY_ADDRESS, ("xác minh địa chỉ", "verify the address")),
    (Step.RETURN, ("chuyển hoàn về cơ quan", "send back to the agency")),
    (Step.MAKE_RECORD, ("lập biên bản", "make a record")),
    (Step.POSTPONE, ("hoãn", "postpone")),
    (Lock.NONE, ("không khóa", "free")),
    (Lock.COURIER, ("khóa bưu tá", "courier locked")),
    (Lock.ORDER, ("khóa bưu tá và thứ tự", "courier and order locked")),
    (Lock.TIME, ("khóa cả giờ", "time locked too")),
    (Lock.ROUTE, ("khóa nguyên tuyến, không thêm bớt", "whole round locked, nothing added or taken out")),
)  # fmt: skip
PAPERS_BACK = ("giấy tờ trả lại", "papers given back")
_PAIRS = {(type(code), code.value): pair for code, pair in WORDS}


def word(code: StrEnum) -> str:
    """The word for a code in the person's language."""
    return pick(_PAIRS[type(code), code.value])


def leg_word(leg: Leg, *, gives_back: bool) -> str:
    """What an item brings; where there is no result, the papers that go back (docs/adr/0024)."""
    return pick(PAPERS_BACK) if gives_back and leg is Leg.OUT else word(leg)


def worded(codes: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Codes with their words, as a field that lets choose one asks for them."""
    return [(each.value, word(each)) for each in codes]


def vietnamese(code: StrEnum) -> str:
    """The word as papers print it, whatever the person reads on the screen."""
    return _PAIRS[type(code), code.value][0]
