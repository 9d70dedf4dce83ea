"""Sweeps that code starts, as a dry run of it shows, where reading it alone does not tell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from wandb_flyte.analysis.dry_run.objects import Function
from wandb_flyte.analysis.dry_run.run import started_sweeps
from wandb_flyte.analysis.dry_run.tables import Row, Table
from wandb_flyte.analysis.dry_run.trial import Sweep
from wandb_flyte.analysis.dry_run.values import PLAIN, Some, Value
from wandb_flyte.analysis.source.config_files import find_config
from wandb_flyte.analysis.source.sources import Sources, Unreadable
from wandb_flyte.errors import Finding
from wandb_flyte.spec import SweepDocument

Keys = tuple[str, ...]
# What stands for the part of a command that only running the code would tell.
_UNKNOWN = "<unknown>"
_DEEPEST = 20


def _started_in(code: Path) -> tuple[tuple[Sweep, ...], Sources | None]:
    """The sweeps that a Python file starts, with the program that it is."""
    try:
        sources = Sources(code, (Path.cwd(),))
    except (Unreadable, RecursionError):
        return (), None
    folders = (code.absolute().parent, Path.cwd())
    for by_hand in (True, False):
        sweeps = started_sweeps(sources, lambda n: find_config(n, folders), by_hand=by_hand)
        if any(isinstance(one.config.only, Table) for one in sweeps):
            break
    return sweeps, sources


def document_in(code: Path, found: tuple[Finding, ...]) -> SweepDocument | None:
    """The sweep config that a Python file makes, as far as it is known without running it.

    Args:
        code: The file.
        found: What is said of what is not known.

    Returns:
        None where it starts no sweep, or several, or nothing is known of its hyperparameters, or
        of what runs its trials.
    """
    sweeps, sources = _started_in(code)
    tables = [one for one in sweeps if isinstance(one.config.only, Table)]
    if len(tables) != 1 or sources is None:
        return None
    made = _Plain()
    raw = made.of(tables[0].config, ())
    parameters = raw.get("parameters") if isinstance(raw, dict) else None
    if not isinstance(parameters, dict) or not parameters:
        return None
    # What options of the code may change is not known, whatever they are by default.
    paths = [tuple(one.path.split(".")) for one in found if one.path]
    made.unknown += [path for path in paths if path != ("parameters",)]
    if ("method",) in made.unknown:
        raw["method"] = raw.get("method") or "random"
    for path in made.unknown:
        if path[0] not in ("parameters", "method", "command"):
            raw.pop(path[0], None)
    made_here = bool(tables[0].functions)
    if not made_here and not {"program", "command"} & raw.keys():
        return None
    return SweepDocument(
        path=code,
        raw=raw,
        lines=made.lines,
        findings=found,
        unknown=tuple(made.unknown),
        language="python",
        code=code if made_here else None,
        objective=_named(tables[0], sources),
    )


def loads(code: Path, document: SweepDocument) -> bool:
    """Whether a Python file starts agents for the sweep config of another file.

    That may be YAML that it loads, or code with a function that starts the sweep.
    """
    sweeps, _ = _started_in(code)
    return any(_is_of(one, code, document) for one in sweeps if one.functions)


def _is_of(sweep: Sweep, code: Path, document: SweepDocument) -> bool:
    folders = (Path.cwd(), *code.absolute().parents)
    named = [one.file for one in sweep.config.options if isinstance(one, Table) and one.file]
    end = f"#{document.part}" if document.part else ""
    named = [one.removesuffix(end) for one in named if one.endswith(end)]
    with suppress(OSError, RuntimeError, ValueError):  # No path, or a link to itself.
        wanted = document.path.resolve()
        files = [sweep.place[0], *(folder / file for file in named for folder in folders)]
        return any(file.resolve() == wanted for file in files)
    return False


def _named(sweep: Sweep, sources: Sources) -> str:
    """The name that the function has in its own file, which runs a sweep's trials."""
    only = sweep.functions[0].only if len(sweep.functions) == 1 else None
    is_own = isinstance(only, Function) and only.node in sources.entry.tree.body
    return only.name if isinstance(only, Function) and is_own else ""


class _Plain:
    """Makes plain values of what a dry run shows, and notes lines and what is not known."""

    def __init__(self) -> None:
        self.lines: dict[Keys, int] = {}
        self.unknown: list[Keys] = []

    def of(self, value: Value, path: Keys) -> Any:
        only = value.only
        if len(path) < _DEEPEST and isinstance(only, Table):
            self.lines.update({(*path, str(key)): line for key, line in only.lines.items()})
            return {str(key): self.of(one, (*path, str(key))) for key, one in only.items.items()}
        if len(path) < _DEEPEST and isinstance(only, Row) and only.items is not None:
            return [self.of(one, (*path, str(place))) for place, one in enumerate(only.items)]
        if isinstance(only, PLAIN) and not isinstance(only, complex | bytes | type(...)):
            return only
        if path[:1] == ("command",) and len(path) == 2:
            start = only.start if isinstance(only, Some) else ""
            return f"{start}{_UNKNOWN}"
        self.unknown.append(path)
        return None
