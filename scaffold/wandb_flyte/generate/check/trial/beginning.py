"""What stands in a file that is only looked through for words."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def beginning(file: Path, longest: int = 100_000) -> str:
    """What a file begins with as text; nothing of one that can't be read.

    Args:
        file: The file.
        longest: How much of it is read, in bytes.
    """
    if not file.is_file():
        return ""  # A pipe may never end.
    with suppress(OSError), file.open("rb") as stream:
        return stream.read(longest).decode(errors="replace")
    return ""
