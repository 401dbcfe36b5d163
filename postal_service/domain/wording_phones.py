"""Sentences for refusals around phones and their API: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "field.missing": ("Thiếu mục này.", "This field is missing."),
    "field.unknown": ("Không có mục này.", "There is no such field."),
    "field.null": ("Mục này không được để trống.", "This field has to have a value."),
    "field.wrong_type": ("Sai kiểu dữ liệu.", "This is of another type."),
    "field.too_long": ("Dài quá {most}.", "This is longer than {most}."),
    "field.too_short": ("Ngắn hơn {least}.", "This is shorter than {least}."),
    "field.wrong_length": (
        "Độ dài phải từ {least} đến {most}.",
        "Its length has to be from {least} to {most}.",
    ),
    "field.out_of_range": (
        "Phải từ {least} đến {most}.",
        "This has to be from {least} to {most}.",
    ),
    "field.no_choice": ("Phải là một trong: {choices}.", "This has to be one of: {choices}."),
    "field.wrong_form": ("Không đúng dạng quy định.", "This does not have the form it should."),
    "field.not_base64": ("Không phải Base64 đúng chuẩn.", "This is no canonical Base64."),
    "field.not_json": ("Nội dung không phải JSON.", "The body is not JSON."),
    "field.invalid": ("Không hợp lệ.", "This is not valid."),
    "device.unknown": (
        "Không có máy {device}, hoặc máy không thuộc phạm vi của bạn.",
        "There is no device {device}, or it is not yours to see.",
    ),
    "device.enrolment_code_unknown": (
        "Mã ghi danh không đúng, đã dùng hoặc đã quá mười phút. Hãy xin trưởng bưu cục mã mới.",
        "The enrolment code is wrong, used, or older than ten minutes. Ask your manager for a new one.",
    ),
    "device.proof_wrong": (
        "Máy chưa chứng minh được là đang giữ khóa này.",
        "The device did not prove that it has this key.",
    ),
    "device.key_of_another": (
        "Khóa này đã là của người khác. Trên máy này hãy tạo khóa mới rồi đăng ký lại.",
        "This key is another person's already. Make a new one on this device and enrol again.",
    ),
    "device.fingerprint_differs": (
        "Sáu ký tự không giống trên máy. Máy {device} chưa được xác nhận; hãy làm lại từ đầu nếu vẫn khác.",
        "The six characters are not those on the phone. Device {device} is not confirmed; start over if they still differ.",
    ),
    "device.not_pending": (
        "Máy {device} không chờ xác nhận (trạng thái: {status}).",
        "Device {device} is not waiting to be confirmed (status: {status}).",
    ),
    "device.not_active": (
        "Máy {device} chưa được trưởng bưu cục xác nhận hoặc đã bị thu hồi (trạng thái: {status}).",
        "Device {device} is not confirmed by the manager yet, or was revoked (status: {status}).",
    ),
    "device.sign_in_refused": (
        "Máy không đăng nhập được. Hãy thử lại; nếu vẫn lỗi, ghi danh lại máy.",
        "The device could not sign in. Try again; if it still fails, enrol the device anew.",
    ),
    "device.token_refused": (
        "Phiên làm việc đã hết. Các việc đã làm vẫn lưu trên máy; hãy đăng nhập lại.",
        "The session is over. What you did is still on the phone; sign in again.",
    ),
    "sync.still_awaited": (
        "Mọi sự kiện sau của máy {device} đang chờ sự kiện này. Hãy cho vào sổ; nếu việc đó không xảy ra thì đính chính sau.",
        "Everything device {device} tells after it waits for this event. Let it in; if it did not occur, correct it afterwards.",
    ),
    "sync.admits_himself": (
        "Sự kiện này do chính bạn ký; người khác phải quyết định có cho vào sổ hay không.",
        "You signed this event yourself; somebody else has to decide whether it enters.",
    ),
    "offer_code.malformed": (
        "Mã QR này không phải mã đề nghị giao ({fault}). Hãy quét lại trên máy người giao.",
        "This is no offer QR ({fault}). Scan the giver's phone again.",
    ),
    "door_address.unknown_attempt": (
        "Sổ chưa có lần phát này của bạn, hoặc lần phát không được tính. Địa chỉ chưa được ghi; gửi các sự kiện lên trước rồi gửi lại.",
        "The ledger has no such attempt of yours, or it does not count. The address was not kept; upload the events first, then send it again.",
    ),
    "door_address.not_asked": (
        "Lý do {reason} không đi với địa chỉ mới. Chỉ khi địa chỉ sai hoặc người nhận đã chuyển. Chưa có gì được ghi.",
        "Reason {reason} takes no new address, only a wrong address or a receiver who moved does. Nothing was kept.",
    ),
    "door_address.other": (
        "Địa chỉ này không phải địa chỉ đã ký trong lần phát. Chưa có gì được ghi; báo địa chỉ cho quầy.",
        "This is not the address that was signed with the attempt. Nothing was kept; tell it at the counter.",
    ),
    "receiver.unknown_delivery": (
        "Sổ chưa có lần phát này của bạn, hoặc lần phát không được tính. Họ tên và giấy của người nhận chưa được ghi; gửi các sự kiện lên trước rồi gửi lại.",
        "The ledger has no such delivery of yours, or it does not count. Who received was not kept; upload the events first, then send it again.",
    ),
    "receiver.nobody_else": (
        "Lần phát này giao cho chính chủ hồ sơ: không ghi người nhận thay. Chưa có gì được ghi.",
        "The owner himself received at this delivery: nobody else is written down. Nothing was kept.",
    ),
    "receiver.other": (
        "Họ tên hoặc giấy này không phải những gì đã ký trong lần phát. Chưa có gì được ghi; báo cho quầy.",
        "This name or paper is not what was signed with the delivery. Nothing was kept; tell it at the counter.",
    ),
    "evidence.unknown": (
        "Không có tệp bằng chứng này, hoặc tệp không thuộc phạm vi của bạn.",
        "There is no such evidence file, or it is not yours to see.",
    ),
    "evidence.wrong_hash": (
        "Nội dung tệp không khớp mã băm. Hãy gửi lại tệp.",
        "The file is not the one its hash names. Send it again.",
    ),
    "evidence.wrong_type": (
        "Chỉ nhận ảnh JPEG, PNG, WebP và tệp PDF, đúng với loại đã khai báo.",
        "Only JPEG, PNG and WebP pictures and PDF files are taken, and each as what it is.",
    ),
    "evidence.too_large": (
        "Tệp lớn hơn {most} byte.",
        "The file is larger than {most} bytes.",
    ),
    "round.unknown": (
        "Không có tuyến này, hoặc tuyến không phải của bạn.",
        "There is no such round, or it is not yours.",
    ),
    "round.superseded": (
        "Tuyến này đã được thay bằng tuyến mới. Hãy tải lại tuyến hôm nay.",
        "This round has been replaced. Load today's rounds again.",
    ),
    "sync.cursor_malformed": (
        "Mốc đồng bộ không đọc được. Hãy tải lại toàn bộ danh sách hôm nay.",
        "The cursor cannot be read. Load today's list in full.",
    ),
    "sync.cursor_expired": (
        "Mốc đồng bộ đã quá cũ. Hãy tải lại toàn bộ danh sách hôm nay.",
        "The cursor is too old. Load today's list in full.",
    ),
    "sync.quarantine_unknown": (
        "Không có sự kiện bị giữ riêng này, hoặc không thuộc phạm vi của bạn.",
        "There is no such event kept apart, or it is not yours to see.",
    ),
    "sync.cannot_be_admitted": (
        "Sự kiện này không thể ghi vào sổ cái ({reason}). Chỉ có thể xếp hồ sơ kèm lý do.",
        "This event cannot enter the ledger ({reason}). It can only be put on file with a reason.",
    ),
    "sync.batch_too_large": (
        "Mỗi lần gửi tối đa {most} sự kiện.",
        "At most {most} events are sent at once.",
    ),
    "request.malformed": (
        "Yêu cầu chưa hợp lệ; xem từng mục.",
        "The request is not valid; see each field.",
    ),
    "request.not_found": ("Không có địa chỉ này.", "There is nothing at this address."),
    "request.method_not_allowed": (
        "Địa chỉ này không nhận cách gọi đó.",
        "This address does not take that method.",
    ),
    "request.too_large": ("Yêu cầu quá lớn.", "The request is too large."),
    "request.unsupported_media_type": (
        "Không nhận loại nội dung này.",
        "This type of content is not taken.",
    ),
    "request.too_many": (
        "Gửi quá nhiều lần; hãy thử lại sau {seconds} giây.",
        "Too many requests; try again in {seconds} second(s).",
    ),
    "request.refused": ("Không xử lý được yêu cầu này.", "This request cannot be handled."),
    "server.fault": (
        "Máy chủ gặp lỗi. Chưa có gì được ghi; hãy gửi lại. Khi báo lỗi, đọc mã yêu cầu.",
        "The server failed. Nothing was recorded; send it again. When you report this, give the request id.",
    ),
}
