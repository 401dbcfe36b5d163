"""What an event is called, what is shown of it, and which acts a person may begin on an item from where it stands."""

from dataclasses import dataclass
from typing import Final

from flask import url_for

from postal_service.domain import acts
from postal_service.domain.actors import Actor, Role
from postal_service.domain.acts import Act, Capacity, Leg
from postal_service.domain.attempts import REASONS, Reason
from postal_service.domain.custody import Standing, State, Trouble
from postal_service.domain.wording_dates import told_date
from postal_service.domain.wording_handovers import VERDICTS
from postal_service.services.delegated import Change
from postal_service.services.forwarding import FORWARDING
from postal_service.web.labels import word
from postal_service.web.language import pick, say

Pair = tuple[str, str]

NAMES: Final[dict[type, Pair]] = {
    acts.Accept: ("Nhận giữ lần đầu", "First custody"),
    acts.Handover: ("Nhận bàn giao", "Taken over"),
    acts.Deliver: ("Phát cho công dân", "Delivered to the citizen"),
    acts.Found: ("Tìm thấy lại", "Found again"),
    acts.Pack: ("Niêm phong", "Sealed"),
    acts.Offer: ("Đề nghị bàn giao", "Offered"),
    acts.Withdraw: ("Rút đề nghị bàn giao", "Offer withdrawn"),
    acts.Refuse: ("Không nhận, lập biên bản", "Not taken, record made"),
    acts.Bag: ("Đưa vào túi thư", "Put into a bag"),
    acts.Depart: ("Rời đi", "Departed"),
    acts.Arrive: ("Đến nơi", "Arrived"),
    acts.Out: ("Giao bưu tá đi phát", "Out for delivery"),
    acts.Attempt: ("Phát không thành công", "Delivery attempt failed"),
    acts.Hold: ("Lưu chờ nhận", "Held for collection"),
    acts.Invite: ("Gửi giấy mời", "Invitation sent"),
    acts.Return: ("Bắt đầu chuyển hoàn", "Way back begun"),
    acts.Forward: ("Chuyển tiếp", "Forwarded"),
    acts.Lost: ("Báo thất lạc", "Reported lost"),
    acts.Damage: ("Báo hư hại", "Reported damaged"),
    acts.Postpone: ("Hoãn", "Postponed"),
    acts.Cancel: ("Công dân rút hồ sơ", "Withdrawn by the citizen"),
    acts.Clear: ("Giải quyết bất thường", "Exception settled"),
    acts.Rotate: ("Cấp mã nhận kết quả mới", "New delivery code"),
    acts.Correct: ("Đính chính", "Correction"),
}
KINDS: Final[dict[acts.CorrectionKind, Pair]] = {
    acts.CorrectionKind.DID_NOT_OCCUR: ("sự kiện không xảy ra", "the event did not occur"),
    acts.CorrectionKind.INCORRECT_DATA: ("dữ liệu ghi sai", "wrong data"),
}


@dataclass(frozen=True, kw_only=True)
class Begin:
    """A verb and the page where it is done."""

    verb: str
    path: str


def act_word(act: Act) -> str:
    return pick(NAMES.get(type(act), ("Sự kiện", "Event")))


def verdict_word(verdict: str) -> str:
    return pick(VERDICTS[verdict])


def act_facts(act: Act, *, of_bag: bool = False) -> list[tuple[str, str]]:
    """What the event says besides who and when; nothing personal stands in events.

    A bag holds no papers of its own; of an envelope that none were found is told.
    """
    facts: list[tuple[str, str]] = []
    seal = getattr(act, "seal", "")
    if seal:
        facts.append((say("Niêm phong số"), seal))
    counts = getattr(act, "counts", None)
    if counts is not None and not of_bag:
        facts.append((say("Số giấy tờ"), str(counts.total)))
    condition = getattr(act, "condition", None)
    if condition is not None and condition is not acts.Condition.OK:
        facts.append((say("Tình trạng"), word(condition)))
    facts += _own_facts(act)
    why = getattr(act, "why", "")
    if why:
        facts.append((say("Lý do"), _in_words(act, why)))
    return facts


def _in_words(act: Act, why: str) -> str:
    """A reason as a clerk wrote it; a new code for a delegate says so in a word of the program."""
    known = isinstance(act, acts.Rotate) and why in set(Change)
    return word(Change(why)) if known else why


def _own_facts(act: Act) -> list[tuple[str, str]]:
    """What only this kind of event says."""
    match act:
        case acts.Refuse():
            return [(say("Lý do"), word(act.reserved_for))]
        case acts.Attempt():
            agreed = [(say("Hẹn phát"), told_date(act.agreed_for))] if act.agreed_for else []
            return [(say("Lý do"), reason_words(act.reason)), *agreed]
        case acts.Hold():
            return [(say("Lưu đến"), told_date(act.until))]
        case acts.Invite():
            return [(say("Lần"), str(act.ordinal))]
        case acts.Depart():
            return [(say("Chuyến thư"), act.run)]
        case acts.Deliver():
            back = [(say("Bản chính thu lại"), str(act.recovered))] if act.recovered else []
            return [(say("Người nhận là"), word(act.receiver)), *back]
        case acts.Correct():
            return [(say("Đính chính"), pick(KINDS[act.kind]))]
        case _:
            return []


def reason_words(code: str) -> str:
    """The words of a reason for a failed delivery; a code from elsewhere stands for itself."""
    known = next((reason for reason in Reason if reason.value == code), None)
    return f"{code} {pick((REASONS[known].vi, REASONS[known].en))}" if known else code


def begins(standing: Standing, by: Actor) -> list[Begin]:
    """The acts this person may begin on this item now, the usual one first."""
    number = standing.item
    found: list[Begin] = []
    offered = standing.offered
    if offered and offered.to_unit == by.unit and offered.to_staff in {"", by.staff}:
        found.append(
            Begin(verb=say("Nhận bàn giao"), path=url_for("handovers.take", batch=offered.batch))
        )
    if standing.is_bag and by.may(Role.POSTAL_CLERK, Role.MANAGER):
        found.append(Begin(verb=say("Bản kê của túi"), path=url_for("bags.show", number=number)))
    if holds(standing, by) and not standing.ended:
        found += _of_holder(standing)
        if by.may(*FORWARDING) and _may_go_elsewhere(standing):
            path = url_for("items.ask_forward", number=number)
            found.append(Begin(verb=say("Chuyển tiếp"), path=path))
    if standing.frozen and by.may(Role.MANAGER, Role.AGENCY, Role.ADMINISTRATOR):
        found.append(
            Begin(verb=say("Giải quyết bất thường"), path=url_for("exceptions.show", number=number))
        )
    if Trouble.LOST in standing.troubles:
        found.append(Begin(verb=say("Đã tìm thấy"), path=url_for("exceptions.show", number=number)))
    return list(dict.fromkeys(found))


def holds(standing: Standing, by: Actor) -> bool:
    """Whether this person may speak for the holder: a courier for himself, a clerk for the counter."""
    holder = standing.holder
    if holder is None:
        return False
    return holder.staff == by.staff or (
        holder.capacity is not Capacity.COURIER and holder.unit == by.unit
    )


def _may_go_elsewhere(standing: Standing) -> bool:
    """Whether it lies here sealed and free, and does not go back already."""
    tied = standing.offered or standing.frozen or standing.bag or standing.is_bag
    goes_back = standing.returning or standing.withdrawn
    return bool(standing.seal) and not tied and not goes_back


def _of_holder(standing: Standing) -> list[Begin]:
    number = standing.item
    found: list[Begin] = []
    delivers = standing.leg is Leg.OUT and not standing.returning
    at_agency = standing.state is State.RESULT_AT_AGENCY
    if standing.bag:  # it moves with its bag
        bag, wrong = standing.bag, url_for("exceptions.show", number=number)
        return [
            Begin(verb=say("Xem túi đang chứa"), path=url_for("items.show", number=bag)),
            Begin(verb=say("Báo bất thường"), path=wrong),
        ]
    if not standing.seal:
        found.append(Begin(verb=say("Niêm phong"), path=url_for("items.seal", number=number)))
    is_free = standing.offered is None and not standing.frozen
    if is_free and (standing.withdrawn or (delivers and not at_agency)):
        verb = say("Trả lại công dân") if standing.withdrawn else say("Phát tại quầy")
        found.append(Begin(verb=verb, path=url_for("delivery.show", number=number)))
    if is_free and standing.seal and standing.state is not State.WITH_AGENCY:
        found.append(Begin(verb=say("Bàn giao"), path=url_for("handovers.new", item=number)))
    if standing.seal and standing.state is not State.WITH_AGENCY:
        found.append(Begin(verb=say("Niêm phong lại"), path=url_for("items.seal", number=number)))
    found.append(Begin(verb=say("Báo bất thường"), path=url_for("exceptions.show", number=number)))
    return found
