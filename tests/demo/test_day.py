"""The plan of a day: real volume, stated shares, and nothing left to chance but what the seed says."""

from collections import Counter
from dataclasses import fields

import pytest

from postal_service.demo import day, places
from postal_service.demo.day import Door, Matter, Way
from postal_service.domain.identity import CitizenNumber, contradictions
from postal_service.domain.persons import compare_kept
from postal_service.domain.phones import e164
from postal_service.reference.procedures import procedures
from postal_service.reference.reported import reported_2022

ROWS = {row.code: row for row in procedures()}


@pytest.fixture(scope="module")
def whole() -> day.DayPlan:
    return day.make(1, 1.0)


def every_matter(plan: day.DayPlan) -> list[Matter]:
    return [
        matter
        for each in fields(plan)
        if isinstance(found := getattr(plan, each.name), tuple)
        for matter in found
    ]


@pytest.mark.parametrize("share", [0.02, 1.0])
def test_the_same_seed_plans_the_same_day(share: float) -> None:
    assert day.make(7, share) == day.make(7, share)


def test_another_seed_plans_another_day_of_the_same_size() -> None:
    one, other = day.make(1, 0.1), day.make(2, 0.1)
    assert one.today != other.today
    assert len(one.today) == len(other.today)


def test_a_whole_day_has_the_reported_volume_in_the_reported_proportions(
    whole: day.DayPlan,
) -> None:
    received = reported_2022().dossiers_received
    tiers = Counter(matter.tier for matter in whole.today)
    assert len(whole.today) == 1915
    for tier, count in tiers.items():
        assert abs(count - getattr(received, tier) / 250) < 1


def test_the_reported_share_of_results_is_carried_home(whole: day.DayPlan) -> None:
    assert sum(matter.by_post for matter in whole.today) == round(1915 * 0.23)
    assert len(whole.results) == round(1915 * 0.23)


def test_nothing_is_carried_that_the_post_may_not_carry(whole: day.DayPlan) -> None:
    for matter in every_matter(whole):
        row = ROWS[matter.procedure]
        assert row.post_out or not matter.by_post
        assert row.post_in or matter.way not in {Way.COUNTER, Way.HOME}


def test_dossiers_come_in_while_their_place_is_open(whole: day.DayPlan) -> None:
    for matter in every_matter(whole):
        assert matter.at.weekday() < 5
        minute = matter.at.hour * 60 + matter.at.minute
        assert 450 <= minute < 690 or 810 <= minute < 1020


def test_only_dossiers_of_earlier_days_have_a_result_on_the_day(whole: day.DayPlan) -> None:
    assert all(matter.at.date() < day.EVE for matter in (*whole.results, *whole.made_late))


@pytest.mark.parametrize("share", [0.001, 0.02])
def test_however_small_the_share_something_of_everything_happens(share: float) -> None:
    plan = day.make(1, share)
    assert {Door.CODE, Door.MESSAGE, Door.ABSENT} <= {matter.door for matter in plan.results}
    assert any(ROWS[matter.procedure].collects for matter in plan.results)
    assert plan.made_late
    assert plan.posted_before
    assert plan.in_process


@pytest.mark.parametrize("seed", range(1, 21))
def test_every_day_has_a_receiver_who_moved_and_a_delegate(seed: int) -> None:
    for matter in day.make(seed, 0.001).results:
        office = places.office_in(matter.citizen.commune)
        assert (matter.moved_to is not None) == (matter.door is Door.MOVED)
        assert (matter.delegate is not None) == (matter.door is Door.DELEGATE)
        if matter.door not in {Door.MOVED, Door.DELEGATE}:
            continue
        # Somebody comes to the door on the day, and the office hears of it before its evening.
        assert not office.offline
        assert places.terrain(office.commune) != "island"
        assert not ROWS[matter.procedure].collects
        if matter.moved_to is not None:
            there = places.office_in(matter.moved_to.unit)
            assert there != office
            assert there.area == office.area
        if matter.delegate is not None:
            assert matter.delegate.phone
            assert matter.delegate.citizen not in {"", matter.citizen.citizen}
    doors = Counter(matter.door for matter in day.make(seed, 0.001).results)
    assert doors[Door.MOVED] == doors[Door.DELEGATE] == 1


@pytest.mark.parametrize("share", [0, -0.1, 1.01, float("nan")])
def test_a_share_outside_of_nothing_to_all_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="no share"):
        day.make(1, share)


def test_people_are_well_formed_and_nobody_appears_twice(whole: day.DayPlan) -> None:
    people = [matter.citizen for matter in every_matter(whole)]
    assert len({each.phone for each in people}) == len(people)
    assert len({each.citizen for each in people}) == len(people)
    for each in people:
        assert e164(each.phone) == each.phone
        assert each.phone.startswith("+8490000")  # a series of the demo's own
        number = CitizenNumber(digits=each.citizen)
        assert number.prefix_is_a_province
        assert 1950 <= number.birth_year <= 2007
        assert each.person.name == each.name  # tidy, composed, not too long
        assert contradictions(each.card, today=day.DAY) == ()
        assert compare_kept(each.card, each.person).found == ()


def test_every_commune_has_the_office_that_delivers_there() -> None:
    offices = places.offices()
    assert len(offices) == 78
    assert len({office.code for office in offices}) == 78
    assert sum(office.is_area for office in offices) == 18
    assert 100 <= sum(office.couriers for office in offices) <= 120


def test_a_desk_stands_in_the_commune_of_the_office_that_walks_to_it() -> None:
    for unit in places.units():
        assert places.standing_in(places.desk(unit)).commune == unit
    for district in places.districts():
        at = places.standing_in(places.branch_desk(district.name))
        assert at.commune.former_district == district.name
        assert at.is_area
