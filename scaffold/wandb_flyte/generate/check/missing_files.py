"""Config files that every run reads, and that are nowhere in the program's folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .case import Case
from .config_files import loaded_name
from .switches import Switches

# JSON is often data, which stays out of a repository.
_CONFIG = re.compile(r".*\.ya?ml|.*(arg|conf|cfg|option|param|setting)[^/]*\.json", re.IGNORECASE)
_LONGEST = 200
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
            if source is None or not program.names.is_certain(call, scope):
                continue
            if not switches.sure(call, scope):
                continue
            name = switches.known.value(source, scope)
            if isinstance(name, str) and _is_plain(name) and not _is_there(name, case):
                message = f"There is no `{show(name)}` here, and every trial reads it."
                hint = "Add it, or name another one."
                place = (scope.module.file, call.lineno)
                yield case.in_code(place, message, hint, "WF116", "warning")


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and "\x00" not in name
    return inside and len(name) < _LONGEST and _CONFIG.fullmatch(path.name) is not None


def _is_there(name: str, case: Case) -> bool:
    """Whether a file lies below some folder that a trial may be started in, or in a usual one."""
    roots = [Path.cwd(), case.document.path.absolute().parent]
    for file in case.program.modules:
        roots += list(file.absolute().parents)[:4]
    last = PurePosixPath(name).name
    usual = (str(PurePosixPath(folder, last)) for folder in _FOLDERS)
    names = (name, *usual)
    return any((root / one).is_file() for root in dict.fromkeys(roots) for one in names)
