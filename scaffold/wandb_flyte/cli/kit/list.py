"""`wandb-flyte kit list`."""

from __future__ import annotations

import click

from wandb_flyte.cli._output import print_json


@click.command(short_help="List the kits that this machine knows.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> None:
    """List the kits that this machine knows: its default one, and those that were fetched."""
    from wandb_flyte.generate.kits.known import known_kits

    kits = known_kits()
    if as_json:
        fields = ("source", "name", "versions", "default")
        print_json({"kits": [{key: getattr(kit, key) for key in fields} for kit in kits]})
        return
    for kit in kits:
        default = f"  (the default, as {kit.default} says)" if kit.default else ""
        versions = ", ".join(kit.versions[-5:]) or "no version"
        click.echo(f"{kit.name or '?'}  {kit.source}  {versions}{default}")
    if not kits:
        click.echo("No kit was fetched from a URL yet, and none is the default.")
