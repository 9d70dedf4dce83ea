"""Waiting for what pods do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

LONGEST_S = 120.0


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """What a condition gives, as soon as it is true."""
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {LONGEST_S:g} s: {what}")
