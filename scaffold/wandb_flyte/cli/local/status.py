"""`wandb-flyte local status`."""

from __future__ import annotations

import click

from wandb_flyte.cli._output import print_json


@click.command(short_help="Say whether the local backend runs, and where.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> int:
    """Say whether the local backend runs, and where.

    The exit code is 0 when it runs and 1 when it does not.
    """
    from wandb_flyte.cli._local import status

    report = status()
    if as_json:
        print_json(report)
    elif report["running"]:
        click.echo(f"local backend at {report['url']} (process {report['pid']})")
        click.echo(f"data: {report['data_dir']}")
    else:
        click.echo("no local backend is running; `wandb-flyte local start` starts it")
    return 0 if report["running"] else 1
