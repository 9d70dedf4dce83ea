"""Console lines, as a run's client sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wandb_flyte.backend import jsontext

_PLAIN = re.compile(
    r"(?:(?P<level>[A-Z]+) )?(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z?) ?(?P<text>.*)", re.DOTALL
)


@dataclass(frozen=True)
class LogLine:
    """One line.

    Attributes:
        text: What was written, colours and all.
        level: `error` for standard error; mostly empty else.
        time: When, as the client says; None when it does not.
        label: Which of a shared run's processes wrote it.
    """

    text: str
    level: str = ""
    time: str | None = None
    label: str = ""


def parse(line: str) -> LogLine:
    """The line's parts: newer clients send JSON, older ones text with level and time in front."""
    parts = jsontext.mapping(line) if line.startswith("{") else {}
    if isinstance(kept := parts.get("content"), str):
        time = parts.get("ts")
        level, label = (str(parts.get(name) or "") for name in ("level", "label"))
        return LogLine(kept, level, None if time is None else str(time), label)
    found = _PLAIN.fullmatch(line)
    if found is None:
        return LogLine(line)
    return LogLine(found["text"], (found["level"] or "").lower(), found["time"])
