"""Files that every run reads, and that are nowhere in the program's folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.files_read import FilesRead
from wandb_flyte.generate.check.trial.started import is_there, start_folders
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

from .named_files import check_named_files

# JSON is often data, which stays out of a repository.
_CONFIG = r"(?i).*\.ya?ml|.*(arg|conf|cfg|option|param|setting)[^/]*\.json"
# Folders whose files stay on the machines that have them.
_DATA = r"(?i)(\w*_)?data(set)?s?(_\w*)?"
# How much of two names is the same, where one was meant for the other.
_ALIKE = 0.8


def check_files_read(case: Case, switches: Switches) -> Iterator[Finding]:
    """Files of a name that the source, an option's default or the command writes out.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    program, told, seen = case.program, set[str](), set[int]()
    read = FilesRead(program)
    for scope in program.flow.scopes.reached:
        for call in scope.calls if program.names.is_loaded(scope.module) else ():
            for source in read.named_by(call, scope):
                if id(source) in seen or not switches.reached(call, scope):
                    continue
                seen.add(id(source))
                name = switches.known.value(source, scope)
                if name is UNKNOWN:
                    yield from _check_values(source, call, scope, case, switches)
                elif _is_config(name) and name not in told and not is_there(name, case):
                    told.add(name)
                    yield _absent(name, call, scope, case)
    yield from check_named_files(case, told)


def _is_config(name: Any) -> bool:
    return isinstance(name, str) and bool(re.fullmatch(_CONFIG, PurePosixPath(name).name))


def _absent(name: str, call: ast.Call, scope: Scope, case: Case) -> Finding:
    message = f"There is no `{show(name)}` here, and every trial reads it."
    # What an option's default names is often on one machine alone.
    path, options = PurePosixPath(name), case.program.interface.options
    named = {PurePosixPath(one.default).name for one in options if isinstance(one.default, str)}
    other = _alike(path, case)
    is_data = any(re.fullmatch(_DATA, part) for part in path.parts[:-1])
    is_sure = bool(other) or (named.isdisjoint((path.name, path.stem)) and not is_data)
    hint = f"There is `{show(other)}`: is it that one?" if other else "Add it, or name another one."
    severity: Severity = "warning" if is_sure else "note"
    return case.in_code(scope.place(call), message, hint, "WF116", severity)


def _alike(path: PurePosixPath, case: Case) -> str:
    """The file that a name was probably meant for: the only one in its folder much like it."""
    import difflib  # Only where a file is missing.

    folders = (one / path.parent for one in start_folders(case))
    folder = next((one for one in folders if one.is_dir()), None)
    names = [one.name for one in folder.glob(f"*{path.suffix}")] if folder is not None else []
    found = difflib.get_close_matches(path.name, names, n=2, cutoff=_ALIKE)
    return str(path.parent / found[0]) if len(found) == 1 else ""


def _check_values(
    source: ast.expr, call: ast.Call, scope: Scope, case: Case, switches: Switches
) -> Iterator[Finding]:
    """Files whose names hold a hyperparameter, and that are there for some of its values alone."""
    for path, values in list(switches.known.hyperparameters.asked.items()):
        names = [switches.known.assuming(path, one).value(source, scope) for one in values]
        if not all(isinstance(one, str) for one in names):
            continue
        absent = [index for index, one in enumerate(names) if not is_there(one, case)]
        if 0 < len(absent) < len(names):
            value, name = show(str(values[absent[0]])), show(names[absent[0]])
            message = (
                f"There is no `{name}` here, which trials with `{show('.'.join(path))}` of"
                f" `{value}` read."
            )
            hint = "Add it, or take the value out."
            yield case.in_code(scope.place(call), message, hint, "WF116", "warning")
