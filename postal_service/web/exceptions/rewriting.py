"""The form that puts an event's data right: one field for each thing the event tells and may have told wrongly.

A field that was left as it is changes nothing; what is sent is compared with what was told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from postal_service.domain import acts
from postal_service.domain.actors import Role
from postal_service.domain.acts import Act, Condition, Receiver, ReservedFor
from postal_service.domain.attempts import REASONS, Reason
from postal_service.domain.rewriting import Changes, fields_of
from postal_service.projections.timelines import Moment
from postal_service.web import forms, here, limits
from postal_service.web.labels import word
from postal_service.web.language import pick, say

CORRECTING: Final = (Role.MANAGER, Role.ADMINISTRATOR)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One field of the form, holding what was told or what was typed last."""

    name: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    kind: str = "text"
    most: int = limits.REASON


def can_be_put_right(moment: Moment) -> bool:
    """Whether there is a page for this event's data: it tells some, counts, and was not corrected."""
    return bool(fields_of(moment.act)) and not moment.verdict and not moment.corrected


def offered(moment: Moment) -> bool:
    """Whether the one who looks may open that page."""
    by = here.signed_in()
    return by is not None and by.actor.may(*CORRECTING) and can_be_put_right(moment)


def asked(act: Act, *, of_bag: bool) -> list[Asked]:
    """The fields of an act, in the order in which they are told."""
    found: list[Asked] = []
    for name in fields_of(act, of_bag=of_bag):
        if name == "counts":
            found += _counts(act)
        else:
            told = getattr(act, name)
            found.append(_FIELDS[name](forms.raw(name) if forms.has(name) else str(told)))
    return found


def read(act: Act, *, of_bag: bool) -> Changes:
    """What was sent and is other than what was told. Raises what the forms raise."""
    given: dict[str, Any] = {}
    for name in fields_of(act, of_bag=of_bag):
        sent = _READERS[name]()
        if sent != _told(act, name):
            given[name] = sent
    return Changes(**given)


def _told(act: Act, name: str) -> object:
    told = getattr(act, name)
    if isinstance(act, acts.Hold) and name == "until":
        return date.fromisoformat(act.until)
    return told


def _counts(act: Act) -> list[Asked]:
    told = getattr(act, "counts")  # noqa: B009 - only acts that count papers get here
    rows = (
        ("originals", say("Bản chính")),
        ("certified", say("Bản chứng thực")),
        ("photocopies", say("Bản sao")),
    )
    return [
        Asked(
            name=name,
            label=label,
            value=forms.raw(name) if forms.has(name) else str(getattr(told, name)),
            kind="number",
        )
        for name, label in rows
    ]


def _choices(kinds: type[StrEnum]) -> tuple[tuple[str, str], ...]:
    return tuple((each.value, word(each)) for each in kinds)


def _reasons() -> tuple[tuple[str, str], ...]:
    return tuple(
        (each.value, f"{each.value} {pick((rule.vi, rule.en))}") for each, rule in REASONS.items()
    )


_FIELDS: Final[Mapping[str, Callable[[str], Asked]]] = {
    "seal": lambda value: Asked(name="seal", label=say("Niêm phong số"), value=value, most=limits.SERIAL),
    "condition": lambda value: Asked(
        name="condition", label=say("Tình trạng"), value=value, choices=_choices(Condition)
    ),
    "receiver": lambda value: Asked(
        name="receiver", label=say("Người nhận là"), value=value, choices=_choices(Receiver)
    ),
    "recovered": lambda value: Asked(
        name="recovered", label=say("Bản chính thu lại"), value=value, kind="number"
    ),
    "reserved_for": lambda value: Asked(
        name="reserved_for", label=say("Lý do không nhận"), value=value, choices=_choices(ReservedFor)
    ),
    "run": lambda value: Asked(name="run", label=say("Chuyến thư"), value=value, most=limits.RUN),
    "reason": lambda value: Asked(
        name="reason", label=say("Lý do"), value=value, choices=_reasons()
    ),
    "until": lambda value: Asked(name="until", label=say("Lưu đến"), value=value, kind="date"),
    "why": lambda value: Asked(name="why", label=say("Lý do"), value=value),
}  # fmt: skip
_READERS: Final[Mapping[str, Callable[[], object]]] = {
    "seal": lambda: forms.serial("seal", "Niêm phong số"),
    "counts": forms.counts,
    "condition": lambda: forms.choice("condition", "Tình trạng", Condition),
    "receiver": lambda: forms.choice("receiver", "Người nhận là", Receiver),
    "recovered": lambda: forms.number("recovered", "Bản chính thu lại", within=limits.OLD_PAPERS),
    "reserved_for": lambda: forms.choice("reserved_for", "Lý do không nhận", ReservedFor),
    "run": lambda: forms.line("run", "Chuyến thư", most=limits.RUN),
    "reason": lambda: forms.choice("reason", "Lý do", Reason),
    "until": lambda: forms.day("until", "Lưu đến"),
    "why": lambda: forms.optional_line("why", "Lý do", most=limits.REASON),
}
