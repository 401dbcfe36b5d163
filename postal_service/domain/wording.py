"""The sentence behind every refusal, once for all edges: Vietnamese first, English second.

A part of the product keeps its sentences in its own `wording_*.py`; they are found by name, so
that a new part is heard without being registered. A test proves that no refusal is speechless.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

from postal_service import domain

Language = Literal["vi", "en"]


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
    text = vietnamese if language == "vi" else english
    return text.format_map(_Told(facts))


class _Told(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "?"  # a sentence that asks for more than it was told is still worth reading
