"""A change of a plan by hand: what the form beside a call asks for, and in a line what it does."""

from collections.abc import Sequence
from enum import StrEnum

from postal_service.domain.ids import StaffId
from postal_service.domain.refusals import Refusal
from postal_service.services import round_changes, rounds
from postal_service.services.planning import Lock
from postal_service.web import forms, limits
from postal_service.web.language import say
from postal_service.web.rounds import words

FAULTS_NAMED = 3


class Act(StrEnum):
    """What the form beside a call asks for."""

    MOVE = "move"
    TAKE_OUT = "take_out"
    LOCK = "lock"
    LOCK_ALL = "lock_all"
    REFRESH = "refresh"


def asked() -> Sequence[round_changes.Change]:
    """What the form asks for. Raises NotAChoice, NotANumber or Missing."""
    act = forms.choice("act", "Thao tác", Act)
    if act is Act.REFRESH:
        return ()
    if act is Act.LOCK_ALL:
        courier, level = _courier(), forms.choice("level", "Mức khóa", Lock)
        return (round_changes.FixAll(courier=courier, level=level),)
    order = forms.line("order", "Điểm dừng", most=limits.ORDER)
    if act is Act.TAKE_OUT:
        return (round_changes.TakeOut(order=order),)
    if act is Act.LOCK:
        return (round_changes.Fix(order=order, level=forms.choice("level", "Mức khóa", Lock)),)
    with forms.together():
        courier = _courier()
        position = forms.optional_number("position", "Vị trí", within=limits.POSITION)
        tour = forms.optional_number("tour", "Chuyến", within=limits.TOUR)
    last = limits.POSITION.most
    return (round_changes.Move(order=order, courier=courier, position=position or last, tour=tour),)


def form() -> str:
    """Which form of the page was sent: that of a courier's whole round, of a call's lock, or of its move."""
    match forms.raw("act"):
        case Act.LOCK_ALL:
            return f"all-{forms.raw('courier')}"
        case Act.LOCK | Act.TAKE_OUT:
            return f"lock-{forms.raw('order')}"
        case _:
            return forms.raw("order")


def field_of(refused: Refusal) -> str:
    """The field that a service's refusal is about; "" where it is about no single one."""
    by_lock = forms.raw("act") in {Act.LOCK, Act.TAKE_OUT, Act.LOCK_ALL}
    if isinstance(refused, round_changes.CallLocked | round_changes.UnknownCall):
        return "level" if by_lock else "courier"
    return ""


def told(done: rounds.Changed, *, trying: bool) -> str:
    """What a change does, in a line."""
    facts = {
        "km": f"{'+' if done.metres > 0 else ''}{words.km(done.metres)}",
        "time": f"{'+' if done.seconds > 0 else ''}{words.hours(done.seconds)}",
        "faults": len(done.faults),
    }
    broken = list(dict.fromkeys(words.fault(each) for each in done.faults))
    named = broken[:FAULTS_NAMED]
    if len(broken) > FAULTS_NAMED:
        named.append(say("và {count} vi phạm khác", count=len(broken) - FAULTS_NAMED))
    listed = " " + say("Vi phạm: {faults}.", faults="; ".join(named)) if named else ""
    if trying:
        return (
            say("Thử: {km} km, {time} đi đường, {faults} vi phạm. Chưa lưu gì.", **facts) + listed
        )
    return say("Đã lưu: {km} km, {time} đi đường, {faults} vi phạm.", **facts) + listed


def _courier() -> StaffId:
    return StaffId(forms.line("courier", "Bưu tá", most=limits.STAFF))
