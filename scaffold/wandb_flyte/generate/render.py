"""Rendering a project with copier into a scratch folder, and moving it into place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wandb_flyte.errors import UserError

from .template import Template


def render(template: Template, folder: Path, answers: Mapping[str, Any]) -> None:
    """Renders the template into a folder. Files that are the user's stay when they are there.

    Raises:
        UserError: Copier failed, or git under its hands.
    """
    from copier import Settings, run_copy
    from copier.errors import CopierError
    from plumbum import ProcessExecutionError

    try:
        run_copy(
            template.source,
            folder,
            data=dict(answers),
            vcs_ref=template.commit,
            settings=Settings(),  # Not the user's own: every answer is given.
            defaults=True,
            overwrite=True,
            quiet=True,
        )
    except ProcessExecutionError as error:
        lines = str(error.stderr).strip().splitlines()
        raise UserError(f"Git failed: {lines[-1] if lines else error}.") from error
    except CopierError as error:
        raise UserError(f"Copier could not make the project: {error}") from error


@contextmanager
def scratch_beside(target: Path) -> Iterator[Path]:
    """An empty folder on the target's file system, gone afterwards whatever happens.

    Raises:
        UserError: The folder around the target can't be written.
    """
    try:
        outer = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise UserError(
            f"`{target.parent}` can't be written: {error.strerror or error}."
        ) from error
    try:
        inner = outer / target.name
        inner.mkdir()
        yield inner
    finally:
        try:
            shutil.rmtree(outer, ignore_errors=True)
        finally:  # What a Ctrl-C or a failure in between left of it goes now.
            shutil.rmtree(outer, ignore_errors=True)


def move_into_place(folder: Path, target: Path) -> None:
    """Moves a finished project to its target: nothing of it is there, and then all of it is.

    Raises:
        UserError: Something has appeared at the target in the meantime.
    """
    try:
        if target.is_dir() and target.resolve() == Path.cwd():
            _move_entries(folder, target)
        else:
            folder.rename(target)  # Takes the place of an empty folder, of nothing else.
    except OSError as error:
        raise UserError(f"`{target}` can't be made: {error.strerror or error}.") from error


def _move_entries(folder: Path, target: Path) -> None:
    # Replacing the current folder would leave the user's shell in one that is no more.
    names = sorted(entry.name for entry in folder.iterdir())
    try:
        for name in names:
            (folder / name).rename(target / name)
    except BaseException:
        for name in names:
            if not (folder / name).exists():
                (target / name).rename(folder / name)
        raise
