"""Sentences for refusals of custody, hand-over and delivery: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "handover.unknown_record": (
        "Không tìm thấy biên bản giao nhận này, hoặc bạn không thuộc bên nào của nó.",
        "No such hand-over record, or you were on neither side of it.",
    ),
    "handover.half_signed": (
        "Bưu gửi {item}: bên nhận đã ký, phần ký của bên giao chưa tới máy chủ. Bên giao gửi dữ liệu trên điện thoại lên rồi in lại.",
        "Item {item}: the taker signed, the giver's half has not arrived. Have the giver's phone send what it signed, then print again.",
    ),
    "postal": ("Bưu điện không thực hiện được yêu cầu này.", "The post cannot do this."),
    "unknown": (
        "Không tìm thấy, hoặc không thuộc phạm vi của bạn.",
        "Not found, or not yours to see.",
    ),
    "rule_broken": ("Quy định không cho phép việc này.", "A rule of the post forbids this."),
    "not_allowed": ("Bạn không có quyền làm việc này ở đây.", "You may not do this here."),
    "out_of_date": (
        "Dữ liệu đã thay đổi. Hãy tải lại rồi làm tiếp.",
        "This has changed since. Reload, then go on.",
    ),
    "malformed": ("Không hiểu được yêu cầu.", "The request cannot be understood."),
    "event.malformed": (
        "Sự kiện sai định dạng ở “{key}”: {fault}.",
        "The event is malformed at “{key}”: {fault}.",
    ),
    "access.role_needed": (
        "Việc này cần một trong các vai trò {roles} tại đơn vị {unit}. Chưa có gì được ghi.",
        "This needs one of the roles {roles} at unit {unit}. Nothing was recorded.",
    ),
    "access.over_all_needed": (
        "Việc này chung cho mọi đơn vị nên cần quản trị viên phụ trách toàn bộ. Chưa có gì được ghi.",
        "All units share this, so it needs an administrator over all of them. Nothing was recorded.",
    ),
    "item.unknown": (
        "Không có bưu gửi {item}, hoặc bưu gửi không thuộc phạm vi của bạn. Kiểm tra lại mã in trên nhãn.",
        "There is no item {item}, or it is not yours to see. Check the number printed on the label.",
    ),
    "custody.not_the_holder": (
        "Bưu gửi {item} đang do {holder} tại {unit} giữ. Người giữ phải bàn giao trước.",
        "Item {item} is held by {holder} at {unit}. The holder has to hand it over first.",
    ),
    "custody.not_offered": (
        "Bưu gửi {item} chưa được đề nghị bàn giao cho {to}. Chưa có gì được ghi.",
        "Item {item} has not been offered to {to}. Nothing was recorded.",
    ),
    "custody.already_offered": (
        "Bưu gửi {item} đang chờ {to} nhận. Rút đề nghị cũ trước khi bàn giao cho nơi khác.",
        "Item {item} already waits for {to}. Withdraw that offer before offering it elsewhere.",
    ),
    "custody.frozen": (
        "Bưu gửi {item} đang bị tạm giữ vì {troubles}. Hai nhân viên phải lập biên bản giải quyết trước.",
        "Item {item} is frozen because of {troubles}. Two members of staff have to settle it first.",
    ),
    "custody.not_fetched_in_vain": (
        "Bưu gửi {item} không thuộc hồ sơ đã rút trước khi bưu tá đến nhận, hoặc việc trả lại đã được ghi.",
        "Item {item} is not of a dossier that was withdrawn before the courier came, or its way back is recorded already.",
    ),
    "custody.ended": (
        "Bưu gửi {item} đã kết thúc ({state}), không ghi thêm được.",
        "Item {item} has ended ({state}); nothing more can be recorded.",
    ),
    "custody.in_closed_bag": (
        "Bưu gửi {item} nằm trong túi {bag} còn đóng, chỉ đi cùng túi. Bàn giao cả túi, hoặc mở túi và đối chiếu trước.",
        "Item {item} lies in the closed bag {bag} and moves only with it. Hand over the whole bag, or open and compare it first.",
    ),
    "custody.not_to_forward": (
        "Bưu gửi {item} không chuyển tiếp được: đang chuyển hoàn, công dân đã rút, hoặc là túi thư. Chưa có gì được ghi.",
        "Item {item} cannot be forwarded: it goes back, its citizen has withdrawn it, or it is a bag. Nothing was recorded.",
    ),
    "custody.bound_there_already": (
        "Bưu gửi {item} vốn đã gửi đến {unit}. Chọn nơi khác, hoặc bàn giao luôn.",
        "Item {item} is bound for {unit} already. Choose another place, or hand it over.",
    ),
    "custody.not_where_this_goes": (
        "Bưu gửi {item} không đi đến {unit}: kết quả đến bưu cục phát, giấy tờ khác đến Bộ phận Một cửa. Chưa có gì được ghi.",
        "Item {item} does not go to {unit}: results go to a delivering post office, all else to a one-stop desk. Nothing was recorded.",
    ),
    "custody.not_sealed": (
        "Bưu gửi {item} chưa niêm phong. Niêm phong trước khi bàn giao.",
        "Item {item} is not sealed. Seal it before handing it over.",
    ),
    "custody.reseal_needs_witness": (
        "Bưu gửi {item} đã có niêm phong {seal}. Niêm phong lại cần người chứng kiến và lý do.",
        "Item {item} carries seal {seal}. A second seal needs a witness and a reason.",
    ),
    "custody.counts_differ": (
        "Bưu gửi {item}: đếm được {counted} giấy tờ, danh mục ghi {listed}. Đếm lại, hoặc lập biên bản.",
        "Item {item}: {counted} paper(s) counted, {listed} listed. Count again, or make a record.",
    ),
    "custody.counts_malformed": (
        "Phải có ít nhất một giấy tờ; đang ghi {total}.",
        "There has to be at least one paper; {total} given.",
    ),
    "custody.with_agency_already": (
        "Cơ quan đã nhận hồ sơ của bưu gửi {item}. Việc rút hồ sơ phải qua cơ quan.",
        "The agency has item {item} already. A withdrawal now goes through the agency.",
    ),
    "custody.withdrawn": (
        "Công dân đã rút hồ sơ của bưu gửi {item}: không giao cho cơ quan nữa. Trả lại cho công dân tại quầy.",
        "The citizen has withdrawn item {item}: the agency does not get it any more. Give it back to the citizen at the counter.",
    ),
    "custody.takes_from_himself": (
        "Bưu gửi {item}: người đã đề nghị giao không thể tự ký nhận; bên nhận phải là người khác.",
        "Item {item}: whoever offered it cannot take it himself; the taker has to be somebody else.",
    ),
    "custody.witness_is_himself": (
        "Bưu gửi {item}: người chứng kiến phải là người khác.",
        "Item {item}: the witness has to be somebody else.",
    ),
    "custody.nothing_to_clear": (
        "Bưu gửi {item} không có bất thường nào cần hai nhân viên giải quyết.",
        "Item {item} has no exception that two members of staff have to settle.",
    ),
    "custody.not_lost": (
        "Bưu gửi {item} không bị báo thất lạc.",
        "Item {item} was not reported lost.",
    ),
    "custody.seal_used": (
        "Niêm phong {serial} đã dùng cho bưu gửi {item}. Mỗi số niêm phong chỉ dùng một lần.",
        "Seal {serial} was used on item {item}. A seal serial is used once.",
    ),
    "handover.nothing": (
        "Không có bưu gửi nào để bàn giao.",
        "There is nothing to hand over.",
    ),
    "handover.too_many": (
        "{count} bưu gửi là quá nhiều cho một lần bàn giao; tối đa {most}. Chia làm nhiều lần.",
        "Too many for one hand-over: {count} item(s), at most {most}. Split it.",
    ),
    "delivery.wrong_code": (
        "Mã nhận kết quả không đúng với bưu gửi {item} (lần cấp {rotation}). Bưu gửi vẫn do người phát giữ.",
        "The delivery code does not open item {item} (issue {rotation}). The item stays where it is.",
    ),
    "delivery.not_for_delivery": (
        "Bưu gửi {item} ({leg}) không phải để phát cho công dân.",
        "Item {item} ({leg}) is not for delivery to a citizen.",
    ),
    "delivery.message_code_wrong": (
        "Mã nhắn tin không đúng, đã hết hạn hoặc đã dùng. Chưa giao. Mỗi lần gõ đều được tính; còn {left} lần thử.",
        "The message code is wrong, expired or used. Nothing was delivered. Every try counts; tries left: {left}.",
    ),
    "delivery.too_many_codes": (
        "Đã gửi {most} mã cho bưu gửi {item} hôm nay. Dùng cách xác nhận khác, hoặc phát lại ngày mai.",
        "{most} codes were sent for item {item} today. Use another proof, or deliver tomorrow.",
    ),
    "delivery.still_due": (
        "Hồ sơ của bưu gửi {item} còn khoản phải thu. Thu, hoặc ghi căn cứ miễn từng khoản, rồi giao.",
        "The dossier of item {item} still owes. Take each charge, or name the rule that waives it, then give the result out.",
    ),
    "delivery.no_phone": (
        "Hồ sơ của bưu gửi {item} không có số điện thoại di động để gửi mã. Dùng cách xác nhận khác.",
        "The dossier of item {item} has no mobile number to send a code to. Use another proof.",
    ),
    "delivery.invitation_too_early": (
        "Bưu gửi {item}: giấy mời tiếp theo sớm nhất ngày {earliest}.",
        "Item {item}: the next invitation may go out on {earliest} at the earliest.",
    ),
    "delivery.nothing_to_take_back": (
        "Khi phát bưu gửi {item} không thu hồi giấy tờ nào.",
        "Nothing is taken back when {item} is delivered.",
    ),
    "delivery.not_taken_back": (
        "Kết quả này đổi lấy: {papers}. Ghi số bản chính thu lại, hoặc đánh dấu là công dân không trả lại được.",
        "This result is given for: {papers}. Write how many originals were taken back, or tick that the citizen cannot give them back.",
    ),
    "delivery.witness_from_elsewhere": (
        "Người chứng kiến phải là nhân viên của đơn vị {unit}. Chưa có gì được ghi.",
        "The witness has to be of the staff of unit {unit}. Nothing was recorded.",
    ),
    "delivery.nothing_recovered": (
        "Phải ghi ít nhất một giấy tờ thu lại.",
        "At least one recovered paper has to be listed.",
    ),
    "attempts.unknown_action": (
        "Không có hành động {action} trong danh mục. Chưa có gì được ghi.",
        "There is no action {action} in the list. Nothing was recorded.",
    ),
    "delivery.return_too_early": (
        "Bưu gửi {item} chưa được chuyển hoàn; việc tiếp theo là {step}, từ ngày {earliest}.",
        "Item {item} may not go back yet; the next step is {step}, from {earliest}.",
    ),
    "bag.empty": ("Túi không có bưu gửi nào.", "The bag has nothing in it."),
    "bag.cannot_be_bagged": (
        "Bưu gửi {item} là túi, đang nằm trong túi khác hoặc đang chờ bàn giao, nên không đưa vào túi được.",
        "Item {item} is a bag, lies in another one or waits to be taken over, so it cannot go into a bag.",
    ),
    "bag.opened_already": (
        "Túi {item} đã được mở và lấy hết bưu gửi.",
        "Bag {item} was opened before and everything was taken out.",
    ),
    "bag.not_a_bag": ("{item} không phải là túi.", "{item} is not a bag."),
    "correction.unknown_event": (
        "Không có sự kiện {event}, hoặc không thuộc phạm vi của bạn.",
        "There is no event {event}, or it is not yours to see.",
    ),
    "correction.own": (
        "Người lập và người kiểm phải là hai người khác nhau.",
        "Maker and checker have to be two different people.",
    ),
    "correction.witness_checks": (
        "Người kiểm đã chứng kiến chính việc này; người khác phải kiểm bản đính chính.",
        "The checker vouched for this very act; somebody else has to check its correction.",
    ),
    "correction.nothing_changes": (
        "Mọi dữ liệu đã đúng như ghi. Chưa có gì được đính chính.",
        "Everything is as it was told already. Nothing was corrected.",
    ),
    "correction.not_of_this_event": (
        "Sự kiện này không ghi “{field}”, hoặc điều đó nằm trong chữ ký của bên giao nên không sửa được. Nếu sự kiện sai, hãy đính chính là không xảy ra.",
        "This event does not tell “{field}”, or the giver's signature holds it. If the event is wrong, say that it did not occur.",
    ),
    "correction.corrected_already": (
        "Sự kiện {event} đã được đính chính. Nếu vẫn sai, hãy đính chính sự kiện thay thế.",
        "Event {event} was corrected already. If it is still wrong, correct what stands in its place.",
    ),
    "correction.not_correctable": (
        "Sự kiện {event} không thể đính chính.",
        "Event {event} cannot be corrected.",
    ),
    "shift.only_at_the_post": (
        "Chỉ bàn giao ca tại bưu cục. Ở bộ phận Một cửa, bàn giao cho đồng nghiệp là bàn giao cho cơ quan.",
        "A shift is handed over at a post office. At a one-stop desk a hand-over to a colleague is one to the agency.",
    ),
    "shift.not_of_this_counter": (
        "Người nhận ca phải là đồng nghiệp khác đang làm tại đơn vị này.",
        "Whoever takes the shift has to be another colleague of this unit.",
    ),
    "shift.reason_needed": (
        "Số đếm khác số ghi sổ: phải ghi lý do, tối đa {most} ký tự.",
        "The counting differs from the entries: say why, in at most {most} characters.",
    ),
    "shift.holds_too_much": (
        "Bạn đang giữ hơn {most} bưu gửi. Bàn giao bớt trước khi giao ca.",
        "You hold more than {most} items. Hand some over before the shift.",
    ),
}
