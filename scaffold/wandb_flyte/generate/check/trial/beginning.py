"""What stands in a file that is only looked through for words."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_LONGEST = 100_000


def beginning(file: Path) -> str:
    """The first 100 kB of a file as text; nothing of one that can't be read."""
    with suppress(OSError), file.open("rb") as stream:
        return stream.read(_LONGEST).decode(errors="replace")
    return ""
