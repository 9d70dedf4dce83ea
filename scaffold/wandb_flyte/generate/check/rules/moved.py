"""Imports of a module that is not there, while another beside it has what is asked for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.bound_names import imported_as, is_module_in
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.beginning import beginning
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.named import files_below
from wandb_flyte.generate.check.trial.switches import EVERY, Switches
from wandb_flyte.generate.names import show

from .reach import changes_path, is_told

# What people call modules of their own, and no package that is much in use.
_OWN = (
    r"(?i)(my_?)?(args|arguments|common|config|configs|constants|data|data_?loaders?|data_?utils|dataset"
    r"|engine|eval|functions|helpers?|layers|loaders?|loss|losses|main|metric|models?|modules?|nets?"
    r"|networks?|options|parameters|params|preprocess(ing)?|settings|test|tools|trainers?|training"
    r"|train|utils?)"
)
_DEFINED = r"(?m)^(?:async def|class|def)[ \t]+(\w+)"
_MOST_FILES, _LONGEST = 100, 200_000
# How many files below a folder are looked at, and how many parts their paths from there may have.
_MOST_BELOW = 5_000
_DEPTHS = (2, 3)


def check_moved(case: Case, switches: Switches) -> Iterator[Finding]:
    """`from dataset import Rows`, where `loader.py` alone has `Rows` and there is no `dataset`.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    modules: dict[Path, dict[str, list[Path]]] = {}
    for scope in case.program.flow.scopes.reached:
        for node in case.program.names.of(scope).imports:
            if not isinstance(node, ast.ImportFrom) or not _is_nowhere(node, scope, case):
                continue
            name = str(node.module)
            file = _other(node, scope) if re.fullmatch(_OWN, name) else None
            below = _below(name, node, scope, modules) if file is None else None
            if below is not None and (changes_path(case) or is_told(name, below.parent, case)):
                continue
            found = file or below
            if found is not None and switches.stopped(node, scope) == EVERY:
                message = f"There is no module `{show(name)}`: every trial stops here."
                where = found.name if file is not None else shown(found)
                hint = f"`{where}` has what is imported: is it that one?"
                severity: Severity = "error" if file is not None else "warning"
                yield case.in_code(scope.place(node), message, hint, "WF114", severity)


def _is_nowhere(node: ast.ImportFrom, scope: Scope, case: Case) -> bool:
    """Whether an import asks for a module that no folder of the program has."""
    name, outside = node.module or "", scope.module.outside
    if node.level or not name.isidentifier() or name in sys.stdlib_module_names:
        return False
    if any(outside.get(imported_as(one)) != f"{name}.{one.name}" for one in node.names):
        return False
    folders = filter(Path.is_dir, case.program.flow.sources.roots)
    return not any(is_module_in(folder, name) for folder in folders)


def _other(node: ast.ImportFrom, scope: Scope) -> Path | None:
    """The one file beside an import's own that defines all of what it asks for."""
    asked = {one.name for one in node.names}
    own = scope.module.file.resolve()
    files = [one for one in sorted(own.parent.glob("*.py")) if one.resolve() != own]
    found = [one for one in files[:_MOST_FILES] if asked <= _defined_in(one)]
    return found[0] if len(found) == 1 else None


def _below(
    name: str, node: ast.ImportFrom, scope: Scope, modules: dict[Path, dict[str, list[Path]]]
) -> Path | None:
    """The one file of a module's name in a folder below that defines all of what is asked for.

    Args:
        name: The module's name.
        node: What imports it.
        scope: Where that stands.
        modules: The Python files below folders, by their names: gets those of this one.
    """
    asked, folder = {one.name for one in node.names}, scope.module.file.resolve().parent
    if folder not in modules:
        modules[folder] = {}
        for file in islice(files_below({folder}), _MOST_BELOW):
            if file.suffix == ".py" and len(file.relative_to(folder).parts) in _DEPTHS:
                modules[folder].setdefault(file.stem, []).append(file)
    files = modules[folder].get(name, [])
    found = [one for one in files[:_MOST_FILES] if asked <= _defined_in(one)]
    return found[0] if len(found) == 1 else None


def _defined_in(file: Path) -> set[str]:
    return set(re.findall(_DEFINED, beginning(file, _LONGEST)))
