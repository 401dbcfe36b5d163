"""Every page speaks Vietnamese; a person may ask for English. The Vietnamese text is the key of its English.

A feature keeps its own `english.py`; they are found by name. What is counted there is written
"{count} item(s)" and told in the number it has. A test proves that every message of every
template and view has its English.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from flask import has_request_context, session

from postal_service import web
from postal_service.domain.wording import Language, counted

LANGUAGES: Mapping[Language, str] = {"vi": "Tiếng Việt", "en": "English"}
CHOSEN = "language"


@cache
def english() -> Mapping[str, str]:
    """The English of every Vietnamese message of the pages."""
    found: dict[str, str] = {}
    for module in iter_modules(web.__path__):
        name = f"{web.__name__}.{module.name}"
        if module.name == "english":
            found.update(import_module(name).ENGLISH)
        elif module.ispkg and find_spec(f"{name}.english"):
            found.update(import_module(f"{name}.english").ENGLISH)
    return found


def language() -> Language:
    """What this person reads."""
    return "en" if has_request_context() and session.get(CHOSEN) == "en" else "vi"


def say(vietnamese: str, **facts: object) -> str:
    """A message of the pages in the person's language; `{name}` stands for a fact."""
    text = (
        counted(english().get(vietnamese, vietnamese), facts) if language() == "en" else vietnamese
    )
    return text.format(**facts) if facts else text


def pick(pair: tuple[str, str]) -> str:
    """The side of a (Vietnamese, English) pair that this person reads."""
    return pair[1] if language() == "en" else pair[0]
