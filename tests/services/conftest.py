"""The services work in the small organisation; what the tests of planning share."""

import pytest

from routing.search.engine import warm_up
from tests.services.peopled import engine, peopled, world

__all__ = ["engine", "peopled", "world"]


@pytest.fixture(scope="session")
def warm_search() -> None:
    """The search is loaded: that takes a second or two, which are part of a budget."""
    warm_up()
