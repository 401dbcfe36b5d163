"""Sentences for refusals around plans, rounds and jobs: Vietnamese, English."""

# What a day can say against itself, by its kind (`routing.findings.ContradictionKind`). English has the
# library's own detail.
CONTRADICTIONS = {
    "too_many_stops": "quá nhiều điểm dừng",
    "too_many_couriers": "quá nhiều bưu tá",
    "no_courier": "không có bưu tá nào",
    "no_location": "không có địa điểm nào",
    "duplicate": "có mã bị trùng",
    "unknown_name": "nhắc đến một mã không có",
    "bad_matrix": "bảng giờ đi đường không dùng được",
    "wrong_type": "có dữ liệu sai kiểu",
    "bad_number": "có con số không hợp lệ",
    "bad_window": "khung giờ đóng trước khi mở",
    "bad_loads": "tải trọng không hợp lệ",
    "bad_shipment": "nhận và phát của cùng một lô không thể do một người làm kịp trong một chuyến",
    "unreachable": "không có đường đến",
    "nobody_may": "không bưu tá nào được phép hoặc đủ sức làm",
    "locks": "các điều đã ghim mâu thuẫn nhau",
}

SENTENCES: dict[str, tuple[str, str]] = {
    "planning.office_at_rest": (
        "{unit} không làm việc ngày {day}, hoặc ca làm việc đã kết thúc.",
        "{unit} does not work on {day}, or its shift is over.",
    ),
    "planning.no_couriers": (
        "{unit} chưa có bưu tá nào đang hoạt động.",
        "{unit} has no active courier.",
    ),
    "planning.no_office_position": (
        "Chưa nhập vị trí của {unit}, nên không tính được đường đi.",
        "The position of {unit} was not entered, so no way can be computed.",
    ),
    "planning.nothing_to_plan": (
        "{unit} không có gì phải phát hoặc thu gom ngày {day}.",
        "{unit} has nothing to deliver or collect on {day}.",
    ),
    "planning.bad_budget": (
        "Thời gian tìm phải lớn hơn 0 và không quá {most} giây (nhận được {seconds}).",
        "The search time must be more than 0 and at most {most} seconds (got {seconds}).",
    ),
    "planning.contradictory": (
        "Các điều kiện của ngày này mâu thuẫn nhau nên không lập được tuyến: {findings_vi} (chi tiết kỹ thuật: {findings}).",
        "What this day asks contradicts itself, so no rounds can be made: {findings}.",
    ),
    "planning.no_road_times": (
        "Máy chủ đường bộ không trả lời, nên chưa tính được giờ đi đường ({why}). Hãy thử lại khi máy chủ chạy lại.",
        "The road server does not answer, so times on the road are not known ({why}). Try again once it is back.",
    ),
    "plan.unknown": (
        "Không có phương án này, hoặc không thuộc bưu cục của bạn.",
        "There is no such plan, or it is not your office's.",
    ),
    "plan.changed": (
        "Phương án đã được {by} sửa lúc {at}: bạn đang xem bản {yours}, hiện tại là bản {current}. Chưa có gì được ghi đè; hãy xem bản mới rồi làm lại.",
        "{by} changed the plan at {at}: you saw {yours}, it now is {current}. Nothing was overwritten; look at the new one and do it again.",
    ),
    "plan.unknown_call": (
        "Không có điểm dừng hoặc bưu tá {call} trong phương án này.",
        "There is no call or courier {call} in this plan.",
    ),
    "plan.call_locked": (
        "Điểm dừng này đang khóa ({level}). Hãy mở khóa trước khi chuyển.",
        "This call is locked ({level}). Unlock it before you move it.",
    ),
    "plan.round_locked": (
        "Tuyến của {courier} đang khóa nguyên: không thêm, bớt hay mở khóa từng điểm. Hãy mở khóa cả tuyến trước.",
        "The round of {courier} is locked whole: no call goes in or out, nor is one unlocked by itself. Unlock the round first.",
    ),
    "plan.lock_of_a_round": (
        "Khóa nguyên tuyến chỉ đặt cho cả tuyến của một bưu tá, không đặt cho một điểm dừng.",
        "A whole round is locked for its courier, not by one of its calls.",
    ),
    "plan.change_breaks": (
        "Thay đổi này gây thêm {faults} vi phạm. Hãy xem các vi phạm bên dưới; chỉ lưu khi bạn đánh dấu đã biết.",
        "This change breaks {faults} rule(s) more. See below which; it is saved only once you tick that you know.",
    ),
    "plan.not_a_proposal": (
        "Bản {version} không còn là đề xuất (trạng thái: {state}); hãy tạo bản sửa mới.",
        "Version {version} is no longer a proposal (state: {state}); make a revision.",
    ),
    "plan.not_published": (
        "Bản {version} chưa phát hành (trạng thái: {state}), nên không có gì để sửa thành bản mới.",
        "Version {version} is not published (state: {state}), so there is nothing to revise.",
    ),
    "plan.orders_changed": (
        "{count} bưu gửi của phương án không còn ở bưu cục: {items}. Hãy cập nhật phương án rồi phát hành.",
        "{count} item(s) no longer at the office: {items}. Bring the plan up to date, then publish.",
    ),
    "plan.faults_not_accepted": (
        "Phương án còn {faults} điểm vi phạm. Đánh dấu đã biết các vi phạm, hoặc sửa trước khi phát hành.",
        "The plan breaks {faults} rule(s). Tick that you know, or mend the plan before publishing.",
    ),
    "round.nothing_to_load": (
        "Không còn bưu gửi nào của tuyến này ở quầy để giao cho bưu tá.",
        "Nothing of this round lies at the counter to be given to the courier.",
    ),
    "round.not_published": (
        "Tuyến này chưa phát hành, hoặc đã có bản khác thay. Chỉ in bản kê của tuyến đang phát hành.",
        "This round is not published, or another version took its place. Only a published round has a run list.",
    ),
    "job.unknown": (
        "Không có công việc này, hoặc không thuộc phạm vi của bạn.",
        "There is no such job, or it is not yours to see.",
    ),
    "job.not_ended": (
        "Công việc chưa dừng hoặc đã xong (trạng thái: {state}); chỉ việc hỏng hoặc đã hủy mới chạy lại được.",
        "The job has not stopped, or is done (state: {state}); only a failed or cancelled one can be begun anew.",
    ),
}
