"""The English of results."""

ENGLISH: dict[str, str] = {
    "Giao bưu điện mang về nhà": "The post brings it home",
    "Đếm giấy tờ bỏ vào phong bì, kể cả bản chính phải trả lại.": "Count what goes into the envelope, with the originals that must go back.",
    "Bưu tá thu lại khi phát": "Taken back by the courier on delivery",
    "Để trống nếu niêm phong sau.": "Leave empty to seal later.",
    "Kết quả sẵn sàng, chờ bưu điện": "Ready for the post",
    "Trả tại quầy": "Give at the desk",
    "Đã trả tại quầy": "Given at the desk",
    "Kết quả sẵn sàng": "The result is ready",
    "Bản chính phải có trong phong bì để trả lại": "Originals that must lie in the envelope",
    "Bàn giao cho bưu điện": "Hand over to the post",
    "Đã trả kết quả tại quầy.": "The result was given at the desk.",
}
