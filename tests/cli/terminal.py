"""A pseudo terminal with the command line in it."""

from __future__ import annotations

import os
import pty
import select
import struct
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from types import TracebackType

from .conftest import COMMAND

CTRL_C = "\x03"


class Terminal:
    """Runs the command line in a terminal of 100 columns, as a user would.

    Args:
        words: The command and its options.
        cwd: Where it runs.
        env: Variables on top of this process's own.
    """

    def __init__(self, *words: str, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        self.text = ""
        self.code: int | None = None
        self._seen = 0
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(cwd)
            changed = {**os.environ, "TERM": "xterm-256color", **(env or {})}
            os.execve(COMMAND[0], [*COMMAND, *words], changed)
        ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.code is None:
            os.kill(self._pid, 9)
            os.waitpid(self._pid, 0)
        os.close(self._fd)

    def type(self, text: str) -> None:
        """Type at the keyboard."""
        os.write(self._fd, text.encode())

    def until(self, text: str, timeout_s: float = 60) -> None:
        """Read until a text has been shown, after what was waited for before."""
        deadline = time.monotonic() + timeout_s
        while (at := self.text.find(text, self._seen)) < 0:
            assert time.monotonic() < deadline, f"`{text}` was not shown in:\n{self.text}"
            assert self._read(), f"it ended without `{text}`:\n{self.text}"
        self._seen = at + len(text)

    def end(self, timeout_s: float = 60, keys: str = "") -> int:
        """Read to the end and give the exit code; type some keys every 2 s until it comes."""
        deadline = time.monotonic() + timeout_s
        typed = 0.0
        while self._read():
            if keys and time.monotonic() > typed + 2:
                typed = time.monotonic()
                with suppress(OSError):
                    self.type(keys)
            assert time.monotonic() < deadline, f"no end:\n{self.text}"
        _, status = os.waitpid(self._pid, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def _read(self) -> bool:
        ready, _, _ = select.select([self._fd], [], [], 0.2)
        if not ready:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            return False
        self.text += data.decode(errors="replace")
        return bool(data)
