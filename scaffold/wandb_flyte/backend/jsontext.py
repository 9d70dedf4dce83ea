"""JSON as the client writes it (bare NaN and Infinity allowed) and as it has to read it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

# Half of a pair that stands for one character: no text that can be stored holds it alone.
_LONE = re.compile("[\ud800-\udfff]")
# What walks through values calls itself up to twice a level, and Python allows 1000 calls in all.
_MOST_DEPTH = 200
_NESTING = (dict, list)
# Parsing holds every other thread up, and lists and objects take most of its time. The client's
# largest posts, of 10 MiB, would have to be lists of two numbers each to come near.
_MOST_PARTS = 500_000
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def loads(text: str | bytes) -> Any:
    """The value in the JSON text, which may hold bare NaN and Infinity.

    Raises:
        ValueError: It is no JSON, nested too deep, or has too many lists and objects.
    """
    parts = _braces(text)
    if parts > _MOST_PARTS and _parts(text) > _MOST_PARTS:
        raise ValueError(f"it has more than {_MOST_PARTS} lists and objects: send less at once")
    try:
        value = json.loads(text)
    except RecursionError:
        raise _too_deep() from None
    # Few texts have so many braces that their values need a look.
    if parts > _MOST_DEPTH and is_deep(value):
        raise _too_deep()
    escapes = (b"\\ud", b"\\uD") if isinstance(text, bytes) else ("\\ud", "\\uD")
    return _whole(value) if any(escape in text for escape in escapes) else value  # type: ignore[operator]


def _braces(text: str | bytes) -> int:
    if isinstance(text, bytes):
        return text.count(b"[") + text.count(b"{")
    return text.count("[") + text.count("{")


def _parts(text: str | bytes) -> int:
    """How many lists and objects the text has: braces that stand in no string."""
    data = text if isinstance(text, bytes) else text.encode(errors="replace")
    return _braces(_STRING.sub(b"", data))


def is_deep(value: Any) -> bool:
    """Whether lists and mappings stand in one another deeper than this server reads them."""
    level = [value] if isinstance(value, _NESTING) else []
    for _ in range(_MOST_DEPTH):
        inside = (part.values() if isinstance(part, dict) else part for part in level)
        level = [item for items in inside for item in items if isinstance(item, _NESTING)]
        if not level:
            return False
    return True


def _too_deep() -> ValueError:
    return ValueError(f"it is nested deeper than {_MOST_DEPTH} levels")


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def dumps(value: Any) -> str:
    """Compact JSON that may hold bare NaN and Infinity, for text the client parses itself."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def strict(value: Any) -> Any:
    """The value with NaN and Infinity as strings, which is how W&B's API returns them."""
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return "NaN"
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: strict(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [strict(item) for item in value]
    return value


def mapping(text: str | None) -> dict[str, Any]:
    """The JSON object in `text`; anything else reads as an empty one."""
    if not text:
        return {}
    try:
        value = loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def number(value: Any) -> float | None:
    """The value as a float, or None when it is no number (booleans and NaN are none)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        # An integer beyond what a float holds: as far out as a float can be.
        return math.inf if value > 0 else -math.inf
    return None if math.isnan(number) else number


def finite(value: Any) -> float | None:
    """The value as a float, or None when it is no finite number (booleans are none)."""
    found = number(value)
    return found if found is not None and math.isfinite(found) else None
