"""Config files that a sweep's command or its parameters name, and that are not there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Set
from pathlib import Path, PurePosixPath

from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.command import program_path
from wandb_flyte.generate.check.trial.started import start_folders
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show

# JSON is often data, which stays out of a repository.
_CONFIG = re.compile(
    r"[\w.\-/]+\.(ya?ml|toml)|[\w.\-/]*(arg|conf|cfg|option|param|setting)[\w.\-/]*\.json",
    re.ASCII | re.IGNORECASE,
)
# Options whose files the program may write, or have elsewhere.
_OTHERS = re.compile("cache|data|dest|dump|export|log|out|result|save|store|write", re.IGNORECASE)
_LEFT_OUT = frozenset({"build", "dist", "node_modules", "site-packages", "venv"})
_DEEPEST, _MOST, _LONGEST = 5, 10_000, 200


def check_named_files(case: Case, told: Set[str]) -> Iterator[Finding]:
    """Paths into these folders under which there is nothing.

    Args:
        case: The sweep and its code.
        told: The files of which it has been said where they are read.
    """
    if case.command is None or case.program.interface.style == "hydra":
        return
    for place, option, name in _named(case):
        if name in told or not _CONFIG.fullmatch(name) or _OTHERS.search(option):
            continue
        if (meant := _meant(name, case)) is not None:
            message = f"There is no `{show(name)}` here."
            hint = f"There is `{show(meant)}`: is it that one?" if meant else "Add it there."
            yield case.in_sweep(place, message, hint, "WF116")


def _named(case: Case) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What may be a path: where it stands, the option that it is given to, and itself."""
    option = ""
    for index, item in enumerate(case.sweep.command or ()):
        flag, _, value = item.partition("=")
        option = flag if item.startswith("-") else option
        yield ("command", str(index)), option, value or item
        option = option if item == flag and item.startswith("-") else ""
    for parameter in case.sweep.parameters:
        for value in listed(parameter.distribution) or ():
            if isinstance(value, str) and len(parameter.path) == 1:
                yield ("parameters", parameter.name), parameter.name, value


def _meant(name: str, case: Case) -> str | None:
    """The file that a path of nothing was meant for, empty without one; None where it may be right.

    It is wrong where its folder is there and holds others of the kind, or where the folder is not
    there and one file lies under the same name in a folder of the same name.
    """
    path = PurePosixPath(name)
    start = _start(case)
    is_short = len(path.parts) < 2 or len(name) >= _LONGEST
    if start is None or is_short or path.is_absolute() or ".." in path.parts:
        return None
    folders = [*dict.fromkeys((start, *start_folders(case)))]
    if any((one / path).is_file() for one in folders):
        return None
    files = _files(start)
    if files is None or any(one.parts[-len(path.parts) :] == path.parts for one in files):
        return None
    if any((one / path.parts[0]).exists() for one in folders):
        others = (
            one for folder in folders for one in (folder / path.parent).glob(f"*{path.suffix}")
        )
        return "" if next(others, None) is not None else None
    alike = [one for one in files if one.parts[-2:] == path.parts[-2:]]
    return alike[0].as_posix() if len(alike) == 1 else None


def _start(case: Case) -> Path | None:
    """The folder from which the program's path leads to it; None where none is that."""
    relative = program_path(case.command) if case.command is not None else None
    file = case.program.file.resolve()
    size = len(relative.parts) if relative is not None else 0
    is_there = relative is not None and file.parts[-size:] == relative.parts
    return file.parents[size - 1] if is_there else None


def _files(folder: Path) -> list[PurePosixPath] | None:
    """The files below a folder, as far as they may be config files; None for too many."""
    found: list[PurePosixPath] = []
    for where, inner, names in os.walk(folder):
        here = Path(where).relative_to(folder)
        deep = len(here.parts) >= _DEEPEST
        inner[:] = [n for n in inner if not (deep or n.startswith(".") or n in _LEFT_OUT)]
        found += [PurePosixPath(here.as_posix(), name) for name in names if _CONFIG.fullmatch(name)]
        if len(found) > _MOST:
            return None
    return found
