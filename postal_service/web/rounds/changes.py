"""A change of a plan by hand: what the form beside a call asks for, and in a line what it does."""

from collections.abc import Sequence
from enum import StrEnum

from postal_service.domain.ids import StaffId
from postal_service.services import round_changes, rounds
from postal_service.services.planning import Lock
from postal_service.web import forms
from postal_service.web.language import say
from postal_service.web.rounds import words

LAST_POSITION = 9_999
MOST_TOURS = 9
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
        courier = StaffId(forms.line("courier", "Bưu tá", most=80))
        return (
            round_changes.FixAll(courier=courier, level=forms.choice("level", "Mức khóa", Lock)),
        )
    order = forms.line("order", "Điểm dừng", most=200)
    if act is Act.TAKE_OUT:
        return (round_changes.TakeOut(order=order),)
    if act is Act.LOCK:
        return (round_changes.Fix(order=order, level=forms.choice("level", "Mức khóa", Lock)),)
    position = forms.number("position", "Vị trí", least=0, most=LAST_POSITION)
    courier = StaffId(forms.line("courier", "Bưu tá", most=80))
    tour = forms.number("tour", "Chuyến", least=0, most=MOST_TOURS)
    return (
        round_changes.Move(
            order=order, courier=courier, position=position or LAST_POSITION, tour=tour or None
        ),
    )


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
