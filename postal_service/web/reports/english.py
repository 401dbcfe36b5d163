"""The English of the reports' page."""

ENGLISH: dict[str, str] = {
    "Báo cáo": "Report",
    "Đơn vị cấp trên": "Units above",
    "Xem": "Show",
    "Tải XLSX": "Download XLSX",
    "Tải CSV theo đơn vị": "Download CSV by unit",
    "Tải CSV theo thủ tục": "Download CSV by procedure",
    "Không có gì trong kỳ này.": "Nothing in this period.",
    "Cách tính": "How it is counted",
    "In báo cáo": "Print the report",
    "In bảng nghiệm thu": "Print the record of services",
}
