"""The glossary and the code say the same words."""

import re
import unicodedata
from pathlib import Path

import pytest

from postal_service.domain.acts import Leg
from postal_service.domain.custody import State, Trouble

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("|") and not line.startswith("|-")
]


@pytest.mark.parametrize("kind", [State, Trouble, Leg])
def test_every_state_exception_and_leg_has_its_line(
    kind: type[State] | type[Trouble] | type[Leg],
) -> None:
    told = {row[0]: row[3] for row in ROWS if len(row) == 4}

    for member in kind:
        assert told.get(member.value) == f"`{kind.__name__}.{member.name}`"


def test_every_name_in_code_type_is_in_the_code() -> None:
    names = {name for row in ROWS for name in re.findall(r"`([\w.]+)`", row[-1])}
    packages = ("postal_service", "routing", "mobile_api")
    sources = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)

    assert len(names) > 50
    assert not [name for name in names if not re.search(rf"\b{name.split('.')[-1]}\b", code)]


def test_a_vietnamese_term_stands_once() -> None:
    terms = [row[0] for row in ROWS if len(row) == 3 and row[0] != "Vietnamese"]

    assert len(set(terms)) == len(terms)


def test_the_words_are_written_in_composed_letters() -> None:
    assert unicodedata.is_normalized("NFC", GLOSSARY)
