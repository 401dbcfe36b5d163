"""A dossier's papers bear the numbers of its own date, and no number that nobody has read."""

from datetime import date

import pytest

from postal_service.domain.issued_forms import Form, issued_as
from postal_service.reference.form_sets import form_sets


@pytest.mark.parametrize(
    ("form", "number"),
    [
        (Form.SUPPLEMENT, "02"),
        (Form.REFUSAL, "03"),
        (Form.EXTENSION, "04"),
        (Form.DISCONTINUATION, "05"),
        (Form.CONTROL_SLIP, "06"),
    ],
)
def test_a_dossier_since_july_2025_has_the_numbers_that_were_read(form: Form, number: str) -> None:
    assert issued_as(form, date(2025, 7, 1)) == f"mẫu số {number}, Thông tư 03/2025/TT-VPCP"


@pytest.mark.parametrize("day", [date(2025, 6, 30), date(2022, 12, 16), date(2010, 1, 1)])
@pytest.mark.parametrize("form", list(Form))
def test_an_older_dossier_has_no_number_since_none_was_read(form: Form, day: date) -> None:
    assert issued_as(form, day) == ""


def test_the_sets_follow_each_other_and_say_how_far_they_are_trusted() -> None:
    days = [each.valid_from for each in form_sets()]

    assert days == sorted(set(days))
    assert {each.status for each in form_sets()} <= {"found", "known"}
    assert all(set(each.numbers) <= {form.value for form in Form} for each in form_sets())
