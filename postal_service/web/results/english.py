"""The English of results."""

ENGLISH: dict[str, str] = {
    "Giao bưu điện mang về nhà": "The post brings it home",
    "Đếm giấy tờ bỏ vào phong bì, kể cả bản chính phải trả lại.": "Count what goes into the envelope, with the originals that must go back.",
    "Bưu tá thu lại khi phát": "Taken back by the courier on delivery",
    "Để trống nếu niêm phong sau.": "Leave empty to seal later.",
    "Kết quả sẵn sàng, chờ bưu điện": "Ready for the post",
    "Không có kết quả: đếm giấy tờ của công dân bỏ vào phong bì để trả lại.": "There is no result: count the citizen's papers that go back in the envelope.",
    "Giấy tờ sẵn sàng, chờ bưu điện": "Papers ready for the post",
    "Giấy tờ trả lại đã sẵn sàng": "The papers to be given back are ready",
    "Giấy tờ phải có trong phong bì để trả lại": "Papers that must lie in the envelope",
    "Đã trả lại giấy tờ tại quầy.": "The papers were given back at the desk.",
    "Trả tại quầy": "Give at the desk",
    "Đã trả tại quầy": "Given at the desk",
    "Kết quả sẵn sàng": "The result is ready",
    "Bản chính phải có trong phong bì để trả lại": "Originals that must lie in the envelope",
    "Bàn giao cho bưu điện": "Hand over to the post",
    "Hồ sơ này không có gì để trả tại đây lúc này. Xem tình trạng ở trang hồ sơ.": "There is nothing of this dossier to give out here now. Its page tells how it stands.",
    "Đã trả kết quả tại quầy.": "The result was given at the desk.",
}
