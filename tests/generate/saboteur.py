"""What stops a command at any of its writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

WRITES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}


class Saboteur:
    """Does something at the n-th write below a folder. Python's audit hooks can't be removed."""

    def __init__(self) -> None:
        self.root = ""
        self.left = 0
        self.act: Callable[[], None] | None = None
        sys.addaudithook(self._hook)

    def arm(self, root: Path, number: int, act: Callable[[], None]) -> None:
        """Acts at this write."""
        self.root, self.left, self.act = str(root), number, act

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.act is None or event not in WRITES or not str(arguments[0]).startswith(self.root):
            return
        if event == "open" and not (int(str(arguments[2] or 0)) & (os.O_WRONLY | os.O_RDWR)):
            return
        self.left -= 1
        if self.left < 0:
            act, self.act = self.act, None
            act()
