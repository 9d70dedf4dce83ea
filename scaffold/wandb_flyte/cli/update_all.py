"""`wandb-flyte update-all`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._output import note, paint, print_json
from wandb_flyte.cli._signals import terminated_as_interrupted
from wandb_flyte.errors import printable

if TYPE_CHECKING:
    from wandb_flyte.generate.updates.fleet import FleetMember

_COLORS = {"updated": "green", "conflicts": "red", "tests failed": "red", "refused": "red"}


@click.command(short_help="Bring many projects up to date, each on a branch of its own.")
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--to", metavar="VERSION", help="Go to this version, not to the installed one.")
@click.option("--test", metavar="COMMAND", help="What tests a project; pytest by default.")
@click.option("--no-tests", is_flag=True, help="Run no tests.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    paths: tuple[Path, ...], to: str | None, test: str | None, no_tests: bool, as_json: bool
) -> int:
    """Bring many projects up to date, each on a branch of its own.

    No checkout is touched: each update is committed to a branch of the project's repository, and
    tested there. The exit code is 1 when a project needs somebody to look at it.
    """
    from wandb_flyte.generate.updates.fleet import update_all

    tests = [] if no_tests else shlex.split(test) if test else None
    members: list[FleetMember] = []
    number = len({path.resolve() for path in paths})

    def report(path: Path, step: str) -> None:
        note(f"[{len(members) + 1}/{number}] {path}: {step}")

    try:
        with terminated_as_interrupted():
            for member in update_all(paths, to, tests=tests, report=report):
                report(member.path, member.state)
                members.append(member)
    finally:
        # Stopped half-way, those that are done keep their branches, and are shown.
        if as_json:
            print_json({"projects": [{**asdict(m), "ok": m.ok} for m in members]})
        elif members:
            _print_table(members)
    return 0 if all(member.ok for member in members) else 1


def _print_table(members: Sequence[FleetMember]) -> None:
    width = max(len(str(member.path)) for member in members)
    for member in members:
        state = paint(f"{member.state:12}", _COLORS.get(member.state, "white"))
        parts = [_moves(member) if member.branch else "", member.branch, printable(member.detail)]
        rest = "  ".join(part for part in parts if part)
        click.echo(f"{state}  {member.path!s:{width}}  {rest}".rstrip())
    for member in members:
        if member.output:
            lines = "\n".join(f"  {printable(line)}" for line in member.output.splitlines())
            note(f"\n{member.path}: its tests on {member.branch}\n{lines}")
    merges = [
        f"  git -C {shlex.quote(str(member.path))} merge {shlex.quote(member.branch)}"
        for member in members
        if member.branch and member.ok
    ]
    if merges:
        click.echo("\n".join(["\nNext:", *merges]))


def _moves(member: FleetMember) -> str:
    moves = [f"{kit.name} {kit.before or 'none'} -> {kit.after or 'none'}" for kit in member.kits]
    if not moves or member.from_version != member.to_version:
        moves.insert(0, f"{member.from_version} -> {member.to_version}")
    return ", ".join(moves)
