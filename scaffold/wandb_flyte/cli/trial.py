"""`wandb-flyte trial`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli import INTERRUPTED
from wandb_flyte.cli._output import complain, note
from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.backends import BackendName


@click.command(short_help="Run one trial in this process, under a debugger too.")
@click.argument("values", nargs=-1, metavar="[NAME] [PARAMETER=VALUE]...")
@click.option(
    "--backend",
    type=click.Choice(["auto", "local", "wandb"]),
    help="Who keeps the run; auto is W&B when there is a key for it, else the local backend.",
)
@click.option("--pdb", "debug", is_flag=True, help="Open the debugger where the objective fails.")
def command(values: tuple[str, ...], backend: BackendName | None, debug: bool) -> int:
    """Run one trial in this process, so that a debugger's breakpoints hold.

    Values are written as in YAML (`lr=1e-5 layers=3 optimizer.name=adam`). What is not given
    is the constant in sweep.yaml, else the objective's own default, else the middle of the
    parameter's range. NAME is a sweep that `add sweep` added to the project. The run belongs to
    no sweep. The exit code is the trial's own.
    """
    from wandb_flyte.cli._project import find_project
    from wandb_flyte.cli._trial import plan_trial, run_planned

    project = find_project(Path.cwd())
    if values and "=" not in values[0] and project.sweeps:
        project, values = project.of_sweep(values[0]), values[1:]
    plan = plan_trial(project, values, backend)
    for setting in plan.settings:
        source = "" if setting.source == "given" else f"  ({setting.source})"
        click.echo(f"{setting.name} = {setting.value!r}{source}")
    outcome = run_planned(plan)
    if outcome.metric is not None:
        click.echo(f"{plan.metric} = {outcome.metric:.6g}")
    elif plan.metric and not outcome.error:
        note(f"The trial gave no finite `{plan.metric}`, the metric of sweep.yaml.")
    if outcome.url:
        click.echo(f"run: {outcome.url}")
    if outcome.error:
        where = f" ({outcome.where})" if outcome.where else ""
        complain(UserError(f"The trial failed: {outcome.error}{where}"))
    if debug and outcome.exception is not None:
        import pdb

        pdb.post_mortem(outcome.exception.__traceback__)
    return INTERRUPTED if isinstance(outcome.exception, KeyboardInterrupt) else outcome.exit_code
