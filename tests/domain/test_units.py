"""Places by day: three tiers before the reform, two since, and what stands where something stood."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal_service.domain.ids import UnitCode
from postal_service.domain.units import (
    DA_NANG,
    QUANG_NAM,
    AdminUnit,
    Level,
    OverlappingValidity,
    Succession,
    SuccessionKind,
    UnitInCircle,
    UnitRegister,
    UnknownUnit,
    district_code,
    former_commune_code,
    quang_nam_register,
)
from postal_service.reference.units import former_communes, former_districts, units_2025

REGISTER = quang_nam_register(units_2025(), former_districts())
DAY_2022 = date(2022, 12, 16)
DAY_2025 = date(2025, 3, 1)
TODAY = date(2026, 11, 23)
FORMER = {row.key: former_commune_code(row) for row in former_communes()}
FORMERS = st.sampled_from(sorted(FORMER.values()))


def unit(code: str, parent: str | None = None, **life: date) -> AdminUnit:
    return AdminUnit(
        code=UnitCode(code),
        name=code,
        kind="xã",
        level=Level.COMMUNE,
        parent=None if parent is None else UnitCode(parent),
        **life,
    )


def test_three_tiers_in_2022_two_today() -> None:
    assert len(REGISTER.units_on(DAY_2022, Level.DISTRICT)) == 18
    assert len(REGISTER.units_on(DAY_2025, Level.DISTRICT)) == 17
    assert REGISTER.units_on(TODAY, Level.DISTRICT) == []
    assert len(REGISTER.units_on(date(2025, 6, 30), Level.COMMUNE)) == 233
    assert len(REGISTER.units_on(date(2025, 7, 1), Level.COMMUNE)) == 78


def test_nong_son_lay_in_its_own_district_and_then_in_que_son() -> None:
    commune = FORMER["Nông Sơn/tt Trung Phước"]
    assert REGISTER.within(commune, district_code("Nông Sơn"), DAY_2022)
    assert not REGISTER.within(commune, district_code("Quế Sơn"), DAY_2022)
    assert REGISTER.within(commune, district_code("Quế Sơn"), DAY_2025)
    with pytest.raises(UnknownUnit):
        REGISTER.unit_on(district_code("Nông Sơn"), DAY_2025)
    assert [u.name for u in REGISTER.successors_on(district_code("Nông Sơn"), DAY_2025)] == [
        "Quế Sơn"
    ]


def test_an_old_address_is_found_in_the_unit_that_took_it_over() -> None:
    (successor,) = REGISTER.successors_on(FORMER["Hội An/Minh An"], TODAY)
    assert (successor.code, successor.full_name) == ("20410", "phường Hội An")
    assert [u.name for u in REGISTER.ancestors(successor.code, TODAY)] == ["Đà Nẵng"]
    (itself,) = REGISTER.successors_on(FORMER["Hội An/Minh An"], DAY_2022)
    assert itself.name == "Minh An"


def test_what_was_one_and_stayed_one_was_renamed_and_the_others_were_merged() -> None:
    (kept,) = REGISTER.predecessors(UnitCode("20434"))
    assert kept.kind is SuccessionKind.RENAMED
    assert {s.kind for s in REGISTER.predecessors(UnitCode("20410"))} == {SuccessionKind.MERGED}
    assert len(REGISTER.predecessors(UnitCode("20410"))) == 5


def test_the_province_is_looked_up_under_its_old_code_still() -> None:
    assert [u.code for u in REGISTER.successors_on(QUANG_NAM, TODAY)] == [DA_NANG]
    assert len(REGISTER.subtree(DA_NANG, TODAY)) == 79
    assert len(REGISTER.subtree(QUANG_NAM, DAY_2022)) == 1 + 18 + 233


@pytest.mark.parametrize("code", ["99999", "", "49/nowhere"])
def test_an_unknown_unit_is_refused(code: str) -> None:
    for ask in (REGISTER.unit_on, REGISTER.ancestors, REGISTER.successors_on):
        with pytest.raises(UnknownUnit):
            ask(UnitCode(code), TODAY)


def test_a_unit_gone_without_a_successor_is_unknown() -> None:
    register = UnitRegister([unit("a", valid_to=date(2020, 1, 1))])
    with pytest.raises(UnknownUnit):
        register.successors_on(UnitCode("a"), TODAY)


def test_a_split_has_all_its_parts() -> None:
    day = date(2025, 1, 1)
    register = UnitRegister(
        [
            unit("a", valid_to=date(2024, 12, 31)),
            unit("b", valid_from=day),
            unit("c", valid_from=day),
        ],
        [
            Succession(old=UnitCode("a"), new=UnitCode(new), on=day, kind=SuccessionKind.SPLIT)
            for new in "bc"
        ],
    )
    assert {u.code for u in register.successors_on(UnitCode("a"), TODAY)} == {"b", "c"}


def test_two_lives_of_one_unit_may_not_overlap() -> None:
    with pytest.raises(OverlappingValidity):
        UnitRegister([unit("a"), unit("a", valid_from=date(2025, 1, 1))])
    with pytest.raises(OverlappingValidity):
        UnitRegister([unit("a", valid_to=date(2025, 1, 1)), unit("a", valid_from=date(2025, 1, 1))])


def test_a_circle_of_parents_or_of_successors_is_noticed() -> None:
    parents = UnitRegister([unit("a", "b"), unit("b", "c"), unit("c", "b")])
    for code in "abc":
        with pytest.raises(UnitInCircle):
            parents.ancestors(UnitCode(code), TODAY)
    day = date(2020, 1, 1)
    circle = UnitRegister(
        [unit("a", valid_to=day), unit("b", valid_to=day)],
        [
            Succession(old=UnitCode(old), new=UnitCode(new), on=day, kind=SuccessionKind.RENAMED)
            for old, new in ("ab", "ba")
        ],
    )
    with pytest.raises(UnitInCircle):
        circle.successors_on(UnitCode("a"), TODAY)


@given(FORMERS, st.dates(date(2015, 1, 1), date(2030, 1, 1)))
def test_every_former_commune_stands_somewhere_on_every_day(code: UnitCode, day: date) -> None:
    standing = REGISTER.successors_on(code, day)
    assert len(standing) == 1
    assert standing[0].stands_on(day)
    province = REGISTER.ancestors(standing[0].code, day)[-1]
    assert province.code == (DA_NANG if day >= date(2025, 7, 1) else QUANG_NAM)
