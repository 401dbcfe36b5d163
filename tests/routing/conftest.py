"""Budgets and patience are tested against work done, which a busy machine does not change."""

import time
from collections.abc import Callable
from typing import Final

import pytest

LATE_SECONDS: Final = 3.0
"""What a search may work beyond its budget, or after a cancel, before a test calls it a hang.

The library's promise is one second, and `python -m benchmarks.routing speed` measures it on a quiet
machine. Here one core does the work of several tests and may be a third as fast.
"""


@pytest.fixture
def working_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """Seconds this process has worked; for the library too they are the time from now on."""
    monkeypatch.setattr(time, "monotonic", time.process_time)
    return time.process_time
