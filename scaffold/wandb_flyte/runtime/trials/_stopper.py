"""Stops a trial that runs in a thread of this process, where its objective can be broken off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wandb_flyte.runtime._threads import raise_in
from wandb_flyte.runtime.trials.failures import STOPPED_EXIT_CODE, TrialStopped
from wandb_flyte.runtime.trials.trial import Trial


class ThreadStopper:
    """Raises `TrialStopped` in the thread of one trial, and only while its objective runs.

    Anywhere else it would break off wandb's own work for good: a module that is half imported stays
    so for the rest of the process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._holds = 0
        self._due: type[TrialStopped] | None = None
        self._raised: type[TrialStopped] | None = None

    def guard(self, objective: Callable[[Trial], object]) -> Callable[[Trial], object]:
        """The same objective, which can be stopped while it runs."""

        def run(trial: Trial) -> object:
            thread = threading.get_ident()
            try:
                self._aim_at(thread)
                return objective(trial)
            finally:
                self._aim_at(None)
                # One that is on its way would strike somewhere else.
                raise_in(thread, None)

        return run

    @contextmanager
    def held(self) -> Iterator[None]:
        """Puts off a stop to the end of a `with` block."""
        with self._lock:
            self._holds += 1
        try:
            yield
        finally:
            with self._lock:
                self._holds -= 1
                self._strike()

    def request(self, reason: str = "stopped", exit_code: int = STOPPED_EXIT_CODE) -> None:
        """Stops the trial, from any thread: at its objective's next line of Python."""

        class Told(TrialStopped):
            def __init__(self) -> None:
                super().__init__(reason, exit_code)

        with self._lock:
            self._due = Told
            self._strike()

    def told(self) -> TrialStopped | None:
        """The stop that was raised in the objective, if any."""
        return self._raised() if self._raised is not None else None

    def _aim_at(self, thread: int | None) -> None:
        with self._lock:
            self._thread = thread
            self._strike()

    def _strike(self) -> None:
        if self._due is not None and self._thread is not None and not self._holds:
            raise_in(self._thread, self._due)
            self._raised, self._due = self._due, None
