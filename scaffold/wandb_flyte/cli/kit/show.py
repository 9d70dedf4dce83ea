"""`wandb-flyte kit show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wandb_flyte.cli._output import note, print_json

if TYPE_CHECKING:
    from wandb_flyte.generate.kits.merge import Team
    from wandb_flyte.generate.kits.model import Kit


@click.command(short_help="Show what a kit answers, adds and brings.")
@click.argument("kit", metavar="URL[@VERSION]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(kit: str, as_json: bool) -> None:
    """Show what a kit answers, adds and brings, with the kits that it builds on."""
    from wandb_flyte.generate.kits.merge import merge as merge_kits
    from wandb_flyte.generate.kits.read import wanted_kits

    chain = wanted_kits(kit)
    team = merge_kits(chain.kits)
    for line in chain.notes:
        note(line)
    if as_json:
        print_json(_document(chain.kits, team))
        return
    for layer in chain.kits:
        summary = f": {layer.manifest.summary}" if layer.manifest.summary else ""
        click.echo(f"{layer.name} {layer.version}{summary}")
        click.echo(f"  {layer.source}")
        for name in sorted(name for name in layer.files if name.startswith(("files/", "blocks/"))):
            click.echo(f"  {name}")
        for name in layer.starters:
            click.echo(f"  starters/{name}")
    for key, answer in (*team.answers.items(), *((f"caps.{k}", v) for k, v in team.caps.items())):
        how = "fixed" if answer.fixed else "default"
        click.echo(f"{key} = {answer.value}  ({how}, {answer.kit})")
    for name, resources in team.profiles.items():
        listed = ", ".join(f"{key}={value}" for key, value in resources.items())
        click.echo(f"profile {name}: {listed}")
    for name, price in team.prices.items():
        click.echo(f"price of {name}: {f'{price:g} {team.currency}'.strip()} an hour")


def _document(kits: tuple[Kit, ...], team: Team) -> dict[str, Any]:
    return {
        "kits": [{**kit.record(), "summary": kit.manifest.summary} for kit in kits],
        "answers": {
            key: {"value": answer.value, "kit": answer.kit, "fixed": answer.fixed}
            for key, answer in team.answers.items()
        },
        "caps": {key: answer.value for key, answer in team.caps.items()},
        "profiles": team.profiles,
        "currency": team.currency,
        "prices": team.prices,
        "files": [name for kit in kits for name in sorted(kit.below("files"))],
        "starters": [name for kit in kits for name in kit.starters],
    }
