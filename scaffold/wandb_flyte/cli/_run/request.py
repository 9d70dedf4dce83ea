"""What the user asked `run` for, and the inputs of the sweep's task that follow from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli._output import counted
from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.grid import points_left
from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.backends import BackendName
    from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo


@dataclass(frozen=True)
class Budget:
    """How many trials: an absolute number, or so many more than the sweep has."""

    count: int
    more: bool = False

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Read `8` or `+8`.

        Raises:
            UserError: It is neither.
        """
        if re.fullmatch(r"\+?[1-9]\d{9,}", text):
            raise UserError(
                f"`{text}` is more trials than a sweep can have.", hint="At most 999999999."
            )
        if not re.fullmatch(r"\+?[1-9]\d{0,8}", text):
            raise UserError(
                f"`{text}` is no number of trials.",
                hint="Give a whole number from 1, such as 8, or +8 for 8 more in the sweep that "
                "--sweep names.",
            )
        return cls(int(text.removeprefix("+")), more=text.startswith("+"))


@dataclass(frozen=True)
class RunRequest:
    """One call of `run`.

    Attributes:
        project: The project whose sweep runs.
        budget: How many trials; None leaves it to the project's settings.
        agents: How many agents; None leaves it to the project's settings.
        backend: The backend, or None to leave it to the environment and the settings.
        sweep: The id of the sweep to go on with, empty for a new one.
        pilot: Whether the sweep only measures how long a trial takes.
    """

    project: Project
    budget: Budget | None = None
    agents: int | None = None
    backend: BackendName | None = None
    sweep: str = ""
    pilot: bool = False

    def __post_init__(self) -> None:
        if self.budget and self.budget.more and not self.sweep:
            raise UserError(
                f"`--trials +{self.budget.count}` adds to a sweep, and none is named.",
                hint=f"Name it with `--sweep ID`, or start a new one with "
                f"`--trials {self.budget.count}`.",
            )

    @property
    def sweep_id(self) -> str:
        """The sweep's own id, of what the user named: an id, a path or a URL."""
        return self._named[-1]

    @property
    def sweep_home(self) -> tuple[str, str] | None:
        """The entity and project that the user named with the sweep, None for an id alone."""
        match self._named:
            case [*_, entity, project, "sweeps", _]:
                return entity, project
            case [entity, project, _]:
                return entity, project
        return None

    @property
    def sweep_host(self) -> str:
        """The host of the URL that the user named the sweep by, empty for an id or a path."""
        found = re.match(r"https?://(?:\[[^\]/]*\]|[^:/?#]*)", self.sweep)
        return found[0].partition("://")[2] if found else ""

    @property
    def _named(self) -> list[str]:
        """The parts of what the user named, without what a browser's address adds."""
        return re.split(r"[?#]", self.sweep)[0].rstrip("/").split("/")

    def inputs(self, joined: SweepInfo | None, runs: Sequence[RunInfo] = ()) -> dict[str, Any]:
        """The inputs of `run_parallel_sweep`; those not given keep the task's own defaults.

        Args:
            joined: The sweep to go on with, as the backend knows it.
            runs: The runs that this sweep has.

        Raises:
            UserError: The sweep has no trial left to run.
        """
        inputs: dict[str, Any] = {}
        if joined is not None:
            inputs["sweep_id"] = joined.ref.path
            inputs["total_trials"] = self._total(joined, runs)
        elif self.budget is not None:
            inputs["total_trials"] = self.budget.count
        if self.agents is not None:
            inputs["num_agents"] = self.agents
        return inputs

    def _total(self, joined: SweepInfo, runs: Sequence[RunInfo]) -> int:
        name, count = joined.ref.sweep_id, joined.run_count
        left = points_left(joined.config, [run.config for run in runs])
        if left == 0:
            raise UserError(
                f"The grid of the sweep `{name}` has no points left: each was handed out.",
                hint="Widen the grid in sweep.yaml, and start a new sweep with `wandb-flyte run`.",
            )
        total = joined.config.get("run_cap") or joined.expected_runs
        if self.budget is not None:
            total = count + self.budget.count if self.budget.more else self.budget.count
        if total is None:
            raise UserError(
                f"The sweep `{name}` has no end.",
                hint="Say how many trials more: `--trials +8`.",
            )
        if int(total) <= count:
            raise UserError(
                f"The sweep `{name}` has {counted(count, 'trial')} already, "
                f"and `{total}` were asked for.",
                hint="Say how many more with `--trials +8`.",
            )
        return int(total) if left is None else min(int(total), count + left)
