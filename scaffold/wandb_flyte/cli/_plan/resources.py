"""What a project's settings say of its agents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args, get_type_hints

from wandb_flyte.cli._project import Project
from wandb_flyte.cli._run.wiring import setting_line, settings_file
from wandb_flyte.forecast import Rates


@dataclass(frozen=True)
class Limits:
    """What bounds a sweep, whatever its trials do.

    Attributes:
        agent_s: Seconds that one attempt of an agent may take, None without a limit.
        sweep_s: Seconds that one attempt of the sweep may take, None without a limit.
        attempts: How often Flyte starts an agent, and the sweep, at most.
        places: Where settings.py says each of them, as `FILE:LINE` by its name there.
    """

    agent_s: float | None
    sweep_s: float | None
    attempts: int
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def timeouts(self) -> dict[str, float]:
        """Those of the time limits that there are, by their names in settings.py."""
        named = {"SWEEP_TIMEOUT": self.sweep_s, "AGENT_TIMEOUT": self.agent_s}
        return {name: limit for name, limit in named.items() if limit is not None}

    @property
    def wall_s(self) -> float | None:
        """The longest that the sweep can take, with every retry."""
        return None if self.sweep_s is None else self.sweep_s * self.attempts

    @property
    def busy_s(self) -> float | None:
        """The longest that one agent can run, with every retry, within what the sweep may take."""
        agent_s = None if self.agent_s is None else self.agent_s * self.attempts
        known = [limit for limit in (agent_s, self.wall_s) if limit is not None]
        return min(known, default=None)


def limits_of(project: Project) -> Limits:
    """The time limits and retries of the project's settings."""
    settings, file = project.load("settings"), settings_file(project)
    names = ("SWEEP_TIMEOUT", "AGENT_TIMEOUT", "RETRIES")
    lines = {name: setting_line(project.root / file, name) for name in names}
    return Limits(
        agent_s=_seconds(getattr(settings, "AGENT_TIMEOUT", None)),
        sweep_s=_seconds(getattr(settings, "SWEEP_TIMEOUT", None)),
        attempts=1 + _count(getattr(settings, "RETRIES", 0)),
        places={name: f"{file}:{line}" if line else file for name, line in lines.items()},
    )


def gpu_types() -> tuple[str, ...]:
    """The types of GPUs that Flyte knows by name."""
    import flyte

    return get_args(get_type_hints(flyte.GPU)["device"])


def rates_of(resources: Any) -> Rates:
    """What a task of these resources uses: the request where it is a range."""
    if resources is None:
        return Rates()
    device = resources.get_device()
    gpus = device.quantity if device is not None and device.device_class == "GPU" else 0
    return Rates(_cores(resources.cpu), gpus, (device.device or "") if device and gpus else "")


def _cores(cpu: Any) -> float:
    if isinstance(cpu, tuple):
        return _cores(cpu[0])
    if isinstance(cpu, str):
        return float(cpu[:-1]) / 1000 if cpu.endswith("m") else float(cpu)
    return float(cpu or 0)


def _seconds(limit: Any) -> float | None:
    # flyte.Timeout has the limit of the task's own run as max_runtime.
    limit = getattr(limit, "max_runtime", limit)
    if isinstance(limit, timedelta):
        return limit.total_seconds()
    return float(limit) if isinstance(limit, int | float) and limit > 0 else None


def _count(retries: Any) -> int:
    # flyte.RetryStrategy has the number as count.
    retries = getattr(retries, "count", retries)
    return retries if isinstance(retries, int) else 0
