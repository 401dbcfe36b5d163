"""Who receives: as a counter and a one-stop desk ask it, and as pages and papers tell it afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from postal_service.domain.acts import Deliver, Receiver
from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.identity import (
    Entitlement,
    NoAuthorisation,
    OwnerNeedsNoPaper,
    ReceiverNotNamed,
)
from postal_service.domain.ids import EventId
from postal_service.domain.persons import BadName, Masked, Person, PersonRole
from postal_service.domain.receivers import BadPaper
from postal_service.domain.refusals import Refusal
from postal_service.services import receivers
from postal_service.services.overview import DossierView
from postal_service.services.receivers import Words
from postal_service.web import forms, limits, people
from postal_service.web.labels import vietnamese, word
from postal_service.web.language import pick

FIELD_OF: Final[Mapping[type[Refusal], str]] = {
    NoAuthorisation: "paper",
    BadPaper: "paper",
    ReceiverNotNamed: "receiver_name",
    BadName: "receiver_name",
    OwnerNeedsNoPaper: "receiver",
}


def entitlement(receiver: Receiver) -> Entitlement:
    """What the form says of him. Raises BadName and what the forms raise."""
    name = forms.optional_line("receiver_name", "Họ và tên người nhận thay", most=limits.NAME)
    return Entitlement(
        receiver=receiver,
        name=people.name("receiver_name", name) if name else "",
        paper=forms.optional_line(
            "paper", "Giấy ủy quyền hoặc giấy giới thiệu", most=limits.DOCUMENT
        ),
    )


class Known(StrEnum):
    """From where it is known who received, or why it is not."""

    DOSSIER = "dossier"  # the owner, or a delegate who was named in it
    BOUND = "bound"
    AWAITED = "awaited"  # a phone has bound it and not told it yet
    ERASED = "erased"
    NOT_ENTERED = "not_entered"  # before it was asked


SENTENCES: Final[Mapping[Known, tuple[str, str]]] = {
    Known.DOSSIER: ("{standing}: {name}", "{standing}: {name}"),
    Known.BOUND: ("{standing}: {name}, theo giấy {paper}", "{standing}: {name}, by paper {paper}"),
    Known.AWAITED: (
        "{standing}: còn chờ máy của bưu tá gửi họ tên và giấy",
        "{standing}: name and paper are still awaited from the courier's phone",
    ),
    Known.ERASED: (
        "{standing}: họ tên và giấy đã xóa cùng hồ sơ",
        "{standing}: name and paper were erased with the dossier",
    ),
    Known.NOT_ENTERED: ("{standing}: không ghi họ tên", "{standing}: no name was written down"),
}
# Whose name stands beneath the delivery; an organisation's messenger is always bound.
BY_REFERENCE: Final = {
    Receiver.OWNER: (PersonRole.OWNER, PersonRole.SUBMITTER, PersonRole.RECEIVER),
    Receiver.AUTHORISED: (PersonRole.DELEGATE,),
    Receiver.ORGANISATION: (),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """Who received: his right, his name where one is known, and his paper where he needed one."""

    receiver: Receiver
    known: Known
    name: str = ""
    paper: str = ""


def told(
    receiver: Receiver,
    commitment: str,
    people_: Mapping[PersonRole, Person] | Mapping[PersonRole, Masked],
    words: Mapping[str, Words],
    *,
    is_erased: bool,
) -> Told:
    """The owner and a named delegate by what the dossier has, anybody else by what was bound."""
    if is_erased:
        return Told(receiver=receiver, known=Known.ERASED)
    if commitment and receiver is not Receiver.OWNER:
        if commitment not in words:
            return Told(receiver=receiver, known=Known.AWAITED)
        bound = words[commitment].received
        return Told(receiver=receiver, known=Known.BOUND, name=bound.name, paper=bound.paper)
    who = next((people_[role] for role in BY_REFERENCE[receiver] if role in people_), None)
    if who is None:
        return Told(receiver=receiver, known=Known.NOT_ENTERED)
    return Told(receiver=receiver, known=Known.DOSSIER, name=who.name)


def sentence(found: Told) -> str:
    """In the language of the page."""
    return _said(pick(SENTENCES[found.known]), found, word(found.receiver))


def in_vietnamese(found: Told) -> str:
    """On paper, whatever the screen speaks."""
    return _said(SENTENCES[found.known][0], found, vietnamese(found.receiver))


def of_moments(view: DossierView) -> dict[EventId, str]:
    """Who received at each delivery of a dossier."""
    return {
        each.event: sentence(_of(view, each.act.receiver, each.act.commitment))
        for each in view.moments
        if isinstance(each.act, Deliver)
    }


def of_step(step: Step, view: DossierView) -> str:
    """To whom the desk gave it; "" of another step, and of a delivery, which tells it itself."""
    right, commitment = receivers.read_reason(step.why)
    if step.kind is not StepKind.RETURNED or right not in _rights():
        return ""
    return sentence(_of(view, Receiver(right), commitment))


def _said(text: str, found: Told, standing: str) -> str:
    return text.format(standing=standing, name=found.name, paper=found.paper)


def _of(view: DossierView, receiver: Receiver, commitment: str) -> Told:
    is_erased = view.dossier.erased_at is not None
    return told(receiver, commitment, view.people, view.received, is_erased=is_erased)


def _rights() -> Iterable[str]:
    return {each.value for each in Receiver}
