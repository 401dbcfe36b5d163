"""The English of a visit that is asked for by telephone."""

ENGLISH: dict[str, str] = {
    "Hẹn bưu tá đến nhận tại nhà": "Have a courier fetch it at home",
    "Công dân đang ở quầy": "The citizen is at the counter",
    "Ghi theo lời công dân qua điện thoại. Bưu tá của bưu cục phục vụ địa chỉ người nộp sẽ đến; giấy tờ được đếm lại và niêm phong tại nhà.": "Written down as the citizen says by telephone. A courier of the office that serves the submitter's address comes; the papers are counted again and sealed at home.",
    "6. Hẹn đến nhận": "6. When to come",
    "Trong một ngày làm việc của bưu cục, từ nay đến 14 ngày tới, ít nhất 30 phút.": "Within one working day of the office, in the next 14 days, 30 minutes at least.",
    "Ngày đến nhận": "Day of the visit",
    "Từ": "From",
    "Đến": "To",
    "Ví dụ 08:30.": "Such as 08:30.",
    "Ví dụ 10:30.": "Such as 10:30.",
    "Ghi lịch hẹn và in": "Note the visit and print",
    "Đã hẹn đến nhận": "Visit noted",
    "Bưu tá đến nhận": "A courier comes",
    "Bưu tá thu tại nhà": "The courier takes at the door",
    "Đọc cho người gọi: mã hồ sơ, mã tra cứu, giờ hẹn và giấy tờ phải chuẩn bị.": "Read out to the caller: the dossier's code, the PIN, when the courier comes and which papers to have ready.",
    "Phiếu giữ là của công dân: gửi riêng, không để bưu tá mang theo, vì có mã nhận kết quả.": "The keeping slip is the citizen's: send it apart and never with the courier, for it holds the delivery code.",
    "Phiếu gửi và nhãn giao cho bưu tá của {office} trước giờ đi; phiếu gửi được ký tại nhà, ghi số niêm phong và giờ nhận bằng tay.": "The consignment note and the label go with the courier of {office}; the note is signed at the door, where seal and time are written by hand.",
    "Yêu cầu được xếp vào tuyến của ngày hẹn. Hồ sơ chuyển sang đã gửi khi điện thoại của bưu tá báo đã nhận.": "The visit is planned into that day's rounds. The dossier counts as posted when the courier's phone tells that he has it.",
}
