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
_ANSI = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f]"
)


def shown(value: Any) -> str:
    """A value in a table: numbers with four digits, everything else as JSON without quotes."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int | str):
        return cut(str(value))
    return cut(json.dumps(value, ensure_ascii=False, default=str))


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


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min 12 s`, `2 h 5 min`."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
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
