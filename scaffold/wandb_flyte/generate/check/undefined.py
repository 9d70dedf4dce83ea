"""Names that a program uses and nowhere binds: every run that comes to one stops there."""

from __future__ import annotations

import ast
import builtins
import glob
from collections.abc import Set
from pathlib import Path

from wandb_flyte.generate._syntax import walk

from .certain import Certain
from .flow import Flow
from .kinds import all_args
from .reads import Place
from .scopes import Scope
from .sources import Module

_ALWAYS = frozenset(dir(builtins)) | {
    *(
        "_",
        "WindowsError",
        "__annotations__",
        "__class__",
        "__file__",
        "__path__",
        "__qualname__",
        "__module__",
    ),
}
# What has no names of its own.
_SILENT = (ast.Attribute, ast.Call, ast.Constant, ast.Expr, ast.keyword)
# What may bind any name of a module.
_BINDS_ANY = frozenset({"builtins", "exec", "globals", "locals", "vars"})


def find_undefined(flow: Flow, certain: Certain) -> dict[str, Place]:
    """What every run asks for and nothing binds, each with its first place.

    Names, looked up as Python does: in the function, those around it, its module, and `builtins`;
    and names that are imported from the program's own modules, which have none such.
    """
    names = _Names(flow)
    loaded = _surely_loaded(flow, names, certain)
    found: dict[str, Place] = {}
    for scope in flow.scopes.reached:
        if id(scope.module) not in loaded:
            continue
        own, known = names.of(scope), names.seen_in(scope)
        asked: list[tuple[ast.AST, str]] = [
            (node, name)
            for node in own.imports
            if isinstance(node, ast.ImportFrom)
            for name in names.missing_in(node, scope.module)
        ]
        if known is not None:
            unknown = (node for node in own.loads if not any(node.id in one for one in known))
            asked += [(node, node.id) for node in unknown if id(node) not in own.hidden]
        for node, name in asked:
            if certain.is_certain(node, scope):
                found.setdefault(name, (scope.module.file, getattr(node, "lineno", 1)))
    return found


class _Own:
    """The names of one scope.

    Attributes:
        bound: Those that it binds, in whatever order.
        shared: Those of its module's that it binds too.
        loads: Where it asks for one.
        imports: Where it imports something.
        hidden: The parts of annotations, which Python need not look up.
        is_open: Whether it may bind any.
    """

    def __init__(self, scope: Scope) -> None:
        self.bound: set[str] = set()
        self.shared: set[str] = set()
        self.loads: list[ast.Name] = []
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.hidden: set[int] = set()
        if scope.node is not None:
            self.bound = {arg.arg for arg in all_args(scope.node)}
            self.bound |= {one.name for one in getattr(scope.node, "type_params", ())}
        for node in scope.nodes:
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    self.loads.append(node)
                else:
                    self.bound.add(node.id)
            elif not isinstance(node, _SILENT):
                self._note(node)
        self.is_open = any(node.id in _BINDS_ANY for node in self.loads)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.alias):
            self.bound.add(_key(node))
        elif isinstance(node, ast.arg):
            self.bound.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports.append(node)
        elif isinstance(node, ast.Global):
            self.shared.update(node.names)
        elif isinstance(node, ast.AnnAssign):
            self.hidden.update(id(part) for part in walk(node.annotation))
        elif isinstance(node, ast.MatchMapping):
            self.bound.add(node.rest or "")
        elif isinstance(name := getattr(node, "name", None), str):
            self.bound.add(name)  # A function, a class, what is caught, what a case captures.


class _Names:
    """The names that each scope of a program can see."""

    def __init__(self, flow: Flow) -> None:
        scopes = flow.scopes
        self._first_roots = flow.sources.first_roots
        self._tops = {id(one.module): one for one in scopes.reached if one.node is None}
        everywhere = [*self._tops.values(), *scopes.by_node.values()]
        self._own = {id(scope): _Own(scope) for scope in everywhere}
        self._open = {id(one.module) for one in everywhere if self._own[id(one)].is_open}
        self._shared: dict[int, set[str]] = {}
        for one in everywhere:
            self._shared.setdefault(id(one.module), set()).update(self._own[id(one)].shared)
        self._in_module = {id(one): self._top_level(one) for one in flow.sources.modules}

    def of(self, scope: Scope) -> _Own:
        """The names of one scope."""
        return self._own[id(scope)]

    def seen_in(self, scope: Scope) -> list[Set[str]] | None:
        """The names that a scope can see, by where they are; None when they can't all be known."""
        names = self._in_module[id(scope.module)]
        if names is None:
            return None
        found: list[Set[str]] = [names, _ALWAYS]
        inner: Scope | None = scope
        while inner is not None:
            found.append(self._own[id(inner)].bound)
            inner = inner.outer
        return found

    def missing_in(self, node: ast.ImportFrom, module: Module) -> list[str]:
        """The names that an import asks one of the program's modules for, and that it has not."""
        names = [one.name for one in node.names if self._lacks(module, one, sure=node.level > 0)]
        around = module.file.resolve().parents
        is_outside = any(_key(one) in module.outside for one in node.names)
        if names or not is_outside or not 0 < node.level <= len(around):
            return names
        inner = node.module.split(".") if node.module else [node.names[0].name]
        folder = around[node.level - 1].joinpath(*inner[:-1])
        return [] if _is_in(folder, inner[-1]) else [f"{'.' * node.level}{'.'.join(inner)}"]

    def _lacks(self, module: Module, alias: ast.alias, *, sure: bool) -> bool:
        source, name = module.imports.get(_key(alias), (None, ""))
        known = self._in_module.get(id(source))
        if source is None or known is None or not name or "__getattr__" in known:
            return False
        if name in known or name in _ALWAYS:
            return False
        if not sure and not any(source.file.is_relative_to(root) for root in self._first_roots):
            return False  # An installed package of that name may be meant.
        return not _is_in(source.file.parent, name)

    def _top_level(self, module: Module, depth: int = 0) -> frozenset[str] | None:
        top = self._tops.get(id(module))
        if top is None or "*" in module.outside or depth > 5 or id(module) in self._open:
            return None
        names = self._own[id(top)].bound | self._shared[id(module)]
        for other in module.stars:
            more = self._top_level(other, depth + 1)
            if more is None:
                return None
            names |= more
        return frozenset(names)


def _surely_loaded(flow: Flow, names: _Names, certain: Certain) -> set[int]:
    """The modules that every run imports."""
    loaded = {id(flow.sources.entry)}
    while True:
        found = {
            id(source)
            for scope in flow.scopes.reached
            if id(scope.module) in loaded
            for node in names.of(scope).imports
            if certain.is_certain(node, scope)
            for alias in node.names
            for source in _imported(alias, scope.module)
        }
        if found <= loaded:
            return loaded
        loaded |= found


def _imported(alias: ast.alias, module: Module) -> list[Module]:
    if alias.name == "*":
        return module.stars
    source = module.imports.get(_key(alias))
    return [source[0]] if source else []


def _key(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name.partition(".")[0]


def _is_in(folder: Path, name: str) -> bool:
    """Whether a folder has a module of a name, in whatever form."""
    return not folder.is_dir() or any(folder.glob(f"{glob.escape(name)}*"))
