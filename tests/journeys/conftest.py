"""The whole way of a package through the public edges: the office's pages, and couriers' phones.

However a journey went, it ends with the same three questions: was there one holder at each moment,
does the ledger alone say what the pages say, and does a stranger's verifier call the file valid?
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mobile_api.app import create_app
from postal_service.cli.serving import ONE_ADDRESS
from postal_service.ledger.verify import verify
from postal_service.runtime import Runtime
from postal_service.services import checkpoints
from postal_service.storage.schema import StaffRow
from postal_service.storage.transaction import transaction
from tests.clock import Clock
from tests.journeys.post import BADGES, Post, one_holder_at_each_moment, rebuilt_equals_live
from tests.mobile_api.phones import Couriers
from tests.services.world import World
from tests.web.conftest import Browser, app, browser, clock, engine, peopled, runtime, world

__all__ = ["app", "browser", "clock", "engine", "peopled", "runtime", "world"]


@pytest.fixture
def post(
    runtime: Runtime,
    world: World,
    clock: Clock,
    browser: Callable[[str], Browser],
    tmp_path: Path,
) -> Iterator[Post]:
    """A working office; after the journey its ledger is looked at from all sides."""
    with transaction(runtime.sessions) as session:
        for row in session.scalars(select(StaffRow).where(StaffRow.login.in_(BADGES))):
            row.badge = BADGES[row.login]
    couriers = Couriers(create_app(runtime, ONE_ADDRESS), runtime, world)
    post = Post(runtime, world, clock, couriers, browser, tmp_path)
    yield post
    with transaction(runtime.sessions) as session:
        assert one_holder_at_each_moment(session) > 0
        rebuilt_equals_live(session)
    settings = runtime.settings
    with transaction(runtime.sessions) as session:
        checkpoints.make(session, origin=settings.origin, log_key=runtime.log_key, at=clock())
        checkpoints.export_to(
            session,
            checkpoints.policy(settings.origin, runtime.log_key, []),
            ledger=tmp_path / "ledger.jsonl",
            keys=tmp_path / "keys.json",
        )
    verdict = verify(tmp_path / "ledger.jsonl", tmp_path / "keys.json")
    assert verdict.valid, verdict.broken
