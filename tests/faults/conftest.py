"""What faults of a disk are tried on."""

import pytest

from postal_service.storage.transaction import Sessions
from tests.faults.post import Post, found


@pytest.fixture
def post_on_sqlite(dialect: str, committed_url: str, committed_sessions: Sessions) -> Post:
    """An office with one phone, on the store whose files the server itself writes."""
    if dialect != "sqlite":
        pytest.skip("PostgreSQL's own processes write its files")
    return found(committed_url, committed_sessions, phones=1)
