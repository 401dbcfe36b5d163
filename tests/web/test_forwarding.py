"""The page on which a clerk sends on what belongs elsewhere."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import ItemId
from postal_service.storage.schema import EntryRow
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.in_hand import standing
from tests.services.world import World
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]
SENT_ON = {"unit": w.FAR_OFFICE, "why": "người nhận đã chuyển về Thăng Bình"}


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    (made,) = d.results_at_office(session, world, d.homes(1))
    session.commit()
    return made


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_a_clerk_sends_a_result_on_and_its_page_says_so(
    browser: Browsers, session: Session, item: ItemId
) -> None:
    clerk = browser("counter")
    assert f'href="/items/{item}/forward"' in clerk.text(f"/items/{item}")
    form = clerk.text(f"/items/{item}/forward")
    assert "Bưu cục Hà Lam" in form
    assert f'value="{w.OFFICE}"' not in form  # there it is bound already
    assert f'value="{w.FAR_DESK}"' not in form

    answer = clerk.send(f"/items/{item}/forward", SENT_ON)

    assert (answer.status_code, answer.location) == (302, f"/items/{item}")
    page = clerk.text(f"/items/{item}")
    assert "Chuyển tiếp" in page
    assert SENT_ON["why"] in page
    assert "chuyển tiếp" in page
    assert "Bưu cục Hà Lam" in page.partition("Nơi đến")[2][:80]
    session.expire_all()
    assert standing(session, item).destination == w.FAR_OFFICE


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"unit": ""}, 400),
        ({"unit": "x" * 3_000}, 400),
        ({"unit": "<script>"}, 404),
        ({"unit": "nowhere"}, 404),
        ({"unit": w.OFFICE}, 409),
        ({"unit": w.DESK}, 409),
        ({"why": ""}, 400),
        ({"why": "z" * 201}, 400),
        ({"why": "ông Bình 0914 000 777"}, 400),
    ],
)
def test_what_cannot_be_is_told_and_nothing_recorded(
    browser: Browsers, session: Session, item: ItemId, fields: dict[str, str], status: int
) -> None:
    before = events(session)

    answer = browser("counter").send(f"/items/{item}/forward", {**SENT_ON, **fields})

    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    assert 'role="alert"' in page
    assert events(session) == before


def test_who_does_not_hold_it_cannot(browser: Browsers, session: Session, item: ItemId) -> None:
    before = events(session)
    path = f"/items/{item}/forward"
    for login in ("courier", "officer", "auditor", "administrator"):
        assert browser(login).get(path).status_code == 403, login
        assert browser(login).send(path, SENT_ON).status_code == 403, login
    assert browser("far_counter").send(path, SENT_ON).status_code == 404
    assert browser("desk_clerk").send(path, SENT_ON).status_code in {404, 409}
    assert "/forward" not in browser("auditor").text(f"/items/{item}")
    assert browser("counter").send("/items/BH999999995VN/forward", SENT_ON).status_code == 404
    assert events(session) == before
