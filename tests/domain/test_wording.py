"""No refusal is speechless, in either language, and no sentence asks for what it is not told."""

import importlib
import pkgutil
import re
from string import Formatter
from unicodedata import is_normalized

import pytest

import mobile_api
import postal_service
from postal_service.domain.refusals import Refusal
from postal_service.domain.wording import Language, sentence, sentences

COUNTED = re.compile(r"\}((?: [\w-]+)+)\(s\)")


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


def test_what_is_counted_has_the_number_that_it_has() -> None:
    def told(faults: object, language: Language = "en") -> str:
        return sentence("plan.faults_not_accepted", {"faults": faults}, language)

    assert told(1).startswith("The plan breaks 1 rule. ")
    assert told("1").startswith("The plan breaks 1 rule. ")
    assert told(2).startswith("The plan breaks 2 rules. ")
    assert "(s)" not in told(None)
    assert told(1, "vi").replace("1", "2") == told(2, "vi")


def test_no_sentence_says_one_things() -> None:
    limits = {"most": 2, "least": 2, "longest": 2, "lines": 2}  # never one, so written as they are
    told = [
        sentence(code, {**dict.fromkeys(fields(english), 1), **limits}, "en")
        for code, (_, english) in sentences().items()
    ]
    things = {
        f"{thing}s" for _, english in sentences().values() for thing in COUNTED.findall(english)
    }
    assert {" characters", " papers", " times"} <= things
    said = re.compile(rf"\b1(?:{'|'.join(things)})\b")
    assert [each for each in told if said.search(each)] == []
