"""`wandb-flyte best`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._output import print_json

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.backends import BackendName


@click.command(short_help="Print the winning config of the project's sweep.")
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--sweep", default="", metavar="ID", help="This sweep (id, path or URL).")
@click.option(
    "--backend",
    type=click.Choice(["auto", "local", "wandb"]),
    help="Where the sweep is; auto is W&B when there is a key for it, else the local backend.",
)
@click.option("--yaml", "as_yaml", is_flag=True, help="Print the config alone, as YAML.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    name: str | None, sweep: str, backend: BackendName | None, as_yaml: bool, as_json: bool
) -> None:
    """Print the winning config of the project's newest sweep, or of the one named.

    NAME is a sweep that `add sweep` added to the project.
    """
    from wandb_flyte.cli._best import find_best
    from wandb_flyte.cli._project import find_project
    from wandb_flyte.cli._run.report import flat, plain_value
    from wandb_flyte.cli._run.request import RunRequest

    if as_yaml and as_json:
        raise click.UsageError("--yaml and --json exclude each other.")
    project = find_project(Path.cwd()).of_sweep(name)
    best = find_best(RunRequest(project, backend=backend, sweep=sweep))
    if as_json:
        print_json(best.to_json())
        return
    if as_yaml:
        import yaml

        click.echo(yaml.safe_dump(best.trial.config, sort_keys=False), nl=False)
        return
    click.echo(f"{best.metric} = {plain_value(best.trial.metric)}  {best.trial.name}")
    for name, value in flat(best.trial.config).items():
        click.echo(f"  {name} = {plain_value(value)}")
    click.echo(f"run: {best.url}")
