"""All processes of a pod, whatever sessions they made for themselves: a variable marks them."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

MARK = "PODS_MARK"
_PROC = Path("/proc")
# The states in /proc/PID/stat of a process that nobody waited for yet, and of a stopped one.
_ENDED, _STOPPED = "Z", "T"

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
    # Stopped first, so that none of them sees another one die.
    _send_until(mark, _ENDED, signal.SIGSTOP, signal.SIGKILL)


def freeze_all(mark: str) -> None:
    """Stops a pod where it is; none of it goes on when this returns."""
    _send_until(mark, f"{_ENDED}{_STOPPED}", signal.SIGSTOP)


def _send_until(mark: str, states: str, *signals: signal.Signals) -> None:
    """Sends signals, which come when the system sees fit, until each process is in a state."""
    deadline = time.monotonic() + 30
    while others := [pid for pid in marked(mark) if _state(pid) not in states]:
        for number in signals:
            send(others, number)
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes of pod {mark} are not as they should be: {others}")
        time.sleep(0.01)


def _state(pid: int) -> str:
    with suppress(OSError):
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    return _ENDED
