"""`wandb-flyte update`."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wandb_flyte.cli._output import note, paint, print_json, solve_command
from wandb_flyte.cli._signals import terminated_as_interrupted

if TYPE_CHECKING:
    from wandb_flyte.generate.updates.update import UpdatePlan

_BEHIND = 3
_COLORS = {
    "new": "green",
    "updated": "green",
    "merged": "green",
    "moved": "cyan",
    "removed": "yellow",
    "conflict": "red",
}


@click.command(short_help="Bring the project to the installed version of the template.")
@click.option("--to", metavar="VERSION", help="Go to this version, not to the installed one.")
@click.option(
    "--kit", metavar="URL[@VERSION]", help="Go to this kit, not to the newest of its own."
)
@click.option("--preview", is_flag=True, help="Write nothing; show what would happen.")
@click.option("--diff", "with_diff", is_flag=True, help="Show each file's change too.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 when there is an update.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    to: str | None, kit: str | None, preview: bool, with_diff: bool, check: bool, as_json: bool
) -> int:
    """Bring the project to the installed version of the template, and to the newest of its kits.

    Your edits stay. Where the template changed the same lines, the file gets conflict markers,
    and the exit code is 1. Everything is left uncommitted, to be looked at.
    """
    from wandb_flyte.generate.updates.update import plan_update, update_project

    with terminated_as_interrupted():
        if preview or check:
            plan, history = plan_update(Path.cwd(), to, kit=kit), ""
        else:
            updated = update_project(Path.cwd(), to, kit=kit)
            plan, history = updated.plan, updated.history
    written = not (preview or check)
    if as_json:
        print_json({**_document(plan, with_diff=with_diff), "written": written and plan.behind})
    else:
        if history:
            click.echo(history)
        _print_plan(plan, with_diff=with_diff, files=not check)
        if written and plan.behind:
            _print_next(plan)
    if written and plan.conflicts:
        names = " ".join(change.path for change in plan.conflicts)
        note(f"Conflicts to solve, between <<<<<<< and >>>>>>>: {names}")
        return 1
    if check:
        return _BEHIND if plan.behind else 0
    return 0


def _print_plan(plan: UpdatePlan, *, with_diff: bool, files: bool) -> None:
    if not plan.behind:
        click.echo(f"Up to date: template {plan.to_version}.")
        for line in plan.notes:
            note(line)
        return
    if plan.from_version != plan.to_version:
        click.echo(f"Template {plan.from_version} -> {plan.to_version}")
    for kit in plan.kits:
        click.echo(f"Kit {kit.name} {kit.before or 'none'} -> {kit.after or 'none'}")
    for answer in plan.answers:
        how = "fixed by" if answer.fixed else "from"
        values = f"{_shown(answer.before)} -> {_shown(answer.after)}"
        click.echo(f"  {answer.name}: {values}  ({how} {answer.kit})")
    for line in plan.news:
        click.echo(f"  {line}")
    for change in plan.changes if files else ():
        kind = paint(f"{change.kind:9}", _COLORS.get(change.kind, "white"))
        origin = f"{change.moved_from} -> " if change.moved_from else ""
        reason = f"  ({change.reason})" if change.reason else ""
        click.echo(f"  {kind}  {origin}{change.path}{reason}")
        if with_diff and (diff := change.diff()):
            click.echo(diff)
    for line in plan.notes:
        note(line)


def _shown(value: Any) -> str:
    return "none" if value in (None, "") else str(value)


def _print_next(plan: UpdatePlan) -> None:
    conflicts = [change.path for change in plan.conflicts]
    click.echo("\nNext:")
    if conflicts:
        click.echo(f"  {solve_command(conflicts)}")
    click.echo("  git diff                        # what changed")
    click.echo("  uv sync && pytest               # does it still work?")
    click.echo(f"  git add --all . && git commit -m {shlex.quote(plan.title)}")


def _document(plan: UpdatePlan, *, with_diff: bool) -> dict[str, Any]:
    files = [
        {
            "path": change.path,
            "kind": change.kind,
            "reason": change.reason,
            "moved_from": change.moved_from,
            **({"diff": change.diff()} if with_diff else {}),
        }
        for change in plan.changes
    ]
    return {
        "from": plan.from_version,
        "to": plan.to_version,
        "behind": plan.behind,
        "files": files,
        "kits": [asdict(kit) for kit in plan.kits],
        "answers": [asdict(answer) for answer in plan.answers],
        "news": plan.news,
        "notes": plan.notes,
    }
