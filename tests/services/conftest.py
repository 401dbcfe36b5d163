"""What the tests of planning share."""

import pytest

from routing.search.engine import warm_up


@pytest.fixture(scope="session")
def warm_search() -> None:
    """The search is loaded: that takes a second or two, which are part of a budget."""
    warm_up()
