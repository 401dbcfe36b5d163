"""The demo's clock never goes back, and goes on by itself once it runs."""

import time
from datetime import timedelta

from postal_service.demo import day
from postal_service.demo.hours import DemoClock


def test_it_stands_until_it_is_moved() -> None:
    clock = DemoClock(day.opening())
    assert clock() == clock() == day.opening()


def test_it_does_not_go_back() -> None:
    clock = DemoClock(day.opening())
    later = clock.move_to(day.opening() + timedelta(hours=1))
    assert clock.move_to(day.opening()) == later
    assert clock() == later


def test_it_runs_on_from_where_it_stood() -> None:
    clock = DemoClock(day.opening())
    clock.run()
    time.sleep(0.01)
    assert timedelta(0) < clock() - day.opening() < timedelta(minutes=1)
