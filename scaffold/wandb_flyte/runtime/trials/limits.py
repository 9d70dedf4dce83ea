"""What an agent puts up with."""

from __future__ import annotations

from typing import NamedTuple

from wandb_flyte.runtime._checking import check_whole

MAX_TRIAL_RESTARTS = 1
MAX_CONSECUTIVE_FAILURES = 10


class Limits(NamedTuple):
    """What an agent puts up with; None is no limit.

    Attributes:
        trial_s: Seconds that a trial may take.
        restarts: How often a lost trial is taken up again.
        failures: How many of the sweep's trials may fail.
        failures_in_a_row: How many of the agent's trials in a row end the sweep by failing.
        keep_checkpoints: Whether checkpoints stay that nothing will go on from.
    """

    trial_s: float | None
    restarts: int
    failures: int | None
    failures_in_a_row: int | None
    keep_checkpoints: bool = False

    def check(self) -> None:
        """Refuses a limit that makes no sense; `trial_s` is a number of seconds by now."""
        check_whole("max_trial_restarts", self.restarts, 0, "the restarts of one trial")
        if self.failures is not None:
            check_whole("max_failed_trials", self.failures, 0, "the trials that may fail")
        if self.failures_in_a_row is not None:
            what = "the failures in a row that end the sweep"
            check_whole("max_consecutive_failures", self.failures_in_a_row, 1, what)
