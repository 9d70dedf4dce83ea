"""Sweep configs in JSON files: their values as JSON has them, and the line each one stands in.

YAML would read most of them, but for `1e-5`, which is text there, tabs, and some escapes.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from pathlib import Path as FilePath

from wandb_flyte.errors import Finding

from ._document import Path, SweepDocument, read_text, refused

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_PLAIN = re.compile(r"[^ \t\r\n,\]}]+")


def load_json_sweep(path: FilePath) -> SweepDocument:
    """Reads a sweep config in a JSON file. Of a key that is given twice the last value counts.

    Raises:
        InvalidInput: There is no such file, it is no JSON, or it holds no object.
    """
    text = read_text(path)
    if not text.strip():
        hint = "A sweep config has at least `method` and `parameters`."
        raise refused(path, "It is empty.", hint)
    try:
        loaded = json.loads(text, parse_constant=_no_number)
        json.dumps(loaded, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise refused(path, f"It is not valid JSON: {error.msg}.", line=error.lineno) from None
    except UnicodeEncodeError:
        raise refused(path, "It holds half of a character, `\\ud800` or the like.") from None
    except ValueError as error:
        raise refused(path, f"It holds a value that JSON can't read: {error}.") from None
    except RecursionError:
        raise refused(path, "It is nested too deeply.") from None
    if not isinstance(loaded, dict):
        kind = "a list" if isinstance(loaded, list) else "a single value"
        hint = 'It starts with `{"method": "random"`, for example.'
        raise refused(path, f"It holds {kind}, not the keys of a sweep config.", hint)
    walk = _Walk(path, text)
    try:
        walk.value(_space(text, 0), ())
    except RecursionError:
        raise refused(path, "It is nested too deeply.") from None
    return SweepDocument(path, loaded, walk.lines, tuple(walk.findings), language="json")


def _no_number(name: str) -> float:
    raise ValueError(f"`{name}` is no number")


def _space(text: str, place: int) -> int:
    """The first place from here on that is no space."""
    found = _SPACE.match(text, place)
    return found.end() if found else place


class _Walk:
    """Goes through a valid JSON text once, noting lines and keys that are given twice."""

    def __init__(self, path: FilePath, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []
        self._path = path
        self._text = text
        self._breaks = [found.start() for found in re.finditer("\n", text)]

    def value(self, place: int, path: Path) -> int:
        """Goes through the value that begins here, and gives the place behind it."""
        match self._text[place]:
            case "{":
                return self._object(place, path)
            case "[":
                return self._list(place, path)
            case '"':
                return self._text_at(place)[1]
        found = _PLAIN.match(self._text, place)
        return found.end() if found else place + 1

    def _list(self, place: int, path: Path) -> int:
        place, index = self._after(place), 0
        while self._text[place] != "]":
            inner = (*path, str(index))
            self.lines.setdefault(inner, self._line(place))
            place, index = self._next(self.value(place, inner)), index + 1
        return place + 1

    def _object(self, place: int, path: Path) -> int:
        place = self._after(place)
        seen: dict[str, tuple[int, str]] = {}
        while self._text[place] != "}":
            line = self._line(place)
            name, colon = self._text_at(place)
            begun = self._after(_space(self._text, colon))
            inner = (*path, name)
            self.lines.setdefault(inner, line)
            end = self.value(begun, inner)
            written = self._text[begun:end]
            first, before = seen.setdefault(name, (line, written))
            # The same value once more does no harm.
            if written != before:
                self._found_twice(inner, line, first)
            place = self._next(end)
        return place + 1

    def _text_at(self, place: int) -> tuple[str, int]:
        """The text in quotes that begins here, and the place behind it."""
        text, end = _DECODER.raw_decode(self._text, place)
        return str(text), end

    def _after(self, place: int) -> int:
        """What comes after the sign here."""
        return _space(self._text, place + 1)

    def _next(self, place: int) -> int:
        """The next item after one that ended here, or the bracket that closes them."""
        place = _space(self._text, place)
        return self._after(place) if self._text[place] == "," else place

    def _line(self, place: int) -> int:
        return bisect_left(self._breaks, place) + 1

    def _found_twice(self, path: Path, line: int, first: int) -> None:
        message = f"`{path[-1]}` is given twice, first in line {first}."
        where = ".".join(path)
        finding = Finding(
            message, "Keep one of the two.", str(self._path), line, where, code="WF002"
        )
        self.findings.append(finding)
