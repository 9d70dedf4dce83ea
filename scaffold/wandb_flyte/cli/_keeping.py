"""What `local export`, `local import` and `local gc` do."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wandb_flyte.errors import UserError

if TYPE_CHECKING:
    from wandb_flyte.backend.keeping.cleaning import Garbage
    from wandb_flyte.backend.keeping.exporting import Exported
    from wandb_flyte.backend.keeping.importing import Imported

_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_SECONDS = {"h": 3600, "d": 86400, "w": 7 * 86400}


def export(file: Path, progress: Callable[[int, int], None]) -> Exported:
    """Write the user's local backend to one file.

    Raises:
        UserError: There is nothing to export, or the file can't be made.
    """
    _need_the_extra()
    from wandb_flyte.backend.keeping.exporting import export
    from wandb_flyte.runtime.backend import local_server

    return export(local_server.data_dir(), file, progress)


def import_file(file: Path, progress: Callable[[int, int], None]) -> Imported:
    """Take an export into the user's local backend.

    Raises:
        UserError: It runs, the file is no sound export, or holds what is here already.
    """
    _need_the_extra()
    from wandb_flyte.backend.keeping.importing import import_file
    from wandb_flyte.runtime.backend import local_server

    local_server.make_folder(local_server.data_dir())
    _refuse_while_it_runs()
    return import_file(local_server.data_dir(), file, progress)


def find_garbage(older_than_s: float | None) -> Garbage:
    """What the user's local backend need not keep.

    Raises:
        UserError: It runs, or there is no data.
    """
    _need_the_extra()
    from wandb_flyte.backend.keeping.cleaning import find_garbage
    from wandb_flyte.runtime.backend import local_server

    _refuse_while_it_runs()
    return find_garbage(local_server.data_dir(), older_than_s)


def remove_garbage(garbage: Garbage) -> int:
    """Remove it; gives the bytes freed."""
    from wandb_flyte.backend.keeping.cleaning import remove_garbage
    from wandb_flyte.runtime.backend import local_server

    return remove_garbage(local_server.data_dir(), garbage)


def seconds(age: str | None) -> float | None:
    """An age such as `30d` in seconds.

    Raises:
        UserError: It is none.
    """
    if age is None:
        return None
    found = _AGE.fullmatch(age)
    if found is None:
        raise UserError(
            f"`--older-than {age}` is no age.", hint="Write hours, days or weeks: 12h, 30d, 2w."
        )
    return float(int(found[1]) * _SECONDS[found[2]])


def listed(counts: dict[str, int]) -> str:
    """Counts in words: `2 projects, 1 sweep`."""
    return ", ".join(
        f"{count} {kind.removesuffix('s') if count == 1 else kind}"
        for kind, count in counts.items()
    )


def confirmable() -> None:
    """Make sure that somebody can answer a question.

    Raises:
        UserError: The input is no terminal.
    """
    if not sys.stdin.isatty():
        raise UserError(
            "nothing was removed: nobody can be asked here.", hint="Say --yes to remove it."
        )


def _need_the_extra() -> None:
    from wandb_flyte.runtime.backend import local_server

    if missing := local_server.missing_packages():
        raise UserError(
            f"The local backend needs {', '.join(f'`{name}`' for name in missing)}, "
            "not installed here.",
            hint="pip install 'wandb-flyte[local]'",
        )


def _refuse_while_it_runs() -> None:
    from wandb_flyte.runtime.backend import local_server

    if server := local_server.find():
        raise UserError(
            f"The local backend runs at {server.url}.",
            hint="Stop it first: wandb-flyte local stop",
        )
