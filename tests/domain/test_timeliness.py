"""A moment is judged by the date that bound then."""

from datetime import UTC, datetime, timedelta

import pytest

from postal_service.domain.administrative import Step, StepKind
from postal_service.domain.timeliness import Timeliness, due_in_force, timeliness
from postal_service.domain.wording_dates import VIETNAM

DUE = datetime(2026, 11, 27, 17, 0, tzinfo=VIETNAM)
RECEIVED = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("at", "standing"),
    [
        (DUE.replace(day=26, hour=23, minute=59), Timeliness.BEFORE),
        (DUE.replace(hour=0), Timeliness.ON_THE_DAY),
        (DUE, Timeliness.ON_THE_DAY),
        (DUE + timedelta(seconds=1), Timeliness.AFTER),
    ],
)
def test_a_moment_is_before_on_or_after_its_day(at: datetime, standing: Timeliness) -> None:
    assert timeliness(at, DUE) is standing


def test_without_a_date_nothing_is_late() -> None:
    assert timeliness(DUE, None) is Timeliness.NO_DATE


def test_the_day_is_vietnams_even_for_a_moment_told_in_another_zone() -> None:
    just_after_midnight = datetime(2026, 11, 26, 17, 30, tzinfo=UTC)

    assert timeliness(just_after_midnight, DUE) is Timeliness.ON_THE_DAY


def test_a_later_extension_does_not_excuse_what_was_late_before_it() -> None:
    steps = [
        Step(kind=StepKind.POSTED, at=RECEIVED - timedelta(hours=2)),
        Step(kind=StepKind.RECEIVED, at=RECEIVED, due_at=DUE),
        Step(
            kind=StepKind.EXTENDED,
            at=DUE + timedelta(days=3),
            due_at=DUE + timedelta(days=7),
        ),
    ]

    assert due_in_force(steps, RECEIVED - timedelta(hours=3)) is None
    assert due_in_force(steps, RECEIVED - timedelta(hours=1)) is None
    assert due_in_force(steps, DUE + timedelta(days=2)) == DUE
    assert due_in_force(steps, DUE + timedelta(days=3)) == DUE + timedelta(days=7)
