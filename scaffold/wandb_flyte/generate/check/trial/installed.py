"""Commands that a package brings along: which file such a command starts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from .beginning import beginning
from .command import Command, find_program

# Where a package says what its commands are.
_SAID_IN = ("pyproject.toml", "setup.cfg", "setup.py")


def find_installed(command: Command, folders: tuple[Path, ...]) -> Path | None:
    """The file of the function that an installed command calls; None where it can't be read as one.

    A file that calls nothing itself, under its main guard, is none.

    Args:
        command: The sweep's command, whose program is not a file.
        folders: Where the package may lie, or below them.
    """
    name = re.escape(command.program)
    entry = re.compile(rf"(^|[\"'\s]){name}[\"']?\s*=\s*[\"']?([\w.]+):\w+", re.MULTILINE)
    for folder in dict.fromkeys(up for one in folders for up in (one, *_above(one, folders))):
        for file in _SAID_IN:
            said = entry.search(beginning(folder / file))
            module = replace(command, program=said[2], is_module=True) if said else None
            found = find_program(module, (folder,))[0] if module else None
            if found is not None:
                return found if "__main__" in beginning(found) else None
    return None


def _above(folder: Path, folders: tuple[Path, ...]) -> list[Path]:
    """The folders above one, as far as they are in another."""
    return [up for up in folder.parents if any(up.is_relative_to(one) for one in folders)]
