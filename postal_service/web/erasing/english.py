"""The English of erasing."""

ENGLISH: dict[str, str] = {
    "Sẽ xóa": "What is erased",
    "Họ tên, số định danh, điện thoại, địa chỉ của mọi người trong hồ sơ, và mọi cách tìm theo các thông tin đó.": "Names, citizen numbers, telephones and addresses of everybody in the dossier, and every way to find them by these.",
    "Khóa giải mã của hồ sơ, bản quét giấy tờ và các lần sửa thông tin.": "The dossier's key, the scans of its papers, and what was corrected.",
    "Ảnh chụp khi phát, trừ ảnh mà hồ sơ khác còn cần.": "Photos taken at the door, but for those that another dossier needs.",
    "Tin nhắn đã gửi và mã tra cứu: công dân không tra cứu hồ sơ này được nữa.": "Messages that were sent, and the look-up PIN: the citizen can no longer track this dossier.",
    "Sẽ giữ lại": "What stays",
    "Mã hồ sơ, thủ tục, đơn vị, ngày, danh mục giấy tờ, các khoản tiền và các bước giải quyết cùng lý do đã ghi.": "Code, procedure, units, dates, the list of papers, amounts, and the administrative steps with their written reasons.",
    "Toàn bộ sự kiện trong sổ cái. Sự kiện không chứa dữ liệu cá nhân, và sổ cái vẫn kiểm tra được.": "Every event of the ledger. Events hold no personal data, and the ledger can still be verified.",
    "Nhật ký ai đã xem dữ liệu, và sự kiện xóa: ai xóa, khi nào, vì sao.": "The log of who looked at the data, and the event of the erasing: who, when and why.",
    "Không khôi phục được.": "It cannot be undone.",
    "Không ai, kể cả quản trị, lấy lại được dữ liệu đã xóa. Bản sao lưu cũ còn dữ liệu cho đến khi được hủy.": "Nobody gets back what was erased, nor an administrator. Old backups hold it until they are destroyed.",
    "Xác nhận": "Confirm",
    "Gõ lại mã hồ sơ": "Type the dossier's code again",
    "Gõ đúng mã ở đầu trang này, để chắc chắn là đúng hồ sơ.": "Type the code at the head of this page, to be sure that it is the right dossier.",
    "Xóa vĩnh viễn": "Erase for ever",
    "Đã xóa dữ liệu cá nhân của hồ sơ. Không khôi phục được.": "The dossier's personal data was erased. It cannot be undone.",
}
