"""Puts together what the project's sweep will take."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from wandb_flyte.cli import INTERRUPTED
from wandb_flyte.cli._plan.history import Measured, measured
from wandb_flyte.cli._plan.resources import Limits, gpu_types, limits_of, rates_of
from wandb_flyte.cli._run.agents import Agents
from wandb_flyte.cli._run.preflight import read_sweep
from wandb_flyte.cli._run.report import spelled
from wandb_flyte.cli._run.request import Budget, RunRequest
from wandb_flyte.cli._run.wiring import at_least_one, check_settings
from wandb_flyte.errors import Finding, InvalidInput, UserError
from wandb_flyte.forecast import (
    Durations,
    Forecast,
    Interval,
    Prices,
    Rates,
    Shape,
    forecast,
    load_prices,
)
from wandb_flyte.spec import grid_size

if TYPE_CHECKING:
    from wandb_flyte.cli._run.follow import Listener
    from wandb_flyte.spec import SweepConfig

HOUR_S = 3600.0
PRICES = "prices.toml"


@dataclass(frozen=True)
class Plan:
    """What a sweep will take.

    Attributes:
        method: The search method.
        parameters: How many hyperparameters are searched.
        points: How many combinations there are, None when they are not countable.
        shape: How the sweep runs.
        agents: What agents were asked for.
        limits: What bounds it.
        rates: What one agent uses.
        parent: What the task that waits for the agents uses, as long as the sweep goes on.
        prices: What that costs.
        source: Which trials the forecast is from, empty without any.
        told: The forecast within what the limits allow, None without a measured trial.
        needed: Seconds that all trials need, whatever the limits; None without a measured trial.
        over_kits: The caps of the project's kits that its trials or agents pass.
    """

    method: str
    parameters: int
    points: int | None
    shape: Shape
    agents: Agents
    limits: Limits
    rates: Rates
    parent: Rates
    prices: Prices
    source: str = ""
    told: Forecast | None = None
    needed: Interval | None = None
    over_kits: tuple[Finding, ...] = ()

    @property
    def too_short(self) -> dict[str, float]:
        """The time limits in settings.py, in seconds, that are likely to end it before its time."""
        return {
            name: limit
            for name, limit in self.limits.timeouts.items()
            if self.needed is not None and self.needed.likely >= limit
        }

    @property
    def warnings(self) -> list[Finding]:
        """What of the price table may be meant otherwise."""
        wanted = self.rates.gpu_type
        nearest = self.prices.nearest(wanted, gpu_types()) if self.rates.gpus else ""
        if not nearest:
            return []
        taken = "the price of `gpu` counts" if "gpu" in self.prices.per_hour else "none counts"
        message = f"There is no price of `{wanted}`, which the agents have: {taken}."
        hint = f"If `{nearest}` is meant for it, write `{wanted}`."
        path = f"prices.{nearest}"
        return [Finding(message, hint, PRICES, self.prices.lines.get(path), path, "warning")]

    def used(self, unit: str) -> tuple[Interval | None, float | None]:
        """The forecast of `gpu_hours`, `cpu_hours` or `cost`, and the most that it can come to."""
        amount, parents = self._hourly(unit)
        if amount is None:
            return None, None
        longest_s, wall_s = self.limits.busy_s, self.limits.wall_s
        agents = min(self.shape.agents, self.shape.trials)
        likely = most = None
        if self.told:
            likely = self.told.agents_s.times(amount / HOUR_S)
            likely = likely.plus(self.told.wall_s.times(parents / HOUR_S))
        if longest_s is not None and (wall_s is not None or not parents):
            most = (longest_s * agents * amount + (wall_s or 0.0) * parents) / HOUR_S
        return likely, most

    def _hourly(self, unit: str) -> tuple[float | None, float]:
        """What an agent takes of a unit in an hour, None when nobody knows; and what the parent."""
        if unit == "gpu_hours":
            return self.rates.gpus, self.parent.gpus
        if unit == "cpu_hours":
            return self.rates.cpus, self.parent.cpus
        cores = self.prices.per_hour.get("cpu", 0.0)
        return self.prices.hourly(self.rates), self.parent.cpus * cores

    def over_caps(self) -> list[Finding]:
        """The caps of the price table that the sweep passes, or may pass for all that is known."""
        findings = []
        for name, cap in self.prices.caps.items():
            likely, most = self.used(name)
            if likely is not None and likely.high <= cap:
                continue
            if likely is None and most is not None and most <= cap:
                continue
            message = f"Nobody knows how much of `{name}` the sweep will take"
            if likely:
                message = f"The sweep will take up to {likely.high:.4g} of `{name}`"
            hint = "--yes runs it all the same." if likely else self._untold(name)
            path = f"caps.{name}"
            line = self.prices.lines.get(path)
            findings.append(
                Finding(f"{message}, and the cap is {cap:g}.", hint, PRICES, line, path)
            )
        return findings

    def _untold(self, unit: str) -> str:
        """What would tell of a unit that nobody knows."""
        if unit == "cost" and (price := self.prices.unknown(self.rates)):
            return f"[prices] has no `{price}`."
        return "`wandb-flyte plan --pilot` tells."

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object; times are seconds."""
        used = {unit: self.used(unit) for unit in ("gpu_hours", "cpu_hours", "cost")}
        return {
            "method": self.method,
            "parameters": self.parameters,
            "points": self.points,
            "trials": self.shape.trials,
            "agents": self.shape.agents,
            "agents_asked": self.agents.asked,
            "rounds": self.shape.rounds,
            "measured": self.source or None,
            "trial_s": asdict(self.told.trial_s) if self.told else None,
            "wall_s": asdict(self.told.wall_s) if self.told else None,
            "longest_wall_s": self.limits.wall_s,
            "time_limits": {
                name: {"seconds": seconds, "place": self.limits.places[name]}
                for name, seconds in self.limits.timeouts.items()
            },
            "needed_wall_s": asdict(self.needed) if self.needed else None,
            "too_short": self.too_short,
            "early_termination_saves": asdict(self.told.saved)
            if self.told and self.told.saved
            else None,
            "currency": self.prices.currency,
            "used": {
                unit: {"forecast": asdict(likely) if likely else None, "most": most}
                for unit, (likely, most) in used.items()
            },
            "over_caps": [asdict(finding) for finding in (*self.over_kits, *self.over_caps())],
            "warnings": [asdict(warning) for warning in self.warnings],
        }


def make_plan(
    request: RunRequest, *, trial_s: float | None = None, pilot: Listener | None = None
) -> Plan:
    """What the project's sweep will take.

    Args:
        request: What would be asked of `run`; the sweep that it names is where durations are from.
        trial_s: Seconds that a trial takes, as the user says; None to look for measured ones.
        pilot: Runs one trial first, told to this listener.

    Raises:
        UserError: The project or its price table is wrong, or the pilot's trial failed.
        KeyboardInterrupt: The pilot was stopped.
    """
    check_settings(request.project)
    sweep = read_sweep(request.project)
    settings = request.project.load("settings")
    prices = load_prices(request.project.root / PRICES)
    limits = limits_of(request.project)
    over_kits = tuple(_over_kits(request))
    if pilot is not None:
        request = _piloted(request, pilot)
    known = (
        measured(request)
        if trial_s is None
        else Measured((trial_s,), None, f"what --trial-time says, {spelled(trial_s)}")
    )
    agents = Agents(_agents(request, settings), _trials(request, sweep, settings))
    shape = Shape(
        trials=agents.trials,
        agents=agents.count,
        limit_s=limits.agent_s,
        stopping=sweep.early_terminate,
        steps=known.steps,
    )
    needs = forecast(shape, Durations(known.seconds)) if known.seconds else None
    return Plan(
        method=sweep.method,
        parameters=len(sweep.parameters),
        points=_points(sweep),
        shape=shape,
        agents=agents,
        limits=limits,
        rates=rates_of(getattr(settings, "AGENT_RESOURCES", None)),
        parent=rates_of(getattr(settings, "PARENT_RESOURCES", None)),
        prices=prices,
        source=known.source,
        told=_within(limits, shape, needs) if needs else None,
        needed=needs.wall_s if needs else None,
        over_kits=over_kits,
    )


def _within(limits: Limits, shape: Shape, needs: Forecast) -> Forecast:
    """What is left of a forecast when Flyte ends what takes too long, however often it retries."""
    longest_s = limits.busy_s
    if longest_s is None:
        return needs
    agents = min(shape.agents, shape.trials)
    return replace(
        needs,
        wall_s=needs.wall_s.at_most(longest_s),
        agents_s=needs.agents_s.at_most(longest_s * agents),
    )


def check_caps(request: RunRequest) -> list[Finding]:
    """Hold the sweep to the caps of the project's price table and of its kits, where it has any.

    Returns:
        Warnings: prices that may be meant otherwise.

    Raises:
        InvalidInput: It will pass a cap, or nobody knows; every finding at once.
    """
    warnings: list[Finding] = []
    if load_prices(request.project.root / PRICES).caps:
        plan = make_plan(request)
        findings, warnings = [*plan.over_kits, *plan.over_caps()], plan.warnings
    else:
        findings = _over_kits(request)
    if findings:
        raise InvalidInput([*findings, *warnings])
    return warnings


def _over_kits(request: RunRequest) -> list[Finding]:
    """What the sweep has more of than the project's kits let it have."""
    project = request.project
    if not (project.root / project.package / "team.py").is_file():
        return []
    team, settings = project.load_module(f"{project.package}.team"), project.load("settings")
    counts = {
        "trials": _trials(request, read_sweep(project), settings),
        "agents": _agents(request, settings),
    }
    caps = {name: getattr(team, f"MOST_{name.upper()}", None) for name in counts}
    return [
        Finding(
            f"The sweep has {counts[name]} {name}, and the cap of the project's kits is {cap}.",
            hint="--yes runs it all the same.",
            file=f"{project.package}/team.py",
        )
        for name, cap in caps.items()
        if cap is not None and counts[name] > cap
    ]


def _trials(request: RunRequest, sweep: SweepConfig, settings: object) -> int:
    given = request.budget.count if request.budget else None
    said = getattr(settings, "TRIALS", sweep.end or 1)
    wanted = given or at_least_one(request.project, "TRIALS", said)
    size = grid_size(sweep)
    return wanted if size is None else min(wanted, size)


def _agents(request: RunRequest, settings: object) -> int:
    said = getattr(settings, "AGENTS", 1)
    return request.agents or at_least_one(request.project, "AGENTS", said)


def _points(sweep: SweepConfig) -> int | None:
    """How many combinations there are, None when a hyperparameter takes any number."""
    total = 1
    for parameter in sweep.parameters:
        values = parameter.distribution.grid_values()
        if values is None:
            return None
        total *= len(values)
    return total


def _piloted(request: RunRequest, listener: Listener) -> RunRequest:
    """The request, with the sweep of one trial that was run for it."""
    from wandb_flyte.cli._run.local import run_local

    one = RunRequest(request.project, Budget(1), agents=1, backend=request.backend, pilot=True)
    report = run_local(one, listener)
    if report.exit_code == INTERRUPTED:
        raise KeyboardInterrupt
    if report.exit_code != 0 or report.result is None:
        raise UserError(
            f"The pilot's trial did not finish{': ' if report.error else ''}{report.error}.",
            hint=f"Its log: {report.log}",
        )
    return RunRequest(
        request.project, request.budget, request.agents, request.backend, sweep=report.path
    )
