"""`wandb-flyte add`: what a project can have more of."""

from __future__ import annotations

import click

from wandb_flyte.cli._lazy import LazyGroup

COMMANDS = {
    "sweep": "Add a sweep to the project: an objective, a sweep config, or both.",
}


@click.group(cls=LazyGroup, package="wandb_flyte.cli.add", lazy=COMMANDS)
def command() -> None:
    """Add to the project around the current folder."""
