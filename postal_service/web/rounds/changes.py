"""A change of a plan by hand: what the form beside a call asks for, and in a line what it does."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from postal_service.domain.ids import StaffId
from postal_service.domain.refusals import Refusal
from postal_service.services import round_changes, round_pages, rounds
from postal_service.services.planning import Fault, Lock, PlaceInRound, Tried
from postal_service.services.round_pages import call_of
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


def typed() -> dict[str, str]:
    """What the form asked for, to be asked again once the change was looked at."""
    fields = forms.typed("act", "order", "courier", "position", "tour", "level", "tag")
    return {name: value for name, value in fields.items() if value}


def what_is_asked(wanted: Sequence[round_changes.Change], names: Mapping[str, str]) -> str:
    """The change in a line, with the names of call and courier."""
    match wanted:
        case [round_changes.Move() as move]:
            facts = {"call": names[move.order], "courier": names.get(move.courier, move.courier)}
            return say("Chuyển {call} vào tuyến của {courier}", **facts)
        case [round_changes.TakeOut() as out]:
            return say("Bỏ {call} khỏi tuyến", call=names[out.order])
        case _:
            return say("Thay đổi phương án")


def named_in(wanted: Sequence[round_changes.Change], done: Tried) -> tuple[set[str], set[str]]:
    """The calls and the couriers that are told of."""
    calls = {each.order for each in done.new_times} | {f.order for f in done.added if f.order}
    staff = {str(each.courier) for each in done.new_times}
    staff |= {str(each.courier) for each in done.added if each.courier}
    for each in wanted:
        if not isinstance(each, round_changes.FixAll):
            calls.add(each.order)
        if isinstance(each, round_changes.Move | round_changes.FixAll):
            staff.add(each.courier)
    return calls, staff


def worst(faults: Sequence[Fault]) -> list[Fault]:
    """Of a bag that is too full after call upon call only where it is fullest."""
    found: dict[object, Fault] = {}
    for each in faults:
        about = (each.kind, each.courier, each.load or each.order)
        if about not in found or (each.amount or 0) > (found[about].amount or 0):
            found[about] = each
    return list(found.values())


def position_of(place: PlaceInRound, order: str, page: round_pages.Page) -> tuple[int, int] | None:
    """Position and tour that the form of a move has for this place; None where it has none.

    A tour of its own has a number only behind the others.
    """
    if place.is_alone:
        return None
    if place.after is None:
        return (1, 1) if place.tour == 1 else None
    calls = [
        call
        for each in page.rounds
        if each.courier == place.courier
        for call in each.calls
        if call_of(call.order) != call_of(order)
    ]
    after = call_of(place.after)
    return next(
        ((n, call.tour) for n, call in enumerate(calls, start=2) if call_of(call.order) == after),
        None,
    )


def told(done: rounds.Changed) -> str:
    """What a change did, in a line."""
    facts = {
        "km": words.signed_km(done.metres),
        "time": words.signed_time(done.seconds),
        "faults": len(done.faults),
    }
    broken = list(dict.fromkeys(words.fault(each) for each in worst(done.faults)))
    named = broken[:FAULTS_NAMED]
    if len(broken) > FAULTS_NAMED:
        named.append(say("và {count} vi phạm khác", count=len(broken) - FAULTS_NAMED))
    listed = " " + say("Vi phạm: {faults}.", faults="; ".join(named)) if named else ""
    return say("Đã lưu: {km}, {time} đi đường, {faults} vi phạm.", **facts) + listed


def _courier() -> StaffId:
    return StaffId(forms.line("courier", "Bưu tá", most=limits.STAFF))
