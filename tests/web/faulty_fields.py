"""What the page of a refused form tells at its fields, read as a browser reads it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

FIELDS = {"input", "select", "textarea"}


@dataclass
class Field:
    attributes: dict[str, str | None]
    value: str = ""


@dataclass
class Page(HTMLParser):
    """The fields of a page by their id, and the text of every paragraph that has one."""

    fields: dict[str, Field] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    _field: Field | None = None
    _text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("id") or ""
        if tag in FIELDS and name:
            assert name not in self.fields, f"{name} stands twice"
            found = Field(told, told.get("value") or "")
            self.fields[name] = found
            self._field = found if tag != "input" else None
        elif tag == "option" and self._field is not None and "selected" in told:
            self._field.value = told.get("value") or ""
        elif tag == "p":
            self._text = name
        elif tag == "a":
            self.links.add(told.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._field = None
        elif tag == "p":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.texts[self._text] = self.texts.get(self._text, "") + data
        elif self._field is not None and self._field.attributes.get("rows"):
            self._field.value += data


def opened(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def faults(text: str) -> dict[str, str]:
    """The fields that tell a fault, in the page's order, each with its sentence.

    Each is marked, says which sentence is its own and is led to from above; the first has the focus.
    """
    page = opened(text)
    found = {}
    for name, each in page.fields.items():
        if each.attributes.get("aria-invalid") != "true":
            continue
        assert f"{name}-fault" in (each.attributes.get("aria-describedby") or "").split()
        assert f"#{name}" in page.links
        found[name] = page.texts[f"{name}-fault"].strip("✗ \n")
    focused = [name for name, each in page.fields.items() if "autofocus" in each.attributes]
    assert focused == list(found)[:1]
    return found


def value(text: str, name: str) -> str:
    """What stands in a field."""
    return opened(text).fields[name].value
