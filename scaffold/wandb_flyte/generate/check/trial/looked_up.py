"""Modules, functions and classes of the program's own that it looks up by names that it makes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from wandb_flyte.analysis.metrics.log_keys import fits, pattern
from wandb_flyte.analysis.program import read_again
from wandb_flyte.analysis.source.kinds import argument, called_name, is_name, text
from wandb_flyte.analysis.source.makers import Made, imports
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module, Sources
from wandb_flyte.analysis.source.syntax import Definition
from wandb_flyte.analysis.tracing.flow import Flow

from .case import Case
from .known_values import KnownValues

_ROUNDS = 4
_MOST_MODULES = 60
_MOST_FILES = 1000
_MOST_VALUES = 20
_DEEPEST = 4


def with_looked_up(case: Case) -> Case:
    """The case with the modules read that its program imports by names that it makes.

    Their functions and classes count as reached, and so do those that are picked from a module.
    It stays as it is where none are, and where they would have their own say in the command line.
    """
    program, found = case.program, case
    for _ in range(_ROUNDS):
        made = _Lookups(found, len(program.modules)).made()
        if made == found.program.flow.scopes.made:
            return found
        again = read_again(program, made)
        first, second = program.interface, again.interface
        if (first.style, first.place) != (second.style, second.place):
            return case
        found = replace(case, program=again)
    return case


class _Lookups:
    """Finds what a program looks up.

    Args:
        case: The sweep and its program.
        own: How many modules the program has without what it looks up.
    """

    def __init__(self, case: Case, own: int) -> None:
        self._case = case
        self._own = own
        self._flow: Flow = case.program.flow
        self._sources: Sources = self._flow.sources
        self._known: KnownValues | None = None
        self._definitions: dict[int, Definition] = {}
        self._calls: dict[int, tuple[Definition, ...]] = {}
        self._imports: set[int] = set()

    def made(self) -> Made:
        """All that is looked up where the source shows what it may be."""
        for scope in self._flow.scopes.reached:
            for call in scope.calls:
                if imports(call, scope):
                    self._import(call, scope)
                elif called_name(call) == "getattr" and len(call.args) > 1:
                    self._pick(call, call.args[0], call.args[1], scope)
            for item in scope.each(ast.Subscript):
                if (holder := _holder(item.value)) is not None:
                    self._pick(item, holder, item.slice, scope)
        modules = frozenset(map(id, self._sources.modules[self._own :]))
        return Made(
            tuple(self._definitions.values()), self._calls, modules, frozenset(self._imports)
        )

    def _import(self, call: ast.Call, scope: Scope) -> None:
        """`importlib.import_module(f"models.{name}")`."""
        modules = self._modules(call, scope)
        if not modules:
            return
        self._imports.add(id(call))
        for module in modules:
            self._reach(_definitions(module).values())
        if called_name(call) == "__import__" and argument(call, "fromlist", 3) is None:
            return  # What it gives is the package.
        for use in self._uses(call, scope):
            outer = self._flow.scopes.parents.get(id(use))
            if isinstance(outer, ast.Attribute):
                self._give(outer, modules, {outer.attr})
            elif isinstance(outer, ast.Call) and called_name(outer) == "getattr":
                key = argument(outer, "name", 1)
                self._give(outer, modules, self._texts(key, scope) if key is not None else None)

    def _pick(self, node: ast.expr, holder: ast.expr, key: ast.expr, scope: Scope) -> None:
        """`getattr(models, name)`, `models.__dict__[name]`."""
        module = _module(holder, scope)
        if module is None or text(key) is not None:
            return
        names = self._texts(key, scope)
        self._give(node, [module], names)
        if id(node) in self._calls:
            self._reach(self._calls[id(node)])
        else:
            self._reach(_definitions(module).values())

    def _reach(self, definitions: Iterable[Definition]) -> None:
        self._definitions |= {id(one): one for one in definitions}

    def _give(self, node: ast.expr, modules: list[Module], names: set[str] | None) -> None:
        """Notes what an expression is, where it is one of some names of some modules."""
        found = [module.find(name) for name in sorted(names or ()) for module in modules]
        if found and all(found):
            self._calls[id(node)] = tuple(one[1] for one in found if one is not None)

    def _uses(self, call: ast.Call, scope: Scope) -> Iterator[ast.expr]:
        """The module that an import gives, there and under a name that stands for it alone."""
        yield call
        outer = self._flow.scopes.parents.get(id(call))
        target = outer.targets[0] if isinstance(outer, ast.Assign) else None
        if isinstance(target, ast.Name) and len(scope.binding(target.id)) == 1:
            yield from scope.loads.get(target.id, ())

    def _modules(self, call: ast.Call, scope: Scope) -> list[Module] | None:
        """The modules that an import may give; None unless all are the program's own."""
        name = call.args[0] if call.args else None
        if name is None:
            return None
        names = self._texts(name, scope)
        if names is None:
            return self._fitting(pattern(self._whole(name, scope)), call, scope)
        found = [self._load(one, call, scope) for one in sorted(names)]
        return [one for one in found if one is not None] if all(found) else None

    def _load(self, name: str, call: ast.Call, scope: Scope) -> Module | None:
        if name.startswith("."):
            found = self._fitting(pattern(ast.Constant(name)), call, scope)
            return found[0] if found else None
        parts = name.split(".")
        for size in range(1, len(parts)):
            self._sources.load(".".join(parts[:size]))  # The packages on the way to it.
        loaded = self._sources.load(name)
        return loaded[0] if loaded is not None and not loaded[1] else None

    def _fitting(self, made: str, call: ast.Call, scope: Scope) -> list[Module] | None:
        """The modules of a package whose names a pattern of a dotted name has."""
        begin = made.partition(".*")[0].replace("\\", "")
        level = len(begin) - len(begin.lstrip("."))
        package = begin[level:].rpartition(".")[0].split(".")
        parts = [part for part in package if part]
        if level == 1 and (folder := self._anchor(call, scope)) is not None:
            folders = [folder.joinpath(*parts)]
        elif level or not (parts or _names_module(made)):
            return None
        else:
            folders = [root.joinpath(*parts) for root in self._sources.roots]
        above = f"{begin.rpartition('.')[0]}." if level or parts else ""
        for folder in filter(Path.is_dir, folders):
            named = [(_dotted(file, folder), file) for file in _files(folder)]
            files = [file for name, file in named if name and fits(made, f"{above}{name}")]
            if len(named) > _MOST_FILES or len(files) > _MOST_MODULES:
                return None
            if files:
                return self._read(files, folder)
        return None

    def _read(self, files: list[Path], folder: Path) -> list[Module] | None:
        """Some modules, with the packages that are imported on the way to them."""
        for package in {folder, *(file.parent for file in files)}:
            init = package / "__init__.py"
            if init.is_file():
                self._sources.read(init)
        found = [self._sources.read(file) for file in files]
        return [one for one in found if one is not None] if all(found) else None

    def _anchor(self, call: ast.Call, scope: Scope) -> Path | None:
        """The folder of the package that a name with a dot before it belongs to."""
        file, package = scope.module.file.resolve(), argument(call, "package", 1)
        if is_name(package, "__package__"):
            return file.parent
        if is_name(package, "__name__"):
            return file.parent if file.name == "__init__.py" else None
        loaded = self._sources.load(name) if (name := text(package)) is not None else None
        is_package = loaded is not None and loaded[0].file.name == "__init__.py" and not loaded[1]
        return loaded[0].file.resolve().parent if loaded is not None and is_package else None

    def _whole(self, node: ast.expr, scope: Scope) -> ast.expr:
        """What a name stands for, where that is bound once."""
        for _ in range(_DEEPEST):
            values = scope.every_value(node.id) if isinstance(node, ast.Name) else None
            if values is None or len(values) != 1:
                break
            node = values[0]
        return node

    def _texts(self, node: ast.expr, scope: Scope) -> set[str] | None:
        """The texts that an expression has over all trials; None where they are not known."""
        if (plain := text(node)) is not None:
            return {plain}
        if self._known is None:
            self._known = KnownValues(self._case)
        known = self._known
        value = known.value(node, scope)
        if isinstance(value, str):
            return {value}
        for path, values in list(known.hyperparameters.asked.items()):
            each = [known.assuming(path, one).value(node, scope) for one in values[:_MOST_VALUES]]
            if len(each) == len(values) and all(isinstance(one, str) for one in each):
                return set(each)
        return None


def _definitions(module: Module) -> dict[str, Definition]:
    """What a module has by its names, what it imports of the program's own included."""
    names = [*module.definitions, *module.imports]
    for star in module.stars:
        names += [*star.definitions, *star.imports]
    found = ((name, module.find(name)) for name in names)
    return {name: one[1] for name, one in found if one is not None}


def _module(node: ast.expr, scope: Scope) -> Module | None:
    """The module of the program's own that a name stands for."""
    if isinstance(node, ast.Call):
        return scope.module
    if not isinstance(node, ast.Name) or scope.node is None:
        pass
    elif node.id in scope.takes:
        return None
    module, there = scope.module.imports.get(getattr(node, "id", ""), (None, ""))
    return None if there else module


def _holder(node: ast.expr) -> ast.expr | None:
    """The module whose names an expression holds: `models` of `models.__dict__`; `globals()`."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return node.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id == "globals" and not node.args:
        return node
    return node.args[0] if node.func.id == "vars" and len(node.args) == 1 else None


def _names_module(made: str) -> bool:
    """Whether a pattern writes out the last part of a dotted name, as of `f"{name}.agent"`."""
    return "\\." in made.rpartition(".*")[2]


def _files(folder: Path) -> list[Path]:
    return sorted(islice(folder.rglob("*.py"), _MOST_FILES + 1))


def _dotted(file: Path, folder: Path) -> str:
    """A module's name below a package."""
    inner = file.relative_to(folder).with_suffix("")
    parts = inner.parts[:-1] if inner.name == "__init__" else inner.parts
    return ".".join(parts)
