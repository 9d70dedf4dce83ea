"""Files that every run reads or starts, and that are nowhere in the program's folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case
from .config_files import loaded_name
from .kinds import literal
from .scopes import Scope
from .switches import Switches

# JSON is often data, which stays out of a repository.
_CONFIG = re.compile(r".*\.ya?ml|.*(arg|conf|cfg|option|param|setting)[^/]*\.json", re.IGNORECASE)
_LONGEST = 200
# Words of a command after which a path starts elsewhere, or is no path.
_ELSEWHERE = frozenset({"&&", "-m", ";", "cd"})
_FOLDERS = ("", "conf", "config", "configs")


def check_files_read(case: Case, switches: Switches) -> Iterator[Finding]:
    """Files of a name that the source, an option's default or the command writes out.

    Args:
        case: The sweep and its code.
        switches: What is known of the values.
    """
    program = case.program
    for scope in program.flow.scopes.reached:
        for call in scope.calls:
            source = loaded_name(call, scope)
            if source is None or not _is_sure(call, scope, case, switches):
                continue
            name = switches.known.value(source, scope)
            is_config = isinstance(name, str) and _CONFIG.fullmatch(PurePosixPath(name).name)
            if is_config and not _is_there(name, case):
                yield _absent(name, "reads", call, scope, case)
    for call, scope in program.starts:
        name = _started(call)
        if name and _is_sure(call, scope, case, switches) and not _is_there(name, case):
            yield _absent(name, "starts", call, scope, case)


def _absent(name: str, does: str, call: ast.Call, scope: Scope, case: Case) -> Finding:
    message = f"There is no `{show(name)}` here, and every trial {does} it."
    return case.in_code(
        scope.place(call), message, "Add it, or name another one.", "WF116", "warning"
    )


def _is_sure(call: ast.Call, scope: Scope, case: Case, switches: Switches) -> bool:
    return case.program.names.is_certain(call, scope) and switches.sure(call, scope)


def _started(call: ast.Call) -> str:
    """The Python file that a call starts, where the source writes its command out."""
    command = literal(next(iter(call.args), None))
    words = command.split() if isinstance(command, str) else command
    if not isinstance(words, list | tuple) or any(
        word in ("-m", "cd", "&&", ";") for word in words
    ):
        return ""
    return next((str(word) for word in words if str(word).endswith(".py")), "")


def _is_there(name: str, case: Case) -> bool:
    """Whether a file lies below some folder that a trial may be started in, or in a usual one.

    A path that leads out of them may be anywhere.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\x00" in name or len(name) >= _LONGEST:
        return True
    roots = [Path.cwd(), case.document.path.absolute().parent]
    for file in case.program.modules:
        roots += list(file.absolute().parents)[:4]
    usual = (str(PurePosixPath(folder, path.name)) for folder in _FOLDERS)
    names = (name, *usual)
    return any((root / one).is_file() for root in dict.fromkeys(roots) for one in names)
