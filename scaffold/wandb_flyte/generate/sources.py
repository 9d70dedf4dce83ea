"""The files of a source folder, without what tools leave there, and what tells them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

_IGNORED = frozenset({"__pycache__", ".DS_Store", ".ruff_cache", ".mypy_cache"})


def read_sources(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its name there, without caches."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.suffix != ".pyc" and not _IGNORED.intersection(name.parts) and path.is_file():
            found[name.as_posix()] = path.read_bytes()
    return found


def digest(files: Mapping[str, bytes], *more: str) -> str:
    """A SHA-256 of files, their names and whatever else tells them apart, in hexadecimal."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    for text in more:
        found.update(text.encode())
    return found.hexdigest()


def content_hash(files: Mapping[str, bytes]) -> str:
    """What a project records of the files that it was made from."""
    return f"sha256:{digest(files)}"
