"""A bag is filled by scanning, sealed, handed over with everything in it, opened and compared."""

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from postal_service.domain.custody import State, Trouble
from postal_service.domain.ids import ItemId
from postal_service.storage.schema import EntryRow
from tests.printing.read_back import text_of
from tests.services import world as w
from tests.services.in_hand import standing
from tests.web.conftest import Browser
from tests.web.desk_work import BATCH, FORM_KEY, REWRITE, received, sealed, taken

PDF = re.compile(r'base64,([^"]+)" download="([^"]+)"')


@pytest.fixture
def items(browser: Callable[[str], Browser]) -> list[str]:
    counter = browser("counter")
    return [sealed(counter, f"NP-{n}") for n in (1, 2, 3)]


def fill(clerk: Browser, *codes: str, **changed: str) -> tuple[int, str, str]:
    """Send the form; the status, where it leads and the page."""
    key = FORM_KEY.search(clerk.text("/bags/new"))
    assert key is not None
    fields = {"form_key": key[1], "destination": w.FAR_OFFICE, "serial": "tui-1"}
    answer = clerk.send("/bags/new", {**fields, "codes": "\n".join(codes), **changed})
    return answer.status_code, answer.location or "", answer.get_data(as_text=True)


def bagged(clerk: Browser, *codes: str) -> str:
    status, path, page = fill(clerk, *codes)
    assert status == 302, page
    return path.rsplit("/", 1)[1]


def handed_over(giver: Browser, taker: Browser, bag: str, items: list[str]) -> None:
    answer = giver.send("/handovers/new", codes=bag, to_unit=w.FAR_OFFICE)
    batch = BATCH.search(answer.location or "")
    assert batch is not None, answer.get_data(as_text=True)
    page = taker.text(f"/handovers/{batch[1]}/take")
    assert f'name="answer-{bag}"' in page
    for item in items:  # nobody looks into a closed bag: they are listed and not asked for
        assert item in page
        assert f"answer-{item}" not in page
    taken(taker, batch[1], bag)


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_a_bag_is_sealed_anew_without_counting_papers_that_it_has_none_of(
    browser: Callable[[str], Browser], items: list[str]
) -> None:
    counter = browser("counter")
    bag = bagged(counter, *items)
    assert "Giấy tờ bên trong" not in counter.text(f"/items/{bag}")
    page = counter.text(f"/items/{bag}/seal")

    assert "Cùng người nộp đếm lại giấy tờ" not in page
    assert "Danh mục" not in page
    hidden = re.findall(r'type="hidden" name="(\w+)" value="0"', page)
    assert hidden == ["originals", "certified", "photocopies"]


def test_what_happened_to_a_bag_is_told_without_papers_that_it_has_none_of(
    browser: Callable[[str], Browser], items: list[str]
) -> None:
    counter, manager = browser("counter"), browser("manager")
    bag = bagged(counter, *items)
    counter.send("/handovers/new", codes=bag, to_unit=w.FAR_OFFICE)

    page = counter.text(f"/items/{bag}")
    assert "Niêm phong số: <strong>TUI-1</strong>" in page
    assert "Số giấy tờ" not in page
    assert "Số giấy tờ: <strong>" in counter.text(f"/items/{items[0]}")
    page = manager.text(f"/items/{bag}/corrections")
    assert "Niêm phong số: TUI-1" in page
    assert "Số giấy tờ:" not in page


def test_a_bag_is_sealed_with_its_manifest_and_goes_with_what_is_in_it(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter, far = browser("counter"), browser("far_counter")
    bag = bagged(counter, *items)
    page = counter.text(f"/bags/{bag}")
    papers = {name: text_of(b64decode(pdf)) for pdf, name in PDF.findall(page)}
    manifest = next(words for name, words in papers.items() if "ban-ke" in name)
    for said in (*items, "TUI-1", "Bưu cục Hà Lam", bag):
        assert said in manifest
    assert items[0] not in counter.text("/handovers/new")  # it goes with its bag
    assert bag in counter.text("/bags")

    counter.send(f"/bags/{bag}/depart", run="XE-1")
    handed_over(counter, far, bag, items)

    assert bag in far.text("/bags")
    answer = far.send(f"/bags/{bag}/open", codes="\n".join(items), serial="tui-1")
    assert "Đủ theo bản kê: 3 bưu gửi" in answer.get_data(as_text=True)
    assert {standing(session, ItemId(item)).state for item in items} == {
        State.AT_DESTINATION_OFFICE
    }
    page = far.text(f"/bags/{bag}")
    assert "đã mở" in page
    papers = {name: text_of(b64decode(pdf)) for pdf, name in PDF.findall(page)}
    assert all("Chuyến thư XE-1" in words for words in papers.values())  # though it has arrived
    assert far.get(f"/bags/{bag}/open").status_code == 409


def test_a_refused_bag_comes_back_with_the_page_of_the_list_and_its_ticks(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter = browser("counter")
    first, second, third = sorted(items)
    page = counter.text(f"/bags/new?after={first}")
    action, key = re.search(r'<form[^>]* action="(/bags/new[^"]*)"', page), FORM_KEY.search(page)
    assert action is not None
    assert key is not None
    fields = {"form_key": key[1], "item": second, "destination": w.FAR_OFFICE, "serial": ""}
    before = events(session)

    answer = counter.send(action[1], fields)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert re.findall(r'name="item" value="(\w+)"( checked)?', page) == [
        (second, " checked"), (third, ""),
    ]  # fmt: skip
    assert f'action="{action[1]}"' in page
    assert events(session) == before
    assert counter.send(action[1], {**fields, "serial": "TUI-9"}).status_code == 302


def test_an_opened_bag_leaves_the_stacks_and_can_be_handed_to_nobody(
    browser: Callable[[str], Browser], items: list[str]
) -> None:
    counter = browser("counter")
    bag = bagged(counter, *items)
    desk = counter.text("/desk")
    assert bag in desk
    assert items[0] not in desk  # it stands in the stack as its bag
    counter.send(f"/bags/{bag}/open", codes="\n".join(items), serial="TUI-1")

    for page in ("/desk", "/bags", "/handovers/new"):
        assert bag not in counter.text(page)
    assert items[0] in counter.text("/handovers/new")
    answer = counter.send("/handovers/new", codes=bag, to_unit=w.FAR_OFFICE)
    assert answer.status_code == 409
    assert "đã kết thúc" in answer.get_data(as_text=True)
    assert "túi đã mở, đã đối chiếu" in counter.text(f"/items/{bag}")


def test_an_item_in_a_closed_bag_goes_nowhere_and_the_page_names_the_bag(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter = browser("counter")
    bag = bagged(counter, *items)
    before = events(session)

    page = counter.text(f"/items/{items[0]}")
    assert f'href="/items/{bag}"' in page
    assert "Niêm phong lại" not in page
    for path, fields in (
        ("/handovers/new", {"codes": items[0], "to_unit": w.DESK}),
        (f"/items/{items[0]}/seal", {"serial": "NP-9", "originals": "1"}),
    ):
        answer = counter.send(path, fields)
        assert answer.status_code in {400, 409}
    answer = counter.send("/handovers/new", codes=items[0], to_unit=w.DESK)
    assert f"nằm trong túi {bag}" in answer.get_data(as_text=True)
    assert events(session) == before


def test_a_bag_that_waits_for_the_other_side_is_not_opened(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter = browser("counter")
    bag = bagged(counter, *items)
    counter.send("/handovers/new", codes=bag, to_unit=w.FAR_OFFICE)
    before = events(session)
    assert "rút đề nghị bàn giao trước" in counter.text(f"/bags/{bag}")

    answer = counter.send(f"/bags/{bag}/open", codes="\n".join(items), serial="TUI-1")

    assert answer.status_code == 409
    assert events(session) == before


def test_a_reserved_bag_stays_with_all_that_lies_in_it(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter, far = browser("counter"), browser("far_counter")
    bag = bagged(counter, *items)
    answer = counter.send("/handovers/new", codes=bag, to_unit=w.FAR_OFFICE)
    batch = BATCH.search(answer.location or "")
    assert batch is not None

    done = far.send(f"/handovers/{batch[1]}/take", {f"answer-{bag}": "seal"})

    assert done.status_code == 200, done.get_data(as_text=True)
    for each in (bag, *items):
        assert standing(session, ItemId(each)).troubles == {Trouble.SEAL}
        assert standing(session, ItemId(each)).holder is not None


def test_what_is_missing_or_too_many_or_under_another_seal_is_told(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter, far = browser("counter"), browser("far_counter")
    bag = bagged(counter, *items[:2])
    handed_over(counter, far, bag, items[:2])
    stray = sealed(far, "NP-9")

    answer = far.send(f"/bags/{bag}/open", codes=f"{items[0]}\n{stray}", serial="TUI-7")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    for said in (items[1], "đã báo thất lạc", stray, "không có trong bản kê", "khác số ghi sổ"):
        assert said in page
    assert standing(session, ItemId(items[0])).state is State.AT_DESTINATION_OFFICE
    assert Trouble.LOST in standing(session, ItemId(items[1])).troubles
    assert Trouble.SEAL in standing(session, ItemId(bag)).troubles
    assert not standing(session, ItemId(stray)).troubles


def test_a_bag_cannot_be_opened_by_an_office_that_has_not_taken_it(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter, far = browser("counter"), browser("far_counter")
    bag = bagged(counter, *items)
    before = events(session)
    assert "chưa nhận bàn giao túi" in far.text(f"/bags/{bag}/open")

    answer = far.send(f"/bags/{bag}/open", codes="\n".join(items), serial="TUI-1")

    assert answer.status_code == 409
    assert events(session) == before


def test_what_a_bag_told_wrongly_is_put_right_without_counting_papers(
    browser: Callable[[str], Browser], items: list[str]
) -> None:
    counter, manager = browser("counter"), browser("manager")
    bag = bagged(counter, *items)
    handed_over(counter, browser("far_counter"), bag, items)
    pages = {path: manager.text(path) for path in REWRITE.findall(manager.text(f"/items/{bag}"))}
    (taken_over,) = (path for path, page in pages.items() if 'name="condition"' in page)
    assert not any('name="originals"' in page for page in pages.values())

    answer = manager.send(
        taken_over, seal="TUI-1", condition="wet", maker="B-counter", because="túi ướt khi đến"
    )

    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert "ướt" in manager.text(f"/items/{bag}").lower()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"codes": ""}, 400),
        ({"codes": "không phải mã"}, 400),
        ({"codes": "BH999999995VN"}, 404),
        ({"codes": "B-counter"}, 404),
        ({"destination": ""}, 400),
        ({"destination": w.OFFICE}, 400),  # to oneself
        ({"destination": w.DESK}, 400),
        ({"destination": "' OR 1=1"}, 400),
        ({"serial": ""}, 400),
        ({"serial": "x" * 41}, 400),
        ({"serial": "NP-1"}, 409),  # used on an item
        ({"form_key": "x"}, 400),
    ],
)
def test_a_bad_bag_is_not_made(
    browser: Callable[[str], Browser],
    items: list[str],
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    before = events(session)

    assert fill(browser("counter"), items[0], **changed)[0] == status

    assert events(session) == before


def test_what_lies_in_a_bag_or_is_offered_or_unsealed_goes_into_no_other(
    browser: Callable[[str], Browser], items: list[str]
) -> None:
    counter = browser("counter")
    bag = bagged(counter, items[0])
    counter.send("/handovers/new", codes=items[1], to_unit=w.DESK)

    for code in (items[0], items[1], bag, received(counter)):
        status, _, page = fill(counter, code, serial="TUI-2")
        assert status == 409, page


@pytest.mark.parametrize("fields", [{"serial": ""}, {"serial": "x" * 41}, {"codes": "???"}])
def test_a_bad_opening_changes_nothing(
    browser: Callable[[str], Browser], items: list[str], session: Session, fields: dict[str, str]
) -> None:
    counter = browser("counter")
    bag = bagged(counter, *items)
    before = events(session)

    answer = counter.send(f"/bags/{bag}/open", {"serial": "TUI-1", "codes": items[0], **fields})

    assert answer.status_code in {400, 404}
    assert events(session) == before


def test_an_item_is_no_bag_and_a_bag_departs_with_a_named_run(
    browser: Callable[[str], Browser], items: list[str], session: Session
) -> None:
    counter = browser("counter")
    assert counter.get(f"/bags/{items[0]}").status_code == 400
    bag = bagged(counter, *items)
    before = events(session)
    assert counter.send(f"/bags/{bag}/depart", run="").status_code == 400
    assert counter.send(f"/bags/{bag}/depart", run="x" * 41).status_code == 400
    assert events(session) == before
