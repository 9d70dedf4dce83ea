"""Names of a project's files, checked: nothing outside the project is read or written."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path, PurePosixPath

from wandb_flyte.errors import Finding, InvalidInput, UserError

# What is on its way into place lies in a folder that begins so: see `scratch`.
SCRATCH_PREFIX = ".wandb-flyte-new-"


def check_names(names: Iterable[str], source: str) -> None:
    """Makes sure that names stay inside a project, and out of git's own folder.

    Args:
        names: Paths relative to the project.
        source: Who names them, as the message says it.

    Raises:
        InvalidInput: Some don't; it has them all.
    """
    findings = [
        Finding(f"{source} names {show_file(name)}, which is no file of a project.")
        for name in names
        if not is_inside(name)
    ]
    if findings:
        raise InvalidInput(findings)


def link_on_the_way(root: Path, name: str) -> str:
    """The symbolic link that a file is, or lies behind; empty when there is none.

    Raises:
        UserError: It leads out of the project.
    """
    path = root
    for part in PurePosixPath(name).parts:
        path = path / part
        shown = path.relative_to(root).as_posix()
        if path.is_symlink():
            if not path.resolve().is_relative_to(root.resolve()):
                raise UserError(
                    f"`{shown}` is a symbolic link out of the project, to `{path.readlink()}`.",
                    hint="Put the file itself there: nothing outside the project is written.",
                )
            return shown
    return ""


def check_places(root: Path, coming: Iterable[str], going: Container[str]) -> None:
    """Makes sure that no file has to be where a folder stays, and no folder where a file stays.

    Args:
        root: The project's folder.
        coming: The files that will be written.
        going: The files that will be gone.

    Raises:
        InvalidInput: Some are in the way; it has them all.
    """
    places = set()
    for name in coming:
        for parent in map(str, PurePosixPath(name).parents):
            if (root / parent).is_file() and parent not in going:
                places.add((parent, "file", "folder"))
        if any(
            path.relative_to(root).as_posix() not in going
            for path in ((root / name).rglob("*") if (root / name).is_dir() else ())
            if path.is_symlink() or not path.is_dir()
        ):
            places.add((name, "folder", "file"))
    findings = [
        Finding(f"`{name}` is a {here} here and a {there} in the template.", "Rename yours first.")
        for name, here, there in sorted(places)
    ]
    if findings:
        raise InvalidInput(findings)


def read_folder(folder: Path, source: str) -> dict[str, bytes]:
    """Every file below a folder.

    Raises:
        InvalidInput: A name leads out of it.
        UserError: There is a symbolic link.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in paths]
    check_names(names, source)
    for path, name in zip(paths, names, strict=True):
        if path.is_symlink():
            raise UserError(f"{source} has a symbolic link, {show_file(name)}.")
    return {name: path.read_bytes() for path, name in zip(paths, names, strict=True)}


def executables(folder: Path) -> set[str]:
    """The files below a folder that can be run, by their names in it."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in paths if path.stat().st_mode & 0o100}


def set_executable(path: Path, *, on: bool) -> None:
    """Makes a file one that whoever can read it can run, or one that nobody can."""
    mode = path.stat().st_mode & 0o777
    path.chmod(mode | (mode & 0o444) >> 2 if on else mode & ~0o111)


def is_inside(name: str) -> bool:
    """Whether a name stays inside a project, and out of git's own folder."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and name.isprintable()
        and not name.startswith("/")
        and "\\" not in name
        and ".." not in parts
        and not any(part.lower() == ".git" for part in parts)
    )


def show_file(name: str) -> str:
    """A file's name for a message, in backticks."""
    return f"`{name}`" if name.isprintable() else f"`{ascii(name)[1:-1]}`"
