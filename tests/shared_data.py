"""Where the shared facts and vectors lie; what reads them is skipped, with the reason, where they are missing."""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(
    os.environ.get("POSTAL_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data")
)


def shared(relative: str) -> Path:
    """The path of a shared file or folder; skips the calling test when it is not there."""
    path = SHARED_DATA / relative
    if not path.exists():
        pytest.skip(f"shared data {relative} is not beside the project")
    return path
