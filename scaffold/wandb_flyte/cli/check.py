"""`wandb-flyte check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wandb_flyte.cli._output import note, print_json, shown
from wandb_flyte.cli._progress import told_when_slow
from wandb_flyte.errors import Finding, printable

if TYPE_CHECKING:
    from wandb_flyte.generate.check.here import CheckResult

_MOST_NAMED = 6
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


@click.command(short_help="Check a sweep config and the code it is for.")
@click.argument("sweep", required=False, type=Path)
@click.option("--objective", metavar="FILE[:NAME]", help="The objective, or a script's file.")
@click.option("--fix", is_flag=True, help="Mend what is safe to mend.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How findings are written; github makes annotations in GitHub Actions.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def command(
    sweep: Path | None,
    objective: str | None,
    fix: bool,
    strict: bool,
    form: str,
    as_json: bool,
) -> int:
    """Check a sweep config and the code it is for. Both are read, nothing of them is run.

    Without SWEEP: the project's, with its objective, or ./sweep.yaml. Without --objective the code
    is the program that the sweep config names.
    """
    if as_json and form == "github":
        raise click.UsageError("--json and --format github exclude each other.")
    from wandb_flyte.generate.check.here import check_here

    with told_when_slow("Reading the program, and all that it imports here..."):
        result = check_here(Path.cwd(), sweep, objective, fix=fix)
    for fixed in result.fixed:
        note(f"fixed {fixed}")
    if as_json or form == "json":
        print_json(_document(result))
    elif form == "github":
        for finding in result.findings:
            click.echo(_annotation(finding))
    else:
        _print(result)
    failing = ("error", "warning") if strict else ("error",)
    return int(any(finding.severity in failing for finding in result.findings))


def _document(result: CheckResult) -> dict[str, object]:
    return {
        "findings": [asdict(finding) for finding in result.findings],
        "fixed": result.fixed,
        "read": [{"sweep": str(s), "code": str(c) if c else None} for s, c in result.read],
    }


def _print(result: CheckResult) -> None:
    for finding in result.findings:
        click.echo(shown(finding))
    counts = {s: sum(f.severity == s for f in result.findings) for s in _LEVELS}
    parts = [f"{n} {name}{'s' if n > 1 else ''}" for name, n in counts.items() if n]
    note(", ".join(parts) or f"Nothing is wrong in {_listed(result)}.")
    alone = [str(sweep) for sweep, code in result.read if code is None]
    if alone:
        note(f"No code was read for {_and(alone)}: `--objective FILE[:NAME]` names it.")


def _listed(result: CheckResult) -> str:
    """The files that were read, each once."""
    files = dict.fromkeys(str(file) for pair in result.read for file in pair if file is not None)
    return _and([*files])


def _and(files: list[str]) -> str:
    shown_files = [printable(file) for file in files[:_MOST_NAMED]]
    if len(files) > _MOST_NAMED:
        shown_files.append(f"{len(files) - _MOST_NAMED} more")
    return " and ".join([part for part in (", ".join(shown_files[:-1]), shown_files[-1]) if part])


def _annotation(finding: Finding) -> str:
    """One workflow command of GitHub Actions."""
    places = {"file": finding.file, "line": finding.line, "title": finding.code}
    given = ",".join(f"{key}={_property(str(v))}" for key, v in places.items() if v)
    text = " ".join(part for part in (finding.path, finding.message, finding.hint) if part)
    return f"::{_LEVELS[finding.severity]} {given}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
