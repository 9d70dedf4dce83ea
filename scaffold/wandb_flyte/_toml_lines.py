"""The lines of a TOML file's keys, which Python's own reader does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

# A value that goes on for more lines than this is read no further: each line reads it anew.
_LONGEST_VALUE = 200

Path = tuple[str, ...]


def toml_lines(text: str) -> dict[Path, int]:
    """Where each key and table of a valid TOML text begins first, counted from 1.

    Each header and each key with its value is read by itself, so the names are TOML's own, quoted
    or not. Behind a value of very many lines nothing is told any more.
    """
    lines: dict[Path, int] = {}
    table: Path = ()
    for line, read, is_header in _statements(text):
        paths = [*_paths(read)]
        if is_header:
            table = paths[-1] if paths else ()
        for path in paths:
            lines.setdefault(path if is_header else (*table, *path), line)
    return lines


def refused_line(error: Exception) -> int | None:
    """The line that a text is no TOML in: before Python 3.14 only the error's words say it."""
    found = re.search(r"at line (\d+)", str(error))
    return int(found[1]) if found else None


def _statements(text: str) -> Iterator[tuple[int, Mapping[str, Any], bool]]:
    """The line of each header or key, what it says alone, and whether it is a header."""
    begun, parts = 0, list[str]()
    for number, part in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not parts and part.strip().partition("#")[0] == "":
            continue
        begun = begun if parts else number
        parts.append(part)
        if len(parts) > _LONGEST_VALUE:
            return
        try:
            read = tomllib.loads("\n".join(parts))
        except tomllib.TOMLDecodeError:
            continue
        yield begun, read, parts[0].lstrip().startswith("[")
        parts = []


def _paths(read: Any) -> Iterator[Path]:
    """The keys of a value, each before those inside it."""
    if isinstance(read, list):
        for item in read:
            yield from _paths(item)
    elif isinstance(read, dict):
        for key, value in read.items():
            yield (key,)
            yield from ((key, *path) for path in _paths(value))
