"""`wandb-flyte local gc`."""

from __future__ import annotations

import click

from wandb_flyte.cli._output import note
from wandb_flyte.errors import printable


@click.command(short_help="Remove what need not be kept, after showing it.")
@click.option("--older-than", metavar="AGE", help="Also runs that ended so long ago: 30d, 12h, 2w.")
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--yes", is_flag=True, help="Remove it without asking.")
def command(older_than: str | None, dry_run: bool, yes: bool) -> None:
    """Remove bytes that no run and no artifact holds any more, after showing what goes.

    With --older-than runs that ended so long ago go too, but for trials of a sweep that has not
    ended. The local backend must not run.
    """
    from wandb_flyte.cli._keeping import confirmable, find_garbage, remove_garbage, seconds

    garbage = find_garbage(seconds(older_than))
    if garbage.nothing:
        click.echo("there is nothing to remove")
        return
    for run in garbage.runs:
        click.echo(f"run {printable(run.path)}")
    for path in garbage.files:
        click.echo(f"file {printable(str(path))}")
    for md5 in garbage.blobs:
        click.echo(f"artifact bytes {printable(md5)}")
    click.echo(
        f"{len(garbage.runs)} runs, {len(garbage.files)} files and {len(garbage.blobs)} artifact"
        f" files, {garbage.size:,} bytes"
    )
    if dry_run:
        return
    if not yes:
        confirmable()
        if not click.confirm("Remove them?"):
            note("nothing was removed")
            return
    click.echo(f"removed; {remove_garbage(garbage):,} bytes are free again")
