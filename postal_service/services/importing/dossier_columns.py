"""What one-stop systems call the columns of a dossier, and the words that stand in them."""

from postal_service.domain.standing import Administrative, Channel
from postal_service.services.importing.columns import Column, Columns

COLUMNS = Columns(
    (
        Column(key="code", required=True, names=("Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Dossier code", "Dossier", "File code")),
        Column(key="procedure", required=True, names=("Mã TTHC", "Mã thủ tục", "Mã thủ tục hành chính", "Procedure code", "Procedure")),
        Column(key="submitter", required=True, personal=True, names=("Tên người nộp", "Người nộp", "Người nộp hồ sơ", "Họ tên người nộp", "Họ và tên người nộp", "Họ và tên", "Submitter", "Submitter name", "Applicant", "Applicant name", "Full name")),
        Column(key="received_at", required=True, names=("Ngày tiếp nhận", "Ngày nhận", "Thời gian tiếp nhận", "Ngày giờ tiếp nhận", "Received at", "Received on", "Received", "Date received")),
        Column(key="due_at", names=("Ngày hẹn trả", "Ngày hẹn", "Hạn trả", "Hạn xử lý", "Hạn giải quyết", "Ngày hẹn trả kết quả", "Thời gian hẹn trả", "Due at", "Due date", "Due on", "Due")),
        Column(key="agency", names=("Cơ quan", "Cơ quan giải quyết", "Đơn vị giải quyết", "Cơ quan thực hiện", "Cơ quan có thẩm quyền", "Mã cơ quan", "Đơn vị", "Agency", "Agency code", "Competent agency")),
        Column(key="channel", names=("Kênh", "Kênh tiếp nhận", "Hình thức nộp", "Hình thức tiếp nhận", "Channel")),
        Column(key="citizen", personal=True, names=("Số CCCD", "CCCD", "Số định danh", "Số định danh cá nhân", "CCCD người nộp", "Số CMND/CCCD", "CMND/CCCD", "Số giấy tờ", "Citizen number", "ID number", "Identity number")),
        Column(key="phone", personal=True, names=("Điện thoại", "Số điện thoại", "SĐT", "SĐT người nộp", "Số điện thoại người nộp", "Phone", "Phone number", "Telephone", "Mobile")),
        Column(key="address", personal=True, names=("Địa chỉ", "Địa chỉ người nộp", "Địa chỉ thường trú", "Nơi ở", "Address")),
        Column(key="commune", names=("Mã xã", "Mã phường xã", "Mã xã phường", "Mã ĐVHC", "Commune code", "Commune")),
        Column(key="owner", personal=True, names=("Chủ hồ sơ", "Tên chủ hồ sơ", "Họ tên chủ hồ sơ", "Owner", "Owner name")),
        Column(key="owner_citizen", personal=True, names=("CCCD chủ hồ sơ", "Số CCCD chủ hồ sơ", "Owner citizen number", "Owner ID number")),
        Column(key="result_by_post", names=("Nhận kết quả qua bưu chính", "Nhận kết quả qua BCCI", "Trả kết quả qua BCCI", "Đăng ký BCCI", "Result by post")),
        Column(key="receiver", personal=True, names=("Người nhận", "Người nhận kết quả", "Tên người nhận", "Receiver", "Receiver name")),
        Column(key="receiver_phone", personal=True, names=("Điện thoại người nhận", "SĐT người nhận", "Số điện thoại người nhận", "Receiver phone")),
        Column(key="receiver_address", personal=True, names=("Địa chỉ nhận kết quả", "Địa chỉ người nhận", "Địa chỉ nhận", "Receiver address", "Delivery address")),
        Column(key="receiver_commune", names=("Mã xã nơi nhận", "Mã xã nhận kết quả", "Receiver commune")),
        Column(key="status", names=("Trạng thái", "Tình trạng", "Trạng thái hồ sơ", "Tình trạng hồ sơ", "Status", "State")),
        Column(key="resolved_at", names=("Ngày giải quyết", "Ngày có kết quả", "Ngày hoàn thành", "Ngày kết thúc xử lý", "Resolved at", "Resolved on")),
        Column(key="returned_at", names=("Ngày trả kết quả", "Ngày trả", "Ngày công dân nhận", "Returned at", "Returned on")),
        Column(key="_number", ignored=True, names=("STT", "TT", "Số thứ tự", "No", "#")),
        Column(key="_procedure_name", ignored=True, names=("Tên TTHC", "Tên thủ tục", "Thủ tục", "Tên thủ tục hành chính", "Lĩnh vực", "Procedure name", "Field")),
    )
)  # fmt: skip

OF_A_RECEIVER = ("receiver", "receiver_phone", "receiver_address", "receiver_commune")

# Provincial systems number the channels 1, 2, 3.
CHANNELS = {
    **dict.fromkeys(("truc tiep", "tai quay", "1", "direct", "counter"), Channel.DIRECT),
    **dict.fromkeys(("truc tuyen", "online", "2", "qua mang", "toan trinh"), Channel.ONLINE),
    **dict.fromkeys(("bcci", "buu chinh", "buu chinh cong ich", "qua bcci", "qua buu chinh", "3", "post"), Channel.POST),
}  # fmt: skip
STATES = {
    **dict.fromkeys(("dang xu ly", "dang giai quyet", "da tiep nhan", "moi tiep nhan", "received"), Administrative.RECEIVED),
    **dict.fromkeys(("cho bo sung", "yeu cau bo sung", "tam dung", "supplement"), Administrative.SUPPLEMENT),
    **dict.fromkeys(("nghia vu tai chinh", "cho nghia vu tai chinh", "financial duty", "financial_duty"), Administrative.FINANCIAL_DUTY),
    **dict.fromkeys(("da giai quyet", "co ket qua", "da co ket qua", "da xu ly xong", "cho tra ket qua", "resolved"), Administrative.RESOLVED),
    **dict.fromkeys(("da tra ket qua", "da tra", "hoan thanh", "da hoan thanh", "returned"), Administrative.RETURNED),
    **dict.fromkeys(("tu choi", "tu choi tiep nhan", "tra lai", "refused"), Administrative.REFUSED),
    **dict.fromkeys(("da tra lai giay to, do tu choi tiep nhan", "tu choi, da tra lai giay to", "refused_returned"), Administrative.REFUSED_RETURNED),
    **dict.fromkeys(("dung giai quyet", "rut ho so", "da rut", "da huy", "discontinued"), Administrative.DISCONTINUED),
    **dict.fromkeys(("da tra lai giay to, do dung giai quyet", "dung giai quyet, da tra lai giay to", "discontinued_returned"), Administrative.DISCONTINUED_RETURNED),
}  # fmt: skip
