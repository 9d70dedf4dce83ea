"""`wandb-flyte starters`."""

from __future__ import annotations

import click

from wandb_flyte.cli._output import print_json


@click.command(short_help="List what a new project can begin from.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> None:
    """List what a new project can begin from, with what each one is and what it installs."""
    from wandb_flyte.generate.starters import list_starters

    starters = list_starters()
    if as_json:
        keys = ("name", "summary", "dependencies")
        listed = [{key: getattr(starter, key) for key in keys} for starter in starters]
        print_json({"starters": listed})
        return
    width = max(len(starter.name) for starter in starters)
    for starter in starters:
        click.echo(f"{starter.name:{width}}  {starter.summary}")
        click.echo(f"{'':{width}}  {', '.join(starter.dependencies)}")
