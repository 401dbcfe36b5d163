"""The clerk's words for what planning answers: why a call is left out, what a change broke, how a lock is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from postal_service.domain.couriers import CourierFacts, Permit, Vehicle
from postal_service.domain.ids import StaffId
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import counted, sentence
from postal_service.domain.wording_dates import short_date, weekday_date
from postal_service.domain.wording_numbers import dong
from postal_service.services.conditions import Roads
from postal_service.services.jobs import Job, JobState
from postal_service.services.orders import Kind
from postal_service.services.places import Place
from postal_service.services.planning import (
    Baseline,
    Fault,
    Left,
    Lock,
    Loosened,
    PlaceInRound,
    Scope,
)
from postal_service.services.plans import PROPOSED, Kept
from postal_service.services.round_pages import Page
from postal_service.web.labels import word
from postal_service.web.language import language, pick

Pair = tuple[str, str]

# Always going to the nearest stop ends about a quarter above the least possible (Johnson, McGeoch 1997),
# so a fifth of its cost can be saved. A proof that leaves more room does not tell this plan from that one.
MOST_ROOM_PERCENT = 20
REASONS: dict[str, Pair] = {
    "no_position": ("chưa có vị trí trên bản đồ", "its position is not known"),
    "desk_closed": ("bộ phận Một cửa nghỉ ngày này", "the desk is closed on this day"),
    "no_road": ("không có đường bộ tới nơi", "there is no road to it"),
    "closed": ("đường tới nơi hoặc nơi nhận bị đóng trong ngày", "the road to it or the place itself is closed on this day"),
    "window_of_pair": ("không bưu tá nào tới kịp giờ hẹn và mang kịp tới bộ phận Một cửa", "no courier reaches it in its window and the desk in time afterwards"),
    "to_counter": ("không xếp được chuyến nào vừa thu gom vừa mang tới bộ phận Một cửa trong ngày", "no tour could be made that fetches it and brings it to the desk the same day"),
    "window": ("không bưu tá nào tới kịp giờ hẹn", "no courier reaches it in its window"),
    "shift": ("không bưu tá nào về kịp cuối ca", "no courier would be back before the shift ends"),
    "depot_hours": ("bưu cục đóng cửa vào lúc bưu tá phải đi, nhận thêm hàng hoặc về", "the office is closed when a courier would leave, reload or be back for it"),
    "break": ("giờ nghỉ của bưu tá không để lại chỗ cho điểm này", "the couriers' rests leave no room for it"),
    "tours": ("cần thêm một chuyến ngoài số chuyến được đi trong ngày", "it takes one tour more than allowed in a day"),
    "reload": ("giao nhận tại bưu cục giữa hai chuyến mất quá nhiều thời gian", "reloading at the office between two tours takes too long for it"),
    "fleet_full": ("không bưu tá nào còn chỗ; thêm một người thì xếp được", "no courier has room for it; one more would"),
    "not_worth_it": ("đi hôm nay tốn hơn để hôm sau", "going today costs more than leaving it for another day"),
    "no_skill": ("không bưu tá rảnh nào có quyền cần thiết", "no courier who is free has the permit it takes"),
    "needs_mountain_road": ("không bưu tá rảnh nào được đi đường núi", "no courier who is free may ride mountain roads"),
    "needs_ferry": ("không bưu tá rảnh nào được đi phà", "no courier who is free may take the ferry"),
    "needs_cash": ("không bưu tá rảnh nào được thu tiền mặt", "no courier who is free may take cash"),
    "cash_above_limit": ("tiền phải thu vượt hạn mức tiền mặt của mọi bưu tá", "the cash to take is above every courier's limit"),
    "too_large": ("lớn hơn sức chứa của mọi túi", "it is larger than every bag"),
    "capacity": ("túi hoặc hạn mức tiền mặt của các bưu tá đã đầy", "bags are full, or the limits of cash are reached"),
    "route_seconds": ("mọi bưu tá đã hết số giờ được đi trong ngày", "every courier's longest day is used up"),
    "route_metres": ("mọi bưu tá đã hết số km được đi trong ngày", "every courier's longest way is used up"),
    "release": ("thứ phải chờ tới quá muộn", "what it waits for comes too late"),
    "ride": ("giữ trên đường lâu hơn cho phép", "it would ride longer than allowed"),
    "locked": ("đang khóa với một bưu tá không đi được điểm này; bỏ khóa thì xếp được", "it is locked to a courier who cannot make this call; without the lock it fits"),
    "in_hand": ("đang trong túi của một bưu tá không đi kịp điểm này", "it is in the bag of a courier who cannot make this call in time"),
    "rules": ("một quy tắc hoặc khóa của điểm khác không cho xếp", "a rule, or a lock of other calls, keeps it out"),
    "banned": ("một quy tắc không cho bưu tá nào nhận", "a rule bans it from every courier"),
    "not_explained": ("chưa xếp", "not planned"),
}  # fmt: skip
FAULTS: dict[str, Pair] = {
    "window": ("ngoài giờ hẹn hoặc giờ mở cửa", "outside its window"),
    "shift": ("quá giờ làm việc", "beyond the shift"),
    "break": ("mất giờ nghỉ trưa", "the rest at noon is lost"),
    "lock_courier": ("đang nằm trong túi của bưu tá khác", "it lies in another courier's bag"),
    "lock_order": ("sai thứ tự đã khóa", "against the locked order"),
    "lock_time": ("sai giờ đã khóa", "against the locked time"),
    "mandatory_unserved": ("đã giao cho bưu tá nhưng không xếp", "with a courier already, but in no round"),
    "no_road": ("không có đường bộ tới nơi", "there is no road to it"),
}  # fmt: skip
FAULTS |= {
    "skill": ("bưu tá không có quyền đi chuyến này (đường núi, phà hoặc thu tiền)", "the courier lacks the permit for it (mountain road, ferry or cash)"),
    "capacity": ("vượt sức chứa túi hoặc hạn mức tiền mặt", "above what the bag holds, or above the limit of cash"),
    "route_metres": ("quá số km được đi trong ngày", "beyond the longest way of a day"),
    "route_seconds": ("quá số giờ được đi trong ngày", "beyond the longest day"),
    "shipment": ("phải thu gom trước rồi mới mang tới bộ phận Một cửa, trong cùng một chuyến", "is to be collected first and then brought to the desk, on one tour"),
    "tours": ("quá số chuyến được đi trong ngày", "more tours than allowed in a day"),
    "lock_route": ("thêm vào tuyến đã khóa", "added to a locked round"),
    "release": ("đi trước khi hàng tới bưu cục", "leaves before the thing is at the office"),
}  # fmt: skip
NOT_KEPT: dict[str, Pair] = {
    "absent": ("bưu tá không có mặt trong ca này", "the courier is not on duty"),
    "too_late": ("giờ đã khóa đã qua, hoặc bưu tá không còn tới kịp", "the locked time has passed, or the courier can no longer be there in time"),
    "no_road": ("không có đường bộ tới nơi", "there is no road to it"),
    "no_skill": ("bưu tá không có quyền đi điểm này", "the courier lacks the permit for it"),
    "banned": ("vượt hạn mức tiền mặt của bưu tá", "above the courier's limit of cash"),
    "too_large": ("lớn hơn sức chứa của túi", "larger than his bag"),
    "others": ("trái với khóa khác hoặc với những gì bưu tá đang giữ", "against another lock, or against what a courier already holds"),
}  # fmt: skip
# A load that is too large by an amount, by what it is counted in.
TOO_MUCH: dict[str, Pair] = {
    "documents": ("túi quá đầy, thừa {amount} bưu gửi", "the bag is too full by {amount} item(s)"),
    "grams": ("túi quá nặng, thừa {amount} kg", "the bag is too heavy by {amount} kg"),
    "cash_dong": ("vượt hạn mức tiền mặt {amount}", "above the limit of cash by {amount}"),
}  # fmt: skip
# Faults whose amount is in seconds.
_IN_MINUTES: Final = frozenset({"window", "shift", "route_seconds", "release"})
_OTHER_FAULT: Pair = ("vi phạm ràng buộc", "breaks a rule")
DONE: dict[str, Pair] = {
    Kind.DELIVER: ("phát {count}", "deliver {count}"),
    Kind.COLLECT: ("thu gom {count}", "collect {count}"),
    Kind.BRING: ("mang tới {count} hồ sơ vừa thu gom", "bring {count} just collected"),
}
SCOPES: dict[Scope, Pair] = {
    Scope.FROM_SCRATCH: ("làm lại từ đầu", "from scratch"),
    Scope.UNLOCKED: ("chỉ phần chưa khóa", "what is not locked"),
    Scope.KEEP_COURIERS: ("giữ người, đổi thứ tự", "keep couriers, change the order"),
    Scope.INSERT_ONLY: ("chèn thêm, không đổi thứ tự", "insert only, keep the order"),
}
STATES: dict[str, Pair] = {
    "proposed": ("đề xuất", "proposed"),
    "published": ("đã phát hành", "published"),
    "acknowledged": ("bưu tá đã nhận", "acknowledged"),
    "superseded": ("đã được thay", "superseded"),
    "discarded": ("đã bỏ", "thrown away"),
}
JOBS: dict[JobState, Pair] = {
    JobState.WAITING: ("đang chờ", "waiting"),
    JobState.RUNNING: ("đang tìm tuyến", "searching"),
    JobState.DONE: ("xong", "done"),
    JobState.FAILED: ("không thành", "failed"),
    JobState.CANCELLED: ("đã hủy", "cancelled"),
}
VEHICLES: dict[Vehicle, Pair] = {
    Vehicle.MOTORBIKE: ("xe máy", "motorbike"),
    Vehicle.VAN: ("ô tô tải nhẹ", "van"),
    Vehicle.ON_FOOT: ("đi bộ", "on foot"),
}
PERMITS: dict[Permit, Pair] = {
    Permit.MOUNTAIN_ROAD: ("đường núi", "mountain roads"),
    Permit.FERRY: ("phà", "ferry"),
    Permit.CASH: ("thu tiền mặt", "cash"),
}
ROADS: dict[str, Pair] = {
    Roads.GREAT_CIRCLE: ("Giờ đi đường ước tính theo đường chim bay và địa hình.", "Times on the road are estimated from the great circle and the terrain."),
    Roads.ROAD_SERVER: ("Giờ đi đường theo máy chủ đường bộ.", "Times on the road are the road server's."),
    Roads.GUESSED: ("Máy chủ đường bộ không trả lời: giờ đi đường chỉ là ước tính theo đường chim bay.", "The road server was silent: times on the road are only estimated from the great circle."),
}  # fmt: skip
_ENGLISH_WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_BEST: Pair = (
    "Đã chứng minh: không phương án nào cho các điểm này rẻ hơn.",
    "Proven: no plan for these stops is cheaper.",
)
_MORE_HOURS: Pair = (
    "Thêm một giờ cho mọi ca và cho bưu cục: xếp thêm {calls} điểm.",
    "One hour more for every shift and the post office: {calls} more stop(s) served.",
)
_MORE_COURIERS: Pair = (
    "Thêm một bưu tá như {name}: xếp thêm {calls} điểm.",
    "One more courier like {name}: {calls} more stop(s) served.",
)
_NEARLY_BEST: Pair = (
    "Đã chứng minh: mọi phương án khác cho các điểm này rẻ hơn nhiều nhất {percent} %.",
    "Proven: any other plan for these stops is cheaper by at most {percent} %.",
)
_BEST_SO_FAR: Pair = (
    "Tốt nhất tới giờ: {km} km, {time} đi đường, {calls} điểm đã xếp, {left} điểm chưa xếp.",
    "Best so far: {km} km, {time} on the road, {calls} stop(s) planned, {left} left out.",
)
_ENDED_BADLY: dict[str, Pair] = {
    "job.silent": ("Máy chủ dừng giữa chừng. Chạy lại được ngay.", "The server stopped half-way. It can be begun anew at once."),
    "job.busy": ("Cơ sở dữ liệu bận quá lâu vì việc khác nên tuyến tìm được không lưu được. Chạy lại được ngay.", "Other work kept the store busy for too long, so what was found could not be saved. It can be begun anew at once."),
    "job.broken": ("Hệ thống gặp lỗi khi tìm tuyến; lỗi đã được ghi lại.", "The search broke; the fault was logged."),
}  # fmt: skip


def reason(left: Left) -> str:
    """Why a call is in no round, with by how much it misses."""
    told = pick(REASONS.get(left.reason, REASONS["not_explained"]))
    if left.because:
        told += f": {left.because}"
    if not left.misses_by_seconds:
        return told
    minutes = -(-left.misses_by_seconds // 60)
    return told + pick((f"; gần nhất trễ {minutes} phút", f"; the nearest misses by {minutes} min"))


def why_not_kept(lock: Loosened) -> str:
    """Why something that was locked is not any more."""
    return pick(NOT_KEPT[lock.reason])


def what_is_done(kind: str, things: int) -> str:
    """What happens at a call, and with how many things."""
    return pick(DONE[kind]).format(count=things)


def fault(broken: Fault) -> str:
    """What a plan made by hand breaks at this place."""
    if broken.load in TOO_MUCH and broken.amount:
        return _too_much(broken.load, broken.amount)
    told = pick(FAULTS.get(broken.kind, _OTHER_FAULT))
    if not broken.amount:
        return told
    if broken.kind in _IN_MINUTES:
        minutes = -(-broken.amount // 60)
        return told + pick((f" ({minutes} phút)", f" ({minutes} min)"))
    if broken.kind == "route_metres":
        return f"{told} ({km(broken.amount)} km)"
    return told


def _too_much(load: str, amount: int) -> str:
    told = {"grams": kg(amount), "cash_dong": dong(amount)}.get(load, str(amount))
    facts = {"amount": told}
    text = pick(TOO_MUCH[load])
    return (counted(text, {"amount": amount}) if language() == "en" else text).format(**facts)


def fault_of_whom(broken: Fault, names: Mapping[str, str]) -> str:
    """The same with whose round and which call it is."""
    whose = [names.get(each, each) for each in (broken.courier, broken.order) if each]
    return ": ".join([" · ".join(whose), fault(broken)] if whose else [fault(broken)])


def signed_km(metres: int) -> str:
    """Say "+1,2 km"; a change has a sign."""
    sign = "+" if metres > 0 else "−" if metres < 0 else ""
    return f"{sign}{km(abs(metres))} km"


def span(seconds: int) -> str:
    """How long to the minute, and below one to the second; what is less than nothing has its sign."""
    if abs(seconds) >= 60:
        told = hours(abs(seconds))
    else:
        told = pick((f"{abs(seconds)} giây", f"{abs(seconds)} s"))
    return f"−{told}" if seconds < 0 else told


def signed_time(seconds: int) -> str:
    """The same of a change: what is more has its sign too."""
    return f"+{span(seconds)}" if seconds > 0 else span(seconds)


def clock(second: int) -> str:
    """Seconds after midnight as a clock shows them."""
    return f"{second // 3600 % 24:02d}:{second % 3600 // 60:02d}"


def where_in_round(place: PlaceInRound, names: Mapping[str, str]) -> str:
    """On which tour, after which call."""
    if place.is_alone:
        told = pick(("một chuyến riêng (chuyến {tour})", "a tour of its own (tour {tour})"))
    elif place.after is None:
        told = pick(("đầu chuyến {tour}", "first on tour {tour}"))
    else:
        told = pick(("chuyến {tour}, ngay sau {call}", "tour {tour}, directly after {call}"))
    after = place.after or ""
    return told.format(tour=place.tour, call=names.get(after, after))


def day_told(day: date) -> str:
    """Say "Thứ Tư, 25/11/2026", or "Wednesday, 25/11/2026"."""
    return pick((weekday_date(day), f"{_ENGLISH_WEEKDAYS[day.weekday()]}, {short_date(day)}"))


def vehicle_word(vehicle: Vehicle) -> str:
    return pick(VEHICLES[vehicle])


def permits_told(facts: CourierFacts) -> str:
    """What a courier may do, where somebody told it; "" where nothing is known against him."""
    if facts.permits is None:
        return ""
    told = ", ".join(pick(PERMITS[permit]) for permit in Permit if permit in facts.permits)
    return told or pick(("không có quyền riêng", "no permits"))


def proof(above_bound_percent: int | None) -> str:
    """How near a plan is proven to be to the best one; "" where the proof leaves too much room to say."""
    if above_bound_percent is None or above_bound_percent > MOST_ROOM_PERCENT:
        return ""
    if above_bound_percent <= 0:
        return pick(_BEST)
    return pick(_NEARLY_BEST).format(percent=above_bound_percent)


def roads_word(roads: str) -> str:
    """Whose road times a plan was made with."""
    return pick(ROADS[roads]) if roads in ROADS else ""


def refused_offices(job: Job | None, offices: Sequence[Place]) -> list[tuple[str, str]]:
    """The offices that a search of all left out, by name, and why."""
    refused = job.result.get("refused") if job is not None else None
    if not isinstance(refused, dict):
        return []
    names: dict[str, str] = {office.code: office.name for office in offices}
    return [
        (names.get(code, code), sentence(str(why["code"]), why["facts"], language()))
        for code, why in sorted((str(office), why) for office, why in refused.items())
    ]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What the search that made a plan found beside it: `current` is the order there was before."""

    current: Baseline | None
    more: tuple[str, ...]  # a sentence each


def beside(recent: Sequence[Job], page: Page | None) -> Beside:
    """Of the plan that is shown, as long as nobody has changed it by hand."""
    found: Mapping[str, Any] = {}
    if page is not None and not page.plan.edits:
        plan = page.plan
        for job in recent:
            kept = job.result.get("plans")
            told = job.result.get("beside")
            is_its = isinstance(kept, dict) and kept.get(plan.office) == plan.id
            if is_its and isinstance(told, dict):
                found = told.get(plan.office) or {}
                break
    names = {} if page is None else {each.staff: each.name for each in page.couriers}
    current = found.get("current")
    return Beside(
        current=Baseline(**current) if current else None,
        more=tuple(_more_word(each, names) for each in found.get("more", ())),
    )


def _more_word(told: Mapping[str, Any], names: Mapping[StaffId, str]) -> str:
    like = told["like"]
    if like is None:
        return pick(_MORE_HOURS).format(calls=told["calls"])
    return pick(_MORE_COURIERS).format(name=names.get(like, like), calls=told["calls"])


def best_so_far(job: Job, office: str) -> str:
    """What a search that goes on has found for this office; "" before its first plan."""
    best = job.result.get("best")
    told = best.get(office) if job.is_open and isinstance(best, dict) else None
    if told is None:
        return ""
    return pick(_BEST_SO_FAR).format(
        km=km(told["metres"]), time=hours(told["seconds"]), calls=told["calls"], left=told["left"]
    )


def is_cut_short(job: Job, plan: Kept | None) -> bool:
    """Whether this proposal is what a search had found when somebody stopped it."""
    cut_short, made = job.result.get("cut_short"), job.result.get("plans")
    return (
        plan is not None
        and plan.state == PROPOSED
        and isinstance(cut_short, list)
        and isinstance(made, dict)
        and plan.office in cut_short
        and made.get(plan.office) == plan.id
    )


def why_failed(job: Job) -> str:
    """The sentence behind a job that failed."""
    if job.message in _ENDED_BADLY:
        return pick(_ENDED_BADLY[job.message])
    facts = job.result.get("facts")
    return sentence(
        job.message or Refusal.code, facts if isinstance(facts, dict) else {}, language()
    )


def lock_word(level: str) -> str:
    return word(Lock(level))


def scope_word(scope: Scope) -> str:
    return pick(SCOPES[scope])


def state_word(state: str) -> str:
    return pick(STATES[state])


def job_word(state: JobState) -> str:
    return pick(JOBS[state])


def km(metres: int) -> str:
    """Kilometres with the comma of Vietnamese, or the point of English."""
    figure = f"{metres / 1000:.1f}"
    return figure if language() == "en" else figure.replace(".", ",")


def kg(grams: int) -> str:
    figure = f"{grams / 1000:g}"
    return figure if language() == "en" else figure.replace(".", ",")


def hours(seconds: int) -> str:
    """Say "1 h 05" or "12 phút"."""
    minutes = round(seconds / 60)
    if abs(minutes) < 60:
        return pick((f"{minutes} phút", f"{minutes} min"))
    return f"{minutes // 60} h {minutes % 60:02d}"
