"""What every page owes a phone, and how a test leaves one page for the next without racing it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from tests.browser.conftest import PHONE, keep

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select, textarea')]
    .filter(field => !field.labels.length && !field.getAttribute('aria-label')).map(field => field.name)"""
# What stands in the middle of a page and is smaller than WCAG 2.2 asks of a target.
SMALL = """() => [...document.querySelectorAll('button, .button, input[type=checkbox], input[type=radio]')]
    .filter(thing => thing.offsetParent && (thing.offsetHeight < 20 || thing.offsetWidth < 20))
    .map(thing => thing.outerHTML)"""

OUT_OF_VIEW = """() => [...document.querySelectorAll('.tabs [aria-current]')]
    .filter(here => here.getBoundingClientRect().right > innerWidth).map(here => here.textContent)"""


@contextmanager
def leaving(page: Page) -> Iterator[None]:
    """Whatever is pressed inside opens another page; go on when that one is loaded."""
    with page.expect_navigation():
        yield


def fits(page: Page, name: str) -> None:
    """Nothing scrolls sideways on a phone, fields have names, targets can be hit, one sees where one is.

    The page is looked at as it is now: a press that opens another one belongs into `leaving`.
    """
    page.set_viewport_size(PHONE)
    assert page.evaluate(WIDER) <= 0, name
    assert page.locator("h1").count() == 1, name
    assert not page.evaluate(UNNAMED), name
    assert not page.evaluate(SMALL), name
    assert not page.evaluate(OUT_OF_VIEW), name
    keep(page, name)
