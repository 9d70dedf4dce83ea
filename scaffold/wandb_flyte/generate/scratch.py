"""What is made is made in a scratch folder, and is then there as a whole or not at all.

The folder lies where the next command looks for it: beside the target, or in the current folder
when that is the target. Its process holds a lock on it. A folder that nobody holds was left by a
process that was killed: whatever command comes next there moves what was on its way into place,
and removes the rest.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wandb_flyte.errors import Finding, UserError
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.generate.paths import SCRATCH_PREFIX

_INSIDE = "made"
_MOVING = "moving"


def check_target(target: Path) -> list[Finding]:
    """What keeps a folder from being made."""
    shown = show_path(target)
    try:
        target.exists()
    except OSError as error:
        return [Finding(f"`{show(shown)}` can't be a folder: {error.strerror or error}.")]
    if target.is_symlink() and not target.exists():
        return [Finding(f"`{shown}` is a link to nothing.", "Choose another folder.")]
    if target.exists() and not target.is_dir():
        return [Finding(f"`{shown}` is a file.", "Choose another folder.")]
    try:
        if target.is_dir() and any(target.iterdir()):
            return [Finding(f"The folder `{shown}` is not empty.", "Choose another one.")]
    except OSError as error:
        return [Finding(f"The folder `{shown}` can't be read: {error.strerror or error}.")]
    parent = target.absolute().parent
    if not parent.is_dir():
        return [Finding(f"There is no folder `{show_path(parent)}`.", "Make it first.")]
    if not os.access(parent, os.W_OK | os.X_OK):
        return [Finding(f"The folder `{show_path(parent)}` can't be written.")]
    return []


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """An empty folder on the target's file system, gone afterwards whatever happens.

    Raises:
        UserError: The folder around the target can't be written.
    """
    place = target if _is_current(target) else target.parent
    clear_killed(place)
    lock = -1
    try:
        outer = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=place))
    except OSError as error:
        raise UserError(f"`{place}` can't be written: {error.strerror or error}.") from error
    try:
        lock = os.open(outer, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX)
        (outer / ".gitignore").write_text("*\n")  # Whatever is left is never committed.
        inner = outer / _INSIDE / target.name
        inner.mkdir(parents=True)
        yield inner
    finally:
        try:
            shutil.rmtree(outer, ignore_errors=True)
        finally:  # What a Ctrl-C or a failure in between left of it goes now.
            shutil.rmtree(outer, ignore_errors=True)
            if lock >= 0:
                os.close(lock)


def move_into_place(folder: Path, target: Path) -> None:
    """Moves what was made to its target: nothing of it is there, and then all of it is.

    Args:
        folder: The folder that `scratch_beside` gave.
        target: Where it goes.

    Raises:
        UserError: Something has appeared at the target in the meantime.
    """
    try:
        if _is_current(target):
            _move_entries(folder, target)
        else:
            folder.rename(target)  # Takes the place of an empty folder, of nothing else.
    except OSError as error:
        raise UserError(f"`{target}` can't be made: {error.strerror or error}.") from error


def clear_killed(folder: Path) -> None:
    """Finishes or undoes what killed commands were making in a folder."""
    with suppress(OSError):  # What can't be read or removed is another user's to clear.
        names = [name for name in os.listdir(folder) if name.startswith(SCRATCH_PREFIX)]  # noqa: PTH208
        for name in names:
            _clear(folder / name)


def _clear(outer: Path) -> None:
    lock = os.open(outer, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (outer / _MOVING).exists():
            for inner in (outer / _INSIDE).iterdir():
                _move_rest(inner, outer.parent)
        shutil.rmtree(outer)
    except BlockingIOError:
        return  # It is being made now.
    finally:
        os.close(lock)


def _move_entries(folder: Path, target: Path) -> None:
    # Replacing the current folder would leave the user's shell in one that is no more.
    names = sorted(entry.name for entry in folder.iterdir())
    moving = folder.parents[1] / _MOVING
    try:
        moving.touch()  # From here on the next command finishes what a killed one began.
        for name in names:
            (folder / name).rename(target / name)
    except BaseException:
        for name in names:
            if not (folder / name).exists():
                (target / name).rename(folder / name)
        moving.unlink(missing_ok=True)
        raise


def _move_rest(folder: Path, target: Path) -> None:
    for entry in sorted(folder.iterdir()):
        if not os.path.lexists(target / entry.name):
            entry.rename(target / entry.name)


def _is_current(target: Path) -> bool:
    return target.is_dir() and target.resolve() == Path.cwd()
