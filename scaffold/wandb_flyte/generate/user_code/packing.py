"""What of a user's files comes along into a project, and what stays behind."""

from __future__ import annotations

import ast
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import shown
from wandb_flyte.generate.names import show, show_path

from ._imports import Import, find_imports, local_imports
from .secrets import find_secrets, without_own_key, without_secrets

MOST_LISTED = 10

_MAX_FILE = 10 * 1024 * 1024
_MAX_TOTAL = 50 * 1024 * 1024
_MAX_FILES = 500
_MAX_NAME = 200
_RUN_FOLDERS = frozenset({"wandb", "outputs", "multirun", "__pycache__"})


@dataclass(frozen=True)
class Copied:
    """A file that comes along.

    Attributes:
        path: Where it goes, below the folder that the files go to.
        content: What is in it.
        executable: Whether it can be started.
    """

    path: str
    content: bytes
    executable: bool = False


@dataclass(frozen=True)
class Layout:
    """Where files are, and where they go.

    Attributes:
        homes: The folders whose files keep their place below them. The last one is where the code
            runs: relative paths start there.
        roots: The folders that imports are looked for in.
        below: What comes before a file's place.
        taken: Places where a project has files of its own.
    """

    homes: tuple[Path, ...]
    roots: tuple[Path, ...]
    below: Path = Path()
    taken: frozenset[str] = frozenset()

    @property
    def start(self) -> Path:
        """The folder where relative paths start."""
        return self.homes[-1]

    def home(self, file: Path) -> Path | None:
        """The folder below which a file keeps its place; None for one outside of all."""
        return next((home for home in self.homes if file.is_relative_to(home)), None)

    def target(self, file: Path) -> str | None:
        """Where a file goes; None for one that has no place in the project."""
        home = self.home(file)
        return None if home is None else (self.below / file.relative_to(home)).as_posix()


def is_aside(path: Path) -> bool:
    """Whether a path is of no program: hidden, or what runs leave behind."""
    return any(part.startswith(".") or part in _RUN_FOLDERS for part in path.parts)


def named_files(tree: ast.Module) -> Iterator[str]:
    """The texts of a module that may name a file, those of `FOLDER / "a" / "b"` joined."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield "/".join(reversed(list(_last_texts(node))))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("join", "joinpath"):
            yield "/".join(text for text in map(_text, node.args) if text)


def _last_texts(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _text(node.right):
        yield _text(node.right)
        node = node.left


def _text(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else ""
    return value if isinstance(value, str) else ""


@dataclass
class Pack:
    """Files that come along.

    Attributes:
        layout: Where they are, and where they go.
        findings: Gets what looks like a secret.
        files: The files, by where they go.
        left: What stays behind, a line each.
        sources: The files, where they are.
    """

    layout: Layout
    findings: list[Finding]
    files: dict[str, Copied] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    sources: set[Path] = field(default_factory=set)
    _packages: set[Path] = field(default_factory=set)
    _bytes: int = 0

    def add(self, file: Path) -> None:
        """Adds a file, unless there is a reason not to."""
        target = self.layout.target(file)
        name = show_path(Path(shown(file)))
        if target is not None and target in self.files:
            return
        if target is None or self.layout.home(file.resolve()) is None:
            self.leave(f"{name}: it is outside of the program's folder")
            return
        if target in self.layout.taken:
            self.leave(f"{name}: the project has its own")
            return
        size = file.stat().st_size
        if size > _MAX_FILE or self._bytes + size > _MAX_TOTAL:
            self.leave(f"{name}: {size / 1024**2:.0f} MiB are too much for a project")
            return
        if len(self.files) >= _MAX_FILES:
            self.leave(f"{name}: {_MAX_FILES} files come along already")
            return
        self._bytes += size
        content = self._without_secrets(file, file.read_bytes(), name)
        if content is not None:
            executable = os.access(file, os.X_OK)
            self.files[target] = Copied(target, content, executable)
            self.sources.add(file)

    def add_module(self, module: Module) -> set[Import]:
        """Adds a module, the rest of its package, and what it names; gives its foreign imports."""
        path = module.file.resolve()
        self.add(path)
        self.add_package(path)
        for text in named_files(module.tree):
            self.add_named(text, path.parent)
        found = find_imports(module.tree)
        local = {one for folder in self.layout.roots for one in local_imports(found, folder)}
        return {one for one in found if one not in local}

    def add_named(self, text: str, folder: Path) -> None:
        """Adds the file that a text of the program names, if it names one."""
        if not text or len(text) > _MAX_NAME or not text.isprintable():
            return
        path = Path(text)
        try:
            if path.is_absolute() or ".." in path.parts:
                if (path.is_absolute() and path.is_file()) or (folder / path).is_file():
                    self.leave(f"{show(text)}: its path leads out of the program's folder")
                return
            for start in (self.layout.start, folder):
                found = start / path
                if found.is_file():
                    self.add(found)
                    return
                if found.is_dir() and path.parts and "/" in text:
                    self.leave(f"{show_path(Path(shown(found)))}: a folder")
                    return
        except OSError:
            return

    def add_package(self, file: Path) -> None:
        """Adds the rest of the package that a module is in: some of it may be imported by name."""
        home, roots = self.layout.home(file), {*self.layout.homes, *self.layout.roots}
        folders = [folder for folder in file.parents if home and folder.is_relative_to(home)]
        inside = list(itertools.takewhile(lambda folder: folder not in roots, folders))
        if not inside or inside[-1] in self._packages:
            return
        self._packages.add(inside[-1])
        self._add_below(inside[-1], "*.py")

    def add_configs(self, folder: Path) -> None:
        """Adds a Hydra config folder."""
        if self.layout.home(folder.resolve()) is None:
            self.leave(f"{show_path(Path(shown(folder)))}: it is outside of the program's folder")
            return
        self._add_below(folder.resolve(), "*.y*ml")

    def others(self, folder: Path, spec: Path) -> list[str]:
        """What else there is in a folder, beside the sweep config."""
        taken = {p for source in self.sources for p in (source, *source.parents)}
        told = {line.partition(": ")[0] for line in self.left}
        names = [
            f"{entry.name}/" if entry.is_dir() else entry.name
            for entry in sorted(folder.iterdir())
            if entry.name not in _RUN_FOLDERS | {spec.name} and entry.name[0] != "."
            if entry not in taken
            if show_path(Path(shown(entry))) not in told
        ]
        more = len(names) - MOST_LISTED
        return [show(name) for name in names[:MOST_LISTED]] + ([f"{more} more"] if more > 0 else [])

    def _add_below(self, folder: Path, pattern: str) -> None:
        for file in sorted(folder.rglob(pattern)):
            if file.is_file() and not is_aside(file.relative_to(folder)):
                self.add(file)

    def leave(self, line: str) -> None:
        """Says what stays behind, once."""
        if line not in self.left:
            self.left.append(line)

    def _without_secrets(self, file: Path, content: bytes, name: str) -> bytes | None:
        if file.name.startswith(".env") or file.resolve().name.startswith(".env"):
            self.leave(f"{name}: such files hold secrets")
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
        whole, own = without_own_key(text) if is_code else (text, [])
        for line in own:
            message = "It sets `WANDB_API_KEY`, which the project's copy leaves out."
            why = "Trials get their key from the secret that settings.py names."
            self.findings.append(Finding(message, why, name, line, severity="warning"))
        kept = find_secrets(whole)
        copied = ": the project's copy has an empty string there" if is_code and kept else ""
        for secret in secrets:
            if secret.line in own:
                continue
            message = f"This looks like {secret.kind}{copied}."
            self.findings.append(Finding(message, hint, name, secret.line, severity="warning"))
        if not is_code:
            self.leave(f"{name}: it holds what looks like {secrets[0].kind}")
            return None
        return without_secrets(whole, kept).encode()
