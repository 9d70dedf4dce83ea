"""How a run of the sweep ended, for people and for scripts."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Literal

from wandb_flyte.cli._output import counted
from wandb_flyte.runtime.results import SweepResult, TrialResult
from wandb_flyte.runtime.tasks.reasons import STOPPED_EARLY

Ending = Literal["finished", "failed", "canceled", "left"]
EXIT_CODES: dict[Ending, int] = {"finished": 0, "failed": 1, "canceled": 130, "left": 130}


@dataclass(frozen=True)
class RunReport:
    """How a run of the sweep ended.

    Attributes:
        ending: `finished`; `failed` when no trial finished or the run broke; `canceled`; `left`
            when the user stopped following a run that goes on.
        backend: `local` or `wandb`.
        backend_url: The backend's address.
        log: Where what Flyte and the trials printed is.
        duration_s: Seconds from start to end.
        result: The sweep's trials; None when it ended before there was a sweep.
        path: The sweep's `entity/project/id`.
        error: Why it failed, empty when it did not.
        run_url: The best trial's page, empty without one.
        complete: Whether the sweep can have no more trials than it has.
        warning: Why trials finished and none is the best, empty when that is not so.
        total: How many trials there were to be, None when the sweep has no end.
    """

    ending: Ending
    backend: str
    backend_url: str
    log: str
    duration_s: float
    result: SweepResult | None = None
    path: str = ""
    error: str = ""
    run_url: str = ""
    complete: bool = False
    warning: str = ""
    total: int | None = None

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        return EXIT_CODES[self.ending]

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        result = self.result
        return {
            "state": self.ending,
            "error": self.error,
            "warning": self.warning,
            "backend": {"name": self.backend, "url": self.backend_url},
            "sweep": {"id": result.sweep_id, "path": self.path, "url": result.url}
            if result
            else None,
            "metric": {"name": result.metric, "goal": result.goal}
            if result and result.metric
            else None,
            "counts": result.counts if result else {},
            "best": _trial(result.best, self.run_url) if result and result.best else None,
            "trials": [asdict(trial) for trial in result.trials] if result else [],
            "duration_s": round(self.duration_s, 3),
            "log": self.log,
        }


def _trial(trial: TrialResult, url: str) -> dict[str, Any]:
    return asdict(trial) | {"url": url}


def headline(report: RunReport) -> str:
    """One line: how it ended, how long it took, how the trials ended."""
    trials = report.result.trials if report.result else []
    counts = Counter(STOPPED_EARLY if trial.stopped_early else trial.state for trial in trials)
    # One that came to its end may have had fewer points than it was given trials.
    unbegun = 0 if report.ending == "finished" else max((report.total or 0) - len(trials), 0)
    parts = (
        [f"{counts.get('finished', 0)} of {len(trials) + unbegun} trials finished"]
        if trials
        else ["no trial ran"]
    )
    parts += [f"{count} {state}" for state, count in counts.items() if state != "finished"]
    parts += [f"{unbegun} not begun"] if trials and unbegun else []
    how = "goes on" if report.ending == "left" else report.ending
    return f"sweep {how} after {clock(report.duration_s)}: {', '.join(parts)}"


def clock(seconds: float) -> str:
    """Seconds as `m:ss` or `h:mm:ss`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spelled(seconds: float) -> str:
    """Seconds in words, such as `1 hour 30 minutes`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (("hour", hours), ("minute", minutes), ("second", rest))
    return " ".join(counted(amount, unit) for unit, amount in parts if amount)


def plain_value(value: Any) -> str:
    """A hyperparameter or a metric, short enough to compare at a glance."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def config_line(config: dict[str, Any]) -> str:
    """A trial's hyperparameters in one line, as `wandb-flyte trial` takes them."""
    return " ".join(f"{name}={plain_value(value)}" for name, value in flat(config).items())


def flat(config: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested hyperparameters by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
