"""Sentences for refusals of reception, processing, money, scans, erasure and tracking: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "place.no_office_serves": (
        "Chưa có bưu cục nào phục vụ địa bàn {unit}. Hãy kiểm tra địa chỉ.",
        "No post office serves {unit}. Check the address.",
    ),
    "place.not_an_agency": (
        "{unit} không phải là cơ quan giải quyết thủ tục.",
        "{unit} is not an agency.",
    ),
    "number.exhausted": ("Dải số {series} đã hết.", "The series {series} has no further number."),
    "number.no_agency_id": (
        "Cơ quan {unit} chưa có mã định danh nên chưa cấp được mã hồ sơ.",
        "Agency {unit} has no identification code, so it cannot give out dossier codes.",
    ),
    "calendar.unknown": ("Không có lịch “{calendar}”.", "There is no calendar “{calendar}”."),
    "calendar.day_of_another_year": (
        "Ngày {day} không thuộc năm {year}.",
        "The day {day} is not in {year}.",
    ),
    "calendar.no_source": (
        "Lịch năm {year} phải ghi số thông báo.",
        "The calendar of {year} needs the announcement it comes from.",
    ),
    "procedure.fee_incomplete": (
        "Xác nhận mức phí phải có số tiền và căn cứ. Chưa có gì được ghi.",
        "A fee is confirmed with its amount and its source. Nothing was recorded.",
    ),
    "procedure.fee_outside_version": (
        "Bản này của thủ tục có hiệu lực từ {first} đến {last}; ngày áp dụng phải nằm trong đó. Chưa có gì được ghi.",
        "This version of the procedure is in force from {first} to {last}; the fee has to begin in that time. Nothing was recorded.",
    ),
    "procedure.decided_later": (
        "Ngày của quyết định ({day}) chưa tới. Xem lại ngày trên văn bản. Chưa có gì được ghi.",
        "The day of the decision ({day}) has not come. Look at the document again. Nothing was recorded.",
    ),
    "procedure.unknown": (
        "Không có thủ tục {procedure} trong danh mục.",
        "There is no procedure {procedure} in the catalogue.",
    ),
    "person.bad_name": (
        "Họ tên không được để trống và không dài quá 120 ký tự.",
        "A name is not empty and at most 120 characters long.",
    ),
    "person.bad_address": (
        "Địa chỉ chưa đủ hoặc chưa đúng: ghi số nhà, đường hoặc thôn (không quá 300 ký tự), và chọn xã, phường.",
        "The address is not whole or not right: write house and street or village, 300 characters at most, and choose the commune.",
    ),
    "administrative.step_out_of_place": (
        "Hồ sơ đang ở bước “{state}”, không thể thực hiện “{step}”.",
        "The dossier is at “{state}”; “{step}” cannot follow.",
    ),
    "administrative.too_many_supplements": (
        "Đã yêu cầu bổ sung đủ {limit} lần.",
        "A supplement was asked for {limit} time(s) already, which is the limit.",
    ),
    "administrative.reason_needed": (
        "Phải ghi lý do, tối đa {most} ký tự.",
        "A reason is needed, at most {most} characters.",
    ),
    "administrative.reason_tells_numbers": (
        "Lý do không được chứa số điện thoại hoặc số định danh của người dân.",
        "A reason must not tell anybody's phone or citizen number.",
    ),
    "administrative.not_later": (
        "Ngày gia hạn {due_at} phải là một ngày làm việc sau hạn hiện tại.",
        "The new date {due_at} must be a working day after the present one.",
    ),
    "administrative.before_last_step": (
        "Bước “{step}” lúc {at} không thể trước bước liền trước.",
        "The step “{step}” at {at} cannot come before the step that precedes it.",
    ),
    "administrative.not_at_desk": (
        "Bưu gửi {item} chưa ở Bộ phận Một cửa của cơ quan này, hoặc đang có biên bản.",
        "Item {item} is not at this agency's one-stop desk, or is in an open case.",
    ),
    "administrative.paper_not_on_list": (
        "“{paper}” không có trong thành phần hồ sơ. Không được yêu cầu giấy tờ ngoài quy định.",
        "“{paper}” is not on the procedure's list. Papers outside the list must not be asked for.",
    ),
    "administrative.nothing_asked": (
        "Chưa chọn giấy tờ cần bổ sung.",
        "No paper to be supplemented was chosen.",
    ),
    "dossier.unknown": (
        "Không tìm thấy hồ sơ, hoặc hồ sơ không thuộc phạm vi của bạn.",
        "No such dossier, or it is not yours to see.",
    ),
    "dossier.erased": (
        "Dữ liệu cá nhân của hồ sơ này đã được xóa.",
        "The personal data of this dossier was erased.",
    ),
    "dossier.nothing_to_search": ("Hãy nhập nội dung cần tìm.", "Enter what to search for."),
    "transfer.not_by_transfer": (
        "Khoản “{line}” thu tại cửa, không thu bằng mã chuyển khoản.",
        "The line “{line}” is taken at the door, not by a transfer code.",
    ),
    "transfer.no_account": (
        "Chưa có tài khoản nhận “{line}” cho {unit} hay đơn vị cấp trên, nên không in được mã chuyển khoản. Thu bằng cách khác, hoặc báo quản trị khai tài khoản.",
        "No account takes “{line}” for {unit} or a unit above it, so no transfer code can be printed. Take the money otherwise, or have the administrator enter the account.",
    ),
    "transfer.nothing_due": (
        "Khoản này không còn phải thu (đang ở “{state}”), nên không có mã chuyển khoản.",
        "Nothing is due on this charge (it is “{state}”), so there is no transfer code.",
    ),
    "paper.not_recorded": (
        "Hồ sơ {dossier} chưa ghi việc này, nên không có gì để in.",
        "Dossier {dossier} has no such act recorded, so there is nothing to print.",
    ),
    "paper.nothing_to_receive": (
        "Hồ sơ {dossier} đã trả kết quả hoặc đã rút, không còn kết quả để ủy quyền nhận.",
        "Dossier {dossier} is closed or withdrawn: there is no result left to authorise somebody for.",
    ),
    "paper.unknown": ("Không có loại giấy này.", "There is no such paper."),
    "charge.unknown": ("Không tìm thấy khoản thu.", "No such charge."),
    "charge.cash_differs": (
        "Tiền “{line}” đếm được {counted} đồng, sổ ghi {taken} đồng. Hãy tìm chênh lệch trước khi nộp.",
        "Of “{line}” {counted} dong were counted and {taken} dong were taken. Find the difference first.",
    ),
    "charge.nothing_to_hand_in": ("Không có tiền mặt phải nộp.", "There is no cash to hand in."),
    "charge.takes_from_himself": (
        "Không thể tự nộp tiền cho chính mình.",
        "Nobody hands cash in to himself.",
    ),
    "charge.not_due": (
        "Khoản này đã có người thu, đã nộp cách khác, được miễn hoặc đã hoàn. Chưa ghi thêm gì.",
        "This charge was taken by somebody, paid otherwise, waived or given back. Nothing was recorded.",
    ),
    "charge.other_amount": (
        "Khoản này là {due} đồng, không phải {told} đồng. Chưa ghi gì; mỗi khoản thu đủ một lần.",
        "This charge is {due} dong, not {told} dong. Nothing was recorded; a charge is paid whole.",
    ),
    "charge.reference_needed": (
        "Tiền không phải tiền mặt phải có số giao dịch.",
        "What is not paid in cash needs the number of its transaction.",
    ),
    "charge.bad_reference": (
        "Số chứng từ dài quá {most} ký tự.",
        "A reference is at most {most} characters long.",
    ),
    "reception.papers_missing": (
        "Hồ sơ còn thiếu: {papers}. Hãy hướng dẫn công dân bổ sung.",
        "Still missing: {papers}. Guide the citizen to complete them.",
    ),
    "reception.paper_twice": (
        "“{paper}” được kê hai lần.",
        "“{paper}” is listed twice.",
    ),
    "reception.too_many_sheets": (
        "“{paper}”: mỗi loại tối đa {most} bản.",
        "“{paper}”: at most {most} of each kind.",
    ),
    "reception.fee_differs": (
        "Mức thu của thủ tục {procedure} là {fee_dong} đồng, không phải {entered_dong} đồng.",
        "The fee of procedure {procedure} is {fee_dong} dong, not {entered_dong} dong.",
    ),
    "reception.fee_not_confirmed": (
        "Mức thu của thủ tục {procedure} chưa được xác nhận; phải ghi căn cứ (nghị quyết) khi nhập.",
        "The fee of procedure {procedure} is not confirmed; name the decision that sets it.",
    ),
    "reception.no_receiver": (
        "Nhận kết quả qua bưu chính cần địa chỉ người nhận.",
        "A result by post needs the receiver's address.",
    ),
    "reception.no_phone": (
        "Cần số điện thoại để bưu điện liên hệ.",
        "A phone number is needed, so that the post can call.",
    ),
    "reception.dossier_known": (
        "Hồ sơ {code} đã được đăng ký.",
        "Dossier {code} is registered already.",
    ),
    "reception.not_a_counter": (
        "{unit} không phải bưu cục hay Bộ phận Một cửa.",
        "{unit} is neither a post office nor a one-stop desk.",
    ),
    "reception.channel_does_not_fit": (
        "Kênh “{channel}” không dùng được tại {unit}.",
        "The channel “{channel}” cannot be used at {unit}.",
    ),
    "collecting.bad_window": (
        "Khung giờ {opens_at} – {closes_at} không hợp lệ: phải trong một ngày, từ nay đến 14 ngày tới, ít nhất 30 phút.",
        "The window {opens_at} – {closes_at} cannot be: within one day, in the next 14 days, 30 minutes at least.",
    ),
    "collecting.office_closed": (
        "{unit} không làm việc ngày {day}.",
        "{unit} does not work on {day}.",
    ),
    "collecting.no_visit": (
        "Không có lịch bưu tá đến nhận nào để dời hay hủy: hồ sơ không hẹn đến nhận, đã được nhận hoặc đã rút. Chưa có gì thay đổi.",
        "There is no visit to move or call off: none was asked for, or the dossier was fetched or withdrawn. Nothing was changed.",
    ),
    "collecting.called_off_already": (
        "Lịch đến nhận đã được hủy trước đó. Muốn bưu tá đến thì hẹn lại giờ khác.",
        "The visit was called off before. Promise another time if a courier is to come.",
    ),
    "collecting.no_address": (
        "Cần địa chỉ để đến nhận hồ sơ.",
        "An address is needed to come for the dossier.",
    ),
    "result.not_resolved": (
        "Hồ sơ {dossier} chưa được giải quyết (đang ở “{state}”).",
        "Dossier {dossier} is not resolved yet (it is at “{state}”).",
    ),
    "result.not_by_post": (
        "Hồ sơ {dossier} không đăng ký nhận kết quả qua bưu chính.",
        "The result of dossier {dossier} was not asked for by post.",
    ),
    "result.already_on_its_way": (
        "Kết quả {item} đã được đăng ký gửi.",
        "Result {item} is on its way already.",
    ),
    "result.not_collected_back": (
        "Thủ tục không cho phép thu lại “{paper}” khi phát.",
        "The procedure does not let “{paper}” be taken back on delivery.",
    ),
    "result.not_at_the_agency": (
        "Kết quả phải được lập tại cơ quan giải quyết, không phải {unit}.",
        "A result begins its way at the competent agency, not at {unit}.",
    ),
    "supplement.nothing_was_asked": (
        "Cơ quan không chờ bổ sung cho hồ sơ {dossier}.",
        "The agency waits for no supplement to dossier {dossier}.",
    ),
    "supplement.not_the_asked_paper": (
        "“{paper}” không nằm trong yêu cầu bổ sung.",
        "“{paper}” was not asked for.",
    ),
    "scan.unknown": ("Không tìm thấy bản quét.", "No such scan."),
    "scan.not_a_scan": (
        "Tệp này không phải PDF, JPEG hoặc PNG, dù tên tệp ghi thế nào. Chưa có gì được lưu.",
        "This file is no PDF, JPEG or PNG, whatever its name says. Nothing was kept.",
    ),
    "scan.empty": (
        "Chưa chọn tệp, hoặc tệp rỗng. Chưa có gì được lưu.",
        "No file was chosen, or it is empty. Nothing was kept.",
    ),
    "scan.too_large": (
        "Tệp lớn quá {most_megabytes} MB. Quét lại ở độ phân giải thấp hơn, ví dụ 200 dpi. Chưa có gì được lưu.",
        "The file is larger than {most_megabytes} MB. Scan it again with a lower resolution, such as 200 dpi. Nothing was kept.",
    ),
    "scan.bad_page_count": (
        "Số trang phải từ 1 đến {most}. Chưa có gì được lưu.",
        "A scan has 1 to {most} pages. Nothing was kept.",
    ),
    "scan.no_such_paper": (
        "Hồ sơ không có giấy tờ số {position} để số hóa.",
        "The dossier holds no paper number {position} to digitise.",
    ),
    "scan.checks_himself": (
        "Người quét không được tự kiểm tra.",
        "Whoever scanned does not check.",
    ),
    "scan.checked_already": (
        "Bản quét đã được kiểm tra ({state}).",
        "The scan was checked already ({state}).",
    ),
    "erasing.not_over": (
        "Hồ sơ {dossier} chưa kết thúc nên chưa xóa được dữ liệu cá nhân.",
        "Dossier {dossier} is not over, so its personal data cannot be erased yet.",
    ),
    "rekeying.same_key": (
        "Khóa mới trùng với khóa đang dùng. Chưa thay đổi gì.",
        "The new key is the one in use. Nothing was changed.",
    ),
    "rekeying.opens_under_neither": (
        "{place}: không mở được bằng khóa cũ lẫn khóa mới. Phần đã chuyển trước đó vẫn giữ; chạy lại khi đã rõ lý do.",
        "{place}: neither the old key nor the new one opens it. What was sealed anew before stays so; run it again once it is known why.",
    ),
    "erasing.code_differs": (
        "Mã hồ sơ gõ lại không khớp với hồ sơ này. Chưa xóa gì.",
        "The code that was typed is not this dossier's. Nothing was erased.",
    ),
    "particulars.unknown": (
        "Không có đề nghị sửa này, hoặc không thuộc phạm vi của bạn.",
        "There is no such correction, or it is not yours to see.",
    ),
    "particulars.nobody": (
        "Hồ sơ không có người giữ vai trò này.",
        "The dossier has nobody in this role.",
    ),
    "particulars.named_anew": (
        "Thông tin người được ủy quyền không sửa ở đây: ghi lại người đó ở trang người được ủy quyền, vì phải cấp mã nhận mới.",
        "A delegate is not corrected here: name him again on the page of delegates, since that gives a new delivery code.",
    ),
    "delegate.nothing_to_receive": (
        "Hồ sơ {dossier} đã trả kết quả hoặc đã rút: không còn gì để nhận thay. Không có gì thay đổi.",
        "The result of {dossier} was given out, or the dossier withdrawn: there is nothing left to receive. Nothing was changed.",
    ),
    "delegate.on_its_way": (
        "Kết quả {item} đang ở bưu tá hoặc đang bàn giao, máy của bưu tá có thể đang không có mạng và vẫn nhận mã cũ. Không có gì thay đổi. Gọi bưu tá mang về hoặc báo phát không thành công; khi bưu gửi đã ở bưu cục thì ghi lại.",
        "A courier has result {item}, or it is changing hands: his phone may be without a network and still take the old code. Nothing was changed. Call the courier to bring it back or to report the attempt; once it lies at an office, send this again.",
    ),
    "delegate.nobody_named": (
        "Hồ sơ này chưa ghi người được ủy quyền nào. Không có gì thay đổi.",
        "Nobody is named in this dossier. Nothing was changed.",
    ),
    "delegate.named_meanwhile": (
        "Một đồng nghiệp vừa ghi hoặc thôi ủy quyền ở hồ sơ này. Không có gì thay đổi theo biểu mẫu của bạn; xem lại rồi ghi tiếp nếu vẫn cần.",
        "A colleague has just named somebody here or taken it back. Your form changed nothing; look again, and send it once more if it is still needed.",
    ),
    "delegate.incomplete": (
        "Người được ủy quyền phải có số định danh và điện thoại.",
        "A delegate needs a citizen number and a telephone.",
    ),
    "delegate.owner_himself": (
        "Số định danh này là của chủ hồ sơ: chủ hồ sơ tự nhận thì không cần ủy quyền.",
        "This citizen number is the owner's: he receives without being named.",
    ),
    "delegate.paper_not_named": (
        "Ghi số hoặc ngày của giấy ủy quyền.",
        "Write the number or the day of the letter of authorisation.",
    ),
    "particulars.nothing_changes": (
        "Chưa có gì khác với thông tin đang lưu. Chỉ điền mục cần sửa.",
        "Nothing differs from what is kept. Fill in only what is to change.",
    ),
    "particulars.address_incomplete": (
        "Sửa địa chỉ thì ghi cả số nhà, đường và chọn xã, phường.",
        "A new address needs both the street and the commune.",
    ),
    "particulars.another_waits": (
        "Một đề nghị sửa khác của người này đang chờ đối chiếu.",
        "Another correction of this person waits to be compared.",
    ),
    "particulars.compares_own": (
        "Người đề nghị sửa không được tự đối chiếu. Cần một đồng nghiệp.",
        "Whoever made the correction does not compare it. A colleague has to.",
    ),
    "particulars.compared_already": (
        "Đề nghị sửa này đã được đối chiếu.",
        "This correction was compared before.",
    ),
    "tracking.digits_spent": (
        "Hôm nay đã nhập sai 4 số cuối điện thoại quá nhiều lần. Dùng mã PIN in trên giấy hẹn, hoặc thử lại ngày mai.",
        "The last four digits were entered wrongly too often today. Use the PIN on the slip, or try again tomorrow.",
    ),
    "tracking.nothing_found": (
        "Không tìm thấy hồ sơ với mã và PIN (hoặc 4 số cuối điện thoại) này.",
        "No dossier with this code and PIN (or last four digits of a phone).",
    ),
    "remittance.too_many": (
        "Bảng kê có hơn {most} khoản. Chọn ít ngày hơn.",
        "The list has more than {most} charges. Choose fewer days.",
    ),
    "remittance.fees_by_agency": (
        "Phí, lệ phí nộp riêng cho từng cơ quan, ở trang Phí, lệ phí đã thu.",
        "The state's fees go agency by agency, on the page of fees taken.",
    ),
    "remittance.till_changed": (
        "Số tiền tại quỹ không còn như lúc mở trang. Chưa ghi gì. So số tiền dưới đây với chứng từ nộp rồi ghi lại.",
        "The till is not what it was when this page was opened. Nothing was recorded. Compare the amount below with your receipt, then record it.",
    ),
    "remittance.nothing": (
        "Tại quỹ không có tiền mặt nào của khoản này chưa chuyển đi.",
        "No cash of this kind lies in the till.",
    ),
    "transfer.bad_purpose": (
        "Nội dung chuyển khoản không ghi khoản nào (LP, CP, TH) của hồ sơ nào.",
        "The purpose names no line (LP, CP, TH) of any dossier.",
    ),
    "transfer.not_owed": (
        "Hồ sơ không có khoản này, hoặc khoản này đã nộp, được miễn hay đã hoàn. Chưa ghi gì.",
        "The dossier has no such charge, or it was paid, waived or given back. Nothing was recorded.",
    ),
    "transfer.amount_differs": (
        "Chuyển đến {came} ₫ nhưng khoản phải nộp là {due} ₫. Chưa ghi gì; hỏi lại công dân hoặc ngân hàng.",
        "{came} ₫ arrived, but {due} ₫ is due. Nothing was recorded; ask the citizen or the bank.",
    ),
}
