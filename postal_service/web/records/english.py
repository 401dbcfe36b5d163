"""The English of invitations and discrepancy records on paper."""

ENGLISH: dict[str, str] = {
    "In giấy mời": "Print the invitation",
    "In phiếu xác nhận phát": "Print the delivery confirmation",
    "In biên bản chuyển hoàn": "Print the return record",
    "Trích lục chuỗi lưu giữ": "Extract of the chain of custody",
    "Giấy ghi đủ tên và địa chỉ; lần in được ghi lại.": "It names people and the address in full; printing it is logged.",
    "Toàn bộ sự kiện của bưu gửi với mã băm, dưới điểm kiểm mới nhất của sổ. Tòa án kiểm được bằng tệp xuất và khóa công khai, không cần máy chủ này.": "Every event of the item with its hash, beneath the ledger's newest checkpoint. A court checks it with the exported file and the public keys, without this server.",
    "Người yêu cầu": "Asked for by",
    "Ví dụ: Tòa án nhân dân khu vực 1": "For example: the People's Court of area 1",
    "Mục đích": "Purpose",
    "Chỉ in trên giấy, không lưu lại.": "Printed on the paper only, not kept.",
    "In trích lục": "Print the extract",
    "Biên bản bất thường": "Discrepancy record",
    "Ghi đúng những gì hai người cùng thấy. Biên bản in ra để cùng ký; bất thường vẫn mở đến khi được giải quyết.": "Write what two people saw. The record is printed for both to sign; the exception stays open until it is settled.",
    "Số niêm phong thấy thực tế": "Seal as found",
    "Để trống khi không có niêm phong.": "Leave empty where there is no seal.",
    "Mô tả": "Description",
    "Biện pháp xử lý": "Measures taken",
    "Lập biên bản để in": "Make the record",
}
