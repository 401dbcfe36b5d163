"""Sentences for refusals at the door and in forms: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
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
    "access.old_password_wrong": (
        "Mật khẩu hiện tại không đúng. Mật khẩu chưa thay đổi.",
        "The present password is wrong. Nothing was changed.",
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
    "scan.nothing_found": (
        "Không nhận ra mã “{written}”. Kiểm tra lại mã, hoặc gõ mã in dưới vạch.",
        "The code “{written}” is not known. Check it, or type what is printed under the bars.",
    ),
}
