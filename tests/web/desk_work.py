"""What a clerk does through the pages, step by step, for tests that begin in the middle."""

import re

from tests.services import world as w
from tests.web.conftest import Browser

FORM_KEY = re.compile(r'name="form_key" value="([^"]+)"')
ITEM = re.compile(r'class="code" href="/items/([A-Z]{2}\d{9}VN)"')
DOSSIER = re.compile(r"/dossiers/([0-9a-f-]{36})")
BATCH = re.compile(r"/handovers/([0-9a-f-]{36})")
REWRITE = re.compile(r'href="(/items/[^"]+/corrections/[0-9a-f-]{36})"')
NEED = re.compile(r'name="(p\d+-(?:originals|certified|photocopies))"[^>]*value="(\d+)"')

LAN = {
    "agency": w.AGENCY,
    "name": "Nguyễn Thị Lan",
    "citizen": "049190123456",
    "phone": "0905 123 456",
    "address": "12 Trần Cao Vân",
    "commune": w.COMMUNE,
    "by_post": "yes",
    "postage": "26000",
    "postage_means": "cash",
}


def reception_fields(clerk: Browser, procedure: str = w.EXTRACT, **other: str) -> dict[str, str]:
    """A reception form filled in with exactly what the list asks for."""
    page = clerk.text(f"/receptions/new/{procedure}")
    key = FORM_KEY.search(page)
    assert key is not None
    counts = dict(NEED.findall(page))
    return {"form_key": key[1], **counts, **LAN, **other}


def visit_fields(clerk: Browser, procedure: str = w.EXTRACT, **other: str) -> dict[str, str]:
    """The form of a visit for Lan, the day after the day off, with exactly what the list asks for."""
    page = clerk.text(f"/collecting/new/{procedure}")
    key = FORM_KEY.search(page)
    assert key is not None
    window = {"day": "2026-11-25", "opens": "08:00", "closes": "10:00"}
    unpaid = {name: value for name, value in LAN.items() if name != "postage_means"}
    return {"form_key": key[1], **dict(NEED.findall(page)), **unpaid, **window, **other}


def visit_asked(clerk: Browser, **other: str) -> str:
    """Ask for a visit; the answer's page."""
    answer = clerk.send(f"/collecting/new/{w.EXTRACT}", visit_fields(clerk, **other))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    return page


def received(clerk: Browser, procedure: str = w.EXTRACT, **other: str) -> str:
    """Receive a dossier; its item number."""
    answer = clerk.send(f"/receptions/new/{procedure}", reception_fields(clerk, procedure, **other))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    found = ITEM.search(page)
    assert found is not None, page
    return found[1]


def sealed(clerk: Browser, serial: str, procedure: str = w.EXTRACT) -> str:
    """Receive a dossier and seal it in the same act."""
    return received(clerk, procedure, serial=serial)


def offered(clerk: Browser, *items: str, to_unit: str = w.DESK) -> str:
    """Offer sealed items to a unit; the hand-over's id."""
    answer = clerk.send("/handovers/new", codes="\n".join(items), to_unit=to_unit)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    found = BATCH.search(answer.location)
    assert found is not None
    return found[1]


def taken(clerk: Browser, batch: str, *items: str) -> str:
    """Take all of an offered batch; the page with the record."""
    answer = clerk.send(f"/handovers/{batch}/take", {f"answer-{item}": "take" for item in items})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200, page
    return page


def dossier_of(clerk: Browser, item: str) -> str:
    """The dossier that an item's page names."""
    return dossier_in(clerk.text(f"/items/{item}"))


def dossier_in(page: str) -> str:
    """The dossier that a page links to."""
    found = DOSSIER.search(page)
    assert found is not None, page
    return found[1]


def one_of_each(counter: Browser) -> dict[str, str]:
    """An item, its dossier, its hand-over between OFFICE and DESK, and a person, by their names in addresses."""
    item = sealed(counter, "NP-1")
    return {
        "number": item,
        "key": dossier_of(counter, item),
        "batch": offered(counter, item),
        "staff": "s-courier",
    }
