"""Sentences for refusals of calendars, procedures, codes, money, identity and places: Vietnamese, English."""

from postal_service.domain.procedures import PostalWay

# Whose the common calendars are (services/calendars.py); any other is one unit's.
CALENDARS: dict[str, tuple[str, str]] = {
    "agency": ("các cơ quan", "the agencies"),
    "post": ("bưu điện", "the Post"),
}
WAYS: dict[str, tuple[str, str]] = {
    PostalWay.TO_AGENCY: ("từ công dân đến cơ quan", "from the citizen to the agency"),
    PostalWay.TO_CITIZEN: ("từ cơ quan đến công dân", "from the agency to the citizen"),
}

SENTENCES: dict[str, tuple[str, str]] = {
    "several_refused": (
        "Có {count} điều chưa đúng, nói rõ từng điều dưới đây. Chưa có gì được ghi.",
        "{count} things are not right, each told below. Nothing was recorded.",
    ),
    "calendar.no_year": (
        "Lịch làm việc của {calendar} chưa có ngày nghỉ năm {year}. Người quản lý cần nhập lịch theo thông báo rồi mới tính được hạn.",
        "The working calendar of {calendar} has no days off for {year} yet. A manager has to enter the announcement before dates can be computed.",
    ),
    "calendar.never_open": (
        "Lịch làm việc của {calendar} không có giờ làm việc nào trong một năm. Hãy kiểm tra lại lịch.",
        "The working calendar of {calendar} has no working hours for a whole year. Check the calendar.",
    ),
    "calendar.bad_hours": (
        "Giờ làm việc không hợp lệ: mở {opens}, đóng {closes}.",
        "These hours cannot be: opens {opens}, closes {closes}.",
    ),
    "deadline.bad_term": (
        "Thời hạn {amount} ({unit}) không hợp lệ.",
        "A term of {amount} ({unit}) cannot be.",
    ),
    "deadline.stop_ends_before_it_begins": (
        "Tạm dừng từ {stopped_at} không thể kết thúc lúc {resumed_at}.",
        "A stop that began at {stopped_at} cannot end at {resumed_at}.",
    ),
    "deadline.change_without_basis": (
        "Đổi hạn trả sang {due_at} phải có căn cứ và người phê duyệt.",
        "Moving the due date to {due_at} needs a basis and somebody who approves it.",
    ),
    "deadline.too_many_changes": (
        "Hạn trả đã được đổi đủ {limit} lần.",
        "The due date was moved {limit} time(s) already, which is the limit.",
    ),
    "procedure.bad_code": (
        "“{procedure}” không phải là mã thủ tục hành chính.",
        "“{procedure}” is not the code of a procedure.",
    ),
    "procedure.no_version": (
        "Thủ tục không có hiệu lực vào ngày {day}.",
        "The procedure was not in force on {day}.",
    ),
    "procedure.overlapping_versions": (
        "Thủ tục {procedure} có hai phiên bản cùng hiệu lực ngày {day}. Người quản lý danh mục cần sửa trước.",
        "Procedure {procedure} has two versions in force on {day}. The catalogue has to be mended first.",
    ),
    "procedure.contradictory_channels": (
        "Thủ tục {procedure} yêu cầu có mặt nên không thể đi qua bưu chính ở chiều đó.",
        "Procedure {procedure} needs the citizen in person, so that way cannot be open to the Post.",
    ),
    "procedure.paper_not_listed": (
        "“{paper}” không có trong thành phần hồ sơ của thủ tục {procedure}. Không được yêu cầu giấy tờ ngoài quy định.",
        "“{paper}” is not on the list of procedure {procedure}. Papers outside the list must not be asked for.",
    ),
    "procedure.too_many_of_paper": (
        "“{paper}”: chỉ nhận tối đa {allowed} bản chính, số lượng không được âm.",
        "“{paper}” takes at most {allowed} original(s), and no count is below zero.",
    ),
    "procedure.not_by_post": (
        "Thủ tục {procedure} không thực hiện qua bưu chính công ích theo chiều {way}.",
        "Procedure {procedure} is not open to the public postal service {way}.",
    ),
    "procedure.no_fee": (
        "Thủ tục {procedure} chưa có mức phí cho kênh {channel}.",
        "No fee has been entered for procedure {procedure} by way of {channel}.",
    ),
    "dossier_code.malformed": (
        "Đây không phải là mã hồ sơ ({length} ký tự). Ví dụ: 000.00.16.H47-221216-0001 hoặc H17.12-260804-0583.",
        "This is not a dossier code ({length} character(s)). Examples: 000.00.16.H47-221216-0001, H17.12-260804-0583.",
    ),
    "dossier_code.no_such_day": (
        "Ngày {day} trong mã hồ sơ không có thật.",
        "The dossier code holds {day}, which is no date.",
    ),
    "dossier_code.from_the_future": (
        "Mã hồ sơ {written} ghi ngày {day}, chưa tới.",
        "Dossier code {written} is dated {day}, which is still to come.",
    ),
    "item_number.malformed": (
        "Đây không phải là mã bưu gửi ({length} ký tự). Mã có dạng BH000000015VN.",
        "This is not an item number ({length} character(s)). One looks like BH000000015VN.",
    ),
    "item_number.wrong_check_digit": (
        "Mã bưu gửi {written} sai số kiểm tra. Hãy quét hoặc gõ lại.",
        "The check digit of {written} does not fit. Scan or type it again.",
    ),
    "token.malformed": (
        "Mã phải có 26 chữ số và chữ cái, đã nhận {length} ký tự.",
        "The code has 26 digits and letters; {length} character(s) came.",
    ),
    "label.malformed": (
        "Đây không phải là nhãn phong bì của bưu điện ({length} ký tự).",
        "This is not an envelope label of the post ({length} character(s)).",
    ),
    "label.bad_host": (
        "“{host}” không phải là tên máy chủ dùng được trên nhãn.",
        "“{host}” cannot stand on a label as the name of a server.",
    ),
    "delivery_code.malformed": (
        "Đây không phải là mã nhận kết quả ({length} ký tự).",
        "This is not a delivery code ({length} character(s)).",
    ),
    "desk_code.malformed": (
        "Mã bàn có 10 ký tự từ 2–9 và C F H J K M N P R T V X; đã nhận {length} ký tự.",
        "A desk code has ten characters out of 2–9 and C F H J K M N P R T V X; {length} came.",
    ),
    "desk_code.wrong_check": (
        "Mã {written} bị sai khi quét hoặc gõ. Hãy quét lại.",
        "Code {written} was damaged on its way. Scan it again.",
    ),
    "scan.input_method_on": (
        "Bộ gõ tiếng Việt đang bật – chuyển sang E rồi quét lại.",
        "The Vietnamese input method is on: switch it to E and scan again.",
    ),
    "money.bad_amount": (
        "Giá trị {amount} không hợp lệ.",
        "An amount of {amount} cannot be.",
    ),
    "money.wrong_step": (
        "Khoản tiền đang ở trạng thái {state}, không thể chuyển sang {next}.",
        "The money stands at {state}; it cannot go to {next}.",
    ),
    "money.without_basis": (
        "Miễn hoặc hoàn tiền ({line}) phải ghi căn cứ.",
        "An exemption or a refund ({line}) needs a basis.",
    ),
    "transfer.bad_account": (
        "Mã ngân hàng gồm 6 chữ số, số tài khoản tối đa 19 chữ và số.",
        "A bank has six digits, an account at most nineteen letters and digits.",
    ),
    "transfer.text_too_long": (
        "Tên hoặc nội dung chuyển khoản dài quá {longest} ký tự.",
        "A name or purpose of a transfer is longer than {longest} characters.",
    ),
    "transfer.malformed": (
        "Đây không phải là mã chuyển khoản VietQR ({length} ký tự).",
        "This is not a transfer code ({length} character(s)).",
    ),
    "transfer.wrong_check": (
        "Mã chuyển khoản sai phần kiểm tra ({length} ký tự). Hãy quét lại.",
        "The check of the transfer code does not fit ({length} character(s)). Scan it again.",
    ),
    "identity.malformed_number": (
        "Số định danh cá nhân có 12 chữ số; đã nhận {length} ký tự.",
        "A citizen number has twelve digits; {length} character(s) came.",
    ),
    "identity.malformed_card": (
        "Mã trên thẻ căn cước không đọc được ở phần: {field}. Hãy quét lại hoặc nhìn thẻ.",
        "The card's code cannot be read at: {field}. Scan again, or look at the card.",
    ),
    "identity.no_authorisation": (
        "Người nhận thay ({receiver}) phải có giấy ủy quyền hoặc giấy giới thiệu.",
        "Somebody who receives for another ({receiver}) needs a letter of authorisation or introduction.",
    ),
    "identity.receiver_not_named": (
        "Ghi họ và tên người nhận thay ({receiver}). Chưa giao, chưa ghi gì.",
        "Write the name of whoever receives instead ({receiver}). Nothing was given out or recorded.",
    ),
    "identity.owner_needs_no_paper": (
        "Chủ hồ sơ tự nhận thì để trống họ tên và giấy của người nhận thay; người khác đến nhận thì chọn đúng tư cách. Chưa giao, chưa ghi gì.",
        "Where the owner receives, leave name and paper of another empty; where another came, choose in which right. Nothing was given out or recorded.",
    ),
    "receiver.bad_paper": (
        "Số hoặc ngày của giấy: từ 1 đến {most} ký tự, viết liền một dòng; đã nhận {length}.",
        "Number or day of the paper: 1 to {most} characters on one line; {length} came.",
    ),
    "identity.contradicts": (
        "Thẻ không khớp: {found}. Không giao; báo người phụ trách.",
        "The card does not fit: {found}. Do not deliver; tell the supervisor.",
    ),
    "identity.contradicts_dossier": (
        "Thẻ không khớp với hồ sơ: {found}. Đã so {compared}. Không giao, không ghi gì theo thẻ này; báo người phụ trách. Lần so thẻ đã được ghi vào nhật ký xem dữ liệu.",
        "The card is not whose the dossier says: {found}. Compared: {compared}. Deliver and note nothing on it; tell the supervisor. That the dossier was looked at was logged.",
    ),
    "attempts.policy_below_law": (
        "Phải mời ít nhất {invitations} lần, cách nhau ít nhất {working_days} ngày làm việc, sau ít nhất một lần phát.",
        "At least {invitations} invitation(s), {working_days} working day(s) apart, after at least one attempt: the law asks for them.",
    ),
    "attempts.unknown_reason": (
        "Không có lý do phát không thành công {reason}.",
        "There is no reason {reason} for an unsuccessful delivery.",
    ),
    "attempts.action_does_not_fit": (
        "Lý do {reason} không đi với hành động {action}.",
        "Reason {reason} does not go with action {action}.",
    ),
    "attempts.agreed_day_missing": (
        "Lý do “Hẹn ngày phát khác” cần ngày người nhận đã hẹn. Chưa có gì được ghi; chọn ngày rồi ghi lại.",
        "The reason “Another day agreed” needs the day that the receiver named. Nothing was recorded; choose it and note it again.",
    ),
    "attempts.agreed_day_does_not_fit": (
        "Ngày hẹn {day} không dùng được. Ngày hẹn chỉ đi với lý do “Hẹn ngày phát khác”, sau hôm nay, là ngày bưu cục làm việc và trong {working_days} ngày làm việc tới. Chưa có gì được ghi.",
        "{day} cannot be agreed. A day goes with the reason “Another day agreed” alone, lies after today, is one on which the office works, and is within the next {working_days} working day(s). Nothing was recorded.",
    ),
    "unit.unknown": (
        "Không có đơn vị hành chính {unit} vào ngày {day}.",
        "There was no administrative unit {unit} on {day}.",
    ),
    "unit.not_entered": (
        "Không có đơn vị {unit}.",
        "There is no unit {unit}.",
    ),
    "unit.circle": (
        "Đơn vị {unit} nằm trong chính nó.",
        "Unit {unit} lies within itself.",
    ),
    "phone.malformed": (
        "Đây không phải là số điện thoại Việt Nam ({digits} chữ số).",
        "This is not a Vietnamese telephone number ({digits} digit(s)).",
    ),
    "file.unknown_encoding": (
        "Không nhận ra bảng mã của tệp, hoặc đây không phải tệp văn bản. Lưu lại thành UTF-8, hoặc nêu bảng mã.",
        "The file's encoding is not known, or it is no text. Save it as UTF-8, or name its encoding.",
    ),
    "file.unreadable_text": (
        "Tệp không đọc được theo bảng mã {encoding}.",
        "The file cannot be read as {encoding}.",
    ),
}
