"""`wandb-flyte run`."""

from __future__ import annotations

import sys
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._options import count
from wandb_flyte.cli._output import note, print_json
from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from wandb_flyte.cli._run.request import Budget, RunRequest
    from wandb_flyte.runtime.backend.backends import BackendName


def _budget(context: click.Context, parameter: click.Parameter, value: str | None) -> Budget | None:
    from wandb_flyte.cli._run.request import Budget

    try:
        return None if value is None else Budget.parse(value)
    except UserError as error:
        raise click.BadParameter(str(error)) from error


@click.command(short_help="Run the project's sweep, here or on a Flyte cluster.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option(
    "--trials", metavar="N|+N", callback=_budget, help="How many trials; +N more with --sweep."
)
@click.option("--agents", callback=count, metavar="N", help="How many agents run them at once.")
@click.option(
    "--backend",
    type=click.Choice(["auto", "local", "wandb"]),
    help="Who keeps the runs; auto is W&B when there is a key for it, else the local backend.",
)
@click.option("--sweep", default="", metavar="ID", help="Go on with this sweep (id, path or URL).")
@click.option("--remote", is_flag=True, help="Run on the cluster that the Flyte config names.")
@click.option("--follow", is_flag=True, help="With --remote: stay until the sweep has ended.")
@click.option("--yes", is_flag=True, help="With --remote: go on, asked or not, and past caps.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document at the end.")
def command(
    name: str | None,
    trials: Budget | None,
    agents: int | None,
    backend: BackendName | None,
    sweep: str,
    remote: bool,
    follow: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Run the project's sweep, here or on a Flyte cluster.

    Inside a project's folder; NAME is a sweep that `add sweep` added to it. The exit code is 0
    when the sweep came to its end with at least one finished trial, 1 when it failed, 130 after
    Ctrl-C.
    """
    from wandb_flyte.cli._project import find_project
    from wandb_flyte.cli._run.request import RunRequest

    if (follow or yes) and not remote:
        raise click.UsageError(f"--{'follow' if follow else 'yes'} goes with --remote.")
    if remote and backend == "local":
        raise click.UsageError("a cluster can't reach the local backend: leave --backend out.")
    request = RunRequest(
        project=find_project(Path.cwd()).of_sweep(name),
        budget=trials,
        agents=agents,
        backend=backend,
        sweep=sweep,
    )
    if remote:
        # Flyte looks for its config, and for the code to send, from the working directory.
        with chdir(request.project.root):
            return _remote(request, follow=follow, ask=not yes, as_json=as_json)
    return _local(request, as_json=as_json)


def _local(request: RunRequest, *, as_json: bool) -> int:
    from wandb_flyte.cli._display import display_for, print_report
    from wandb_flyte.cli._run.local import run_local

    stream = sys.stderr if as_json else sys.stdout
    report = run_local(request, display_for(stream))
    print_report(report, stream, request.project.run_command)
    if as_json:
        print_json(report.to_json())
    return report.exit_code


def _remote(request: RunRequest, *, follow: bool, ask: bool, as_json: bool) -> int:
    from wandb_flyte.cli._display import display_for, print_report
    from wandb_flyte.cli._plan.planning import check_caps
    from wandb_flyte.cli._run import remote

    stream = sys.stderr if as_json else sys.stdout
    warnings = check_caps(request) if ask else []
    warnings += remote.check(request, follow=follow)
    for warning in warnings:
        note(f"warning: {warning}")
    if warnings and ask and sys.stdin.isatty():
        click.confirm("Start the sweep all the same?", default=True, abort=True, err=True)
    started = remote.submit(request)
    if started.spare:
        note(started.spare)
    click.echo(f"Flyte run: {started.url}", file=stream)
    if not follow:
        if as_json:
            print_json(started.to_json())
        return 0
    report = remote.follow(started, display_for(stream))
    print_report(report, stream, request.project.run_command)
    if as_json:
        print_json(report.to_json())
    return report.exit_code
