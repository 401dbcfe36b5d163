"""Every message of the pages has its English, and every label of a code its word."""

import ast
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from flask import session as flask_session
from jinja2 import Environment, nodes

from postal_service import web
from postal_service.domain.wording import sentences
from postal_service.ledger import verify
from postal_service.services import auditing
from postal_service.web.audit.words import FINDINGS
from postal_service.web.facts import KINDS
from postal_service.web.labels import WORDS
from postal_service.web.language import CHOSEN, english, say
from tests.web.conftest import Browser

FOLDER = Path(web.__path__[0])
SPEAKING = {"say", "_"}
# Functions of web/forms.py that say their label, and where it stands among their arguments.
LABELLED = {
    "line", "optional_line", "serial", "optional_serial", "number", "optional_number", "given_number",
    "choice", "day", "hour",
}  # fmt: skip


def of_templates() -> Iterator[tuple[str, str]]:
    environment = Environment(autoescape=True)
    for path in sorted(FOLDER.rglob("templates/**/*.html")):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_":
                first = call.args[0]
                assert isinstance(first, nodes.Const), f"{path.name}: a message must be a literal"
                yield path.name, first.value


def of_views() -> Iterator[tuple[str, str]]:
    for path in sorted(FOLDER.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = (
                call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            )
            of_forms = (
                isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "forms"
            )
            place = 0 if name in SPEAKING else 1 if of_forms and name in LABELLED else None
            if place is not None and len(call.args) > place:
                message = call.args[place]
                if isinstance(message, ast.Constant) and isinstance(message.value, str):
                    yield path.name, message.value


def test_a_message_has_one_english_whichever_feature_says_it() -> None:
    """They are found by their Vietnamese alone: of two the last read would stand on both pages."""
    told: dict[str, set[str]] = {}
    for path in FOLDER.rglob("english.py"):
        name = ".".join((web.__name__, *path.relative_to(FOLDER).with_suffix("").parts))
        for vietnamese, said in import_module(name).ENGLISH.items():
            told.setdefault(vietnamese, set()).add(said)

    assert {said for said, ways in told.items() if len(ways) > 1} == set()


def test_every_message_has_its_english() -> None:
    said = [*of_templates(), *of_views()]

    assert len(said) > 30
    assert not sorted({(place, text) for place, text in said if text not in english()})


def test_no_english_is_left_that_nobody_says() -> None:
    said = {text for _, text in (*of_templates(), *of_views())}

    assert not sorted(set(english()) - said)


@pytest.mark.parametrize("vietnamese", sorted(english()))
def test_a_translation_keeps_the_facts(vietnamese: str) -> None:
    def facts(text: str) -> set[str]:
        return {part.split("}")[0] for part in text.split("{")[1:]}

    assert facts(vietnamese) == facts(english()[vietnamese])
    assert unicodedata.is_normalized("NFC", vietnamese)


@pytest.mark.parametrize(
    ("vietnamese", "facts", "told"),
    [
        ("{count} điểm chưa xếp", {"count": 1}, "1 stop left out"),
        ("{count} điểm chưa xếp", {"count": 0}, "0 stops left out"),
        ("{done}/{total} điểm xong", {"done": 1, "total": 2}, "1 of 2 stops done"),
        (
            "{rounds} tuyến cho {couriers} bưu tá đang làm việc",
            {"rounds": 1, "couriers": 3},
            "1 round for 3 couriers at work",
        ),
    ],
)
def test_english_tells_one_as_one_and_many_as_many(
    vietnamese: str, facts: dict[str, object], told: str
) -> None:
    page = Flask(__name__)
    page.secret_key = "for a session of one test"
    with page.test_request_context():
        flask_session[CHOSEN] = "en"
        assert say(vietnamese, **facts) == told


def test_everything_that_a_check_finds_has_its_words() -> None:
    found = {
        call.args[1]
        for module in Path(verify.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("findings.add")
    }
    told = {each.value for each in found if isinstance(each, ast.Constant)}
    told |= {getattr(verify, each.id) for each in found if isinstance(each, ast.Name)}
    told |= {auditing.WRONG_COLUMN, auditing.WRONG_PROJECTION, auditing.WRONG_FILE}

    assert told == set(FINDINGS)


def test_every_fact_that_is_put_into_words_stands_in_its_sentence() -> None:
    for (code, fact), kind in KINDS.items():
        assert "{" + fact + "}" in sentences()[code][0]
        assert kind in {type(each) for each, _ in WORDS}


def test_a_refusal_names_roles_and_places_as_people_do(browser: Callable[[str], Browser]) -> None:
    page = browser("auditor").get("/cash").get_data(as_text=True)

    assert "giao dịch viên" in page
    assert "Bưu điện" in page or "Thành phố" in page
    assert "postal_clerk" not in page


def test_every_code_that_a_page_may_show_has_its_word() -> None:
    kinds: set[type[StrEnum]] = {type(code) for code, _ in WORDS}

    for kind in kinds:
        assert {code.value for code, _ in WORDS if type(code) is kind} == {c.value for c in kind}
