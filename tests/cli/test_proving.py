"""What the demo proves of its projections: a row that no event tells is seen."""

import pytest
from sqlalchemy import insert

from postal_service.cli import proving
from postal_service.runtime import Runtime, start
from postal_service.storage.schema import ExchangeHalfRow
from postal_service.storage.transaction import Sessions, transaction
from tests.faults.post import settings_on
from tests.services.in_hand import in_bag
from tests.services.world import build


@pytest.fixture
def runtime(committed_url: str, committed_sessions: Sessions) -> Runtime:
    """A post in which one result is with a courier."""
    runtime = start(settings_on(committed_url), sessions=committed_sessions)
    with transaction(runtime.sessions) as session:
        in_bag(session, build(session))
    return runtime


def test_tables_that_tell_what_the_ledger_tells_are_rebuilt_alike(runtime: Runtime) -> None:
    assert proving._rebuilt_alike(runtime) == (1, True)


def test_half_an_exchange_that_no_event_tells_is_seen(runtime: Runtime) -> None:
    with transaction(runtime.sessions) as session:
        session.execute(
            insert(ExchangeHalfRow).values(
                event_id="nobody's", item="BR000000005VN", exchange="e", side="given",
                originals=1, staff="s", unit="560000", alone_at="560000",
            )
        )  # fmt: skip

    assert proving._rebuilt_alike(runtime) == (1, False)
    assert proving._rebuilt_alike(runtime) == (1, True)  # rebuilding put it right
