"""A receiver who moved is a thing to do at the desk until his result is on its way to where he lives."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import ItemId
from postal_service.services import particulars
from postal_service.storage.schema import ParticularsRow
from tests.services import world as w
from tests.services import wrong_doors
from tests.services.in_hand import standing
from tests.services.world import World
from tests.services.wrong_doors import HEARD
from tests.web.conftest import Browser
from tests.web.desk_work import FORM_KEY

Browsers = Callable[[str], Browser]
MOVED = "Người nhận đã chuyển chỗ ở"
COPIED = (
    "dossier",
    "role",
    "fields",
    "content",
    "basis",
    "state",
    "made_by",
    "made_unit",
    "made_at",
)
COMPARE = re.compile(r'href="(/particulars/[^"]+/\d+)"')


@pytest.fixture
def item(session: Session, world: World) -> ItemId:
    made = wrong_doors.back_at_counter(session, world)
    session.commit()
    return made


def test_the_clerk_compares_it_then_forwards_it_and_then_nothing_is_left_to_do(
    browser: Browsers, session: Session, item: ItemId
) -> None:
    clerk = browser("counter")
    desk = clerk.text("/desk")
    assert MOVED in desk
    assert "Nhân viên courier báo địa chỉ mới lúc" in desk
    assert HEARD.address not in desk
    (path,) = set(COMPARE.findall(desk))
    comparison = clerk.text(path)
    assert HEARD.address in comparison
    assert "Xã Thăng Bình" in comparison
    assert "lời kể tại nơi phát" in comparison

    assert clerk.send(path, verdict="right").status_code == 302

    desk = clerk.text("/desk")
    assert "báo địa chỉ mới" not in desk
    assert "Người nhận nay ở nơi Bưu cục Hà Lam phát." in desk
    assert f'href="/items/{item}/forward"' in desk
    form = clerk.text(f"/items/{item}/forward")
    assert f'<option value="{w.FAR_OFFICE}" selected>' in form
    sent = clerk.send(
        f"/items/{item}/forward", unit=w.FAR_OFFICE, why="người nhận đã chuyển, đã gọi xác nhận"
    )
    assert sent.status_code == 302
    assert MOVED not in clerk.text("/desk")
    session.expire_all()
    assert standing(session, item).destination == w.FAR_OFFICE


def test_what_was_heard_wrongly_is_rejected_and_nothing_is_left_to_do(
    browser: Browsers, item: ItemId
) -> None:
    clerk = browser("counter")
    (path,) = set(COMPARE.findall(clerk.text("/desk")))
    assert clerk.send(path, verdict="wrong").status_code == 302
    assert MOVED not in clerk.text("/desk")
    form = clerk.text(f"/items/{item}/forward")
    assert "selected" not in form.partition('name="unit"')[2].partition("</select>")[0]


@pytest.mark.usefixtures("item")
def test_more_than_a_page_lists_are_said_to_be_more(browser: Browsers, session: Session) -> None:
    clerk = browser("counter")
    heard = session.scalars(select(ParticularsRow)).one()
    kept = {name: getattr(heard, name) for name in COPIED}
    most = particulars.MOST_FROM_DOORS

    for count, said in ((most - 1, f"{most}</span>"), (1, f"{most}+</span>")):
        session.add_all(ParticularsRow(**kept) for _ in range(count))
        session.commit()
        desk = clerk.text("/desk")
        assert said in desk.partition(MOVED)[2].partition("</div>")[0]
        assert desk.count("báo địa chỉ mới lúc") == most


def test_the_desk_says_it_in_english(browser: Browsers, item: ItemId) -> None:
    clerk = browser("counter")
    clerk.send("/language", language="en", next="/")
    desk = clerk.text("/desk")
    assert "The receiver has moved" in desk
    assert "told a new address" in desk
    (path,) = set(COMPARE.findall(desk))
    assert "what a courier was told at the door" in clerk.text(path)


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize("login", ["far_counter", "desk_clerk", "officer", "manager"])
def test_other_desks_are_not_asked(browser: Browsers, login: str) -> None:
    assert "báo địa chỉ mới" not in browser(login).text("/desk")


def test_the_offices_own_form_does_not_take_the_couriers_basis(
    browser: Browsers, session: Session, item: ItemId
) -> None:
    clerk = browser("counter")
    (path,) = set(COMPARE.findall(clerk.text("/desk")))
    form = clerk.text(path.rpartition("/")[0])
    assert 'value="door"' not in form
    key = FORM_KEY.search(form)
    assert key is not None
    fields = {"form_key": key[1], "role": "owner", "basis": "door", "name": "Trần Văn Bình"}
    answer = clerk.send(path.rpartition("/")[0], fields)
    assert answer.status_code == 400
    assert "Căn cứ" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ParticularsRow)) == 1
