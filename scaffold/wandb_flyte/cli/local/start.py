"""`wandb-flyte local start`."""

from __future__ import annotations

import click


@click.command(short_help="Start the local backend, or show the one that runs.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen on this port.")
def command(port: int | None) -> None:
    """Start the local backend, or show the one that runs."""
    from wandb_flyte.cli._local import start

    started = start(port=port)
    verb = "runs already" if started.ran_before else "started"
    click.echo(f"local backend {verb} at {started.server.url}")
    click.echo(f"data: {started.server.data_dir}")
