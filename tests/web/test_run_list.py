"""The courier's run list is printed from the round that is out, by who loads it; every home on it is a logged look."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from postal_service.domain.ids import DossierId
from postal_service.domain.money import Line
from postal_service.domain.persons import PersonRole, read_person
from postal_service.domain.wording_numbers import dong
from postal_service.runtime import Runtime
from postal_service.services import charges, checkpoints, persons, rounds
from postal_service.services.plans import Kept
from postal_service.storage.schema import (
    AccessRow,
    DossierKeyRow,
    ItemRow,
    RoundRow,
    RoundTourRow,
    StopItemRow,
    StopRow,
    UnitRow,
)
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.printing.read_back import text_of
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.world import World
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]


@pytest.fixture
def clock() -> Clock:
    return Clock(d.EARLY)


@pytest.fixture
def plan(session: Session, world: World) -> Kept:
    """A proposal of four homes, a desk, a pick-up and two couriers."""
    d.second_courier(session, world)
    d.results_at_office(session, world, d.homes(4))
    d.dossier_at_counter(session, world)
    d.pickup(session, world)
    session.get_one(UnitRow, w.DESK).address = "159 Trần Quý Cáp"
    made = d.shared_out(session, world)
    found = rounds.managed_plan(session, made, by=world.manager)
    session.commit()
    return found


@pytest.fixture
def published(browser: Browsers, plan: Kept) -> Kept:
    fields = {"tag": plan.tag, "knowing": "yes"}
    assert browser("manager").send(f"/rounds/{plan.id}/publish", fields).status_code == 302
    return plan


def rounds_of(session: Session, plan: Kept) -> list[RoundRow]:
    session.expire_all()
    asked = select(RoundRow).filter_by(plan=plan.id).order_by(RoundRow.courier)
    return list(session.scalars(asked))


def stops_of(session: Session, row: RoundRow) -> list[StopRow]:
    asked = select(StopRow).filter_by(round=row.id).order_by(StopRow.position)
    return list(session.scalars(asked))


def a_delivery_of(session: Session, plan: Kept) -> tuple[RoundRow, StopRow]:
    """The first call at a home to which something is brought, and its round."""
    return next(
        (row, stop)
        for row in rounds_of(session, plan)
        for stop in stops_of(session, row)
        if not stop.unit and stop.kind == "deliver"
    )


def printed(clerk: Browser, row: RoundRow) -> str:
    answer = clerk.send(f"/rounds/run-list/{row.id}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return text_of(answer.data)


def test_each_round_that_is_out_has_its_run_list_with_every_stop(
    browser: Browsers, session: Session, published: Kept
) -> None:
    manager = browser("manager")
    page = manager.text(f"/rounds?plan={published.id}")
    told = {}
    for letter, row in zip("AB", rounds_of(session, published), strict=True):
        assert f'action="/rounds/run-list/{row.id}"' in page
        told[letter] = printed(manager, row)
        assert f"Tuyến {letter} — ngày 25 tháng 11 năm 2026" in told[letter]
        assert f"560000-261125-{letter}-1" in told[letter]
        assert f"Số điểm dừng: {len(stops_of(session, row))} (" in told[letter]

    words = " ".join(told.values())
    assert "Lê Văn Hai" in words
    assert "Nhân viên courier" in words
    for number in range(1, 5):
        assert f"Số {number} Trần Cao Vân, Phường Tam Kỳ" in words
    assert "159 Trần Quý Cáp" in words  # the desk
    assert words.count("Thu gom hồ sơ") == 1
    assert "hẹn 09:00–11:00" in words
    carried = set(session.scalars(select(StopItemRow.reference).filter_by(kind="item")))
    pickup = session.scalars(select(StopItemRow.reference).filter_by(kind="pickup")).first()
    labelled = session.scalars(select(ItemRow.item).filter_by(dossier=pickup, leg="IN")).all()
    assert labelled
    assert all(item in words for item in [*carried, *labelled])


def test_a_run_list_bears_the_ledgers_newest_head(
    browser: Browsers, session: Session, published: Kept, runtime: Runtime
) -> None:
    row = rounds_of(session, published)[0]
    assert "Sổ lưu giữ khi in tờ này: sổ chưa được ký lần nào." in printed(browser("manager"), row)
    with transaction(runtime.sessions) as store:
        kept = checkpoints.make(
            store, origin=runtime.settings.origin, log_key=runtime.log_key, at=runtime.clock()
        )

    words = printed(browser("counter"), row)

    root = " ".join(kept.root.hex()[at : at + 4] for at in range(0, 64, 4))
    assert f"{kept.size} sự kiện, ký lúc 06:30 25/11/2026 Gốc: {root}" in words
    assert f"https://{runtime.settings.label_host}/ledger/{kept.size}" in words


def test_a_counter_clerk_finds_from_the_desk_whom_to_load_and_for_whom_to_print(
    browser: Browsers, session: Session, published: Kept
) -> None:
    clerk = browser("counter")
    assert 'href="/rounds/out"' in clerk.text("/desk")
    assert 'href="/rounds/out"' not in browser("desk_clerk").text("/desk")
    page = clerk.text("/rounds/out")
    assert "Thứ Tư, 25/11/2026" in page
    for row in rounds_of(session, published):
        assert f'action="/rounds/run-list/{row.id}"' in page
        assert f'action="/rounds/load/{row.id}"' in page
        printed(clerk, row)
    assert "Trần Cao Vân" not in page  # who lives there is a look that is logged

    first = rounds_of(session, published)[0]
    assert clerk.send(f"/rounds/load/{first.id}", {"tour": "1"}).status_code == 302
    page = clerk.text("/rounds/out")
    assert f'action="/rounds/load/{first.id}"' not in page
    assert "Không còn bưu gửi nào của tuyến này nằm ở quầy." in page


def test_a_proposal_and_a_round_of_yesterday_are_not_out(
    browser: Browsers, clock: Clock, plan: Kept
) -> None:
    assert "chưa có tuyến nào được phát hành" in browser("counter").text("/rounds/out")
    fields = {"tag": plan.tag, "knowing": "yes"}
    assert browser("manager").send(f"/rounds/{plan.id}/publish", fields).status_code == 302
    assert "In bản kê phát" in browser("counter").text("/rounds/out")
    clock.at += timedelta(days=1)
    assert "In bản kê phát" not in browser("counter").text("/rounds/out")


def test_a_desk_that_the_courier_has_been_to_is_not_told_that_no_round_was_published(
    browser: Browsers, clock: Clock, published: Kept
) -> None:
    assert "Bưu tá tiếp theo" in browser("desk_clerk").text("/desk")
    clock.at = d.EARLY.replace(hour=20)
    evening = browser("desk_clerk").text("/desk")
    assert "hôm nay không còn bưu tá nào ghé đây" in evening
    assert "Chưa có tuyến nào được phát hành" not in evening


def test_a_telephone_is_masked_and_no_citizen_number_is_printed(
    browser: Browsers, session: Session, published: Kept
) -> None:
    words = " ".join(printed(browser("manager"), row) for row in rounds_of(session, published))

    assert "0905***456" in words
    assert "905123456" not in words
    assert "049190123456" not in words


def test_what_is_to_be_taken_at_the_doors_adds_up(
    browser: Browsers, session: Session, published: Kept
) -> None:
    manager = browser("manager")
    page = manager.text(f"/rounds?plan={published.id}")
    for row in rounds_of(session, published):
        words = printed(manager, row)
        total = words.partition("Tổng tiền phải thu: ")[2].partition(" ₫")[0]
        assert f"còn phải thu {total} ₫" in page or total == "0"


def test_each_charge_is_asked_for_by_its_name(
    browser: Browsers, session: Session, world: World, published: Kept
) -> None:
    row, home = a_delivery_of(session, published)
    dossier = DossierId(home.dossier or "")
    for line, amount in ((Line.POSTAGE, 26_000), (Line.STATE_FEE, 8_000)):
        due = charges.Due(line=line, amount_dong=amount)
        charges.open_due(session, dossier, due, by=world.counter, at=d.EARLY)
    asked = sum(each.charge.amount_dong for each in charges.owed(session, [dossier])[dossier])
    session.commit()

    words = printed(browser("manager"), row)

    assert "cước bưu chính: 26.000 ₫ phí, lệ phí: 8.000 ₫" in words
    assert f"cộng {dong(asked)}" in words
    assert "Phải thu phí, lệ phí: " in words


def test_every_home_on_it_is_a_look_that_is_logged(
    browser: Browsers, session: Session, world: World, published: Kept
) -> None:
    row = rounds_of(session, published)[0]
    homes = {stop.dossier for stop in stops_of(session, row) if not stop.unit}

    printed(browser("counter"), row)

    looks = session.scalars(select(AccessRow).filter_by(why="printing")).all()
    assert {look.dossier for look in looks} == homes
    assert len(looks) == len(homes)
    assert {look.staff for look in looks} == {world.counter.staff}


def test_a_round_of_two_tours_says_when_he_is_back_between_them(
    browser: Browsers, session: Session, published: Kept
) -> None:
    row = rounds_of(session, published)[0]
    last = stops_of(session, row)[-1]
    last.tour = 2
    leaves = d.EARLY + timedelta(hours=7)
    session.add(
        RoundTourRow(round=row.id, tour=2, leaves_at=leaves, returns_at=leaves + timedelta(hours=1))
    )
    session.commit()

    words = printed(browser("manager"), row)

    assert "Về bưu cục, nhận bưu gửi của chuyến 2." in words
    assert "Chuyến 2: 13:30–14:30" in words


def test_who_may_receive_for_another_is_named(
    browser: Browsers, session: Session, world: World, published: Kept
) -> None:
    row, home = a_delivery_of(session, published)
    key = persons.key_of(session, world.vault, DossierId(home.dossier or ""))
    persons.keep(session, world.vault, key, PersonRole.DELEGATE, read_person("Trần Thị Mai"))
    session.commit()

    assert "Người được ủy quyền: Trần Thị Mai" in printed(browser("manager"), row)


def test_an_erased_dossier_stands_on_it_by_its_code_alone(
    browser: Browsers, session: Session, published: Kept
) -> None:
    row, home = next(
        (row, stop)
        for row in rounds_of(session, published)
        for stop in stops_of(session, row)
        if not stop.unit
    )
    session.execute(delete(DossierKeyRow).where(DossierKeyRow.dossier == home.dossier))
    session.commit()

    words = printed(browser("manager"), row)

    assert "Dữ liệu cá nhân đã xóa" in words
    assert (
        session.scalars(select(AccessRow).filter_by(dossier=home.dossier, why="printing")).all()
        == []
    )


def test_a_round_that_nobody_rides_has_none(
    browser: Browsers, session: Session, plan: Kept
) -> None:
    manager = browser("manager")
    (first, _) = rounds_of(session, plan)
    assert "/rounds/run-list/" not in manager.text(f"/rounds?plan={plan.id}")

    refused = manager.send(f"/rounds/run-list/{first.id}")

    assert refused.status_code == 409
    assert "chưa phát hành" in refused.get_data(as_text=True)
    first.state = "superseded"
    session.commit()
    assert manager.send(f"/rounds/run-list/{first.id}").status_code == 409
    assert session.scalars(select(AccessRow).filter_by(why="printing")).all() == []


def test_who_does_not_load_this_round_gets_none(
    browser: Browsers, session: Session, published: Kept
) -> None:
    path = f"/rounds/run-list/{rounds_of(session, published)[0].id}"

    for login in ("courier", "desk_clerk", "officer", "auditor", "administrator"):
        assert browser(login).send(path).status_code == 403, login
    assert browser("far_counter").send(path).status_code == 404
    for unknown in ("none", "x" * 3_000, "%00"):
        assert browser("manager").send(f"/rounds/run-list/{unknown}").status_code == 404
    assert session.scalars(select(AccessRow).filter_by(why="printing")).all() == []
