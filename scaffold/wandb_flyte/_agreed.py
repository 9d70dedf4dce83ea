"""What the runtime and the local backend agree on, beside W&B's own protocol."""

from __future__ import annotations

import re
from typing import NamedTuple

_KEY = re.compile(r"(?<!\S)flyte:([^\s/]+)/(\S+)")


class FlyteKey(NamedTuple):
    """A Flyte action, as a sweep's description and an agent's host name it.

    Run and action have the same names in each attempt, so a retried task finds by it what it made.
    """

    run: str
    action: str

    def __str__(self) -> str:
        return f"flyte:{self.run}/{self.action}"

    @classmethod
    def in_text(cls, text: str) -> FlyteKey | None:
        """The last one in a text, or None: a sweep's own description comes before it."""
        found = _KEY.findall(text)
        return cls(*found[-1]) if found else None
