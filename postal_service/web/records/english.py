"""The English of invitations and discrepancy records on paper."""

ENGLISH: dict[str, str] = {
    "In giấy mời": "Print the invitation",
    "Biên bản bất thường": "Discrepancy record",
    "Ghi đúng những gì hai người cùng thấy. Biên bản in ra để cùng ký; bất thường vẫn mở đến khi được giải quyết.": "Write what two people saw. The record is printed for both to sign; the exception stays open until it is settled.",
    "Số niêm phong thấy thực tế": "Seal as found",
    "Để trống khi không có niêm phong.": "Leave empty where there is no seal.",
    "Mô tả": "Description",
    "Biện pháp xử lý": "Measures taken",
    "Lập biên bản để in": "Make the record",
}
