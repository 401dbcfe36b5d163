"""No refusal is speechless, in either language, and no sentence asks for what it is not told."""

import importlib
import pkgutil
from string import Formatter
from unicodedata import is_normalized

import pytest

import mobile_api
import postal_service
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import sentence, sentences


def refusals() -> list[type[Refusal]]:
    """Every refusal of the product, wherever it is defined."""
    for package in (postal_service, mobile_api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found: list[type[Refusal]] = []
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return sorted({kind for kind in found if kind.__module__.split(".")[0] != "tests"}, key=str)


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_sentence(kind: type[Refusal]) -> None:
    assert kind.code in sentences(), f"{kind.__name__} ({kind.code}) has no sentence"


def test_codes_are_not_shared_by_strangers() -> None:
    owners: dict[str, set[str]] = {}
    for kind in refusals():
        if "code" in vars(kind):
            owners.setdefault(kind.code, set()).add(f"{kind.__module__}.{kind.__name__}")

    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


def test_sentences_are_whole_in_both_languages() -> None:
    for code, (vietnamese, english) in sentences().items():
        assert vietnamese.strip(), code
        assert english.strip(), code
        assert is_normalized("NFC", vietnamese), code
        assert fields(vietnamese) >= fields(english) or fields(english) >= fields(vietnamese), code


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_sentence_survives_a_missing_fact() -> None:
    assert "?" in sentence("item.unknown", {}, "vi")
    assert sentence("no.such.code", {}, "en") == sentences()["postal"][1]
