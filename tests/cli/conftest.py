"""What a command finds: the service's settings in the environment, and a store."""

from pathlib import Path

import pytest

from postal_service.settings import make_keys


@pytest.fixture
def configured(
    own_databases: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> pytest.MonkeyPatch:
    """A service as it should be set up; its tables are not made yet."""
    for name, value in make_keys().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("POSTAL_DATABASE_URL", f"sqlite:///{tmp_path / 'post.db'}")
    monkeypatch.setenv("POSTAL_ORIGIN", "post.example/custody")
    return monkeypatch


@pytest.fixture
def service(configured: pytest.MonkeyPatch, committed_url: str) -> str:
    """A service whose tables are made and empty; its store's URL, on SQLite and PostgreSQL."""
    configured.setenv("POSTAL_DATABASE_URL", committed_url)
    return committed_url
