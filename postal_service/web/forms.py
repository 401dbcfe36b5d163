"""Read what a form sent: each field once, bounded, composed; what cannot be is refused by the field's name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from enum import StrEnum
from typing import TypeVar

from flask import g, request

from postal_service.domain.acts import Counts
from postal_service.domain.refusals import Malformed, raise_all
from postal_service.domain.text import tidy
from postal_service.web import limits
from postal_service.web.language import say
from postal_service.web.limits import Between

Choice = TypeVar("Choice", bound=StrEnum)
Known = TypeVar("Known")

INPUT = "input"  # the fact that names the form's field a refusal is about
LONGEST_CURSOR = 64
LONGEST_NUMBER = 20  # characters that are looked at


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


class NotASerial(Malformed):
    """A seal serial is capital letters, digits and hyphens."""

    code = "form.not_a_serial"


@contextmanager
def together() -> Iterator[None]:
    """Read a form to its end, so that everything that is wrong with it is told at once.

    Nothing but reading may stand within: what cannot be read is stood in for until the end, which
    then raises what was wrong, or SeveralRefused.
    """
    found: list[Malformed] = []
    g.wrong_fields = found
    try:
        yield
    except Malformed as wrong:
        found.append(wrong)
    finally:
        g.wrong_fields = None
    if found:
        raise_all(found)


def raw(name: str) -> str:
    """A field as it came, "" when it is not there. NUL never gets in: PostgreSQL cannot hold it."""
    return request.form.get(name, "").replace("\0", "")


def has(name: str) -> bool:
    """Whether the field was sent at all."""
    return name in request.form


def asked(name: str, *, most: int = limits.ASKED) -> str:
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


def line(name: str, label: str, *, most: int) -> str:
    """A line that has to be filled in. Raises Missing or TooLong."""
    text = optional_line(name, label, most=most)
    if not text:
        _wrong(Missing(field=say(label), input=name))
    return text


def optional_line(name: str, label: str, *, most: int) -> str:
    """A line that may be empty. Raises TooLong."""
    text = tidy(raw(name)[: most * 4])
    if len(text) > most:
        _wrong(TooLong(field=say(label), most=most, input=name))
    return text[:most]


def serial(name: str, label: str) -> str:
    """The serial of a seal, in capitals. Raises Missing, TooLong or NotASerial."""
    text = line(name, label, most=limits.SERIAL).upper()
    return _checked_serial(name, text)


def optional_serial(name: str, label: str) -> str:
    """The same where the seal may be put on later. Raises TooLong or NotASerial."""
    text = optional_line(name, label, most=limits.SERIAL).upper()
    return _checked_serial(name, text)


def number(name: str, label: str, *, within: Between) -> int:
    """A whole number; an empty field is the least. Raises NotANumber."""
    found = optional_number(name, label, within=within)
    return within.least if found is None else found


def optional_number(name: str, label: str, *, within: Between) -> int | None:
    """A whole number, None where the field is empty. Raises NotANumber."""
    text = raw(name).strip()[:LONGEST_NUMBER]
    if not text:
        return None
    if text.isascii() and text.isdigit() and within.least <= int(text) <= within.most:
        return int(text)
    _wrong(NotANumber(field=say(label), least=within.least, most=within.most, input=name))
    return None


def given_number(name: str, label: str, *, within: Between) -> int:
    """A whole number that has to be filled in. Raises Missing or NotANumber."""
    found = optional_number(name, label, within=within)
    if found is None and not raw(name).strip():
        _wrong(Missing(field=say(label), input=name))
    return within.least if found is None else found


def choice(name: str, label: str, choices: type[Choice]) -> Choice:
    """One of a closed list. Raises NotAChoice."""
    try:
        return choices(raw(name))
    except ValueError:
        _wrong(NotAChoice(field=say(label), input=name))
        return next(iter(choices))


def day(name: str, label: str) -> date:
    """A date as the browser's own field sends it. Raises NotADate."""
    try:
        return date.fromisoformat(raw(name)[: limits.DAY])
    except ValueError:
        _wrong(NotADate(field=say(label), input=name))
        return date.max


def optional_day(name: str, label: str) -> date | None:
    """A date that may be left empty. Raises NotADate."""
    return day(name, label) if raw(name).strip() else None


def hour(name: str, label: str) -> time:
    """Hours and minutes of the day, such as 08:30 or 8:30. Raises NotAnHour."""
    try:
        return time.fromisoformat(raw(name).strip()[: limits.HOUR].zfill(limits.HOUR))
    except ValueError:
        _wrong(NotAnHour(field=say(label), input=name))
        return time.max


def checked(name: str, read: Callable[[], Known], otherwise: Known) -> Known:
    """What a rule of the domain reads in a field. Raises what it refuses, told at that field."""
    try:
        return read()
    except Malformed as fault:
        refuse_at(name, fault)
        return otherwise


def refuse_at(name: str, fault: Malformed) -> None:
    """Raise what is wrong with a field, or keep it for the end of `together`."""
    fault.facts[INPUT] = name
    _wrong(fault)


def ticked(name: str) -> bool:
    return raw(name) == "yes"


def counts(prefix: str = "") -> Counts:
    """Originals, certified copies and photocopies. Raises NotANumber."""
    return Counts(
        originals=number(f"{prefix}originals", "Bản chính", within=limits.PAPERS),
        certified=number(f"{prefix}certified", "Bản chứng thực", within=limits.PAPERS),
        photocopies=number(f"{prefix}photocopies", "Bản sao", within=limits.PAPERS),
    )


def typed(*names: str) -> dict[str, str]:
    """What was typed into these fields, to be shown again after a refusal; never a secret's field."""
    return {name: raw(name)[: limits.PARAGRAPH] for name in names}


def _wrong(fault: Malformed) -> None:
    """Raise it, or keep it for the end of `together`: of a field the first."""
    found: list[Malformed] | None = g.get("wrong_fields")
    if found is None:
        raise fault
    if fault.facts[INPUT] not in {each.facts.get(INPUT) for each in found}:
        found.append(fault)


def _checked_serial(name: str, text: str) -> str:
    letters = text.replace("-", "")
    if text and (text.startswith("-") or not (letters.isascii() and letters.isalnum())):
        _wrong(NotASerial(input=name))
    return text


def _bounded(written: str, most: int) -> str:
    """As much of it as is looked at, without NUL, which PostgreSQL cannot hold."""
    return written[:most].replace("\0", "")
