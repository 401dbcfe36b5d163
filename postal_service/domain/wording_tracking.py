"""What the citizen reads of his dossier: Vietnamese, English. The phrases of the post's tracking list, and the agency's steps."""

from postal_service.domain.administrative import StepKind
from postal_service.domain.public_steps import Bring, PublicStep, Status

STATUS: dict[Status, tuple[str, str]] = {
    Status.REQUESTED: (
        "Bưu điện sẽ đến nhận hồ sơ tại nhà theo giờ đã hẹn.",
        "The post will come for the dossier at the time agreed.",
    ),
    Status.VISIT_CALLED_OFF: (
        "Lịch bưu điện đến nhận hồ sơ tại nhà đã hủy.",
        "The visit at which the post was to fetch the dossier was called off.",
    ),
    Status.ON_THE_WAY_TO_AGENCY: (
        "Bưu điện đã nhận hồ sơ và đang chuyển đến cơ quan giải quyết.",
        "The post has the dossier and is taking it to the agency.",
    ),
    Status.AT_AGENCY_DESK: (
        "Hồ sơ đã đến Bộ phận Một cửa, chờ tiếp nhận chính thức.",
        "The dossier is at the one-stop desk and waits to be received.",
    ),
    Status.IN_PROCESS: (
        "Cơ quan đã tiếp nhận và đang giải quyết hồ sơ.",
        "The agency has received the dossier and is working on it.",
    ),
    Status.SUPPLEMENT: (
        "Cơ quan chờ ông/bà bổ sung giấy tờ; thời hạn tạm dừng.",
        "The agency waits for papers from you; the clock stands still.",
    ),
    Status.FINANCIAL_DUTY: (
        "Cơ quan chờ ông/bà hoàn thành nghĩa vụ tài chính; thời hạn tạm dừng.",
        "The agency waits for a tax or fee to be paid; the clock stands still.",
    ),
    Status.RESULT_READY: (
        "Đã có kết quả, chờ bưu điện nhận tại cơ quan.",
        "The result is ready and waits for the post at the agency.",
    ),
    Status.ON_THE_WAY_HOME: (
        "Kết quả đang trên đường đến ông/bà.",
        "The result is on its way to you.",
    ),
    Status.OUT_FOR_DELIVERY: (
        "Bưu tá đang đi phát kết quả hôm nay.",
        "The courier is bringing the result today.",
    ),
    Status.UNDELIVERED: (
        "Chưa phát được kết quả; bưu điện sẽ phát lại hoặc mời đến nhận.",
        "The result could not be delivered; the post will try again or invite you to collect it.",
    ),
    Status.HELD: (
        "Kết quả được lưu tại bưu cục chờ ông/bà đến nhận.",
        "The result is kept at the post office for you.",
    ),
    Status.GOING_BACK: (
        "Kết quả đang được chuyển hoàn cơ quan.",
        "The result is going back to the agency.",
    ),
    Status.BACK_AT_AGENCY: (
        "Kết quả đã về lại cơ quan; ông/bà đến nhận tại Bộ phận Một cửa.",
        "The result is back at the agency; collect it at the one-stop desk.",
    ),
    Status.FETCH_AT_DESK: (
        "Đã có kết quả; mời ông/bà đến nhận tại Bộ phận Một cửa.",
        "The result is ready; collect it at the one-stop desk.",
    ),
    Status.DONE: ("Kết quả đã được trao.", "The result has been handed over."),
    Status.REFUSED: (
        "Cơ quan từ chối giải quyết; giấy tờ được trả lại kèm lý do.",
        "The agency refused; the papers come back with the reason.",
    ),
    Status.REFUSED_RETURNED: (
        "Cơ quan từ chối giải quyết; giấy tờ đã được trả lại.",
        "The agency refused; the papers have been given back.",
    ),
    Status.DISCONTINUED: (
        "Cơ quan đã dừng giải quyết hồ sơ; giấy tờ được trả lại.",
        "The agency has stopped working on the dossier; the papers come back.",
    ),
    Status.DISCONTINUED_RETURNED: (
        "Cơ quan đã dừng giải quyết hồ sơ; giấy tờ đã được trả lại.",
        "The agency has stopped working on the dossier; the papers have been given back.",
    ),
    Status.WITHDRAWN: (
        "Hồ sơ đã được rút; mời nhận lại giấy tờ tại bưu cục.",
        "The dossier was withdrawn; collect the papers at the post office.",
    ),
    Status.GIVEN_BACK: (
        "Hồ sơ đã được rút; giấy tờ đang ở chỗ người gửi.",
        "The dossier was withdrawn; its sender has the papers.",
    ),
}

NEXT: dict[Status, tuple[str, str]] = {
    Status.REQUESTED: (
        "Chuẩn bị giấy tờ theo danh mục, ở nhà trong khung giờ đã hẹn.",
        "Have the listed papers ready and be at home at the time agreed.",
    ),
    Status.VISIT_CALLED_OFF: (
        "Gọi bưu cục để hẹn lại, hoặc mang hồ sơ đến quầy.",
        "Call the post office for another time, or bring the dossier to a counter.",
    ),
    Status.ON_THE_WAY_TO_AGENCY: (
        "Chờ cơ quan tiếp nhận; ngày hẹn trả có từ lúc đó.",
        "Wait until the agency receives it; the due date is known from then on.",
    ),
    Status.AT_AGENCY_DESK: (
        "Chờ cơ quan tiếp nhận; ngày hẹn trả có từ lúc đó.",
        "Wait until the agency receives it; the due date is known from then on.",
    ),
    Status.IN_PROCESS: ("Chờ kết quả đến ngày hẹn trả.", "Wait for the result until the due date."),
    Status.SUPPLEMENT: (
        "Mang giấy tờ được yêu cầu đến bưu cục hoặc Bộ phận Một cửa.",
        "Bring the papers asked for to a post office or the one-stop desk.",
    ),
    Status.FINANCIAL_DUTY: (
        "Nộp khoản tiền theo thông báo của cơ quan.",
        "Pay the amount the agency has notified.",
    ),
    Status.RESULT_READY: (
        "Bưu điện sẽ nhận kết quả và phát tận nhà.",
        "The post takes the result and brings it to your home.",
    ),
    Status.ON_THE_WAY_HOME: ("Bưu tá sẽ liên hệ trước khi phát.", "The courier will call first."),
    Status.OUT_FOR_DELIVERY: (
        "Chuẩn bị giấy tờ tùy thân và mã nhận kết quả.",
        "Have your identity paper and your delivery code ready.",
    ),
    Status.UNDELIVERED: (
        "Giữ liên lạc, hoặc đến bưu cục nhận.",
        "Stay reachable, or collect it at the post office.",
    ),
    Status.HELD: (
        "Đến bưu cục nhận trước ngày hết hạn lưu.",
        "Collect it at the post office before the last day.",
    ),
    Status.GOING_BACK: (
        "Liên hệ cơ quan để nhận kết quả.",
        "Ask the agency for the result.",
    ),
    Status.BACK_AT_AGENCY: (
        "Đến Bộ phận Một cửa nhận kết quả.",
        "Collect the result at the one-stop desk.",
    ),
    Status.FETCH_AT_DESK: (
        "Đến Bộ phận Một cửa nhận kết quả.",
        "Collect the result at the one-stop desk.",
    ),
    Status.DONE: ("Không cần làm gì thêm.", "Nothing more is to be done."),
    Status.REFUSED: (
        "Xem lý do trên phiếu từ chối; nhận lại giấy tờ theo cách nhận kết quả đã đăng ký.",
        "See the reason on the refusal slip; the papers come back the way the result was asked for.",
    ),
    Status.REFUSED_RETURNED: (
        "Xem lý do trên phiếu từ chối.",
        "See the reason on the refusal slip.",
    ),
    Status.DISCONTINUED: (
        "Xem lý do trên thông báo; nhận lại giấy tờ theo cách nhận kết quả đã đăng ký.",
        "See the reason on the notice; the papers come back the way the result was asked for.",
    ),
    Status.DISCONTINUED_RETURNED: (
        "Xem lý do trên thông báo.",
        "See the reason on the notice.",
    ),
    Status.WITHDRAWN: ("Nhận lại giấy tờ tại bưu cục.", "Collect the papers at the post office."),
    Status.GIVEN_BACK: ("Không cần làm gì thêm.", "Nothing more is to be done."),
}

# The same of a dossier that ended without a result: its papers are on their way.
STATUS_OF_PAPERS: dict[Status, tuple[str, str]] = {
    Status.RESULT_READY: (
        "Giấy tờ trả lại đã sẵn sàng, chờ bưu điện nhận tại cơ quan.",
        "The papers to be given back wait for the post at the agency.",
    ),
    Status.ON_THE_WAY_HOME: (
        "Giấy tờ trả lại đang trên đường đến ông/bà.",
        "Your papers are on their way back to you.",
    ),
    Status.OUT_FOR_DELIVERY: (
        "Bưu tá đang mang trả giấy tờ hôm nay.",
        "The courier is bringing your papers back today.",
    ),
    Status.UNDELIVERED: (
        "Chưa trả lại được giấy tờ; bưu điện sẽ phát lại hoặc mời đến nhận.",
        "Your papers could not be given back; the post will try again or invite you to collect them.",
    ),
    Status.HELD: (
        "Giấy tờ trả lại được lưu tại bưu cục chờ ông/bà đến nhận.",
        "Your papers are kept at the post office for you.",
    ),
    Status.GOING_BACK: (
        "Giấy tờ trả lại đang được chuyển hoàn cơ quan.",
        "Your papers are going back to the agency.",
    ),
    Status.BACK_AT_AGENCY: (
        "Giấy tờ trả lại đã về lại cơ quan; ông/bà đến nhận tại Bộ phận Một cửa.",
        "Your papers are back at the agency; collect them at the one-stop desk.",
    ),
}
NEXT_OF_PAPERS: dict[Status, tuple[str, str]] = {
    Status.RESULT_READY: (
        "Bưu điện sẽ nhận giấy tờ và mang về tận nhà.",
        "The post takes the papers and brings them to your home.",
    ),
    Status.GOING_BACK: (
        "Liên hệ cơ quan để nhận lại giấy tờ.",
        "Ask the agency for your papers.",
    ),
    Status.BACK_AT_AGENCY: (
        "Đến Bộ phận Một cửa nhận lại giấy tờ.",
        "Collect your papers at the one-stop desk.",
    ),
}

BRING: dict[Bring, tuple[str, str]] = {
    Bring.IDENTITY_PAPER: ("Giấy tờ tùy thân bản chính", "Identity paper, the original"),
    Bring.APPOINTMENT_SLIP: (
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "The receipt and appointment slip",
    ),
    Bring.AUTHORISATION_IF_NOT_OWNER: (
        "Giấy ủy quyền, nếu nhận thay",
        "A letter of authorisation, if you receive for somebody else",
    ),
    Bring.ASKED_PAPERS: ("Các giấy tờ được yêu cầu bổ sung", "The papers that were asked for"),
    Bring.OLD_PAPERS: ("Giấy tờ cũ phải nộp lại", "The old papers that are taken back"),
    Bring.MONEY: ("Số tiền còn phải nộp", "The amount still to be paid"),
}

POST_STEPS: dict[PublicStep, tuple[str, str]] = {
    PublicStep.ACCEPTED: ("Chấp nhận gửi", "Posting/Collection"),
    PublicStep.AT_OFFICE: ("Đã đến bộ phận khai thác của bưu cục", "Arrived for sorting"),
    PublicStep.DEPARTED: ("Đi khỏi bưu cục", "Departure from post office"),
    PublicStep.ARRIVED: ("Đã vận chuyển đến bưu cục", "Transport arrival at post office"),
    PublicStep.OUT: ("Đã giao bưu tá phát", "Item out for physical delivery"),
    PublicStep.HELD: ("Lưu tại bưu cục chờ nhận", "At the post office for pick-up"),
    PublicStep.UNSUCCESSFUL: ("Phát không thành công", "Unsuccessful delivery"),
    PublicStep.DELIVERED: ("Phát thành công", "Delivered"),
    PublicStep.FETCHED: ("Người nhận đã nhận tại quầy", "Handed out at the counter"),
    PublicStep.GIVEN_BACK: ("Đã trả lại cho người gửi", "Given back to the sender"),
    PublicStep.FORWARDED: ("Chuyển tiếp đến nơi đúng", "Forwarded to where it belongs"),
    PublicStep.WITH_AGENCY: ("Đã giao cơ quan giải quyết", "Handed over to the agency"),
    PublicStep.RESULT_READY: ("Kết quả sẵn sàng tại cơ quan", "Result ready at the agency"),
    PublicStep.RESULT_TAKEN: (
        "Bưu điện đã nhận kết quả từ cơ quan",
        "Result taken over from the agency",
    ),
    PublicStep.GOING_BACK: ("Đang chuyển hoàn cơ quan", "Returning to the agency"),
    PublicStep.BACK_AT_AGENCY: ("Đã hoàn cơ quan", "Returned to the agency"),
    PublicStep.POSTPONED: (
        "Tạm hoãn do thiên tai, đường chia cắt",
        "Postponed: disaster, road cut",
    ),
}

POST_STEPS_OF_PAPERS: dict[PublicStep, tuple[str, str]] = {
    PublicStep.RESULT_READY: (
        "Giấy tờ trả lại sẵn sàng tại cơ quan",
        "Papers to be given back ready at the agency",
    ),
    PublicStep.RESULT_TAKEN: (
        "Bưu điện đã nhận giấy tờ trả lại từ cơ quan",
        "Papers to be given back taken over from the agency",
    ),
}

AGENCY_STEPS: dict[StepKind, tuple[str, str]] = {
    StepKind.REQUESTED: ("Đăng ký nhận hồ sơ tại nhà", "Collection at home requested"),
    StepKind.VISIT_MOVED: ("Dời lịch nhận hồ sơ tại nhà", "Collection at home moved"),
    StepKind.VISIT_CALLED_OFF: ("Hủy lịch nhận hồ sơ tại nhà", "Collection at home called off"),
    StepKind.POSTED: ("Bưu điện nhận hồ sơ", "Dossier posted"),
    StepKind.RECEIVED: ("Cơ quan tiếp nhận, bắt đầu tính thời hạn", "Received; the clock starts"),
    StepKind.VERIFYING: ("Cần xác minh, thời hạn dài hơn", "To be verified; a longer term"),
    StepKind.SUPPLEMENT_REQUESTED: ("Yêu cầu bổ sung hồ sơ", "Supplement requested"),
    StepKind.SUPPLEMENT_RECEIVED: ("Đã nhận bổ sung", "Supplement received"),
    StepKind.DUTY_NOTICED: ("Thông báo nghĩa vụ tài chính", "Financial duty notified"),
    StepKind.DUTY_MET: ("Đã hoàn thành nghĩa vụ tài chính", "Financial duty met"),
    StepKind.EXTENDED: ("Xin lỗi và gia hạn thời gian giải quyết", "Apology and extension"),
    StepKind.REFUSED: ("Từ chối giải quyết", "Refused"),
    StepKind.DISCONTINUED: ("Dừng giải quyết", "Discontinued"),
    StepKind.RESOLVED: ("Đã giải quyết xong", "Resolved"),
    StepKind.RETURNED: ("Đã trả kết quả", "Result returned"),
    StepKind.POSTING_CORRECTED: ("Đính chính: bưu tá chưa nhận", "Corrected: not collected"),
    StepKind.RETURN_CORRECTED: ("Đính chính: chưa trả công dân", "Corrected: not returned"),
    StepKind.WITHDRAWN: ("Công dân rút hồ sơ", "Withdrawn by the citizen"),
}

AGENCY_STEPS_OF_PAPERS: dict[StepKind, tuple[str, str]] = {
    StepKind.RETURNED: ("Đã trả lại giấy tờ", "Papers given back"),
}
