"""What is wrong with which field: its JSON pointer, a code for programs, a sentence for people.

Marshmallow tells its messages in English only; each is known here by its form.
"""

import re
from collections.abc import Iterator, Mapping

from postal_service.domain.wording import Language, sentence

_FORMS = (
    ("field.missing", r"Missing data for required field\."),
    ("field.unknown", r"Unknown field\."),
    ("field.null", r"Field may not be null\."),
    ("field.wrong_type", r"Not a valid .+|Invalid (?:input )?type\."),
    ("field.too_long", r"Longer than maximum length (?P<most>\d+)\."),
    ("field.too_short", r"Shorter than minimum length (?P<least>\d+)\."),
    ("field.wrong_length", r"Length must be between (?P<least>\d+) and (?P<most>\d+)\."),
    (
        "field.out_of_range",
        r"Must be greater than or equal to (?P<least>\d+) and less than or equal to (?P<most>\d+)\.",
    ),
    ("field.no_choice", r"Must be one of: (?P<choices>.+)\."),
    ("field.wrong_form", r"String does not match expected pattern\."),
    ("field.not_base64", r"Not (?:canonical )?Base64.*"),
    ("field.not_json", r"Invalid JSON body\."),
)
_KNOWN = tuple((code, re.compile(form)) for code, form in _FORMS)


def told(messages: object, language: Language) -> list[dict[str, str]]:
    """Marshmallow's messages as the `errors` of a problem document."""
    return [
        {"pointer": pointer, **_said(message, language)} for pointer, message in _flat(messages)
    ]


def _flat(messages: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Each message with the JSON pointer (RFC 6901) of its field."""
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _flat(below, at + step)
    elif isinstance(messages, list | tuple):
        for each in messages:
            yield from _flat(each, at)
    else:
        yield at, str(messages)


def _said(message: str, language: Language) -> dict[str, str]:
    for code, form in _KNOWN:
        if found := form.fullmatch(message):
            return {"code": code, "detail": sentence(code, found.groupdict(), language)}
    return {"code": "field.invalid", "detail": sentence("field.invalid", {}, language)}
