"""Read what a form sent: each field once, bounded, composed; what cannot be is refused by the field's name."""

from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from flask import request

from postal_service.domain.acts import Counts
from postal_service.domain.refusals import Malformed
from postal_service.domain.text import tidy
from postal_service.web.language import say

Choice = TypeVar("Choice", bound=StrEnum)

INPUT = "input"  # the fact that names the form's field a refusal is about
LINE = 200
LONGEST_CURSOR = 64
REASON = 200  # as much as an event takes
PARAGRAPH = 1_000


class Missing(Malformed):
    code = "form.missing"


class TooLong(Malformed):
    code = "form.too_long"


class NotANumber(Malformed):
    code = "form.not_a_number"


class NotAChoice(Malformed):
    code = "form.not_a_choice"


class NotADate(Malformed):
    code = "form.not_a_date"


class NotAnHour(Malformed):
    code = "form.not_an_hour"


def raw(name: str) -> str:
    """A field as it came, "" when it is not there. NUL never gets in: PostgreSQL cannot hold it."""
    return request.form.get(name, "").replace("\0", "")


def has(name: str) -> bool:
    """Whether the field was sent at all."""
    return name in request.form


def asked(name: str, *, most: int = 40) -> str:
    """What a page is asked about: from its address, else from the form that came back to it; "" for nothing."""
    return _bounded(request.values.get(name, ""), most)


def cursor(name: str = "after") -> str:
    """Where a list goes on, from the page's own address; "" at its beginning."""
    return _bounded(request.args.get(name, ""), LONGEST_CURSOR)


def number_cursor(name: str = "after") -> int:
    """The same for a list whose places are numbers; 0 at its beginning, and for what is none."""
    written = cursor(name)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def many(name: str, *, most: int) -> list[str]:
    """Every value of a field that may come several times; one more than `most` at most."""
    return [value.replace("\0", "") for value in request.form.getlist(name)[: most + 1]]


def line(name: str, label: str, *, most: int = LINE) -> str:
    """A line that has to be filled in. Raises Missing or TooLong."""
    text = optional_line(name, label, most=most)
    if not text:
        raise Missing(field=say(label), input=name)
    return text


def optional_line(name: str, label: str, *, most: int = LINE) -> str:
    """A line that may be empty. Raises TooLong."""
    text = tidy(raw(name)[: most * 4])
    if len(text) > most:
        raise TooLong(field=say(label), most=most, input=name)
    return text


def number(name: str, label: str, *, least: int = 0, most: int = 999) -> int:
    """A whole number; an empty field is `least`. Raises NotANumber."""
    text = raw(name).strip()[:20] or str(least)
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise NotANumber(field=say(label), least=least, most=most, input=name)
    return int(text)


def choice(name: str, label: str, choices: type[Choice]) -> Choice:
    """One of a closed list. Raises NotAChoice."""
    try:
        return choices(raw(name))
    except ValueError:
        raise NotAChoice(field=say(label), input=name) from None


def day(name: str, label: str) -> date:
    """A date as the browser's own field sends it. Raises NotADate."""
    try:
        return date.fromisoformat(raw(name)[:10])
    except ValueError:
        raise NotADate(field=say(label), input=name) from None


def optional_day(name: str, label: str) -> date | None:
    """A date that may be left empty. Raises NotADate."""
    return day(name, label) if raw(name).strip() else None


def hour(name: str, label: str) -> time:
    """Hours and minutes of the day, such as 08:30 or 8:30. Raises NotAnHour."""
    try:
        return time.fromisoformat(raw(name).strip()[:5].zfill(len("08:30")))
    except ValueError:
        raise NotAnHour(field=say(label), input=name) from None


def ticked(name: str) -> bool:
    return raw(name) == "yes"


def counts(prefix: str = "") -> Counts:
    """Originals, certified copies and photocopies, each 0 to 999. Raises NotANumber."""
    return Counts(
        originals=number(f"{prefix}originals", "Bản chính"),
        certified=number(f"{prefix}certified", "Bản chứng thực"),
        photocopies=number(f"{prefix}photocopies", "Bản sao"),
    )


def typed(*names: str) -> dict[str, str]:
    """What was typed into these fields, to be shown again after a refusal; never a secret's field."""
    return {name: raw(name)[:PARAGRAPH] for name in names}


def _bounded(written: str, most: int) -> str:
    """As much of it as is looked at, without NUL, which PostgreSQL cannot hold."""
    return written[:most].replace("\0", "")
