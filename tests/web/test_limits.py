"""What a page lets into a field is what its view reads: both take the limit from web/limits.py, by one name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from postal_service import web
from postal_service.domain.persons import LONGEST_NAME
from postal_service.ledger import shapes
from postal_service.ledger.shapes import EventMalformed
from postal_service.web import limits

FOLDER = Path(web.__path__[0])
# Which argument bounds a field: what a macro of parts.html lets in, what a function of forms.py reads.
LETS_IN = {"field": "most", "area": "most", "stepper": "within", "place": "within"}
READS = {"line": "most", "optional_line": "most", "number": "within", "optional_number": "within",
         "given_number": "within"}  # fmt: skip
SERIALS = {"serial", "optional_serial"}
# Pages whose form is read elsewhere, or that show a form of theirs on the page of another.
READ_BY = {"collecting": "receptions"}
ATTRIBUTE = re.compile(r"""\b(?:maxlength|minlength|min|max)["']?\s*[=:]\s*["']?\d""")
# One character more is looked at where the field is compared, so that a longer one is not right.
CUT = re.compile(r'forms\.raw\("(\w+)"\)(?:\.strip\(\))?\[: limits\.(\w+)(?: \+ 1)?\]')

Bound = tuple[str, str, str]  # the folder, the field, the name of its limit


def templates() -> Iterator[tuple[str, Path]]:
    for path in sorted(FOLDER.rglob("templates/**/*.html")):
        folder = path.relative_to(FOLDER).parts[0]
        yield READ_BY.get(folder, folder), path


def let_in() -> Iterator[Bound]:
    """The fields that macros put on pages, where a limit of this module bounds them."""
    environment = Environment(autoescape=True)
    for folder, path in templates():
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            macro = (
                call.node.attr
                if isinstance(call.node, nodes.Getattr)
                else getattr(call.node, "name", "")
            )
            first = call.args[0] if call.args else None
            if macro not in LETS_IN or not isinstance(first, nodes.Const):
                continue
            for keyword in call.kwargs:
                bound = keyword.value
                if (
                    keyword.key in {"most", "within"}
                    and isinstance(bound, nodes.Getattr)
                    and isinstance(bound.node, nodes.Name)
                    and bound.node.name == "limits"
                ):
                    yield folder, first.value, bound.attr


def calls_of_forms() -> Iterator[tuple[str, Path, ast.Call, str]]:
    for path in sorted(FOLDER.rglob("*.py")):
        folder = path.relative_to(FOLDER).parts[0]
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and ast.unparse(call.func.value) == "forms"
            ):
                yield READ_BY.get(folder, folder), path, call, call.func.attr


def cut() -> Iterator[Bound]:
    """The fields of which a view looks at so many characters."""
    for path in sorted(FOLDER.rglob("*.py")):
        folder = path.relative_to(FOLDER).parts[0]
        for found in CUT.finditer(path.read_text(encoding="utf-8")):
            yield READ_BY.get(folder, folder), found[1], found[2]


def read() -> Iterator[Bound]:
    """The fields that views read, with the limit that each is read by."""
    yield from cut()
    for folder, _, call, function in calls_of_forms():
        if not call.args or not isinstance(call.args[0], ast.Constant):
            continue
        name = str(call.args[0].value)
        if function in SERIALS:
            yield folder, name, "SERIAL"
        for keyword in call.keywords:
            if READS.get(function) == keyword.arg:
                yield folder, name, ast.unparse(keyword.value).removeprefix("limits.")


def by_field(bounds: Iterator[Bound]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for folder, name, limit in bounds:
        found[folder, name].add(limit)
    return found


def test_a_field_lets_in_what_its_view_reads() -> None:
    on_pages, in_views = by_field(let_in()), by_field(read())
    both = on_pages.keys() & in_views.keys()

    assert len(both) > 60
    assert not {
        field: (on_pages[field], in_views[field])
        for field in both
        if {of(name) for name in on_pages[field]} != {of(name) for name in in_views[field]}
    }


def of(limit: str) -> object:
    """What a limit is; an amount that is typed as text is bounded by its digits."""
    found = getattr(limits, limit)
    return limits.AMOUNT_DIGITS if limit in {"AMOUNT", "PAID"} else found


def test_no_line_is_read_that_its_page_does_not_bound() -> None:
    """What a view reads as a line is bounded on the page too, unless it is chosen there or hidden."""
    on_pages = by_field(let_in())
    written = [
        (folder, name)
        for folder, name, _ in read()
        if (folder, name) not in on_pages and has_text_input(folder, name)
    ]

    assert not written


def has_text_input(folder: str, name: str) -> bool:
    """Whether some page of this feature has a field of this name that a person types into."""
    typed = re.compile(rf'parts\.(?:field|area)\("{re.escape(name)}"')
    return any(
        typed.search(path.read_text(encoding="utf-8")) for of, path in templates() if of == folder
    )


@pytest.mark.parametrize("path", [path for _, path in templates()], ids=lambda path: path.name)
def test_no_page_writes_a_limit_of_its_own(path: Path) -> None:
    found = ATTRIBUTE.findall(path.read_text(encoding="utf-8"))

    assert not found


def test_no_view_writes_a_limit_of_its_own() -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for _, path, call, _ in calls_of_forms()
        for keyword in call.keywords
        if keyword.arg in {"most", "within", "least"} and isinstance(keyword.value, ast.Constant)
    ]

    assert not found


@pytest.mark.parametrize(
    ("shape", "longest", "letter"),
    [(shapes.REASON, limits.REASON, "ệ"), (shapes.SEAL, limits.SERIAL, "A")],
)
def test_an_event_takes_what_a_page_lets_in_and_no_letter_more(
    shape: shapes.Shape, longest: int, letter: str
) -> None:
    assert shape.read("x", letter * longest) == letter * longest
    with pytest.raises(EventMalformed):
        shape.read("x", letter * (longest + 1))


def test_what_a_service_bounds_is_bounded_by_it_alone() -> None:
    assert limits.NAME is LONGEST_NAME
    assert limits.AMOUNT.most == int("9" * limits.AMOUNT_DIGITS)
