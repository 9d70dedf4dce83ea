"""`wandb-flyte doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from wandb_flyte.cli._output import paint, print_json

_MARKS = {"ok": ("ok", "green"), "optional": ("--", "yellow"), "error": ("no", "red")}


@click.command(short_help="Check what wandb-flyte needs, with a remedy for each gap.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> int:
    """Check what wandb-flyte needs, with a remedy for each gap.

    A line marked `no` is in the way of every use, one marked `--` of some. The exit code is 1
    when a line is marked `no`.
    """
    from wandb_flyte.cli._doctor import diagnose

    diagnosis = diagnose(Path.cwd())
    if as_json:
        print_json(diagnosis.to_json())
        return 0 if diagnosis.ok else 1
    for check in diagnosis.checks:
        mark, color = _MARKS[check.status]
        click.echo(f"{paint(mark, color)}  {check.name}: {check.detail}")
        if check.remedy:
            click.echo(f"      {check.remedy}")
    return 0 if diagnosis.ok else 1
