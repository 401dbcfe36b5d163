"""Budgets and patience are tested against work done, which a busy machine does not change."""

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def working_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """Seconds this process has worked; for the library too they are the time from now on."""
    monkeypatch.setattr(time, "monotonic", time.process_time)
    return time.process_time
