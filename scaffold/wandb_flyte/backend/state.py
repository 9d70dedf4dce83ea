"""The states of a run and of a sweep, and what moves them."""

from __future__ import annotations

ACTIVE = ("pending", "running", "preempting")
SWEEP_STATES = ("PENDING", "RUNNING", "PAUSED", "FINISHED", "CANCELED")


def run_end(exit_code: int | None, *, stop_requested: bool, preempting: bool) -> str:
    """The state of a run that came to its end.

    Args:
        exit_code: What the client reported; None when its process vanished.
        stop_requested: Someone asked the run to stop: it was killed, whatever it then reported.
        preempting: The run had said that its machine is being taken away.
    """
    if stop_requested:
        return "killed"
    if exit_code == 0:
        return "finished"
    return "preempted" if preempting else "failed"
