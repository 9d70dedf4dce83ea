"""Names that a program uses and nowhere binds: every run that comes to one stops there."""

from __future__ import annotations

import ast
import builtins
import glob
from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.generate._syntax import walk

from .certain import Certain
from .flow import Flow
from .kinds import all_args
from .reads import Place
from .scopes import Scope
from .sources import Module

_ALWAYS = frozenset(dir(builtins)) | {
    *("__annotations__", "__class__", "__file__", "__path__", "__qualname__", "__module__"),
}
# What may bind any name of a module.
_BINDS_ANY = frozenset({"builtins", "exec", "globals", "locals", "vars"})


def find_undefined(flow: Flow, certain: Certain) -> dict[str, Place]:
    """What every run asks for and nothing binds, each with its first place.

    Names, looked up as Python does: in the function, those around it, its module, and `builtins`;
    and names that are imported from the program's own modules, which have none such.
    """
    names = _Names(flow)
    loaded = _surely_loaded(flow, certain)
    found: dict[str, Place] = {}
    for scope in flow.scopes.reached:
        if id(scope.module) not in loaded:
            continue
        known = names.seen_in(scope)
        hidden = _annotations(scope)
        for node in scope.nodes:
            if isinstance(node, ast.ImportFrom):
                missing = names.missing_in(node, scope.module)
            elif known is None or not isinstance(node, ast.Name) or id(node) in hidden:
                continue
            else:
                unknown = isinstance(node.ctx, ast.Load) and node.id not in known | _ALWAYS
                missing = [node.id] if unknown else []
            if missing and certain.is_certain(node, scope):
                for name in missing:
                    found.setdefault(name, (scope.module.file, node.lineno))
    return found


class _Names:
    """The names that each scope of a program can see."""

    def __init__(self, flow: Flow) -> None:
        scopes = flow.scopes
        self._first_roots = flow.sources.first_roots
        self._tops = {id(one.module): one for one in scopes.reached if one.node is None}
        everywhere = [*self._tops.values(), *scopes.by_node.values()]
        self._bound = {id(scope): frozenset(_bound(scope)) for scope in everywhere}
        self._open = {id(scope.module) for scope in everywhere if _binds_any(scope)}
        self._shared = {(id(one.module), name) for one in everywhere for name in _globals(one)}
        self._in_module = {id(one): self._top_level(one) for one in flow.sources.modules}

    def seen_in(self, scope: Scope) -> frozenset[str] | None:
        """The names that a scope can see; None when they can't all be known."""
        names = self._in_module[id(scope.module)]
        inner: Scope | None = scope
        while inner is not None and names is not None:
            names |= self._bound[id(inner)]
            inner = inner.outer
        return names

    def missing_in(self, node: ast.ImportFrom, module: Module) -> list[str]:
        """The names that an import asks one of the program's modules for, and that it has not."""
        names = [one.name for one in node.names if self._lacks(module, one, sure=node.level > 0)]
        if node.level and not names and any(_key(one) in module.outside for one in node.names):
            inner = node.module.split(".") if node.module else [node.names[0].name]
            folder = module.file.parents[node.level - 1].joinpath(*inner[:-1])
            return [] if _is_in(folder, inner[-1]) else [f"{'.' * node.level}{'.'.join(inner)}"]
        return names

    def _lacks(self, module: Module, alias: ast.alias, *, sure: bool) -> bool:
        source, name = module.imports.get(_key(alias), (None, ""))
        known = self._in_module.get(id(source))
        if source is None or known is None or not name or name in known or "__getattr__" in known:
            return False
        if not sure and not any(source.file.is_relative_to(root) for root in self._first_roots):
            return False  # An installed package of that name may be meant.
        return not _is_in(source.file.parent, name)

    def _top_level(self, module: Module, depth: int = 0) -> frozenset[str] | None:
        top = self._tops.get(id(module))
        if top is None or "*" in module.outside or depth > 5 or id(module) in self._open:
            return None
        names = {*self._bound[id(top)], *(n for m, n in self._shared if m == id(module))}
        for other in module.stars:
            more = self._top_level(other, depth + 1)
            if more is None:
                return None
            names |= more
        return frozenset(names)


def _surely_loaded(flow: Flow, certain: Certain) -> set[int]:
    """The modules that every run imports."""
    loaded = {id(flow.sources.entry)}
    while True:
        found = {
            id(source)
            for scope in flow.scopes.reached
            if id(scope.module) in loaded
            for node in scope.nodes
            if isinstance(node, ast.Import | ast.ImportFrom) and certain.is_certain(node, scope)
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


def _bound(scope: Scope) -> Iterator[str]:
    """The names that a scope binds, in whatever order."""
    if scope.node is not None:
        yield from (arg.arg for arg in all_args(scope.node))
        yield from (one.name for one in getattr(scope.node, "type_params", ()))
    for node in scope.nodes:
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield _key(node)
        elif isinstance(node, ast.MatchMapping):
            yield node.rest or ""
        elif isinstance(name := getattr(node, "name", None), str):
            yield name  # A function, a class, an exception that is caught, what a case captures.


def _binds_any(scope: Scope) -> bool:
    return any(isinstance(node, ast.Name) and node.id in _BINDS_ANY for node in scope.nodes)


def _globals(scope: Scope) -> Iterator[str]:
    for node in scope.nodes:
        if isinstance(node, ast.Global):
            yield from node.names


def _annotations(scope: Scope) -> set[int]:
    """The parts of annotations: Python need not look them up."""
    found = (node.annotation for node in scope.nodes if isinstance(node, ast.AnnAssign))
    return {id(part) for annotation in found for part in walk(annotation)}
