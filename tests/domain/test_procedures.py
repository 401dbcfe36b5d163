"""A dossier is measured by the version of its day, against a closed list of papers."""

from dataclasses import replace
from datetime import date

import pytest

from postal_service.domain.deadlines import Term, TimeUnit
from postal_service.domain.procedures import (
    BadProcedureCode,
    Channel,
    ContradictoryChannels,
    Fee,
    FeeStatus,
    NoFee,
    NotByPost,
    NoVersion,
    OverlappingVersions,
    PaperCount,
    PaperNeed,
    PaperNotListed,
    PostalWay,
    ProcedureVersion,
    TooManyOfPaper,
    check_code,
    missing_papers,
    national_code,
    refuse_unless_listed,
    version_from_reference,
    version_on,
)
from postal_service.reference.procedures import procedures

CATALOGUE = {row.code: version_from_reference(row) for row in procedures()}
LAND = CATALOGUE["1.013831"]
RESIDENCE = CATALOGUE["1.004222"]
DAY = date(2026, 11, 23)


def brought(name: str, originals: int = 0, certified: int = 0, copies: int = 0) -> PaperCount:
    return PaperCount(name=name, originals=originals, certified=certified, photocopies=copies)


def counted(*counts: PaperCount) -> dict[str, PaperCount]:
    return {count.name: count for count in counts}


def test_every_shipped_procedure_is_a_version_an_office_can_start_with() -> None:
    assert len(CATALOGUE) == 23
    assert all(version.papers and version.fees for version in CATALOGUE.values())
    assert CATALOGUE["2.000635"].same_day
    assert not LAND.same_day


def test_marriage_needs_both_in_person_and_never_goes_by_post() -> None:
    marriage = CATALOGUE["1.000894"]
    assert marriage.presence_required
    for way in PostalWay:
        with pytest.raises(NotByPost):
            marriage.refuse_unless_by_post(way)


def test_an_identity_card_is_applied_for_in_person_and_comes_home_by_post() -> None:
    card = CATALOGUE["2.000200"]
    card.refuse_unless_by_post(PostalWay.TO_CITIZEN)
    with pytest.raises(NotByPost):
        card.refuse_unless_by_post(PostalWay.TO_AGENCY)


def test_the_courier_takes_the_old_driving_licence_back() -> None:
    assert CATALOGUE["3.000347"].collects_on_delivery == ("Giấy phép lái xe cũ",)


def test_a_version_cannot_ask_for_presence_and_open_that_way_to_the_post() -> None:
    with pytest.raises(ContradictoryChannels):
        replace(LAND, presence_at_return=True)
    with pytest.raises(ContradictoryChannels):
        replace(LAND, presence_at_intake=True)


def test_the_version_of_the_day_of_receipt_binds() -> None:
    old = replace(LAND, valid_to=date(2026, 6, 30))
    new = replace(LAND, valid_from=date(2026, 7, 1), term=Term(amount=5, unit=TimeUnit.WORKING_DAY))
    assert version_on([old, new], date(2026, 6, 30)) is old
    assert version_on([old, new], date(2026, 7, 1)) is new


def test_before_the_first_version_there_is_none() -> None:
    with pytest.raises(NoVersion):
        version_on([LAND], date(2025, 6, 30))
    with pytest.raises(NoVersion):
        version_on([], DAY)


def test_two_versions_of_one_day_are_for_a_person_to_mend() -> None:
    with pytest.raises(OverlappingVersions):
        version_on([LAND, replace(LAND, valid_from=date(2026, 1, 1))], DAY)


@pytest.mark.parametrize("code", ["2.000815", "1.013831", "2.000815.000.00.00.H55"])
def test_national_and_provincial_codes(code: str) -> None:
    check_code(code)
    assert national_code(code) == code[:8]


@pytest.mark.parametrize(
    "code", ["", "2.00815", "20.00815", "2.000815.H55", "2.000815\n", "٢.000815"]
)
def test_what_is_no_procedure_code_is_refused(code: str) -> None:
    with pytest.raises(BadProcedureCode):
        check_code(code)


def test_a_complete_dossier_misses_nothing_and_an_empty_one_all_that_is_required() -> None:
    birth = CATALOGUE["1.001193"]
    assert {need.name for need in missing_papers(birth, {})} == {
        need.name for need in birth.papers if not need.optional
    }
    complete = counted(
        brought("Tờ khai đăng ký khai sinh", originals=1),
        brought("Giấy chứng sinh", originals=1),
        brought("Giấy tờ tùy thân của người đi đăng ký", copies=1),
    )
    assert missing_papers(birth, complete) == ()


def test_a_certified_copy_stands_in_for_a_photocopy_but_not_for_an_original() -> None:
    version = replace(
        LAND,
        papers=(
            PaperNeed(name="copy", originals=0, certified=0, photocopies=1),
            PaperNeed(name="original", originals=1, certified=0, photocopies=0),
        ),
    )
    missing = missing_papers(
        version, counted(brought("copy", certified=1), brought("original", certified=3))
    )
    assert [need.name for need in missing] == ["original"]


def test_nobody_can_ask_for_a_paper_outside_the_list() -> None:
    with pytest.raises(PaperNotListed):
        refuse_unless_listed(LAND, brought("Sổ hộ khẩu", copies=1))


@pytest.mark.parametrize(("originals", "copies"), [(2, 0), (-1, 0), (1, -1)])
def test_no_more_originals_travel_than_are_asked(originals: int, copies: int) -> None:
    name = LAND.papers[0].name
    with pytest.raises(TooManyOfPaper):
        refuse_unless_listed(LAND, brought(name, originals=originals, copies=copies))


def test_what_is_only_shown_is_neither_taken_nor_missing() -> None:
    certification = CATALOGUE["2.000815"]
    shown = certification.papers[0]
    assert shown.shown_only
    assert shown.taken == (0, 0, 0)
    assert certification.papers[1].taken == (0, 0, 1)
    assert shown not in missing_papers(certification, {})


def test_a_paper_is_not_asked_less_than_not_at_all() -> None:
    with pytest.raises(ValueError, match="less than not at all"):
        PaperNeed(name="x", originals=-1, certified=0, photocopies=0)


def test_the_fee_depends_on_the_channel() -> None:
    assert RESIDENCE.fee_on(Channel.COUNTER, DAY).amount_dong == 20_000
    assert RESIDENCE.fee_on(Channel.POST, DAY).amount_dong == 20_000
    assert RESIDENCE.fee_on(Channel.ONLINE, DAY).amount_dong == 10_000


def test_the_fee_depends_on_the_day() -> None:
    free = Fee(
        amount_dong=0,
        status=FeeStatus.CONFIRMED,
        source="Nghị quyết của HĐND",
        channel=Channel.ONLINE,
        valid_from=date(2026, 8, 8),
    )
    version = replace(RESIDENCE, fees=(*RESIDENCE.fees, free))
    assert version.fee_on(Channel.ONLINE, date(2026, 8, 7)).amount_dong == 10_000
    assert version.fee_on(Channel.ONLINE, date(2026, 8, 8)).amount_dong == 0
    assert version.fee_on(Channel.COUNTER, date(2026, 8, 8)).amount_dong == 20_000


def test_a_placeholder_gives_way_to_what_was_decided_for_the_same_day() -> None:
    guessed = RESIDENCE.fees[0]
    decided = replace(guessed, amount_dong=25_000, status=FeeStatus.CONFIRMED)
    version = replace(RESIDENCE, fees=(guessed, decided))

    assert version.fee_on(Channel.COUNTER, DAY) == decided


def test_a_channel_without_a_fee_is_not_free() -> None:
    only_online = replace(RESIDENCE, fees=RESIDENCE.fees[1:])
    with pytest.raises(NoFee):
        only_online.fee_on(Channel.COUNTER, DAY)


def test_an_unknown_fee_is_a_placeholder_and_has_no_amount() -> None:
    fee = LAND.fee_on(Channel.COUNTER, DAY)
    assert fee.amount_dong is None
    assert fee.status is FeeStatus.PLACEHOLDER


def test_a_version_with_a_bad_code_cannot_be_made() -> None:
    with pytest.raises(BadProcedureCode):
        replace(LAND, code="khai sinh")
    assert isinstance(LAND, ProcedureVersion)
