"""A sweep's own program: what of it comes along into a project, and what stays behind."""

from __future__ import annotations

import ast
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wandb_flyte.errors import Finding
from wandb_flyte.spec import SweepConfig, SweepDocument, load_sweep, parse_sweep

from ._imports import Import, find_imports, local_imports, requirements
from .check.case import shown
from .check.checking import check_script
from .check.command import Command, find_program, program_path, read_command
from .check.program import read_program
from .check.sources import Unreadable
from .names import show, show_path
from .objective import Objective, ObjectiveRef, read_objective
from .secrets import find_secrets, without_secrets
from .template import templates_folder

_MAX_FILE = 10 * 1024 * 1024
_MAX_TOTAL = 50 * 1024 * 1024
_MAX_FILES = 500
_MAX_NAME = 200
_MOST_LISTED = 10
_RUN_FOLDERS = frozenset({"wandb", "outputs", "multirun", "__pycache__"})


@dataclass(frozen=True)
class Copied:
    """A file that comes along.

    Attributes:
        path: Where it goes, below the project's `program` folder.
        content: What is in it.
        executable: Whether it can be started.
    """

    path: str
    content: bytes
    executable: bool = False


@dataclass(frozen=True)
class Script:
    """A program with its files.

    Attributes:
        objective: The objective that runs it.
        files: What comes along.
        left: What stays behind, a line each.
        dependencies: What its imports need, as requirements.
    """

    objective: Objective
    files: tuple[Copied, ...]
    left: tuple[str, ...]
    dependencies: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """The program that a sweep config names.

    Attributes:
        name: Its path, as the sweep config has it.
        there: Whether it is at its path.
        elsewhere: Files of its name that are somewhere else, the nearest first.
    """

    name: str
    there: bool
    elsewhere: tuple[Path, ...]


def named_program(spec: Path) -> Named | None:
    """The program that a sweep config names, None when it names none.

    Raises:
        InvalidInput: It is no sweep config.
    """
    document = load_sweep(spec)
    if not document.names_program:
        return None
    command = read_command(parse_sweep(document.raw))
    there = program_path(command) is None or find_script(document, command) is not None
    return Named(command.program, there, () if there else tuple(candidates(document, command)))


def read_script(
    document: SweepDocument, sweep: SweepConfig, given: Path | None, findings: list[Finding]
) -> Script | None:
    """Reads the program of a sweep config. Nothing of it runs.

    Args:
        document: The sweep config's file.
        sweep: The sweep config.
        given: The program's file, when it is not at its path.
        findings: Gets what is wrong with it, and with the two together.

    Returns:
        The program, None when it can't be read.
    """
    command = read_command(sweep)
    place = program_path(command)
    if place is None:
        findings.append(_no_place(document, command))
        return None
    file = given or find_script(document, command)
    if file is None or not file.is_file():
        findings.append(_not_there(document, command, given))
        return None
    findings += _secrets_of(document)
    layout = _Layout.of(file, place)
    pack = _Pack(layout, findings)
    dependencies: tuple[str, ...] = ("wandb",)
    if file.suffix == ".py":
        findings += [f for f in check_script(document, sweep, True, file, ()) if f.code != "WF023"]
        dependencies = _read_sources(pack, file)
    pack.add(file.resolve())
    for word in command.words:
        pack.add_named(word.rpartition("=")[2], layout.root)
    left = [*pack.left, *pack.others(document.path)]
    objective = read_objective(
        ObjectiveRef(templates_folder() / "program" / "objective.py", "objective")
    )
    files = tuple(pack.files[path] for path in sorted(pack.files))
    return Script(objective, files, tuple(left), dependencies)


def find_script(document: SweepDocument, command: Command) -> Path | None:
    """The program's file at its path: from the sweep config's folder, or the current one."""
    return find_program(command, _folders(document))[0]


def candidates(document: SweepDocument, command: Command) -> list[Path]:
    """Files of the program's name that are somewhere else, the nearest first."""
    place = program_path(command)
    if place is None:
        return []
    found: dict[Path, Path] = {}
    for folder in _folders(document):
        for depth in ("", "*/", "*/*/", "*/*/*/"):
            for path in sorted(folder.glob(f"{depth}{_plain(place.name)}")):
                hidden = _is_aside(path.relative_to(folder))
                inside = path.resolve().is_relative_to(folder.resolve())
                if path.is_file() and inside and not hidden:
                    found.setdefault(path.resolve(), path)
    return [Path(shown(path)) for path in list(found.values())[:_MOST_LISTED]]


def _plain(name: str) -> str:
    import glob

    return glob.escape(name)


def _is_aside(path: Path) -> bool:
    return any(part.startswith(".") or part in _RUN_FOLDERS for part in path.parts)


def _folders(document: SweepDocument) -> tuple[Path, ...]:
    return tuple(dict.fromkeys([document.path.absolute().parent, Path.cwd()]))


def _no_place(document: SweepDocument, command: Command) -> Finding:
    key = "program" if command.uses_program else "command"
    file, line = show_path(document.path), document.line((key,))
    if not command.program:
        message, hint = "It names no program of yours.", "Write `program: train.py`."
    else:
        message = f"The program `{show(command.program)}` is not below the sweep config's folder."
        hint = "Give its path from there, without `..`."
    return Finding(message, hint, file, line, key)


def _not_there(document: SweepDocument, command: Command, given: Path | None) -> Finding:
    key = "program" if command.uses_program and "program" in document.raw else "command"
    if given is not None:
        return Finding(f"There is no program `{show_path(given)}`.", path="--program")
    found = ", ".join(f"`{show_path(path)}`" for path in candidates(document, command))
    hint = "Paths start at the sweep config's folder. Give the file with `--program FILE`."
    if found:
        hint = f"There is {found}: give it with `--program FILE`."
    message = f"There is no program `{show(command.program)}` here."
    return Finding(
        message, hint, show_path(document.path), document.line((key,)), key, code="WF205"
    )


def _secrets_of(document: SweepDocument) -> Iterator[Finding]:
    text = document.path.read_text(encoding="utf-8-sig", errors="replace")
    for secret in find_secrets(text):
        message = f"Here stands what looks like {secret.kind}."
        hint = "Take it out: `${envvar:NAME}` in the command reads a variable."
        yield Finding(message, hint, show_path(document.path), secret.line)


@dataclass(frozen=True)
class _Layout:
    """Where files are, and where they go.

    Attributes:
        root: The folder that the program runs in.
        folder: The program's own folder.
        below: The path of that folder in the project's.
    """

    root: Path
    folder: Path
    below: Path

    @classmethod
    def of(cls, file: Path, place: Path) -> _Layout:
        file = file.resolve()
        if file.name == "__main__.py" and place.name != file.name:
            place = place.with_suffix("") / file.name
        deep = len(place.parts)
        at_place = file.parts[-deep:] == place.parts
        return cls(file.parents[deep - 1] if at_place else file.parent, file.parent, place.parent)

    def target(self, file: Path) -> str | None:
        """Where a file goes; None for one that has no place in the project."""
        path = os.path.normpath(self.below / os.path.relpath(file, self.folder))
        return None if path.startswith("..") else Path(path).as_posix()


def _read_sources(pack: _Pack, file: Path) -> tuple[str, ...]:
    """Adds the files of a Python program; gives the requirements of their imports."""
    layout = pack.layout
    roots = (layout.root, layout.root / "src")
    try:
        program = read_program(file, roots=roots)
    except Unreadable:
        return ("wandb",)  # The check has said so.
    imports: set[Import] = set()
    for module in program.flow.sources.modules:
        path = module.file.resolve()
        pack.add(path)
        found = find_imports(module.tree)
        local = {one for folder in (layout.folder, *roots) for one in local_imports(found, folder)}
        imports |= {one for one in found if one not in local}
        pack.add_package(path)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                pack.add_named(node.value, path.parent)
    if program.interface.style == "hydra":
        pack.add_configs(layout.folder / (program.interface.config_dir or "."))
    return tuple(sorted({*requirements(imports), "wandb"}))


@dataclass
class _Pack:
    """Files that come along."""

    layout: _Layout
    findings: list[Finding]
    files: dict[str, Copied] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    _packages: set[Path] = field(default_factory=set)
    _bytes: int = 0

    def add(self, file: Path) -> None:
        """Adds a file, unless there is a reason not to."""
        target = self.layout.target(file)
        name = show_path(Path(shown(file)))
        if target is not None and target in self.files:
            return
        if target is None or not file.resolve().is_relative_to(self.layout.root):
            self._leave(f"{name}: it is outside of the program's folder")
            return
        size = file.stat().st_size
        if size > _MAX_FILE or self._bytes + size > _MAX_TOTAL:
            self._leave(f"{name}: {size / 1024**2:.0f} MiB are too much for a project")
            return
        if len(self.files) >= _MAX_FILES:
            self._leave(f"{name}: {_MAX_FILES} files come along already")
            return
        self._bytes += size
        content = self._without_secrets(file, file.read_bytes(), name)
        if content is not None:
            executable = os.access(file, os.X_OK)
            self.files[target] = Copied(target, content, executable)

    def add_named(self, text: str, folder: Path) -> None:
        """Adds the file that a text of the program names, if it names one."""
        if not text or len(text) > _MAX_NAME or not text.isprintable():
            return
        path = Path(text)
        try:
            if path.is_absolute() or ".." in path.parts:
                if (path.is_absolute() and path.is_file()) or (folder / path).is_file():
                    self._leave(f"{show(text)}: its path leads out of the program's folder")
                return
            for start in (self.layout.root, folder):
                found = start / path
                if found.is_file():
                    self.add(found)
                    return
                if found.is_dir() and path.parts and "/" in text:
                    self._leave(f"{show_path(Path(shown(found)))}: a folder")
                    return
        except OSError:
            return

    def add_package(self, file: Path) -> None:
        """Adds the rest of the package that a module is in: some of it may be imported by name."""
        roots = {self.layout.root, self.layout.root / "src", self.layout.folder}
        folders = [folder for folder in file.parents if folder.is_relative_to(self.layout.root)]
        inside = list(itertools.takewhile(lambda folder: folder not in roots, folders))
        if not inside or inside[-1] in self._packages:
            return
        self._packages.add(inside[-1])
        self._add_below(inside[-1], "*.py")

    def add_configs(self, folder: Path) -> None:
        """Adds a Hydra config folder."""
        if not folder.resolve().is_relative_to(self.layout.root):
            self._leave(f"{show_path(Path(shown(folder)))}: it is outside of the program's folder")
            return
        self._add_below(folder.resolve(), "*.y*ml")

    def others(self, spec: Path) -> list[str]:
        """What else there is in the program's folder."""
        tops = {Path(path).parts[0] for path in self.files}
        told = {line.partition(": ")[0] for line in self.left}
        names = [
            f"{entry.name}/" if entry.is_dir() else entry.name
            for entry in sorted(self.layout.root.iterdir())
            if entry.name not in tops | _RUN_FOLDERS | {spec.name} and entry.name[0] != "."
            if show_path(Path(shown(entry))) not in told
        ]
        more = len(names) - _MOST_LISTED
        return [show(name) for name in names[:_MOST_LISTED]] + (
            [f"{more} more"] if more > 0 else []
        )

    def _add_below(self, folder: Path, pattern: str) -> None:
        for file in sorted(folder.rglob(pattern)):
            if file.is_file() and not _is_aside(file.relative_to(folder)):
                self.add(file)

    def _leave(self, line: str) -> None:
        if line not in self.left:
            self.left.append(line)

    def _without_secrets(self, file: Path, content: bytes, name: str) -> bytes | None:
        if file.name.startswith(".env") or file.resolve().name.startswith(".env"):
            self._leave(f"{name}: such files hold secrets")
            return None
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return content
        secrets = find_secrets(text)
        if not secrets:
            return content
        is_code = file.suffix == ".py"
        hint = "Read it from the environment." if is_code else "The file is not copied."
        copied = ": the project's copy has an empty string there" if is_code else ""
        for secret in secrets:
            message = f"This looks like {secret.kind}{copied}."
            self.findings.append(Finding(message, hint, name, secret.line, severity="warning"))
        if not is_code:
            self._leave(f"{name}: it holds what looks like {secrets[0].kind}")
            return None
        return without_secrets(text, secrets).encode()
