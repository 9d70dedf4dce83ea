"""Files that every run reads, and that are nowhere in the program's folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from wandb_flyte.analysis.source.config_files import loaded_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.started import is_there
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

from .named_files import check_named_files

# JSON is often data, which stays out of a repository.
_CONFIG = re.compile(r".*\.ya?ml|.*(arg|conf|cfg|option|param|setting)[^/]*\.json", re.IGNORECASE)


def check_files_read(case: Case, switches: Switches) -> Iterator[Finding]:
    """Files of a name that the source, an option's default or the command writes out.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    program, told = case.program, set[str]()
    for scope in program.flow.scopes.reached:
        for call in scope.calls:
            source = loaded_name(call, scope)
            if source is None or not _is_sure(call, scope, case, switches):
                continue
            name = switches.known.value(source, scope)
            is_config = isinstance(name, str) and _CONFIG.fullmatch(PurePosixPath(name).name)
            if is_config and not is_there(name, case):
                told.add(name)
                yield _absent(name, call, scope, case)
    yield from check_named_files(case, told)


def _absent(name: str, call: ast.Call, scope: Scope, case: Case) -> Finding:
    message = f"There is no `{show(name)}` here, and every trial reads it."
    # What an option's default names is often on one machine alone.
    path, options = PurePosixPath(name), case.program.interface.options
    named = {PurePosixPath(one.default).name for one in options if isinstance(one.default, str)}
    severity: Severity = "warning" if named.isdisjoint((path.name, path.stem)) else "note"
    hint = "Add it, or name another one."
    return case.in_code(scope.place(call), message, hint, "WF116", severity)


def _is_sure(call: ast.Call, scope: Scope, case: Case, switches: Switches) -> bool:
    return case.program.names.is_certain(call, scope) and switches.sure(call, scope)
