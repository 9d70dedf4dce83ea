"""What a project's settings say of its agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

from wandb_flyte.forecast import Rates


@dataclass(frozen=True)
class Limits:
    """What bounds a sweep, whatever its trials do.

    Attributes:
        agent_s: Seconds that one attempt of an agent may take, None without a limit.
        sweep_s: Seconds that one attempt of the sweep may take, None without a limit.
        attempts: How often Flyte starts an agent, and the sweep, at most.
    """

    agent_s: float | None
    sweep_s: float | None
    attempts: int

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


def limits_of(settings: ModuleType) -> Limits:
    """The time limits and retries of the project's settings."""
    return Limits(
        agent_s=_seconds(getattr(settings, "AGENT_TIMEOUT", None)),
        sweep_s=_seconds(getattr(settings, "SWEEP_TIMEOUT", None)),
        attempts=1 + _count(getattr(settings, "RETRIES", 0)),
    )


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
