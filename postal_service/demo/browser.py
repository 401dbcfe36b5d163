"""A browser as far as a clerk needs one: it keeps cookies, reads forms and sends them to the running server.

How bytes reach the server is the caller's, as with a phone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

from postal_service.demo.phone import Answer, Transport

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
FOUND, SEE_OTHER = 302, 303


class PageRefusedError(RuntimeError):
    """The server did not answer with a page."""


@dataclass
class Page(HTMLParser):
    """A page with its links and what its forms would send as they are, each by where it leads."""

    text: str
    path: str  # its own: a form that names no other leads there
    links: list[str] = field(default_factory=list)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._fields: dict[str, str] = {}
        self._list = ""  # whose options follow
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, forms and the fields of the form that is open."""
        told = {name: value or "" for name, value in attrs}
        match tag:
            case "a":
                self.links.append(told.get("href", ""))
            case "form":
                self._fields = self.forms.setdefault(told.get("action", self.path), {})
            case "input" if "name" in told:
                self._fields[told["name"]] = told.get("value", "")
            case "select":
                self._list = told.get("name", "")
            case "option" if "selected" in told:
                self._fields[self._list] = told.get("value", "")
            case _:
                pass


@dataclass
class Browser:
    """One person's browser. `cookies` hold what a sign-in leaves behind."""

    transport: Transport
    cookies: dict[str, str]

    def open(self, path: str) -> Page:
        """A page that must be there. Raises PageRefusedError."""
        answer = self._ask("GET", path, {}, b"")
        if answer.status != 200:
            raise PageRefusedError(f"{path}: {answer.status}")
        return _page(answer, path)

    def send(self, page: Page, action: str, fields: Mapping[str, str]) -> Page | None:
        """Fill in a form and send it; None once it was done, else the page that says why not."""
        body = urlencode({**page.forms[action], **fields}).encode()
        answer = self._ask("POST", action, FORM, body)
        return None if answer.status in {FOUND, SEE_OTHER} else _page(answer, action)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.transport(method, path, {"Cookie": kept, **headers}, body)
        told = SimpleCookie(answer.headers.get("Set-Cookie", ""))
        self.cookies.update({name: each.value for name, each in told.items()})
        return answer


def _page(answer: Answer, path: str) -> Page:
    return Page(answer.body.decode(), path)
