"""`wandb-flyte local stop`."""

from __future__ import annotations

import click


@click.command(short_help="Stop the local backend; its data stays.")
def command() -> None:
    """Stop the local backend; its data stays."""
    from wandb_flyte.cli._local import stop

    stopped = stop()
    click.echo("local backend stopped" if stopped else "no local backend is running")
