"""TOML files: what they say, and their keys' lines, which Python's own reader does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

# A value that goes on for more lines than this is read no further: each line reads it anew.
_LONGEST_VALUE = 200

Path = tuple[str, ...]


class NotToml(Exception):
    """A file is no TOML.

    Attributes:
        message: Why.
        line: The line that it is none in, None where that is not known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_toml(content: bytes) -> tuple[dict[str, Any], str]:
    """What a TOML file says, and its text; a byte order mark is no part of it.

    Raises:
        NotToml: It is none.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotToml("It is not UTF-8 text.", line) from error
    return parse_toml(text), text


def parse_toml(text: str) -> dict[str, Any]:
    """What a TOML text says.

    Raises:
        NotToml: It is none.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(f"It is not valid TOML: {error}.", _refused_line(error, text)) from error
    except ValueError as error:  # Python reads no whole number of so many digits.
        raise NotToml("It holds a number with thousands of digits.") from error
    except RecursionError as error:
        raise NotToml("It is nested too deeply.") from error


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


def _refused_line(error: tomllib.TOMLDecodeError, text: str) -> int | None:
    """Where a text is no TOML: before Python 3.14 only the error's words say it."""
    if "(at end of document)" in str(error):
        return len(text.splitlines())
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
