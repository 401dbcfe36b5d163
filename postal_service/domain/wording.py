"""The sentence behind every refusal, once for all edges: Vietnamese first, English second.

A part of the product keeps its sentences in its own `wording_*.py`; they are found by name, so
that a new part is heard without being registered. A test proves that no refusal is speechless.
What is counted in English is written "{count} item(s)" and told in the number it has.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

from postal_service import domain
from postal_service.domain.wording_domain import CALENDARS, WAYS

Language = Literal["vi", "en"]
_NAMED = {"calendar": CALENDARS, "way": WAYS}
_COUNTED = re.compile(r"(\{(\w+)\}(?: [\w-]+)+)\(s\)")


@cache
def sentences() -> Mapping[str, tuple[str, str]]:
    """Every sentence by its refusal's code: Vietnamese, English."""
    found: dict[str, tuple[str, str]] = {}
    for module in iter_modules(domain.__path__):
        if module.name.startswith("wording_"):
            part = import_module(f"{domain.__name__}.{module.name}")
            found.update(getattr(part, "SENTENCES", {}))
    return found


def sentence(code: str, facts: Mapping[str, object], language: Language = "vi") -> str:
    """What to tell a person. A code without a sentence gets the general one, never a blank."""
    vietnamese, english = sentences().get(code) or sentences()["postal"]
    text = vietnamese if language == "vi" else counted(english, facts)
    return text.format_map(_Told(_named(facts, language)))


def counted(english: str, facts: Mapping[str, object]) -> str:
    """Every "{count} item(s)" in the number of its fact: Vietnamese says one and two alike."""
    return _COUNTED.sub(
        lambda told: told[1] + ("" if str(facts.get(told[2])) == "1" else "s"), english
    )


def _named(facts: Mapping[str, object], language: Language) -> Mapping[str, object]:
    """The facts with the common calendars called by whose they are, and the Post's ways in words."""
    named = dict(facts)
    for fact, words in _NAMED.items():
        pair = words.get(str(facts.get(fact, "")))
        if pair:
            named[fact] = pair[language == "en"]
    return named


class _Told(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "?"  # a sentence that asks for more than it was told is still worth reading
