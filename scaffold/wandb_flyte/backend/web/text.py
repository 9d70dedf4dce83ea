"""Values, times and log lines as people read them."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Any

from wandb_flyte.backend import loglines

# What a person may want to read of one value; a page has hundreds of them.
_MOST_CHARACTERS = 10_000
_UNITS = (("kB", 1e3), ("MB", 1e6), ("GB", 1e9))
_ANSI = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f]"
)


def shown(value: Any) -> str:
    """A value in a table: numbers with four digits, everything else as JSON without quotes.

    A text that nobody would see, as it is empty or blank, keeps its quotes.
    """
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str) and not value.strip():
        return json.dumps(cut(value))
    if isinstance(value, int | str):
        return cut(str(value))
    return cut(json.dumps(value, ensure_ascii=False, default=str))


def named(name: str | None, instead: str) -> str:
    """The name, or what to say instead when nobody would see it."""
    return cut(name) if name and name.strip() else instead


def cut(text: str) -> str:
    """The text's beginning, and how much of it is missing."""
    missing = len(text) - _MOST_CHARACTERS
    return text if missing <= 0 else f"{text[:_MOST_CHARACTERS]}… and {missing} more characters"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    text = f"{value:.4g}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else text


def size(count: float) -> str:
    """`5 bytes`, `7.3 kB`, `120 MB`."""
    if count < 1000:
        return f"{count:.0f} bytes"
    unit = next((unit for unit in _UNITS if count < 999.5 * unit[1]), _UNITS[-1])
    count /= unit[1]
    return f"{count:.1f} {unit[0]}" if count < 10 else f"{count:.0f} {unit[0]}"


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min 12 s`, `2 h 5 min`; the client counts a finished run's whole seconds."""
    if seconds < 0.1:
        return "under 1 s"
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def moment(seconds: float) -> str:
    """`2025-01-31 12:00:05 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def log_line(line: str) -> tuple[str, bool]:
    """A console line without its time stamp and colours, and whether it went to stderr."""
    parts = loglines.parse(line)
    return _ANSI.sub("", cut(parts.text)), parts.level == "error"
