"""A sweep config beside the code that it is for, and how findings about the two are written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.analysis.program import Program
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.spec import SweepConfig, SweepDocument

from .command import Command


@dataclass(frozen=True)
class Case:
    """What the checks of a sweep with its code look at.

    Attributes:
        document: The sweep config's file.
        sweep: The sweep config.
        program: The code.
        command: How a script is started; None for a function that an agent calls.
        whole: Whether every parameter of the sweep could be read.
        bare: Whether trials call the function without arguments, but for the config.
    """

    document: SweepDocument
    sweep: SweepConfig
    program: Program
    command: Command | None = None
    whole: bool = True
    bare: bool = False

    @property
    def knows_command(self) -> bool:
        """Whether all of the command is known: code may put it together."""
        return not any(path[:1] == ("command",) for path in self.document.unknown)

    def in_sweep(
        self,
        path: tuple[str, ...],
        message: str,
        hint: str,
        code: str,
        severity: Severity = "warning",
    ) -> Finding:
        """A finding that stands in the sweep config."""
        return in_document(self.document, path, message, hint, code, severity)

    def in_code(
        self, place: tuple[Path, int], message: str, hint: str, code: str, severity: Severity
    ) -> Finding:
        """A finding that stands in the code."""
        return Finding(message, hint, shown(place[0]), place[1], "", severity, code)


def all_names(document: SweepDocument) -> tuple[str, ...] | None:
    """Every parameter's name, also of those that can't be read; None when not all are texts."""
    named = document.raw.get("parameters")
    if not isinstance(named, Mapping) or not all(isinstance(name, str) for name in named):
        return None
    return tuple(named)


def in_document(
    document: SweepDocument,
    path: tuple[str, ...],
    message: str,
    hint: str,
    code: str,
    severity: Severity,
) -> Finding:
    """A finding that stands in a sweep config."""
    where = ".".join(show(part) for part in path)
    file = show_path(document.path)
    return Finding(message, hint, file, document.line(path), where, severity, code)


def shown(file: Path) -> str:
    """A file as the user would name it from here."""
    here = Path.cwd()
    inside = file.is_absolute() and file.is_relative_to(here)
    return show_path(Path(os.path.relpath(file, here)) if inside else file)


def too_deep(file: Path) -> Finding:
    """What is said of code in which expressions stand inside each other some hundred times."""
    message = "It is nested too deeply to be checked."
    hint = "Give parts of its longest expression names of their own."
    return Finding(message, hint, shown(file), None, "", "warning", "WF110")


def near(name: str, known: Iterable[str]) -> str:
    """The known name that another was probably meant to be; empty when none is close."""
    import difflib  # Only where something is amiss.

    known = list(known)
    if same := spelled_otherwise(name, known):
        return same
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    if close:
        return close[0]
    other = _SHORT.get(name, "")
    return other if other in known else ""


def spelled_otherwise(name: str, known: Iterable[str]) -> str:
    """The known name of the same letters and digits, whatever stands between; empty for none."""
    return {_flat(other): other for other in known}.get(_flat(name), "")


_SHORT = {
    "learning_rate": "lr",
    "lr": "learning_rate",
    "bs": "batch_size",
    "batch_size": "bs",
    "num_epochs": "epochs",
    "epochs": "num_epochs",
    "wd": "weight_decay",
    "weight_decay": "wd",
}


def _flat(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
