"""Every page, for every role that may open it, in both languages: it fits a phone and says what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from postal_service.domain.actors import Role
from postal_service.services import delivery, handovers, transport
from postal_service.storage.transaction import transaction
from postal_service.web.gate import roles_of
from tests.browser.conftest import ON_ONE, Office
from tests.browser.fitting import SMALL, UNNAMED, WIDER, leaving
from tests.services import in_hand, journeys
from tests.services import rounds_day as d
from tests.services import world as w
from tests.web.conftest import PASSWORD, site_over
from tests.web.test_routes import LOGINS, NOT_THERE, PART, path_of, routes

pytestmark = [pytest.mark.browser, pytest.mark.slow, ON_ONE]

OK = 200
SERVER_FAULT = 500
# A page that a role opens on its way to nothing else; fewer would mean the walk walks past the pages.
FEWEST = 3

# Everything that is asked of one page, in one question: what is wrong, by what it is about.
# Contrast is WCAG's, of text on what lies behind it: 4.5, or 3 where the text is large. What is
# switched off need not be read, and what is there for the ear alone has no colour. Codes of the
# machine that a person must never have to read are enumerations and the days of a database;
# the people of the small organisation are named after their roles.
FAULTS = r"""() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const seen = all('h1, h2, h3, h4').filter(each => each.offsetParent).map(each => Number(each.tagName[1]));
  const ids = all('[id]').map(each => each.id);
  const parts = colour => colour.match(/[\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = colour.slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const pale = all('body *').filter(element => {
    const says = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!says || !element.offsetParent || element.closest('.away, [disabled], .skip')) return false;
    const style = getComputedStyle(element);
    const [ink, paper] = [light(parts(style.color)), light(behind(element))];
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < (large ? 3 : 4.5);
  });
  const told = elements => elements.map(each => each.outerHTML.slice(0, 120));
  return Object.entries({
    'not one h1': all('h1').length === 1 ? [] : all('h1').map(each => each.innerText).concat('h1'),
    'heading levels': seen.filter((level, place) => level - (place ? seen[place - 1] : 0) > 1),
    'the same id twice': ids.filter((id, place) => ids.indexOf(id) !== place),
    'without a name': told(all('a[href], button').filter(each => each.offsetParent
        && !(each.textContent || each.getAttribute('aria-label') || '').trim())),
    'too pale': told(pale),
    'raw': document.querySelector('main').innerText.replace(/Nhân viên \S+/g, '')
        .match(/\b\d{4}-\d{2}-\d{2}\b|\bNone\b|\bUTC\b|\b[a-z]+_[a-z_]+\b|\b[A-Za-z]+\.[A-Z][A-Z_]{2,}\b/g) || [],
  }).filter(([, found]) => found.length);
}"""


@dataclass(frozen=True)
class Busy:
    """A site where everything that a page can be about exists: the values that its addresses take."""

    site: str
    values: dict[str, list[str]]


@pytest.fixture
def busy(office: Office, site: str) -> Busy:
    """A morning at OFFICE and DESK with something in every state that a page tells apart."""
    world, at = office.world, w.MORNING - timedelta(hours=1)
    with transaction(office.runtime.sessions) as session:
        d.second_courier(session, world)
        d.results_at_office(session, world, d.homes(3), at=at)
        plan = d.shared_out(session, world)
        posted = d.dossier_at_counter(session, world, at=at)
        offered = d.dossier_at_counter(session, world, at=at)
        batch = handovers.offer(
            session, world.keys, [offered], to_unit=w.DESK, by=world.counter, at=at
        ).batch
        held, _ = in_hand.result(session, world, at=at)
        delivery.hold(
            session, world.keys, held, until=(at + timedelta(days=10)).date(),
            by=world.counter, at=at,
        )  # fmt: skip
        received = journeys.received(session, world, w.CORRECTION, at=at)
        made = journeys.received(session, world, at=at)
        result = journeys.ready(session, world, made, at=at)
        inside = in_hand.sealed(session, world, 2, at=at)
        bag = transport.pack_bag(
            session, world.keys, inside, destination=w.FAR_OFFICE, seal="TUI-9", item_prefix="BH",
            by=world.counter, at=at,
        ).bag  # fmt: skip
    return Busy(
        site=site,
        values={
            "number": [posted, held, result.item, bag],
            "key": [received.dossier, made.dossier],
            "batch": [batch],
            "staff": [world.courier.staff],
            "plan": [plan],
        },
    )


def paths(busy: Busy, office: Office, role: Role) -> list[str]:
    """Every address that this role may ask for, once for each thing that it can be about."""
    app = site_over(office.runtime)
    found = []
    for method, rule, endpoint in routes(app):
        allowed = roles_of(app, endpoint)
        if method != "GET" or (allowed is not None and role not in allowed):
            continue
        about = next((name for name in PART.findall(rule) if name in busy.values), "")
        found += [
            path_of(rule, {about: value} if about else {})
            for value in busy.values.get(about, [NOT_THERE])
        ]
    return found


def faults_of(page: Page) -> dict[str, object]:
    """What is wrong with the page that is open, as a phone shows it."""
    found: dict[str, object] = dict(page.evaluate(FAULTS))
    found["fields without a label"] = page.evaluate(UNNAMED)
    found["too small to hit"] = page.evaluate(SMALL)
    found["wider than the phone"] = max(0, page.evaluate(WIDER))
    return {what: fault for what, fault in found.items() if fault}


def is_page(page: Page, path: str) -> bool:
    """Not a file to save, and not what is not there for this person."""
    answer = page.request.head(path, max_redirects=0)
    assert answer.status < SERVER_FAULT, path
    return answer.status == OK and "html" in answer.headers["content-type"]


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of_a_role_fits_and_says_what_it_is(
    open_page: Callable[..., Page], office: Office, busy: Busy, role: Role
) -> None:
    page = open_page(phone=True)
    said: list[str] = []
    page.on("pageerror", lambda fault: said.append(str(fault)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.goto("/sign-in")
    page.fill("#login", LOGINS[role])
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    walked = [path for path in paths(busy, office, role) if is_page(page, path)]

    faults: dict[str, object] = {}
    for spoken in ("vi", "en"):
        for path in walked:
            page.goto(path)
            found = faults_of(page) | ({"console": list(said)} if said else {})
            if page.locator("html").get_attribute("lang") != spoken:
                found["language"] = spoken
            if found:
                faults[f"{spoken} {path}"] = found
            said.clear()
        page.goto("/account")
        with leaving(page):
            page.locator(".language button").click()
    assert not faults, "\n".join(f"{where}: {what}" for where, what in faults.items())
    assert len(walked) > FEWEST
