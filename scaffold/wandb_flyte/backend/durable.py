"""Files that are on disk, with their names, before anything says that they are there."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the file's content is on disk."""
    with path.open("rb") as written:
        os.fsync(written.fileno())


def write_synced(path: Path, content: bytes) -> None:
    """Write the file; it is on disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(scratch: Path, place: Path) -> None:
    """Rename the file, whose content is on disk; its name is on disk when this returns."""
    if not place.parent.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        _sync_folder(place.parent.parent)
    scratch.replace(place)
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
