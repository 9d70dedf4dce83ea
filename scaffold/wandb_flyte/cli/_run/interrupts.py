"""Ctrl-C and its kin, counted instead of raised."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """How often the user asked to stop."""

    def __init__(self) -> None:
        self.count = 0
        self._wake = threading.Event()

    def note(self, signum: int, frame: FrameType | None) -> None:
        """Count one more; a signal handler."""
        self.count += 1
        self._wake.set()

    def wait(self, timeout_s: float) -> None:
        """Sleep, but not on when the user asks to stop."""
        self._wake.wait(timeout_s)
        self._wake.clear()


@contextmanager
def caught_interrupts() -> Iterator[Interrupts]:
    """Catch Ctrl-C, SIGTERM and a closed terminal for as long as the block runs."""
    interrupts = Interrupts()
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signals.append(signal.SIGHUP)
    before = {signum: signal.getsignal(signum) for signum in signals}
    for signum in signals:
        signal.signal(signum, interrupts.note)
    try:
        yield interrupts
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
