"""The Python files that a program consists of: its entry and what it imports of its own."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from pathlib import Path

from wandb_flyte.spec import NotPython, parse_python

from .path_roots import added_roots
from .syntax import Definition, statements, top_level

_MAX_BYTES = 1024 * 1024
_MAX_FILES = 200
_MAX_TOTAL = 8 * 1024 * 1024


class Unreadable(Exception):
    """A file that is no Python, or none that is read here.

    Attributes:
        hint: What may help.
        line: Where in the file, when known.
        is_newer: Whether it may be Python of a newer version.
    """

    def __init__(
        self, message: str, hint: str = "", line: int | None = None, *, is_newer: bool = False
    ) -> None:
        super().__init__(message)
        self.hint, self.line, self.is_newer = hint, line, is_newer


@dataclass(eq=False)
class Module:
    """A file and what its names stand for.

    Attributes:
        file: Where it is.
        tree: Its source, parsed.
        definitions: The functions and classes at its top level.
        imports: Names it imports from other files of the program: the module, and the name there
            (empty for the module itself).
        stars: The modules of the program whose every name it imports.
        outside: Names that come from installed packages, with where they come from.
    """

    file: Path
    tree: ast.Module
    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, tuple[Module, str]] = field(default_factory=dict)
    stars: list[Module] = field(default_factory=list)
    outside: dict[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether it imports or defines a name."""
        return name in self.imports or name in self.outside or name in self.definitions

    def find(self, name: str, depth: int = 0) -> tuple[Module, Definition] | None:
        """The function or class that a name of this module stands for."""
        if name in self.definitions:
            return self, self.definitions[name]
        if depth > 5:
            return None
        if name in self.imports and self.imports[name][1]:
            module, there = self.imports[name]
            return module.find(there, depth + 1)
        for star in self.stars:
            if found := star.find(name, depth + 1):
                return found
        return None


def parse_file(file: Path) -> ast.Module:
    """The syntax tree of a file.

    Raises:
        Unreadable: There is no such file, it is too large, or no Python.
    """
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise Unreadable("It is no regular file.")  # A pipe may never end.
    try:
        with file.open("rb") as stream:
            source = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"It can't be read: {error.strerror or error}.") from None
    if len(source) > _MAX_BYTES:
        raise Unreadable("It is larger than 1 MiB.")
    try:
        return parse_python(source)
    except NotPython as error:
        raise Unreadable(error.message, error.hint, error.line, is_newer=error.is_newer) from None


class Sources:
    """A program's files, read as they are imported; none is ever run.

    Args:
        entry: The file that is started.
        roots: The folders that imports are looked for in, after the entry's own.

    Attributes:
        is_elsewhere: Whether modules of it may be in a folder on `sys.path` that is not here.

    Raises:
        Unreadable: The entry is no Python. An imported file that is none counts as not there.
    """

    def __init__(self, entry: Path, roots: tuple[Path, ...] = ()) -> None:
        self._modules: dict[Path, Module | None] = {}
        self._bytes = 0
        self.complete = True
        self.entry = Module(entry, parse_file(entry))
        own = entry.resolve().parent
        added, lost = added_roots(self.entry.tree, entry)
        # Where Python looks first; what else is given here may come after installed packages.
        self.first_roots = (own, *added)
        self.roots = tuple(dict.fromkeys([own, *(root.resolve() for root in roots), *added]))
        self._later: set[Path] = set()
        self._modules[entry.resolve()] = self.entry
        self._fill(self.entry)
        self.is_elsewhere = lost is not None and self._imports_below(lost)

    @property
    def modules(self) -> list[Module]:
        """Every file of the program, the entry first."""
        return [module for module in self._modules.values() if module]

    def load(self, name: str) -> tuple[Module, list[str]] | None:
        """Reads the module too that a dotted name, such as `models.net.MLP`, lies in.

        Returns:
            The module, and what the name has behind it; None when it lies in none of the program's.
        """
        parts = name.split(".")
        for size in range(len(parts), 0, -1):
            if module := self._locate(".".join(parts[:size])):
                return module, parts[size:]
        return None

    def comes_first(self, module: Module) -> bool:
        """Whether Python finds a module before an installed package of its name."""
        is_first = any(module.file.is_relative_to(root) for root in self.first_roots)
        return is_first and module.file not in self._later

    def read(self, file: Path) -> Module | None:
        """Reads a file too; None when it is none of the program's, or can't be read."""
        file = file.resolve()
        if file in self._modules:
            return self._modules[file]
        if not any(file.is_relative_to(root) for root in self.roots):
            return None  # A link that leads out of the program's folders.
        self._modules[file] = None
        try:
            self._bytes += file.stat().st_size
            fits = len(self._modules) <= _MAX_FILES and self._bytes <= _MAX_TOTAL
            module = Module(file, parse_file(file)) if fits else None
        except (Unreadable, OSError):
            module = None
        if module is None:
            self.complete = False
            return None
        self._modules[file] = module
        self._fill(module)
        return module

    def _imports_below(self, line: int) -> bool:
        """Whether the entry imports what none of its folders has, behind a line of it."""
        whole: set[str] = set()
        for node in statements(self.entry.tree):
            if isinstance(node, ast.Import) and node.lineno > line:
                whole |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.lineno > line and node.module:
                whole |= {node.module} if not node.level else set()
        tops = {name.partition(".")[0] for name in whole} - sys.stdlib_module_names
        return any(self._locate(name) is None for name in tops)

    def _fill(self, module: Module) -> None:
        for node in top_level(module.tree.body):
            if isinstance(node, Definition):
                module.definitions[node.name] = node
        for found in statements(module.tree):
            if isinstance(found, ast.Import):
                self._plain_import(module, found)
            elif isinstance(found, ast.ImportFrom):
                self._from_import(module, found)

    def _plain_import(self, module: Module, node: ast.Import) -> None:
        for alias in node.names:
            found = self._locate(alias.name, module=module)
            name = alias.asname or alias.name.partition(".")[0]
            if found is None:
                module.outside[name] = alias.name if alias.asname else name
            elif alias.asname:
                module.imports[name] = (found, "")
            else:
                # A folder without an `__init__.py` has nothing of its own.
                empty = Module(found.file.parent, ast.Module([], []))
                module.imports[name] = (self._locate(name) or empty, "")

    def _from_import(self, module: Module, node: ast.ImportFrom) -> None:
        base = node.module or ""
        package = self._locate(base, node.level, module)
        for alias in node.names:
            inner = f"{base}.{alias.name}" if base else alias.name
            submodule = self._locate(inner, node.level, module) if alias.name != "*" else None
            name = alias.asname or alias.name
            if package is not None and alias.name == "*":
                module.stars.append(package)
                # What it imports itself comes along.
                module.outside = package.outside | module.outside
                module.imports = package.imports | module.imports
            elif package is not None and alias.name in package.definitions:
                module.imports[name] = (package, alias.name)
            elif submodule is not None:
                module.imports[name] = (submodule, "")
            elif package is not None:
                module.imports[name] = (package, alias.name)
            else:
                module.outside[name] = f"{base}.{alias.name}"

    def _locate(self, name: str, level: int = 0, module: Module | None = None) -> Module | None:
        parts = [part for part in name.split(".") if part]
        if level and module is not None:
            folder = module.file.resolve().parent
            for _ in range(level - 1):
                folder = folder.parent
            return self._at(folder, parts)
        for root in (*self.roots, *_beside(module, parts)):
            if parts and (found := self._at(root, parts)):
                if root not in self.first_roots:
                    self._later.add(found.file)
                return found
        return None

    def _at(self, folder: Path, parts: list[str]) -> Module | None:
        path = folder.joinpath(*parts)
        # As Python does: a package comes before a module of the same name.
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file() and (found := self.read(file)):
                return found
        return None


def _beside(module: Module | None, parts: list[str]) -> list[Path]:
    """A module's own folder, where it may find its neighbours if a `PYTHONPATH` names it."""
    is_own = parts and parts[0] not in sys.stdlib_module_names
    return [module.file.resolve().parent] if module is not None and is_own else []
