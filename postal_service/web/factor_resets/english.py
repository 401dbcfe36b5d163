"""The English of lost second factors."""

ENGLISH: dict[str, str] = {
    "Mất xác thực hai lớp": "Lost second factors",
    "Dành cho người đã mất cả điện thoại lẫn mã dự phòng. Người phụ trách đề nghị sau khi gặp trực tiếp, một quản trị viên khác duyệt. Mọi phiên làm việc của người đó kết thúc ngay.": "For somebody who lost both the telephone and the recovery codes. Whoever is in charge asks after meeting the person; another administrator grants it. Every session of that person ends at once.",
    "Đề nghị gỡ xác thực hai lớp": "Ask for a removal",
    "Tên đăng nhập của người bị mất": "Login of the person who lost it",
    "Đã gặp, nhận ra người này bằng cách nào": "How you met and recognised this person",
    "Ví dụ: gặp tại bưu cục, đối chiếu thẻ ngành. Không ghi số giấy tờ.": "For instance: met at the office, staff badge compared. Do not write down numbers of papers.",
    "Ghi đề nghị": "Ask",
    "Các đề nghị": "Requests",
    "Chưa có đề nghị nào.": "There is no request yet.",
    "Chờ duyệt": "Waits",
    "Đã gỡ": "Taken off",
    "Không duyệt": "Refused",
    "{name} đề nghị lúc {at}": "{name} asked at {at}",
    "{name} quyết định lúc {at}": "{name} decided on {at}",
    "Bạn đã đề nghị; một quản trị viên khác sẽ duyệt.": "You asked; another administrator decides.",
    "Mật khẩu của bạn, để chắc chắn là bạn": "Your own password, to be sure that it is you",
    "Gỡ và kết thúc mọi phiên": "Take it off and end every session",
    "Đã ghi đề nghị. Chưa có gì thay đổi cho đến khi một quản trị viên khác duyệt.": "The request is kept. Nothing changes until another administrator grants it.",
    "Đã gỡ xác thực hai lớp và kết thúc mọi phiên của người đó. Hãy nhắc họ đổi mật khẩu và bật lại.": "The second factor is off and every session of that person has ended. Remind the person to change the password and switch it on again.",
    "Đã từ chối; không có gì thay đổi.": "Refused; nothing changed.",
}
