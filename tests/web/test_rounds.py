"""The manager's rounds in the browser: proposing, changing, publishing, loading, the map, and who may not."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from postal_service.domain.acts import Capacity
from postal_service.domain.couriers import CourierFacts, Permit, Vehicle
from postal_service.domain.ids import RoundId, StaffId
from postal_service.services import (
    courier_facts,
    delivery,
    handovers,
    jobs,
    places,
    planning,
    plans,
    round_loading,
    round_pages,
    rounds,
    workdays,
)
from postal_service.services.jobs import Job, JobState
from postal_service.services.planning import Lock
from postal_service.services.plans import Kept
from postal_service.services.round_changes import Fix, Move
from postal_service.storage.schema import AccessRow, JobRow, PlanRow, RoundRow, StopRow
from postal_service.web.rounds import changes, words
from routing import Reason, ViolationKind
from tests.clock import Clock
from tests.services import rounds_day as d
from tests.services import world as w
from tests.services.registrations import SERVICE
from tests.services.world import World
from tests.web.conftest import Browser
from tests.web.faulty_fields import faults, value

Browsers = Callable[[str], Browser]


@pytest.fixture
def clock() -> Clock:
    return Clock(d.EARLY)


@pytest.fixture
def plan(session: Session, world: World) -> Kept:
    """A proposal of six homes, a desk and two couriers."""
    d.second_courier(session, world)
    d.results_at_office(session, world, d.homes(6))
    d.dossier_at_counter(session, world)
    made = d.shared_out(session, world)
    found = rounds.managed_plan(session, made, by=world.manager)
    session.commit()
    return found


@pytest.fixture
def manager(browser: Browsers) -> Browser:
    return browser("manager")


def state(session: Session, plan: Kept) -> str:
    session.expire_all()
    return session.get_one(PlanRow, plan.id).state


def first_call(session: Session, plan: Kept) -> tuple[str, StaffId]:
    stop, courier = session.execute(
        select(StopRow, RoundRow.courier)
        .join(RoundRow, RoundRow.id == StopRow.round)
        .where(RoundRow.plan == plan.id)
        .order_by(RoundRow.courier, StopRow.position)
    ).first() or (None, "")
    assert stop is not None
    return f"{stop.kind}:{stop.unit or stop.dossier}", StaffId(courier)


def test_a_day_without_a_plan_says_what_to_do(manager: Browser) -> None:
    page = manager.text(f"/rounds?day={d.DAY}")
    assert "Chưa có phương án cho ngày này" in page
    assert "Bưu cục Tam Kỳ" in page


def test_the_first_day_shown_is_the_next_the_post_works(browser: Browsers, clock: Clock) -> None:
    assert 'value="2026-11-25"' in browser("manager").text("/rounds")
    clock.at = d.EARLY.replace(hour=16)
    afternoon = browser("manager")  # the morning's session has ended by itself
    assert 'value="2026-11-26"' in afternoon.text("/rounds")
    assert 'value="2026-11-26"' in afternoon.text("/rounds?day=not-a-day")


def planned_too(session: Session, world: World, day: date) -> None:
    """A proposal for another day, of what is left to do there."""
    office = places.place(session, w.OFFICE, day=day)
    workday = workdays.read(session, world.vault, office, day, at=d.EARLY)
    solved = planning.retimed(workday, {}, seed=1, budget_seconds=1.0)
    plans.add(session, workday, solved, made_by=world.manager.staff, at=d.EARLY)
    session.commit()


def test_a_day_that_is_planned_is_shown_before_one_that_is_not(
    browser: Browsers, session: Session, plan: Kept, clock: Clock
) -> None:
    assert plan.day == d.DAY
    row = session.get_one(PlanRow, plan.id)
    clock.at = d.EARLY.replace(hour=16)
    assert 'value="2026-11-25"' in browser("manager").text("/rounds")  # its rounds are out
    row.day = d.DAY + timedelta(days=1)
    session.commit()
    assert 'value="2026-11-26"' in browser("manager").text("/rounds")
    clock.at = d.EARLY
    assert 'value="2026-11-26"' in browser("manager").text("/rounds")
    row.state = "superseded"
    session.commit()
    assert 'value="2026-11-25"' in browser("manager").text("/rounds")


def test_rounds_on_their_way_are_shown_before_the_days_that_are_planned_after_them(
    browser: Browsers, session: Session, world: World, clock: Clock
) -> None:
    homes = d.results_at_office(session, world, d.homes(2))
    plan = rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)
    rounds.publish(
        session,
        world.vault,
        plan.id,
        tag=plan.tag,
        knowing_faults=True,
        by=world.manager,
        at=d.EARLY,
    )
    for days in (2, 1):
        planned_too(session, world, d.DAY + timedelta(days=days))
    clock.at = d.EARLY.replace(hour=19)
    evening = browser("manager")
    assert 'value="2026-11-25"' in evening.text("/rounds")

    [mine] = session.scalars(select(RoundRow.id).filter_by(plan=plan.id))
    offered = round_loading.load(
        session, world.keys, RoundId(mine), tour=1, service=SERVICE, by=world.counter, at=d.EARLY
    ).offered
    handovers.take(
        session, world.keys, offered.batch, capacity=Capacity.COURIER, reserved={},
        by=world.courier, at=d.EARLY,
    )  # fmt: skip
    for number, home in enumerate(homes):
        session.commit()
        assert 'value="2026-11-25"' in evening.text("/rounds"), number
        delivery.attempt(
            session, world.keys, home, reason="R01", by=world.courier, at=d.EARLY.replace(hour=9)
        )
    session.commit()
    assert 'value="2026-11-26"' in evening.text("/rounds")  # the nearer of the two
    assert 'value="2026-11-25"' in evening.text(f"/rounds?plan={plan.id}")


def test_todays_rounds_stay_in_sight_in_the_evening_while_nothing_later_is_planned(
    browser: Browsers, manager: Browser, plan: Kept, clock: Clock
) -> None:
    manager.send(f"/rounds/{plan.id}/publish", {"tag": plan.tag, "knowing": "yes"})
    clock.at = d.EARLY.replace(hour=21)
    evening = browser("manager")
    assert 'value="2026-11-25"' in evening.text("/rounds")
    clock.at += timedelta(hours=4)
    night = browser("manager")
    page = night.text("/rounds")
    assert 'value="2026-11-26"' in page
    assert 'href="/rounds?office=560000&amp;day=2026-11-25"' in page  # where it went


def test_a_day_leads_to_the_nearest_days_that_have_a_plan(
    session: Session, world: World, manager: Browser, plan: Kept
) -> None:
    assert "Những ngày khác đã có phương án" not in manager.text("/rounds")
    after = d.DAY + timedelta(days=1)
    planned_too(session, world, after)
    link = '<a href="/rounds?office=560000&amp;day={day}">'
    assert link.format(day=after) in manager.text(f"/rounds?day={d.DAY}")
    assert link.format(day=d.DAY) in manager.text(f"/rounds?day={after}")
    page = manager.text(f"/rounds?day={d.DAY - timedelta(days=1)}")
    assert link.format(day=d.DAY) in page
    assert link.format(day=after) not in page


def test_proposing_asks_for_a_job_whose_page_tells_how_far_it_is(
    manager: Browser, session: Session, world: World
) -> None:
    answer = manager.send(
        "/rounds/propose",
        {"office": w.OFFICE, "day": d.DAY.isoformat(), "budget": "5", "seed": "2"},
        scope="from_scratch",
    )
    assert answer.status_code == 302
    [job] = jobs.recent(session, w.OFFICE)
    assert (job.state, job.arguments["budget_seconds"]) == (JobState.WAITING, 5)

    page = manager.text(answer.location)
    assert "đang chờ" in page
    assert '<meta http-equiv="refresh"' in page  # without a script it still goes on
    told = manager.get(f"/rounds/jobs/{job.id}").get_json()
    assert told == {"done": 0, "total": 0, "open": True, "state": "đang chờ", "best": ""}
    assert manager.send(f"/rounds/jobs/{job.id}/cancel").status_code == 302
    assert "đã hủy" in manager.text(f"/rounds?day={d.DAY}")
    assert manager.send(f"/rounds/jobs/{job.id}/restart").status_code == 302
    assert len(jobs.recent(session, w.OFFICE)) == 2


def a_search(session: Session, world: World, best: dict[str, dict[str, int]]) -> Job:
    """Of all offices, that runs and has told what it has found so far."""
    job = jobs.enqueue(
        session, "plan-all", {"day": d.DAY.isoformat(), "office": w.OFFICE},
        unit=w.OFFICE, by=world.manager, at=d.EARLY,
    )  # fmt: skip
    jobs.claim(session, ("plan-all",), at=d.EARLY)
    jobs.beat(session, job.id, done=1, total=2, found={"best": best}, at=d.EARLY)
    session.commit()
    return job


def test_a_search_tells_the_best_it_has_found_for_the_office_that_is_shown(
    manager: Browser, session: Session, world: World
) -> None:
    figures = {"metres": 41_250, "seconds": 3_900, "calls": 11, "left": 2}
    job = a_search(session, world, {w.OFFICE: figures})

    page = manager.text(f"/rounds?day={d.DAY}")

    told = "Tốt nhất tới giờ: 41,2 km, 1 h 05 đi đường, 11 điểm đã xếp, 2 điểm chưa xếp."
    assert told in page
    [watched] = re.findall(r'data-job="([^"]+)"', page)
    assert manager.get(unescape(watched)).get_json()["best"] == told
    assert manager.get(f"/rounds/jobs/{job.id}?office={w.FAR_OFFICE}").get_json()["best"] == ""
    manager.send("/language", {"language": "en", "next": "/"})
    english = "Best so far: 41.2 km, 1 h 05 on the road, 11 stop(s) planned, 2 left out."
    assert english in manager.text(f"/rounds?day={d.DAY}")


def test_what_a_stopped_search_had_found_is_a_proposal_that_can_be_thrown_away(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    job = a_search(session, world, {})
    jobs.cancel(session, job.id, by=world.manager, at=d.EARLY)
    kept = rounds.managed_plan(session, d.shared_out(session, world), by=world.manager)
    told = {"plans": {w.OFFICE: kept.id}, "refused": {}, "cut_short": [w.OFFICE]}
    jobs.stop(session, job.id, kept=told, at=d.EARLY)
    session.commit()

    page = manager.text(f"/rounds?day={d.DAY}")
    assert "Phép tìm dừng sớm: bản 2 là phương án tốt nhất tìm được tới lúc đó." in page
    assert "dừng sớm" not in manager.text(f"/rounds?plan={plan.id}")

    stale = manager.send(f"/rounds/{kept.id}/discard", {"tag": "v2.9"})
    assert stale.status_code == 409
    assert state(session, kept) == plans.PROPOSED
    thrown = manager.send(f"/rounds/{kept.id}/discard", {"tag": kept.tag})
    assert thrown.status_code == 302
    page = manager.text(thrown.location)
    assert "Đã bỏ bản 2. Bản 1 lại là đề xuất." in page
    assert "Phương án bản 1" in page
    assert "Phép tìm dừng sớm" not in page
    assert (state(session, kept), state(session, plan)) == (plans.DISCARDED, plans.PROPOSED)
    manager.send("/language", {"language": "en", "next": "/"})
    assert "thrown away" in manager.text(f"/rounds?plan={kept.id}")


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("day", "32/13/2026"), ("budget", "0"), ("budget", "one"), ("budget", "601"),
        ("seed", "-1"), ("scope", "everything"), ("scope", ""), ("office", ""),
    ],
)  # fmt: skip
def test_a_search_that_cannot_be_understood_is_not_asked_for(
    manager: Browser, session: Session, world: World, name: str, nonsense: str
) -> None:
    fields = {
        "office": w.OFFICE, "day": d.DAY.isoformat(), "budget": "5", "seed": "2",
        "scope": "from_scratch",
    }  # fmt: skip
    answer = manager.send("/rounds/propose", fields | {name: nonsense})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert session.scalars(select(JobRow)).all() == []


def test_a_failed_search_says_why_and_can_be_begun_anew(
    manager: Browser, session: Session, world: World
) -> None:
    job = jobs.enqueue(
        session, "plan-office", {"day": d.DAY.isoformat(), "office": w.OFFICE},
        unit=w.OFFICE, by=world.manager, at=d.EARLY,
    )  # fmt: skip
    jobs.claim(session, ("plan-office",), at=d.EARLY)
    facts = {"unit": "Bưu cục Tam Kỳ", "day": "25/11/2026"}
    jobs.end(
        session, job.id, JobState.FAILED, message="planning.nothing_to_plan",
        result={"code": "planning.nothing_to_plan", "facts": facts}, at=d.EARLY,
    )  # fmt: skip
    session.commit()
    page = manager.text(f"/rounds?day={d.DAY}")
    assert "Bưu cục Tam Kỳ không có gì phải phát hoặc thu gom ngày 25/11/2026." in page
    assert "Chạy lại" in page


def test_the_plan_stands_beside_the_nearest_stop_next(
    manager: Browser, session: Session, plan: Kept
) -> None:
    row = session.get_one(PlanRow, plan.id)
    row.baseline_metres, row.baseline_seconds, row.baseline_unserved = 98_700, 7_200, 1
    row.baseline_longest = 18_000
    session.commit()
    page = manager.text(f"/rounds?day={d.DAY}")
    assert "Điểm gần nhất trước" in page
    assert "98,7 km" in page
    assert "Người đi lâu nhất" in page
    assert "5 h 00" in page
    assert f"{plan.metres / 1000:.1f}".replace(".", ",") in page
    assert "Phương án bản 1" in page
    assert page.count('class="when"') == 7


def found_beside(session: Session, world: World, plan: Kept) -> None:
    """The search that made the plan has ended and told what it found beside it."""
    job = jobs.enqueue(
        session, "plan-office", {"day": d.DAY.isoformat(), "office": w.OFFICE},
        unit=w.OFFICE, by=world.manager, at=d.EARLY,
    )  # fmt: skip
    jobs.claim(session, ("plan-office",), at=d.EARLY)
    more = [{"like": None, "calls": 2}, {"like": world.courier.staff, "calls": 3}]
    told = {"current": {"metres": 88_800, "seconds": 5_400, "left": 4}, "more": more}
    result = {"plans": {w.OFFICE: plan.id}, "refused": {}, "beside": {w.OFFICE: told}}
    jobs.end(session, job.id, JobState.DONE, result=result, at=d.EARLY)
    session.commit()


def test_what_a_search_found_beside_its_plan_is_told_where_the_plan_is_looked_at(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    assert "Thứ tự trước khi tìm" not in manager.text(f"/rounds?plan={plan.id}")
    found_beside(session, world, plan)

    page = manager.text(f"/rounds?plan={plan.id}&day={d.DAY}")
    manager.send("/language", {"language": "en", "next": "/"})
    english = manager.text(f"/rounds?plan={plan.id}&day={d.DAY}")

    assert "Thứ tự trước khi tìm" in page
    assert "88,8 km" in page
    assert "Thêm một giờ cho mọi ca và cho bưu cục: xếp thêm 2 điểm." in page
    (courier,) = re.findall(r"Thêm một bưu tá như ([^:]+): xếp thêm 3 điểm\.", page)
    assert courier
    assert courier != world.courier.staff
    assert "One hour more for every shift and the post office: 2 more stop(s) served." in english
    assert "The order before the search" in english


def test_what_was_found_beside_a_plan_is_not_told_of_one_that_was_changed_by_hand(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    found_beside(session, world, plan)
    session.get_one(PlanRow, plan.id).edits = 1
    session.commit()

    assert "Thứ tự trước khi tìm" not in manager.text(f"/rounds?plan={plan.id}&day={d.DAY}")


def test_a_plan_whose_search_had_no_time_for_the_nearest_stop_next_says_so(
    manager: Browser, plan: Kept
) -> None:
    assert plan.baseline is None
    assert "Thời gian tìm quá ngắn để tính" in manager.text(f"/rounds?day={d.DAY}")


def test_the_list_names_nobody_and_opens_no_home(
    manager: Browser, session: Session, plan: Kept
) -> None:
    page = manager.text(f"/rounds?plan={plan.id}")
    assert "Nguyễn Thị Lan" not in page
    assert "Trần Cao Vân" not in page
    assert session.scalars(select(AccessRow).filter_by(what="position")).all() == []


def test_the_map_opens_homes_for_the_manager_and_writes_it_down(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    page = manager.text(f"/rounds/{plan.id}/map")

    assert '"letter": "A"' in page or '"letter":"A"' in page
    assert "Nguyễn Thị Lan" not in page
    looks = session.scalars(select(AccessRow).filter_by(what="position")).all()
    assert len(looks) == len({look.dossier for look in looks}) == 6
    assert {(look.staff, look.why) for look in looks} == {(world.manager.staff, "delivery")}
    assert (
        "img-src 'self' data:"
        in manager.get(f"/rounds/{plan.id}/map").headers["Content-Security-Policy"]
    )


def test_a_move_is_tried_and_then_saved(manager: Browser, session: Session, plan: Kept) -> None:
    order, courier = first_call(session, plan)
    other = next(each for each in session.scalars(select(RoundRow.courier)) if each != courier)
    fields = {
        "act": "move", "order": f"{order}@{courier}", "courier": other, "position": "1",
        "tag": plan.tag,
    }  # fmt: skip

    tried = manager.send(f"/rounds/{plan.id}/change", fields, **{"try": "yes"})
    page = tried.get_data(as_text=True)
    assert tried.status_code == 200
    for told in ("chưa lưu gì", "Không gây thêm vi phạm nào", "Tổng chi phí", "Lưu thay đổi này"):
        assert told in page
    assert re.search(r"\d\d:\d\d → \d\d:\d\d", page)  # whose arrival changes
    assert first_call(session, plan) == (order, courier)

    form = page[page.index("<form", page.index("Xem trước thay đổi")) :]
    again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    saved = manager.send(f"/rounds/{plan.id}/change", again)
    assert "Đã lưu" in manager.text(saved.location)
    session.expire_all()
    mine = session.scalars(
        select(StopRow)
        .join(RoundRow, RoundRow.id == StopRow.round)
        .where(RoundRow.courier == other, StopRow.position == 1)
    ).one()
    assert f"{mine.kind}:{mine.unit or mine.dossier}" == order


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "fly"},
        {"act": "move", "order": "", "courier": "s-courier"},
        {"act": "move", "order": "deliver:nothing", "courier": "s-courier", "position": "1"},
        {"act": "move", "order": "deliver:DESK-20341", "courier": "s-nobody", "position": "1"},
        {"act": "move", "order": "deliver:DESK-20341", "courier": "s-courier", "position": "-1"},
        {"act": "move", "order": "deliver:DESK-20341", "courier": "s-courier", "position": "x"},
        {"act": "lock", "order": "deliver:DESK-20341", "level": "forever"},
        {"act": "lock_all", "courier": "s-nobody", "level": "time"},
        {"act": "lock_all", "courier": "s-nobody", "level": "route"},
        {"act": "take_out", "order": "x" * 300},
    ],
)
def test_a_change_that_cannot_be_understood_changes_nothing(
    manager: Browser, session: Session, plan: Kept, fields: dict[str, str]
) -> None:
    answer = manager.send(f"/rounds/{plan.id}/change", fields | {"tag": plan.tag})
    assert answer.status_code == 400
    session.expire_all()
    assert session.get_one(PlanRow, plan.id).edits == 0


def test_who_publishes_what_another_changed_is_shown_both_versions(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    order, _ = first_call(session, plan)
    rounds.change(
        session, world.vault, plan.id, [Fix(order=order, level=Lock.COURIER)], tag=plan.tag,
        by=world.manager, at=d.EARLY + timedelta(minutes=1),
    )  # fmt: skip
    session.commit()

    answer = manager.send(f"/rounds/{plan.id}/publish", {"tag": plan.tag})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "v1.0" in page
    assert "v1.1" in page
    assert "Nhân viên manager" in page
    assert state(session, plan) == plans.PROPOSED
    # The page that answers carries the new tag: to publish it now is to have seen it.
    tags = re.findall(r'name="tag" value="([^"]+)"', page)
    assert set(tags) == {"v1.1"}
    assert manager.send(f"/rounds/{plan.id}/publish", {"tag": "v1.1"}).status_code == 302
    assert state(session, plan) == plans.PUBLISHED


@pytest.mark.parametrize("tag", ["", "v1.9", "v" * 500])
def test_without_the_right_tag_nothing_is_published(
    manager: Browser, session: Session, plan: Kept, tag: str
) -> None:
    assert manager.send(f"/rounds/{plan.id}/publish", {"tag": tag}).status_code == 409
    assert state(session, plan) == plans.PROPOSED


def test_a_published_round_is_loaded_and_its_acknowledgement_shown(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    manager.send(f"/rounds/{plan.id}/publish", {"tag": plan.tag})
    session.expire_all()
    mine = session.scalars(select(RoundRow).filter_by(courier=world.courier.staff)).one()
    mine.state, mine.acknowledged_at = "acknowledged", d.EARLY
    session.commit()
    page = manager.text(f"/rounds?plan={plan.id}")
    assert "bưu tá đã nhận lúc 06:30" in page
    assert "Chuyển, khóa" not in page  # what is published is not changed

    loaded = manager.send(f"/rounds/load/{mine.id}")
    assert loaded.status_code == 302
    assert loaded.location.startswith("/handovers/")
    assert manager.send(f"/rounds/load/{mine.id}").status_code == 409

    revised = manager.send(f"/rounds/{plan.id}/revise")
    assert "Phương án bản 2" in manager.text(revised.location)
    assert (
        manager.send(f"/rounds/{plan.id}/change", {"act": "refresh", "tag": "v1.0"}).status_code
        == 409
    )


def test_a_call_is_moved_to_another_tour_and_each_tour_is_loaded_by_itself(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    order, courier = first_call(session, plan)
    fields = {"act": "move", "tag": plan.tag, "order": order, "courier": courier, "tour": "2"}
    moved = manager.send(f"/rounds/{plan.id}/change", fields)
    page = manager.text(moved.location)
    assert "Chuyến 1" in page
    assert "Chuyến 2" in page
    assert page.index("về bưu cục lúc") < page.index("Chuyến 2")
    assert "Giao 1 bưu gửi" not in page  # nothing is given before it is published
    manager.send(f"/rounds/{plan.id}/publish", {"tag": "v1.1"})
    session.expire_all()
    [mine] = session.scalars(select(RoundRow).filter_by(courier=courier)).all()
    assert "Giao 1 bưu gửi của chuyến 2 cho bưu tá" in manager.text(f"/rounds?plan={plan.id}")

    assert manager.send(f"/rounds/load/{mine.id}", {"tour": "2"}).status_code == 302

    page = manager.text(f"/rounds?plan={plan.id}")
    assert "của chuyến 2 cho bưu tá" not in page
    assert "của chuyến 1 cho bưu tá" in page
    drawn = manager.text(f"/rounds/{plan.id}/map")
    assert drawn.count("↩ về bưu cục") == 1  # the list says what the lines show


@pytest.mark.parametrize("tour", ["-1", "10", "two", "1.5", "9" * 50])
def test_a_tour_that_is_none_is_neither_loaded_nor_moved_to(
    manager: Browser, session: Session, plan: Kept, tour: str
) -> None:
    order, courier = first_call(session, plan)
    fields = {"act": "move", "tag": plan.tag, "order": order, "courier": courier, "tour": tour}
    assert manager.send(f"/rounds/{plan.id}/change", fields).status_code == 400
    manager.send(f"/rounds/{plan.id}/publish", {"tag": plan.tag})
    session.expire_all()
    mine = session.scalars(select(RoundRow).filter_by(courier=courier)).one()
    assert manager.send(f"/rounds/load/{mine.id}", {"tour": tour}).status_code == 400


def test_what_a_storm_cuts_off_is_listed_with_its_name(
    manager: Browser, session: Session, plan: Kept
) -> None:
    order, _ = first_call(session, plan)
    row = session.get_one(PlanRow, plan.id)
    told: dict[str, object] = {"courier": None, "misses_by_seconds": None, "references": []}
    row.unserved = [{**told, "order": order, "reason": "closed", "because": "bão số <12>"}]
    session.commit()
    page = manager.text(f"/rounds?plan={plan.id}")
    assert "đường tới nơi hoặc nơi nhận bị đóng trong ngày: bão số &lt;12&gt;" in page


def test_a_lock_that_could_not_be_kept_is_listed_with_what_is_left_of_it(
    manager: Browser, session: Session, plan: Kept
) -> None:
    order, courier = first_call(session, plan)
    row = session.get_one(PlanRow, plan.id)
    row.loosened = [
        {"order": order, "courier": courier, "was": "time", "left": "order", "reason": "too_late"},
        {"order": order, "courier": "gone", "was": "courier", "left": "none", "reason": "absent"},
    ]
    session.commit()

    page = manager.text(f"/rounds?plan={plan.id}")

    for told in (
        "2 khóa không giữ được", "khóa cả giờ", "khóa bưu tá và thứ tự",
        "giờ đã khóa đã qua, hoặc bưu tá không còn tới kịp", "bưu tá không có mặt trong ca này",
    ):  # fmt: skip
        assert told in page
    manager.send("/language", {"language": "en", "next": "/"})
    assert "2 locks not kept" in manager.text(f"/rounds?plan={plan.id}")
    row.loosened = []
    session.commit()
    assert "not kept" not in manager.text(f"/rounds?plan={plan.id}")


def test_a_new_search_after_the_locked_hour_tells_its_manager_which_lock_gave_way(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    order, courier = first_call(session, plan)
    office = places.place(session, w.OFFICE, day=d.DAY)
    workday = workdays.read(session, world.vault, office, d.DAY, at=d.EARLY)
    before = plans.sequences(session, plan.id, workday)
    locked = {
        who: tuple(
            replace(stop, starts=60, locked=Lock.TIME) if stop.order == order else stop
            for stop in stops
        )
        for who, stops in before.items()
    }
    solved = planning.solve(
        workday, budget_seconds=0.6, seed=1, decided=locked, scope=planning.Scope.UNLOCKED
    )
    made = plans.add(session, workday, solved, made_by=world.manager.staff, at=d.EARLY)
    session.commit()

    page = manager.text(f"/rounds?plan={made}")

    assert "1 khóa không giữ được" in page
    assert "khóa bưu tá và thứ tự" in page
    assert courier in {each.courier for each in solved.loosened}


def test_another_offices_plan_is_not_found_whatever_is_done_with_it(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    row = session.get_one(PlanRow, plan.id)
    row.office = w.FAR_OFFICE
    session.commit()
    for path in (f"/rounds?plan={plan.id}", f"/rounds/{plan.id}/map", "/rounds?plan=none",
                 f"/rounds/{plan.id}/why?order=x", "/rounds/none/why",
                 f"/rounds?office={w.FAR_OFFICE}", "/rounds?office=none"):  # fmt: skip
        assert manager.get(path).status_code == 404, path
    for path, fields in (
        (f"/rounds/{plan.id}/publish", {"tag": plan.tag}),
        (f"/rounds/{plan.id}/change", {"act": "refresh", "tag": plan.tag}),
        (f"/rounds/{plan.id}/revise", {}),
        (f"/rounds/{plan.id}/discard", {"tag": plan.tag}),
        ("/rounds/load/none", {}),
        ("/rounds/jobs/none/cancel", {}),
        ("/rounds/jobs/none/restart", {}),
    ):
        assert manager.send(path, fields).status_code == 404, path
    asked = {"office": w.FAR_OFFICE, "day": d.DAY.isoformat(), "budget": "5", "scope": "unlocked"}
    assert manager.send("/rounds/propose", asked).status_code == 404
    assert manager.get("/rounds/jobs/none").status_code == 404
    assert session.scalars(select(AccessRow).filter_by(what="position")).all() == []


@pytest.mark.parametrize("login", ["courier", "counter", "desk_clerk", "auditor"])
def test_only_managers_come_in(browser: Browsers, plan: Kept, login: str) -> None:
    other = browser(login)
    assert other.get("/rounds").status_code == 403
    assert other.get(f"/rounds/{plan.id}/map").status_code == 403
    assert other.get(f"/rounds/{plan.id}/why?order=x").status_code == 403
    for act in ("publish", "discard"):
        assert other.send(f"/rounds/{plan.id}/{act}", {"tag": plan.tag}).status_code == 403


def test_the_page_speaks_english_too(manager: Browser, plan: Kept) -> None:
    manager.send("/language", {"language": "en", "next": "/"})
    page = manager.text(f"/rounds?plan={plan.id}")
    assert "Compared with always going to the nearest stop" in page
    assert "Wednesday, 25/11/2026" in page


def test_what_is_known_of_a_courier_and_of_the_plan_is_told(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    told = CourierFacts(
        vehicle=Vehicle.VAN, permits=frozenset({Permit.FERRY}), bag_grams=200_500,
        cash_limit_dong=3_000_000,
    )  # fmt: skip
    courier_facts.put(session, world.courier.staff, told, by=world.manager)
    row = session.get_one(PlanRow, plan.id)
    row.cost, row.lower_bound, row.roads = 1_000, 900, "guessed"
    session.commit()

    page = manager.text(f"/rounds?plan={plan.id}")

    for told_so in (
        "ô tô tải nhẹ", "được phép: phà", "hạn mức tiền mặt 3.000.000 ₫", "túi 200,5 kg",
        "còn phải thu", "rẻ hơn nhiều nhất 10 %", "Máy chủ đường bộ không trả lời",
    ):  # fmt: skip
        assert told_so in page
    manager.send("/language", {"language": "en", "next": "/"})
    page = manager.text(f"/rounds?plan={plan.id}")
    for told_so in ("van · may: ferry", "bag 200.5 kg", "cheaper by at most 10 %"):
        assert told_so in page


@pytest.fixture
def without_cash(session: Session, world: World, plan: Kept) -> dict[str, str]:
    """The form that gives a home where cash is taken to a courier who may take none."""
    told = CourierFacts(permits=frozenset())
    courier_facts.put(session, world.courier.staff, told, by=world.manager)
    session.commit()
    stop = session.scalars(
        select(StopRow)
        .join(RoundRow, RoundRow.id == StopRow.round)
        .where(StopRow.dossier.is_not(None), RoundRow.courier != world.courier.staff)
    ).first()
    assert stop is not None
    return {
        "act": "move", "order": f"{stop.kind}:{stop.dossier}", "courier": world.courier.staff,
        "position": "1", "tag": plan.tag,
    }  # fmt: skip


def test_a_try_names_what_it_would_break_and_with_whom(
    manager: Browser, plan: Kept, without_cash: dict[str, str]
) -> None:
    tried = manager.send(f"/rounds/{plan.id}/change", without_cash | {"try": "yes"})

    page = tried.get_data(as_text=True)
    assert "Gây thêm 1 vi phạm" in page
    assert re.search(r"<li>Nhân viên courier · \S+: bưu tá không có quyền đi chuyến này", page)
    assert "chưa lưu gì" in page
    manager.send("/language", {"language": "en", "next": "/"})
    tried = manager.send(f"/rounds/{plan.id}/change", without_cash | {"try": "yes"})
    page = tried.get_data(as_text=True)
    assert "Breaks 1 rule more" in page
    assert "the courier lacks the permit for it" in page
    assert "only a preview, nothing was saved." in page


def test_a_move_that_breaks_something_is_saved_only_by_who_has_seen_it(
    manager: Browser, session: Session, plan: Kept, without_cash: dict[str, str]
) -> None:
    refused = manager.send(f"/rounds/{plan.id}/change", without_cash)

    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Thay đổi này gây thêm 1 vi phạm" in page
    assert "bưu tá không có quyền đi chuyến này" in page
    session.expire_all()
    assert session.get_one(PlanRow, plan.id).edits == 0
    form = page[page.index("<form", page.index("Xem trước thay đổi")) :]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert fields.pop("knowing") == "yes"  # a box nobody has ticked yet
    assert manager.send(f"/rounds/{plan.id}/change", fields).status_code == 409

    saved = manager.send(f"/rounds/{plan.id}/change", fields | {"knowing": "yes"})

    assert "Đã lưu" in manager.text(saved.location)
    session.expire_all()
    assert session.get_one(PlanRow, plan.id).edits == 1


def test_a_script_is_given_the_preview_or_the_refusal_without_the_page_around_it(
    manager: Browser, plan: Kept, without_cash: dict[str, str]
) -> None:
    asked = {"try": "yes", "part": "yes"}
    shown = manager.send(f"/rounds/{plan.id}/change", without_cash | asked)
    nonsense = {**without_cash, "order": "deliver:nothing"}
    refused = manager.send(f"/rounds/{plan.id}/change", nonsense | asked)

    assert (shown.status_code, refused.status_code) == (200, 400)
    for answer in (shown, refused):
        assert "<html" not in answer.get_data(as_text=True)
    assert 'class="card tried"' in shown.get_data(as_text=True)
    assert "Không có điểm dừng hoặc bưu tá deliver:nothing" in refused.get_data(as_text=True)


def test_a_whole_round_is_locked_shown_on_page_and_map_and_unlocked(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    order, courier = first_call(session, plan)
    fields = {"act": "lock_all", "courier": courier, "level": "route", "tag": plan.tag}
    assert manager.send(f"/rounds/{plan.id}/change", fields).status_code == 302

    page = manager.text(f"/rounds?plan={plan.id}")
    assert re.search(r'data-lock="route".*?khóa nguyên tuyến, không thêm bớt', page, re.DOTALL)
    assert "Mở khóa cả tuyến" in page
    assert f'<option value="{courier}" disabled>' in page.replace(" selected", "")
    drawn = manager.text(f"/rounds/{plan.id}/map")
    assert drawn.count('data-lock="route"') == 1
    assert drawn.count('"locked": true') + drawn.count('"locked":true') == 1
    move = {"act": "move", "order": order, "courier": courier, "position": "9", "tag": "v1.1"}
    refused = manager.send(f"/rounds/{plan.id}/change", move)
    assert refused.status_code == 409
    assert "đang khóa nguyên" in refused.get_data(as_text=True)

    unlock = {**fields, "level": "none", "tag": "v1.1"}
    assert manager.send(f"/rounds/{plan.id}/change", unlock).status_code == 302
    page = manager.text(f"/rounds?plan={plan.id}")
    assert 'data-lock="route"' not in page
    alone = {"act": "lock", "order": order, "level": "route", "tag": "v1.2"}
    refused = manager.send(f"/rounds/{plan.id}/change", alone)
    assert refused.status_code == 400
    assert "không đặt cho một điểm dừng" in refused.get_data(as_text=True)


def test_a_locked_call_is_refused_in_the_clerks_word(
    manager: Browser, session: Session, plan: Kept
) -> None:
    order, courier = first_call(session, plan)
    manager.send(
        f"/rounds/{plan.id}/change",
        {"act": "lock", "order": order, "level": "order", "tag": plan.tag},
    )
    move = {"act": "move", "order": order, "courier": courier, "position": "9", "tag": "v1.1"}
    refused = manager.send(f"/rounds/{plan.id}/change", move)
    assert "đang khóa (khóa bưu tá và thứ tự)" in refused.get_data(as_text=True)


def test_a_call_says_why_it_is_here_and_what_the_next_best_place_would_cost(
    manager: Browser, session: Session, world: World, plan: Kept
) -> None:
    page = manager.text(f"/rounds?plan={plan.id}")
    links = [unescape(link) for link in re.findall(r'class="why" href="([^"]+)"', page)]
    assert len(links) == 7
    order, courier = first_call(session, plan)
    why = rounds.why_here(
        session, world.vault, plan.id, order, by=world.manager, at=d.EARLY
    )  # fmt: skip

    told = manager.text(links[0])

    assert f"Điểm này đang ở tuyến của Nhân viên {courier.removeprefix('s-')}" in told
    assert f"tốn thêm {words_of(why.here.worth)}, quy ra giờ đi đường" in told
    best = why.cheapest[0]
    is_best = best.worth >= why.here.worth
    assert ("Không chỗ nào khác rẻ hơn" in told) is is_best
    assert (f"bớt {words_of(why.here.worth - best.worth)} nếu chuyển" in told) is not is_best
    for place in why.cheapest:
        assert f'<td class="number" data-of="Tốn thêm">{words_of(place.worth)}</td>' in told
    # Every place that can be tried leads to its preview.
    for form in re.findall(
        r"<form method=\"post\" action=\"/rounds/[^/]+/change\".*?</form>", told, re.DOTALL
    ):
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        shown = manager.send(
            f"/rounds/{plan.id}/change", {k: unescape(v) for k, v in fields.items()}
        )
        assert "Xem trước thay đổi" in shown.get_data(as_text=True)
    manager.send("/language", {"language": "en", "next": "/"})
    assert "told as time on the road" in manager.text(links[0])


def test_a_place_is_told_to_the_form_of_a_move(session: Session, world: World, plan: Kept) -> None:
    mine = world.courier.staff

    def calls() -> list[round_pages.Call]:
        page = round_pages.page(session, plan.id, by=world.manager)
        return [call for each in page.rounds if each.courier == mine for call in each.calls]

    last = Move(order=calls()[-1].order, courier=mine, position=99, tour=2)
    rounds.change(
        session, world.vault, plan.id, [last], tag=plan.tag, by=world.manager, at=d.EARLY
    )  # fmt: skip
    page = round_pages.page(session, plan.id, by=world.manager)
    orders = [call.order for call in calls()]
    assert [call.tour for call in calls()][-2:] == [1, 2]

    def told(tour: int, after: str | None, *, is_alone: bool = False) -> tuple[int, int] | None:
        place = planning.PlaceInRound(
            courier=mine, tour=tour, after=after, is_alone=is_alone, worth=0
        )
        return changes.position_of(place, "deliver:another", page)

    count = len(orders)
    assert told(1, None) == (1, 1)
    assert told(1, orders[0]) == (2, 1)
    assert told(1, orders[-2]) == (count, 1)  # behind the first tour, not before the second
    assert told(2, orders[-1]) == (count + 1, 2)
    assert told(2, None) is None
    assert told(1, None, is_alone=True) is None
    assert told(1, "deliver:gone") is None


def words_of(seconds: int) -> str:
    """As the page says it in Vietnamese."""
    if abs(seconds) < 60:
        return f"{seconds} giây"
    minutes = round(seconds / 60)
    return f"{minutes} phút" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


@pytest.mark.parametrize("order", ["", "deliver:nothing", "x" * 900, "a\x00b"])
def test_why_of_a_call_that_is_none_is_refused_on_the_page(
    manager: Browser, plan: Kept, order: str
) -> None:
    answer = manager.client.get(f"/rounds/{plan.id}/why", query_string={"order": order})
    assert answer.status_code == 400
    assert "trong phương án này" in answer.get_data(as_text=True)


def test_offices_that_a_search_of_all_left_out_are_named_with_the_reason(
    manager: Browser, session: Session, world: World
) -> None:
    job = jobs.enqueue(
        session, "plan-all", {"day": d.DAY.isoformat(), "office": w.OFFICE},
        unit=w.OFFICE, by=world.manager, at=d.EARLY,
    )  # fmt: skip
    jobs.claim(session, ("plan-all",), at=d.EARLY)
    why = {"code": "planning.no_couriers", "facts": {"unit": "Bưu cục Tam Kỳ"}}
    result = {"plans": {}, "refused": {w.OFFICE: why}}
    jobs.end(session, job.id, JobState.DONE, result=result, at=d.EARLY)
    session.commit()

    page = manager.text(f"/rounds?day={d.DAY}")

    assert "1 bưu cục chưa lập được tuyến" in page
    assert "Bưu cục Tam Kỳ chưa có bưu tá nào đang hoạt động." in page


def test_every_reason_and_every_fault_of_a_constraint_has_its_words() -> None:
    assert {reason.value for reason in Reason} <= set(words.REASONS)
    k = ViolationKind
    by_hand = (
        k.WINDOW, k.SHIFT, k.CAPACITY, k.SKILL, k.ROUTE_SECONDS, k.ROUTE_METRES, k.RELEASE,
        k.BREAK, k.NO_ROAD, k.MANDATORY_UNSERVED, k.LOCK_COURIER, k.LOCK_ORDER, k.LOCK_TIME,
        k.LOCK_ROUTE,
    )  # fmt: skip
    assert {kind.value for kind in by_hand} <= set(words.FAULTS)
    assert {f"needs_{permit}" for permit in Permit} <= set(words.REASONS)


@pytest.mark.parametrize(
    ("cost", "bound", "told"),
    [
        (1_000, 1_000, "không phương án nào cho các điểm này rẻ hơn"),
        (1_000, 906, "rẻ hơn nhiều nhất 10 %"),  # 9.4 %, and "at most" is never rounded down
        (1_000, 800, "rẻ hơn nhiều nhất 20 %"),
        (1_000, 799, ""),  # a round that always goes to the nearest stop could be that dear
        (1_000, 120, ""),
        (1_000, None, ""),
    ],
)
def test_only_a_proof_that_comes_near_the_plan_is_told(
    manager: Browser, session: Session, plan: Kept, cost: int, bound: int | None, told: str
) -> None:
    row = session.get_one(PlanRow, plan.id)
    row.cost, row.lower_bound = cost, bound
    session.commit()
    page = manager.text(f"/rounds?plan={plan.id}")
    assert told in page
    assert ("Đã chứng minh" in page) == bool(told)


@pytest.mark.parametrize("level", [Lock.COURIER, Lock.ORDER, Lock.TIME])
def test_a_lock_is_drawn_and_said(
    manager: Browser, session: Session, plan: Kept, level: Lock
) -> None:
    order, _ = first_call(session, plan)
    fields = {"act": "lock", "tag": plan.tag, "order": order, "level": level.value}
    manager.send(f"/rounds/{plan.id}/change", fields)
    page = manager.text(f"/rounds?plan={plan.id}")
    mark = re.search(
        rf'<span class="mark">\s*<svg[^>]*data-lock="{level}".*?</span>', page, re.DOTALL
    )
    assert mark is not None
    assert re.search(r"<(path|circle) ", mark[0])
    assert words.lock_word(level) in mark[0]


def test_a_search_says_at_its_fields_what_is_wrong(manager: Browser, session: Session) -> None:
    fields = {"office": w.OFFICE, "day": d.DAY.isoformat(), "budget": "601", "seed": "x", "scope": "y"}  # fmt: skip

    for path in ("/rounds/propose", "/rounds/propose-all"):
        page = manager.send(path, fields).get_data(as_text=True)
        named = ["scope-propose"] if path == "/rounds/propose" else []
        assert list(faults(page)) == [*named, "budget-propose", "seed-propose"]
        assert value(page, "seed-propose") == "x"
        assert '<details class="card" open>' in page
    assert session.scalars(select(JobRow)).all() == []


def test_a_change_says_at_its_own_call_what_is_wrong(
    manager: Browser, session: Session, plan: Kept
) -> None:
    order, courier = first_call(session, plan)
    order = f"{order}@{courier}"  # as the page's own forms name it
    path = f"/rounds/{plan.id}/change"
    move = {"tag": plan.tag, "act": "move", "order": order, "courier": courier}

    page = manager.send(path, move | {"position": "0", "tour": "10"}).get_data(as_text=True)
    assert list(faults(page)) == [f"position-{order}", f"tour-{order}"]
    assert (value(page, f"position-{order}"), value(page, f"tour-{order}")) == ("0", "10")
    assert page.count('<details class="change" open>') == 1
    page = manager.send(path, move | {"courier": "s-nobody"}).get_data(as_text=True)
    assert list(faults(page)) == [f"courier-{order}"]
    lock = {"tag": plan.tag, "act": "lock", "order": order, "level": "forever"}
    page = manager.send(path, lock).get_data(as_text=True)
    assert list(faults(page)) == [f"level-lock-{order}"]
    everything = {"tag": plan.tag, "act": "lock_all", "courier": courier, "level": "forever"}
    page = manager.send(path, everything).get_data(as_text=True)
    assert list(faults(page)) == [f"level-all-{courier}"]
    session.expire_all()
    assert session.get_one(PlanRow, plan.id).edits == 0
