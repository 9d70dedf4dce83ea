"""`wandb-flyte plan`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._options import count
from wandb_flyte.cli._output import print_json

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.backends import BackendName

_AMOUNT = r"\d{1,9}(?:\.\d{1,6})?"
_UNITS = {"h": 3600, "m": 60, "s": 1}


def _seconds(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    if seconds := _read(value):
        return seconds
    hint = "Write 90s, 15m or 1h30m; a number alone is seconds."
    raise click.BadParameter(f"`{value}` is no time. {hint}")


def _read(text: str) -> float | None:
    """The seconds of a time, None when it is none: a number after a unit has one of its own."""
    if re.fullmatch(_AMOUNT, text):
        return float(text)
    if not re.fullmatch("".join(f"({_AMOUNT}{unit})?" for unit in _UNITS), text):
        return None
    parts = re.findall(f"({_AMOUNT})([hms])", text)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


@click.command(short_help="Say what a sweep will take before it runs.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--trials", callback=count, metavar="N", help="How many trials.")
@click.option("--agents", callback=count, metavar="N", help="How many agents.")
@click.option(
    "--trial-time", callback=_seconds, metavar="TIME", help="What a trial takes: 90s, 15m, 2h."
)
@click.option("--pilot", is_flag=True, help="Run one trial here first, and measure it.")
@click.option(
    "--sweep", default="", metavar="ID", help="Take the durations of this sweep's trials."
)
@click.option(
    "--backend",
    type=click.Choice(["auto", "local", "wandb"]),
    help="Where trials ran before; auto is W&B when there is a key for it, else the local backend.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    name: str | None,
    trials: int | None,
    agents: int | None,
    trial_time: float | None,
    pilot: bool,
    sweep: str,
    backend: BackendName | None,
    as_json: bool,
) -> None:
    """Say what the project's sweep will take: time, GPU and CPU hours, money.

    The figures are from trials that ran before, each with the range that 9 of 10 sweeps are in.
    Prices and caps stand in the project's prices.toml. NAME is a sweep that `add sweep` added.
    """
    from wandb_flyte.cli._display import display_for
    from wandb_flyte.cli._plan.planning import make_plan
    from wandb_flyte.cli._plan.table import plan_lines
    from wandb_flyte.cli._project import find_project
    from wandb_flyte.cli._run.request import Budget, RunRequest

    if sum((trial_time is not None, pilot, bool(sweep))) > 1:
        raise click.UsageError("--trial-time, --pilot and --sweep exclude each other.")
    project = find_project(Path.cwd()).of_sweep(name)
    budget = None if trials is None else Budget(trials)
    request = RunRequest(project, budget, agents, backend, sweep)
    plan = make_plan(request, trial_s=trial_time, pilot=display_for(sys.stderr) if pilot else None)
    if as_json:
        print_json(plan.to_json())
        return
    for line in plan_lines(plan):
        click.echo(line)
