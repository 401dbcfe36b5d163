"""The English of supplements."""

ENGLISH: dict[str, str] = {
    "Nhận giấy tờ bổ sung": "Take a supplement",
    "Quét hoặc gõ mã hồ sơ trên phiếu của công dân": "Scan or type the dossier code on the citizen's slip",
    "Nhận tại bất kỳ bưu cục nào, dù hồ sơ nộp ở đâu. Chỉ nhận giấy tờ cơ quan đã yêu cầu.": "Any post office takes it, wherever the dossier was handed in. Only what the agency asked for is taken.",
    "Xem yêu cầu bổ sung": "Show what was asked for",
    "Cơ quan yêu cầu bổ sung vì": "The agency asked because it is",
    "Đếm giấy tờ công dân đưa. Để 0 nếu chưa có; phần còn thiếu nộp sau.": "Count what the citizen gives. Leave 0 for what is not there yet; the rest may come later.",
    "Nhận, in và chuyển đi": "Take, print and send",
    "Hồ sơ khác": "Another dossier",
    "Niêm phong trước mặt công dân và ghi số ở đây; để trống nếu niêm phong sau.": "Seal in front of the citizen and write the serial here; leave it empty to seal later.",
    "Đã nhận giấy tờ bổ sung": "Supplement taken",
    "Nhãn chỉ in được từ trang này. Phiếu gửi gồm hai bản, công dân giữ một bản.": "The label can be printed from this page only. The note has two copies; the citizen keeps one.",
}
