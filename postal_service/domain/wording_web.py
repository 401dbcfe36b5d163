"""Sentences for refusals at the door and in forms: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "record.not_invited": (
        "Bưu gửi {item} chưa có giấy mời nào được ghi, nên không có gì để in.",
        "No invitation was recorded for item {item}, so there is none to print.",
    ),
    "record.not_delivered": (
        "Bưu gửi {item} chưa được phát cho công dân, nên chưa có phiếu xác nhận phát.",
        "Item {item} was not delivered to the citizen yet, so there is no delivery to confirm.",
    ),
    "record.not_sent_back": (
        "Bưu gửi {item} chưa bắt đầu chuyển hoàn về cơ quan, nên chưa có biên bản chuyển hoàn.",
        "Item {item} was not sent back to its agency, so there is no return record.",
    ),
    "record.not_signed_yet": (
        "Sự kiện mới nhất của bưu gửi {item} chưa nằm dưới điểm kiểm có đủ chữ ký làm chứng. Kiểm tra viên chạy kiểm tra sổ cái, hoặc chờ điểm kiểm kế tiếp, rồi trích lại.",
        "The newest event of item {item} is beneath no checkpoint that enough witnesses signed. Have the auditor check the ledger, or wait for the next checkpoint, then extract again.",
    ),
    "record.nothing_irregular": (
        "Bưu gửi {item} không có bất thường đang mở. Báo bất thường trước khi lập biên bản.",
        "Item {item} has no open exception. Report it before making a record.",
    ),
    "access.sign_in_failed": (
        "Không đăng nhập được: sai tên đăng nhập, mật khẩu hoặc mã xác thực, hoặc tài khoản đang bị khóa 15 phút sau nhiều lần sai.",
        "Not signed in: the login, the password or the code is wrong, or the account is locked for 15 minutes after too many wrong tries.",
    ),
    "access.not_signed_in": (
        "Phiên làm việc đã kết thúc. Hãy đăng nhập lại; việc vừa gửi chưa được ghi.",
        "Your session has ended. Sign in again; what you just sent was not recorded.",
    ),
    "access.no_role": (
        "Tài khoản {login} chưa được giao vai trò nào. Người quản trị cần giao vai trò.",
        "The account {login} has no role yet. An administrator has to give it one.",
    ),
    "access.password_too_short": (
        "Mật khẩu phải có từ {least} đến {most} ký tự.",
        "A password has {least} to {most} characters.",
    ),
    "access.password_too_easy": (
        "Mật khẩu không được chứa tên đăng nhập và phải có ít nhất {least} ký tự khác nhau.",
        "A password must not hold the login and needs at least {least} different characters.",
    ),
    "staffing.own_account": (
        "Không tự thay đổi tài khoản của mình ở đây; một quản trị viên khác làm việc này.",
        "Nobody changes his own account here; another administrator does.",
    ),
    "staffing.stands_higher": (
        "{name} có vai trò ngoài phạm vi của bạn; quản trị viên cấp trên làm việc này. Chưa có gì thay đổi.",
        "{name} has a role outside your units; an administrator above you does this. Nothing was changed.",
    ),
    "staffing.dismissed": (
        "{name} đã nghỉ. Nhận lại trước. Chưa có gì thay đổi.",
        "{name} was dismissed. Take back first. Nothing was changed.",
    ),
    "staffing.not_dismissed": (
        "{name} đang làm việc, không cần nhận lại.",
        "{name} is at work; there is nothing to take back.",
    ),
    "access.password_is_given": (
        "Mật khẩu này do quản trị viên cấp. Hãy đổi mật khẩu trước khi làm việc khác.",
        "This password was given by an administrator. Change it before you do anything else.",
    ),
    "access.password_not_changed": (
        "Mật khẩu mới phải khác mật khẩu được cấp.",
        "The new password must not be the one that was given.",
    ),
    "access.old_password_wrong": (
        "Mật khẩu hiện tại không đúng. Mật khẩu chưa thay đổi.",
        "The present password is wrong. Nothing was changed.",
    ),
    "second_factor.is_on": (
        "Xác thực hai lớp đã bật. Tắt trước, rồi bật lại với điện thoại khác.",
        "The second factor is on. Switch it off first, then on again with another telephone.",
    ),
    "second_factor.is_off": ("Xác thực hai lớp chưa bật.", "The second factor is not on."),
    "second_factor.code_wrong": (
        "Mã không đúng, đã hết hạn hoặc đã dùng. Chờ mã tiếp theo trên điện thoại (30 giây) rồi thử lại.",
        "The code is wrong, too old or used before. Wait for the telephone's next one (30 seconds) and try again.",
    ),
    "second_factor.form_too_old": (
        "Mã QR trên trang này đã quá 15 phút. Quét mã mới rồi nhập lại.",
        "The QR code on this page is older than 15 minutes. Scan the new one and try again.",
    ),
    "factor_reset.unknown": (
        "Không có đề nghị này, hoặc người đó không thuộc phạm vi của bạn.",
        "There is no such request, or the person is not under you.",
    ),
    "factor_reset.own": (
        "Không ai tự gỡ xác thực hai lớp của chính mình theo cách này. Hãy nhờ hai người khác.",
        "Nobody takes his own second factor off this way. Ask two other people.",
    ),
    "factor_reset.decides_own": (
        "Người đề nghị không được tự duyệt. Một quản trị viên khác phải duyệt.",
        "Whoever asked does not grant it. Another administrator has to.",
    ),
    "factor_reset.another_waits": (
        "Đã có một đề nghị cho người này đang chờ duyệt.",
        "A request for this person waits already.",
    ),
    "factor_reset.decided_already": (
        "Đề nghị này đã được quyết định. Chưa có gì thay đổi thêm.",
        "This request was decided before. Nothing more was changed.",
    ),
    "form.missing": (
        "Chưa điền mục “{field}”. Chưa có gì được ghi.",
        "“{field}” is not filled in. Nothing was recorded.",
    ),
    "form.too_long": (
        "Mục “{field}” dài quá {most} ký tự. Chưa có gì được ghi.",
        "“{field}” is longer than {most} characters. Nothing was recorded.",
    ),
    "form.not_a_number": (
        "Mục “{field}” phải là số từ {least} đến {most}. Chưa có gì được ghi.",
        "“{field}” has to be a number from {least} to {most}. Nothing was recorded.",
    ),
    "form.not_a_choice": (
        "Mục “{field}” không có lựa chọn này. Chưa có gì được ghi.",
        "“{field}” has no such choice. Nothing was recorded.",
    ),
    "form.not_a_date": (
        "Mục “{field}” phải là ngày hợp lệ. Chưa có gì được ghi.",
        "“{field}” has to be a date. Nothing was recorded.",
    ),
    "form.not_an_hour": (
        "Mục “{field}” phải là giờ và phút, ví dụ 08:30. Chưa có gì được ghi.",
        "“{field}” has to be hours and minutes, such as 08:30. Nothing was recorded.",
    ),
    "form.not_a_serial": (
        "Số niêm phong chỉ gồm chữ in hoa, chữ số và dấu gạch nối. Chưa có gì được ghi.",
        "A seal serial is capital letters, digits and hyphens. Nothing was recorded.",
    ),
    "form.not_ours": (
        "Biểu mẫu không do hệ thống này mở cho bạn. Tải lại trang rồi điền lại. Chưa có gì được ghi.",
        "The form was not opened for you by this system. Reload the page. Nothing was recorded.",
    ),
    "form.sent_already": (
        "Biểu mẫu này đã được gửi và đã ghi một lần; lần này không ghi thêm gì. Xem kết quả trong danh sách, không gửi lại.",
        "This form was sent and recorded before; nothing was added now. Look for its result in the lists; do not send it again.",
    ),
    "delivery.other_item": (
        "Mã nhận kết quả này là của bưu gửi {scanned}, không phải {item}. Chưa có gì được ghi.",
        "This delivery code belongs to item {scanned}, not to {item}. Nothing was recorded.",
    ),
    "handover.unknown": (
        "Không có bàn giao nào đang mở với mã này, hoặc không thuộc phạm vi của bạn. Có thể bên kia đã nhận hoặc đã rút.",
        "No open hand-over has this number, or it is not yours to see. The other side may have taken or withdrawn it.",
    ),
    "scan.not_our_label": (
        "Nhãn của bưu gửi {item} không phải nhãn bưu điện đã in. Giữ phong bì lại và báo trưởng bưu cục.",
        "The label of item {item} is not the one the post printed. Keep the envelope and tell the manager.",
    ),
    "scan.nothing_found": (
        "Không nhận ra mã “{written}”. Kiểm tra lại mã, hoặc gõ mã in dưới vạch.",
        "The code “{written}” is not known. Check it, or type what is printed under the bars.",
    ),
}
