"""All processes of a pod, whatever sessions they made for themselves: a variable marks them."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "PODS_MARK"
_PROC = Path("/proc")

# Without /proc there is no telling which processes a container would hold.
available = _PROC.is_dir()


def marked(mark: str) -> list[int]:
    """The ids of the processes with a mark."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def command(pid: int) -> str:
    """A process's command line, empty when it is gone."""
    with suppress(OSError):
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def send(pids: list[int], number: signal.Signals) -> None:
    """Sends a signal to processes, as far as they are there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_all(mark: str) -> None:
    """Ends a pod as a lost node does: all of it at once, without a word."""
    deadline = time.monotonic() + 30
    while alive := [pid for pid in marked(mark) if not _is_zombie(pid)]:
        # Stopped first, so that none of them sees another one die.
        send(alive, signal.SIGSTOP)
        send(alive, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes of pod {mark} do not end: {alive}")
        time.sleep(0.01)


def _is_zombie(pid: int) -> bool:
    with suppress(OSError):
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
