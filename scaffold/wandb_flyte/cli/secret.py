"""`wandb-flyte secret`."""

from __future__ import annotations

import sys
from contextlib import chdir
from pathlib import Path

import click

from wandb_flyte.cli._output import note
from wandb_flyte.errors import UserError


@click.command(short_help="Put the W&B API key where the cluster's pods find it.")
def command() -> None:
    """Create the Flyte secret that settings.py names, with your W&B API key in it.

    The key is the one that wandb uses here (WANDB_API_KEY or netrc); without one it is asked for
    and not shown. It is never printed.
    """
    from wandb_flyte.cli import _secret
    from wandb_flyte.cli._project import find_project

    project = find_project(Path.cwd())
    # Flyte looks for its config from the working directory.
    with chdir(project.root):
        target = _secret.find_target(project)
        _secret.create(project, target, _key())
    where = f" in {target.scope}" if target.scope else ""
    click.echo(f"secret {target.name} created{where} on {target.endpoint}")


def _key() -> str:
    from wandb_flyte.cli import _secret

    found = _secret.find_key()
    if found is not None:
        key, source = found
        note(f"W&B key from {source}")
        return key
    if not sys.stdin.isatty():
        raise UserError(
            "There is no W&B key on this machine, and no terminal to ask at.",
            hint="Set WANDB_API_KEY, or run `wandb login` first.",
        )
    asked: str = click.prompt("W&B API key", hide_input=True, err=True)
    return asked
