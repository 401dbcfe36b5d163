"""What is wrong with a form that was sent, told at its fields: which form, which field, what was typed.

A page may hold several forms with a field of one name. Each is then called by a name of its own,
`of`, and only the one that was sent shows the fault and what was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import g

from postal_service.web import forms, limits

MOST_BOXES: Final = 500


@dataclass
class Faults:
    """The sentences by field of the form that was refused; `shown` are the fields that told theirs."""

    form: str
    by_field: Mapping[str, str]
    shown: dict[str, str] = field(default_factory=dict)


def note(form: str, by_field: Mapping[str, str]) -> None:
    """Remember for this answer what is wrong with a form."""
    g.faults = Faults(form, by_field)


def has_some() -> bool:
    """Whether some field has one: then the focus is there and nowhere else."""
    found: Faults | None = g.get("faults")
    return found is not None and any(found.by_field)


def at_field(name: str, of: object = "") -> str:
    """What was refused about the field of this name; "" when nothing was."""
    found = _of(of)
    return found.by_field.get(name, "") if found else ""


def is_refused(of: object) -> bool:
    """Whether this form is the one that was sent and refused."""
    return _of(of) is not None


def again(name: str, of: object, otherwise: object = "") -> object:
    """What was typed into a field of the form that was refused; elsewhere what it opens with."""
    if is_refused(of) and forms.has(name):
        return forms.raw(name)[: limits.LIST]
    return otherwise


def is_ticked(name: str, value: str, of: object, *, otherwise: bool = False) -> bool:
    """The same for a box among several of one name: none that was left empty is sent."""
    if not is_refused(of):
        return otherwise
    return value in forms.many(name, most=MOST_BOXES)


def show(name: str, of: object, label: str) -> bool:
    """Note that the page tells the fault of this field here; True for the first, which gets the focus."""
    found = _of(of)
    if found is None or name not in found.by_field:
        return False
    found.shown.setdefault(field_id(name, of), label)
    return next(iter(found.shown)) == field_id(name, of)


def shown() -> Mapping[str, str]:
    """The fields that tell a fault, in the order of the page: their id in it and what they are called."""
    found: Faults | None = g.get("faults")
    return found.shown if found else {}


def field_id(name: str, of: object = "") -> str:
    """What a field is called in its page."""
    return f"{name}-{of}" if of else name


def _of(form: object) -> Faults | None:
    found: Faults | None = g.get("faults")
    return found if found and found.form == str(form) else None
