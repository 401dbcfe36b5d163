"""Sentences for what a file to be imported cannot be, and for its cells: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "upload.no_file": (
        "Chưa chọn tệp, hoặc tệp rỗng.",
        "No file was chosen, or it is empty.",
    ),
    "upload.too_large": (
        "Tệp lớn hơn {most} MB. Hãy chia nhỏ tệp, hoặc nhập bằng lệnh trên máy chủ.",
        "The file is larger than {most} MB. Split it, or import it by the server's command.",
    ),
    "upload.gone": (
        "Tệp này đã được nhập, đã bị hủy, hoặc đã bị xóa sau một ngày. Hãy tải lên lại.",
        "This file was imported already, was dropped, or was removed after a day. Send it again.",
    ),
    "import.not_looked_at": (
        "Chỉ lưu được tệp đã kiểm tra xong. Hãy đợi kiểm tra xong rồi lưu.",
        "Only a file that was looked at can be saved. Wait for the check to end.",
    ),
    "import.no_such_file": (
        "Không tìm thấy hoặc không mở được tệp {path}.",
        "There is no file {path}, or it cannot be opened.",
    ),
    "import.cannot_be_read": (
        "Tệp không đọc được như một bảng ({why}). Dùng CSV, XLSX hoặc JSON.",
        "The file cannot be read as a table ({why}). Use CSV, XLSX or JSON.",
    ),
    "import.too_large": (
        "Tệp quá lớn: {what} vượt quá {most}. Hãy chia nhỏ tệp.",
        "The file is too large: {what} above {most}. Split it.",
    ),
    "import.no_headings": (
        "Không tìm thấy dòng tiêu đề cột trong {lines} dòng đầu. Kiểm tra tên cột và dấu phân cách.",
        "No line of headings in the first {lines} lines. Check the headings and the separator.",
    ),
    "import.old_workbook": (
        "Đây là tệp .xls cũ hoặc tệp có mật khẩu. Hãy lưu lại thành .xlsx không mật khẩu.",
        "This is an old .xls workbook, or one with a password. Save it as .xlsx without one.",
    ),
    "import.workbook_too_large": (
        "Bảng tính giải nén vượt quá {most} MB nên không được mở.",
        "The workbook would unpack to more than {most} MB, so it is not opened.",
    ),
    "import.broken_at": (
        "Từ dòng {row} không còn tách được ô (dấu ngoặc kép chưa đóng, ô quá dài hoặc tệp bị cắt). Các dòng sau chưa được đọc.",
        "From row {row} on cells cannot be told apart (an open quote, a cell far too long, or a cut file). What follows was not read.",
    ),
    "import.columns_missing": (
        "Thiếu cột bắt buộc: {columns}.",
        "Columns that must be there are missing: {columns}.",
    ),
    "import.column_twice": (
        "Hai cột “{one}” và “{other}” cùng một ý nghĩa. Hãy bỏ bớt một cột.",
        "The columns “{one}” and “{other}” mean the same. Take one out.",
    ),
    "import.rows_refused": (
        "{count} dòng không còn hợp lệ khi lưu, trước hết là dòng {row}, nên chưa lưu gì. Hãy xem trước lại.",
        "{count} row(s) could no longer be taken while saving, row {row} before all others, so nothing was saved. Look at the preview again.",
    ),
    "import.overtaken": (
        "Có người khác đang lưu cùng nội dung nên chưa lưu gì từ tệp này. Đợi người đó lưu xong rồi nhập lại tệp.",
        "Somebody else is saving the same things, so nothing of this file was saved. Import it again when he has finished.",
    ),
    "import.file_changed": (
        "Tệp {path} đã thay đổi sau khi xem trước. Chưa lưu gì.",
        "The file {path} changed after the preview. Nothing was saved.",
    ),
    "import.ragged_row": (
        "Dòng có {cells} ô nhưng chỉ có {columns} cột. Có thể thiếu dấu ngoặc kép quanh ô có dấu phân cách.",
        "The row has {cells} cell(s) under {columns} heading(s). A cell with a separator may lack its quotes.",
    ),
    "import.not_an_object": (
        "Phần tử không phải là một đối tượng có tên cột.",
        "The element is not an object with named columns.",
    ),
    "import.key_twice": (
        "Đối tượng có một tên cột lặp lại.",
        "The object names a column twice.",
    ),
    "import.row_twice": (
        "Trùng với dòng {first} trong cùng tệp.",
        "The same as row {first} of this file.",
    ),
    "import.cell_empty": ("Ô bắt buộc bị bỏ trống.", "This cell must be filled in."),
    "import.cell_too_long": (
        "Ô dài quá {most} ký tự.",
        "The cell is longer than {most} characters.",
    ),
    "import.formula": (
        "Ô chứa công thức hoặc bắt đầu bằng =, +, -, @. Hãy dán giá trị thay cho công thức.",
        "The cell holds a formula, or begins with =, +, - or @. Paste values in place of formulas.",
    ),
    "import.nested": (
        "Ô chứa danh sách hoặc đối tượng, không phải một giá trị.",
        "The cell holds a list or an object where a value should stand.",
    ),
    "import.not_text": ("Ô phải là chữ.", "The cell has to be text."),
    "import.a_date": (
        "Ô chứa ngày tháng, cần chữ.",
        "The cell holds a date where text should stand.",
    ),
    "import.damaged_text": (
        "Ô có ký tự hỏng: tệp không đúng bảng mã hoặc bị lỗi khi sao chép.",
        "The cell holds damaged characters: the encoding is not what it seems, or the file was harmed.",
    ),
    "import.control_characters": (
        "Ô có ký tự điều khiển không nhìn thấy.",
        "The cell holds control characters that cannot be seen.",
    ),
    "import.not_a_date": (
        "Không phải ngày giờ. Viết 23/11/2026, 23/11/2026 09:05 hoặc 2026-11-23T09:05.",
        "Not a date. Write 23/11/2026, 23/11/2026 09:05 or 2026-11-23T09:05.",
    ),
    "import.beyond_calendar": (
        "Ngày giờ này nằm ngoài lịch khi tính theo giờ Việt Nam.",
        "Told in Viet Nam's time this moment lies outside the calendar.",
    ),
    "import.not_a_number": (
        "Phải là số từ {least} đến {most}.",
        "This has to be a number from {least} to {most}.",
    ),
    "import.endless_number": (
        "Số trong ô quá lớn nên không đọc được.",
        "The number in this cell is too large to be read.",
    ),
    "import.no_courier": (
        "Phương tiện, quyền, địa bàn, túi và hạn mức tiền mặt chỉ ghi cho bưu tá.",
        "Vehicle, permits, areas, bag and cash limit are told of couriers only.",
    ),
    "import.not_yes_or_no": ("Ghi “có” hoặc “không”.", "Write yes or no."),
    "import.not_a_choice": (
        "Không nhận ra giá trị. Các giá trị được hiểu: {choices}.",
        "This value is not known. Known are: {choices}.",
    ),
    "import.no_such_calendar": (
        "Không có lịch này. Ghi “cơ quan”, “bưu chính”, “chung”, hoặc một đơn vị đã nhập: mã, mã định danh hay tên cơ quan, mã bộ phận một cửa, mã bưu cục.",
        "There is no such calendar. Write agency, post or both, or a unit that is entered: an agency's code, identification code or name, a desk's or an office's code.",
    ),
    "import.not_a_workplace": (
        "{unit} là đơn vị hành chính nên không có giờ làm việc. Ghi mã cơ quan, bộ phận một cửa hay bưu cục.",
        "{unit} is an administrative unit and has no hours of work. Write the code of an agency, a desk or an office.",
    ),
    "import.no_year_below": (
        "Chưa có lịch chung của năm {year} nên lịch riêng chưa dùng được. Nhập lịch chung trước, hoặc để các dòng đó lên trên trong tệp.",
        "The common calendar of {year} is not entered, so nothing could lie over it. Import that first, or put its rows above in the file.",
    ),
    "import.not_hours": (
        "Ghi giờ làm việc như 07:00-11:30, 13:30-17:00.",
        "Write hours of work like 07:00-11:30, 13:30-17:00.",
    ),
    "import.hours_of_a_day_off": (
        "Ngày nghỉ không có giờ làm việc. Nghỉ một buổi thì ghi loại “làm việc” và giờ của buổi còn lại.",
        "A day off has no hours of work. For half a day off write working, and the hours of the other half.",
    ),
    "import.in_the_future": ("Ngày giờ này chưa tới.", "This moment is still to come."),
    "import.too_long_ago": ("Ngày này trước năm 2000.", "This day is before the year 2000."),
    "import.too_far_ahead": (
        "Ngày này từ năm 2100 trở đi.",
        "This day is in the year 2100 or later.",
    ),
    "import.before_reception": (
        "Ngày này trước ngày tiếp nhận.",
        "This day is before the day of reception.",
    ),
    "import.returned_before_resolved": (
        "Ngày trả kết quả trước ngày giải quyết.",
        "The result was returned before it was there.",
    ),
    "import.end_without_day": (
        "Hồ sơ đã kết thúc thì phải có ngày giải quyết hoặc ngày trả.",
        "A dossier that has ended needs the day on which it did.",
    ),
    "import.end_not_reached": (
        "Theo trạng thái thì hồ sơ chưa kết thúc nên ngày này không được dùng.",
        "By its state the dossier has not ended, so this day is not used.",
    ),
    "import.receiver_not_used": (
        "Ô nhận kết quả qua bưu chính để trống nên ô này không được dùng.",
        "The row does not say whether the result goes by post, so this cell is not used.",
    ),
    "import.which_day_ended": (
        "Ngày giải quyết để trống, còn ngày trả khác ngày kết thúc đã lưu. Hãy ghi ngày giải quyết.",
        "The day it was resolved is empty, and the day of return is not the stored day of its end. Write the day it was resolved.",
    ),
    "import.ambiguous_agency": (
        "Có nhiều cơ quan tên “{unit}”. Hãy ghi mã cơ quan.",
        "Several agencies are called “{unit}”. Write the agency's code.",
    ),
    "import.no_commune": (
        "Không nhận ra xã, phường trong địa chỉ nhận kết quả. Hãy ghi thêm mã xã.",
        "The address the result goes to names no commune that is known. Add the commune's code.",
    ),
    "import.commune_not_found": (
        "Không nhận ra xã, phường; địa chỉ được giữ nguyên, ghi theo tỉnh, thành phố.",
        "No commune was recognised; the address is kept as written, under the province.",
    ),
    "import.old_identity_number": (
        "Số CMND 9 số không còn dùng nên không lưu.",
        "Nine-digit identity numbers are no longer used, so it is not kept.",
    ),
    "import.not_there": (
        "Chưa có trong hệ thống nên không cập nhật được.",
        "It is not there yet, so it cannot be updated.",
    ),
    "import.there_and_different": (
        "Đã có trong hệ thống với nội dung khác: {columns}. Dùng chế độ cập nhật nếu muốn ghi đè.",
        "It is there already and differs: {columns}. Import as an update to write over it.",
    ),
    "import.never_changes": (
        "Không thể thay đổi bằng cách nhập tệp: {columns}.",
        "An import cannot change: {columns}.",
    ),
    "import.already_ours": (
        "Hồ sơ đã được xử lý tại đây nên tệp không được ghi đè.",
        "The dossier has been worked on here, so a file does not write over it.",
    ),
    "import.unit_not_yet_known": (
        "Chưa có đơn vị {unit}. Đơn vị được nhắc tới phải đứng trước trong tệp hoặc đã có trong hệ thống.",
        "There is no unit {unit} yet. What a row names stands above it, or is entered already.",
    ),
    "import.bad_unit_code": (
        "Mã đơn vị không được có dấu gạch chéo.",
        "The code of a unit holds no slash.",
    ),
    "import.code_of_a_former_unit": (
        "Mã {unit} đã nhập cho {name}, hết hiệu lực {day}. Để dòng của đơn vị mới lên trên dòng của đơn vị cũ; nếu đơn vị cũ đã lưu thì nhập đơn vị mới dưới mã khác.",
        "The code {unit} is entered for {name}, which ended on {day}. Put the new unit's row above the former one's; where the former one is saved already, enter the new one under another code.",
    ),
    "import.successor_without_end": (
        "Có đơn vị kế tiếp thì phải có ngày kết thúc.",
        "A unit with a successor needs the day on which it ended.",
    ),
    "import.half_a_position": (
        "Vĩ độ và kinh độ phải đi cùng nhau.",
        "Latitude and longitude come together.",
    ),
    "import.bad_login": (
        "Tên đăng nhập chỉ gồm chữ không dấu, số và . - _ @.",
        "A login has plain letters, digits and . - _ @ only.",
    ),
    "import.two_names": (
        "Tài khoản {login} có tên khác ở dòng {first}.",
        "The login {login} has another name in row {first}.",
    ),
    "import.trust_without_source": (
        "Ghi “đã kiểm chứng” thì phải có nguồn.",
        "What was found needs its source.",
    ),
    "import.bad_papers": (
        "Không đọc được giấy tờ “{part}”. Viết: Tên [bản chính/chứng thực/photo cờ], cách nhau bằng dấu ;",
        "The paper “{part}” cannot be read. Write: Name [originals/certified/photocopies flags], set apart by ;",
    ),
}
