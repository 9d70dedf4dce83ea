"""Writing an update's files: all of them, or none, even when the process is killed half-way.

Everything new is written beside the project's files first, and everything that will go is copied
there. A journal names both. From the journal's first byte on, whoever comes next undoes what was
begun; once the journal is gone, the update is done. Files change by renaming alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from wandb_flyte.errors import UserError
from wandb_flyte.generate.paths import check_names, link_on_the_way, set_executable

from .changes import FileChange

FOLDER = ".wandb-flyte-update"
_JOURNAL = "journal.json"

# What each file that changes will hold, None where it goes.
Wanted = dict[str, bytes | None]


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keeps two commands from changing a project at once, and undoes what one left half-done.

    Raises:
        UserError: Another command changes the project now.
    """
    folder = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError(
                f"Another `wandb-flyte` changes `{root}` now.", hint="Try again when it is done."
            ) from None
        roll_back(root)
        yield
    finally:
        os.close(folder)


def undo_killed_update(root: Path) -> None:
    """Undoes an update of a project that was killed half-way, if there was one.

    Raises:
        UserError: The update is still at work.
    """
    with locked(root):
        pass


def apply(root: Path, changes: Sequence[FileChange], finish: Callable[[], None]) -> None:
    """Writes what changes, or leaves everything as it was.

    Args:
        root: The project's folder, locked.
        changes: What happens to each file.
        finish: What belongs to the update too; when it raises, everything is undone.

    Raises:
        UserError: A file can't be written.
    """
    wanted: Wanted = {change.moved_from: None for change in changes if change.moved_from}
    wanted |= {change.path: change.after for change in changes if change.writes}
    going = [name for name, content in wanted.items() if content is None]
    try:
        _prepare(root, changes, wanted)
        for name in going:
            (root / name).unlink(missing_ok=True)
        for name in [name for name in wanted if name not in going]:
            _clear_folder(root / name)
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / FOLDER / "new" / name).replace(root / name)
        finish()
        (root / FOLDER / _JOURNAL).unlink()
    except BaseException as error:
        roll_back(root)
        if isinstance(error, OSError):
            reason = f"`{error.filename or root}` can't be written: {error.strerror or error}."
            raise UserError(reason, hint="Nothing was changed.") from error
        raise
    shutil.rmtree(root / FOLDER, ignore_errors=True)
    _drop_empty(root, going)


def roll_back(root: Path) -> bool:
    """Undoes an update that did not come to its end.

    Returns:
        Whether there was one.
    """
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return False
    journal = folder / _JOURNAL
    begun = journal.is_file()
    if begun:
        entries = _read(root, journal)
        for name in entries["new"]:
            with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                (root / name).unlink()
        _drop_empty(root, entries["new"])
        for name in entries["old"]:
            saved = folder / "old" / name
            if saved.exists():  # It is not when an earlier attempt to undo came this far.
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                saved.replace(root / name)
        journal.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    return begun


def _read(root: Path, journal: Path) -> dict[str, list[str]]:
    """What a journal says, once it is sure that it says nothing about files elsewhere."""
    try:
        loaded = json.loads(journal.read_text(encoding="utf-8"))
        entries = {kind: [str(name) for name in loaded[kind]] for kind in ("old", "new")}
    except (ValueError, KeyError, TypeError) as error:
        shown = journal.relative_to(root)
        raise UserError(f"`{shown}` is no journal of an update.", hint="Delete it.") from error
    for names in entries.values():
        check_names(names, f"`{journal.relative_to(root)}`")
        for name in names:
            link_on_the_way(root, name)
    return entries


def _prepare(root: Path, changes: Sequence[FileChange], wanted: Wanted) -> None:
    folder = root / FOLDER
    folder.mkdir()
    (folder / ".gitignore").write_text("*\n")  # Whatever is left is never committed.
    origins = {change.path: change.moved_from for change in changes if change.moved_from}
    old = [name for name in wanted if (root / name).is_file()]
    for name in old:
        _copy(root / name, folder / "old" / name)
    for name, content in wanted.items():
        if content is not None:
            _write(folder / "new" / name, content, like=root / origins.get(name, name))
    for change in changes:
        if change.executable is not None and change.after is not None:
            set_executable(folder / "new" / change.path, on=change.executable)
    entries = {"old": old, "new": [name for name in wanted if name not in old]}
    draft = folder / "journal.draft"
    _write(draft, json.dumps(entries).encode(), like=draft)
    draft.replace(folder / _JOURNAL)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _write(path: Path, content: bytes, like: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError, NotADirectoryError):
        shutil.copymode(like, path)


def _clear_folder(path: Path) -> None:
    """Makes room for a file where a folder is that holds no files any more."""
    if path.is_dir():
        for folder, _, _ in os.walk(path, topdown=False):
            Path(folder).rmdir()


def _drop_empty(root: Path, names: Sequence[str]) -> None:
    for name in names:
        for folder in (root / name).parents:
            if folder == root:
                break
            try:
                folder.rmdir()
            except OSError:
                break
