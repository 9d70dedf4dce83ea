"""Errors that the user can mend, each with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


class UserError(Exception):
    """Something the user can mend: shown as a sentence, never as a traceback.

    Args:
        message: What is wrong, with the value in backticks and where it stands.
        hint: What to do about it.

    Attributes:
        transient: Whether it may go away by itself: Flyte then retries the task that raised it.
    """

    exit_code = 1
    transient = False

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def printable(text: str) -> str:
    """A stranger's text with its control characters escaped: safe to show in a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class Finding:
    """One thing wrong with what the user gave.

    Attributes:
        message: What is wrong, with the value in backticks.
        hint: What to write instead.
        file: The file it stands in, as the user named it.
        line: Its line in that file, counted from 1.
        path: The parameter path inside the file, such as `parameters.lr.min`.
        severity: An `error` stops the command, a `warning` does not; a `note` is advice.
        code: Its code in `wandb_flyte.codes`, empty for what is about the command line alone.
    """

    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    path: str = ""
    severity: Severity = "error"
    code: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        parts = [part for part in (place, self.path, self.message) if part]
        text = ": ".join(parts)
        return f"{text} {self.hint}" if self.hint else text


class InvalidInput(UserError):
    """Everything that was found wrong with an input, at once.

    Where options alone are wrong, it is wrong usage.

    Args:
        findings: At least one finding.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)
        if all(finding.path.startswith("--") for finding in findings):
            self.exit_code = 2


class WrongUsage(InvalidInput):
    """Arguments of a command that can't be."""

    exit_code = 2
