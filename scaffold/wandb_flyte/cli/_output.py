"""What every command prints with: errors, colours, JSON."""

from __future__ import annotations

import json
import math
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

import click

from wandb_flyte.errors import Finding, InvalidInput, Severity, UserError, printable

_COLORS = {"error": "red", "warning": "yellow", "note": "blue"}


def wants_color(stream: IO[str]) -> bool:
    """Whether a stream is a terminal whose user did not ask for no colours (`NO_COLOR`)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def paint(text: str, color: str, stream: IO[str] | None = None) -> str:
    """The text in a colour, where the stream takes colours."""
    target = sys.stdout if stream is None else stream
    return click.style(text, fg=color) if wants_color(target) else text


def complain(error: UserError) -> None:
    """Print an error and what to do about it on stderr.

    Names in it may be a stranger's: control characters are escaped.
    """
    lines: list[tuple[Severity, str]] = (
        [(finding.severity, _coded(finding)) for finding in error.findings]
        if isinstance(error, InvalidInput)
        else [("error", line) for line in str(error.message).rstrip("\n").split("\n")]
    )
    for severity, line in lines:
        label = paint(f"{severity}:", _COLORS[severity], sys.stderr)
        click.echo(f"{label} {printable(line)}", err=True)
    for line in error.hint.split("\n") if error.hint else ():
        click.echo(printable(line), err=True)


def error_document(error: UserError) -> dict[str, Any]:
    """What a command that was to print JSON prints in place of its document.

    Its findings are those of an input that is wrong; of another error they are it alone.
    """
    findings = (
        error.findings
        if isinstance(error, InvalidInput)
        else (Finding(str(error.message), error.hint),)
    )
    return {"error": str(error), "findings": [asdict(finding) for finding in findings]}


def _coded(finding: Finding) -> str:
    return f"{finding}  [{finding.code}]" if finding.code else str(finding)


def shown(finding: Finding, stream: IO[str] | None = None) -> str:
    """A finding's line, its severity and its code behind it."""
    label = f"{finding.severity} {finding.code}".rstrip()
    return f"{finding}  [{paint(label, _COLORS[finding.severity], stream)}]"


def note(text: str) -> None:
    """Print a line for the user on stderr, so that stdout stays what was asked for."""
    click.echo(text, err=True)


def solve_command(conflicts: Sequence[str]) -> str:
    """The step before all others when files have conflict markers."""
    names = " ".join(shlex.quote(name) for name in conflicts)
    return f"git diff {names}  # solve these conflicts, then git add the files"


def counted(number: float, what: str) -> str:
    """A number of things, such as `1 trial` or `2 trials`."""
    shown = number if isinstance(number, int) else f"{number:g}"
    return f"{shown} {what}" if number == 1 else f"{shown} {what}s"


def drop_output(stream: IO[str]) -> None:
    """What is printed to a stream from here on goes nowhere: it takes no more.

    Without this the interpreter complains about the same stream once more when it ends.
    """
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def print_json(value: Any) -> None:
    """Print one JSON document on stdout; what JSON has no number for is null."""
    click.echo(json.dumps(_plain(value), indent=2, allow_nan=False, default=str))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
