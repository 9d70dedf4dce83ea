"""`wandb-flyte local env`."""

from __future__ import annotations

import click


@click.command(short_help="Print export lines that point any W&B program at it.")
def command() -> None:
    """Print export lines that point any W&B program at it; start it when needed.

    Use it as: eval "$(wandb-flyte local env)"
    """
    import shlex

    from wandb_flyte.cli._local import environment

    for name, value in environment().items():
        click.echo(f"export {name}={shlex.quote(value)}")
