"""A file that nobody but its owner can read, at no moment, and that outlives a crash once it is kept."""

import os
from pathlib import Path

OWNER_ONLY = 0o600


def keep(path: Path, content: bytes) -> None:
    """Write the file whole or not at all; when this returns, it is on the disk under its name.

    Raises OSError.
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)  # what a crash left behind may have other rights
    file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(file, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new name lies in its folder, which has to reach the disk too (fsync(2), NOTES)."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
