"""`wandb-flyte kit new`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from wandb_flyte.cli._output import print_json


@click.command(short_help="Make a kit: a git repository that your team's projects start from.")
@click.argument("name")
@click.option("--extends", metavar="URL[@VERSION]", default="", help="The kit that it builds on.")
@click.option("--output", metavar="DIR", type=Path, help="The folder to make; ./NAME by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(name: str, extends: str, output: Path | None, as_json: bool) -> None:
    """Make a kit: a git repository that your team's projects start from.

    It is complete, with a starter, CI and a README, and passes `wandb-flyte kit check`.
    """
    from wandb_flyte.generate.kits.make import new_kit

    created = new_kit(name, output if output is not None else Path(name), extends)
    if as_json:
        committed = created.git.committed
        path, files = str(created.path), created.files
        print_json(
            {"path": path, "version": created.version, "files": files, "committed": committed}
        )
        return
    version = f", tagged {created.version}" if created.version else ""
    click.echo(f"{created.path}: {len(created.files)} files{version}")
    click.echo("  kit.toml   answers, resource profiles, prices, caps")
    click.echo("  files/     files that each project gets")
    click.echo("  blocks/    what is added to the base template's own files")
    click.echo("  starters/  what projects can begin from")
    if created.git.note:
        click.echo(created.git.note)
    path = shlex.quote(str(created.path))
    click.echo("\nNext:")
    if created.git.command:
        click.echo(f"  {created.git.command}")
    click.echo(f"  wandb-flyte kit check {path}")
    click.echo(f"  wandb-flyte new my-sweep --kit {path}")
