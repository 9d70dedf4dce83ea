"""What the runtime says to whoever watches a task's output."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Prints a line on standard error, and at once."""
    sys.stderr.write(f"wandb-flyte: {line}\n")
    sys.stderr.flush()
