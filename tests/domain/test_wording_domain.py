"""Every refusal of these modules has a Vietnamese and an English sentence that its own facts fill."""

import string
import unicodedata
from datetime import date, timedelta

import pytest

from postal_service.domain import (
    attempts,
    calendar,
    codes,
    crockford,
    deadlines,
    desk_codes,
    dossier_code,
    identity,
    legacy_text,
    money,
    phones,
    procedures,
    receivers,
    s10,
    units,
    vietqr,
)
from postal_service.domain.refusals import Refusal, SeveralRefused
from postal_service.domain.wording import sentence, sentences
from postal_service.domain.wording_domain import SENTENCES
from tests.domain.offices import AGENCY, at

MODULES = (
    attempts, calendar, codes, crockford, deadlines, desk_codes, dossier_code, identity,
    legacy_text, money, phones, procedures, receivers, s10, units, vietqr,
)  # fmt: skip
REFUSALS = {
    found.code: found
    for module in MODULES
    for found in vars(module).values()
    if isinstance(found, type)
    and issubclass(found, Refusal)
    and found.__module__ == module.__name__
} | {SeveralRefused.code: SeveralRefused}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_refusal_has_both_sentences_and_no_sentence_is_without_a_refusal() -> None:
    assert set(SENTENCES) <= set(REFUSALS) <= set(sentences())
    assert all(vi.strip() and en.strip() for vi, en in SENTENCES.values())


def test_the_vietnamese_is_composed_and_both_languages_tell_the_same_facts() -> None:
    for vi, en in SENTENCES.values():
        assert unicodedata.is_normalized("NFC", vi)
        assert fields(vi) == fields(en)


def test_a_refusal_as_it_is_raised_fills_its_sentence() -> None:
    with pytest.raises(calendar.NoCalendar) as no_year:
        AGENCY.is_working_day(date(2031, 1, 1))
    with pytest.raises(deadlines.BadStop) as stop:
        deadlines.ClockStop(
            stopped_at=at("2026-11-23 10:00"),
            resumed_at=at("2026-11-23 10:00") - timedelta(minutes=1),
            reason=deadlines.StopReason.OTHER,
            basis="x",
        )
    with pytest.raises(dossier_code.FromTheFuture) as future:
        dossier_code.parse("H57-261124-0001", today=date(2026, 11, 23))
    for raised in (no_year.value, stop.value, future.value):
        assert fields(SENTENCES[raised.code][0]) <= set(raised.facts)
        assert "?" not in sentence(raised.code, raised.facts)
    assert "24/11/2026" in sentence(future.value.code, future.value.facts)


def test_the_way_that_is_closed_to_the_post_is_told_in_words() -> None:
    for way, vietnamese, english in (
        (
            procedures.PostalWay.TO_AGENCY,
            "từ công dân đến cơ quan",
            "from the citizen to the agency",
        ),
        (
            procedures.PostalWay.TO_CITIZEN,
            "từ cơ quan đến công dân",
            "from the agency to the citizen",
        ),
    ):
        refused = procedures.NotByPost(procedure="1.000894", way=way.value)
        assert sentence(refused.code, refused.facts).endswith(f" theo chiều {vietnamese}.")
        assert sentence(refused.code, refused.facts, "en").endswith(f" postal service {english}.")


def test_a_common_calendar_is_called_by_whose_it_is() -> None:
    facts = {"calendar": "agency", "year": 2031}
    assert "Lịch làm việc của các cơ quan chưa có" in sentence("calendar.no_year", facts)
    assert "calendar of the agencies has" in sentence("calendar.no_year", facts, "en")
    facts["calendar"] = "post"
    assert "của bưu điện" in sentence("calendar.never_open", facts)
    facts["calendar"] = "DESK-1"  # one unit's own
    assert "của DESK-1" in sentence("calendar.no_year", facts)
