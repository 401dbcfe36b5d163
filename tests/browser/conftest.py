"""A real Chromium before a real server on a database of its own; screenshots are kept in var/screenshots."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socket import socket

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from sqlalchemy import update
from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from postal_service.domain.desk_codes import desk_code
from postal_service.runtime import Runtime, start
from postal_service.services.gateways import FolderGateway
from postal_service.storage.schema import StaffRow
from postal_service.storage.transaction import Sessions, transaction
from tests.clock import Clock
from tests.databases import not_here
from tests.services import world as w
from tests.services.world import World, build
from tests.web.conftest import PASSWORD, password_hash, settings_for_tests, site_over

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
MOST_WAIT_MS = 90_000  # of a machine with other work

# How a page looks does not depend on its database; what stands on it is asked for on both by tests/web.
ON_ONE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

expect.set_options(timeout=MOST_WAIT_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; nothing is downloaded."""
    found = next((path for path in CHROMIUM if shutil.which(path)), None)
    if found is None:
        not_here("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            headless=True,
            args=["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


@dataclass(frozen=True)
class Office:
    """The small organisation, and what its server stands on."""

    world: World
    runtime: Runtime
    clock: Clock


@pytest.fixture
def office(committed_sessions: Sessions, tmp_path: Path) -> Office:
    """Everybody has a badge and a password."""
    with transaction(committed_sessions) as session:
        world = build(session)
        session.execute(update(StaffRow).values(password_hash=password_hash()))
        for number, row in enumerate(session.query(StaffRow).order_by(StaffRow.id), start=1):
            row.badge = desk_code(number)
    clock = Clock(w.MORNING)
    configured = replace(settings_for_tests(), gateway=FolderGateway(tmp_path))
    runtime = start(configured, clock=clock, sessions=committed_sessions)
    return Office(world=world, runtime=runtime, clock=clock)


@pytest.fixture
def site(office: Office) -> Iterator[str]:
    """The address of a server over the small organisation."""
    with _served(site_over(office.runtime)) as address:
        yield address


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    """The thread that serves also closes: nobody shuts a socket that another one waits on."""
    sockets: dict[int, socket] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    assert isinstance(server, BaseWSGIServer)  # one address, so no bundle of servers
    assert server.socket is not None
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=1, map=sockets, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    finally:
        stop.set()
        server.pull_trigger()
        thread.join(timeout=MOST_WAIT_MS / 1000)


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def opened(*, phone: bool = False) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport=PHONE if phone else DESKTOP,
            locale="vi-VN",
            accept_downloads=True,
        )
        context.set_default_timeout(MOST_WAIT_MS)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page, login: str, *, home: str = "desk") -> None:
    """Sign in with the keyboard alone, and wait for the page that this role begins with."""
    page.goto("/sign-in")
    page.locator("#login").focus()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{home}")


def scan(page: Page, code: str) -> None:
    """What a wedge scanner does: a burst of keys and Enter, wherever the cursor stands.

    Each key bears the time at which it was pressed, as a keyboard's does: a busy machine hands
    them on late, and that makes no person of a scanner.
    """
    keyboard = page.context.new_cdp_session(page)
    pressed = time.time()
    for key in (*code, "Enter"):
        pressed += 0.01
        told: dict[str, str | int | float] = {"key": key, "timestamp": pressed}
        typed = {"text": "\r", "windowsVirtualKeyCode": 13} if key == "Enter" else {"text": key}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", **told, **typed})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})
    keyboard.detach()


def keep(page: Page, name: str) -> None:
    """Keep a screenshot as seen on a desk and on a phone."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for kind, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)
        page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=True)
    page.set_viewport_size(DESKTOP)
