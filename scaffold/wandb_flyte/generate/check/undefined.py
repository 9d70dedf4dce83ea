"""Names that a program uses and nowhere binds: every run that comes to one stops there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from wandb_flyte.generate._syntax import walk

from .flow import Flow
from .kinds import all_args
from .reads import Place, Reader
from .scopes import Scope
from .sources import Module

_ALWAYS = frozenset(dir(builtins)) | {
    *("__annotations__", "__class__", "__file__", "__path__", "__qualname__", "__module__"),
}
# What may bind any name of a module.
_BINDS_ANY = frozenset({"builtins", "exec", "globals", "locals", "vars"})


def find_undefined(flow: Flow, reader: Reader) -> dict[str, Place]:
    """The names that every run asks for and that are bound nowhere, each with its first place.

    Looked up as Python does: in the function, those around it, its module, and `builtins`.
    """
    tops = {id(scope.module): scope for scope in flow.scopes.reached if scope.node is None}
    everywhere = [*tops.values(), *flow.scopes.by_node.values()]
    bound = {id(scope): frozenset(_bound(scope)) for scope in everywhere}
    open_modules = {id(scope.module) for scope in everywhere if _binds_any(scope)}
    shared = {(id(scope.module), name) for scope in everywhere for name in _globals(scope)}

    def seen_from(module: Module, depth: int = 0) -> frozenset[str] | None:
        """The names at a module's top level; None when they can't all be known."""
        if "*" in module.outside or depth > 5 or id(module) in open_modules:
            return None
        names = {*bound[id(tops[id(module)])], *(n for m, n in shared if m == id(module))}
        for other in module.stars:
            more = seen_from(other, depth + 1)
            if more is None:
                return None
            names |= more
        return frozenset(names)

    known = {id(module): seen_from(module) for module in flow.sources.modules}
    found: dict[str, Place] = {}
    for scope in flow.scopes.reached:
        names = known[id(scope.module)]
        if names is None:
            continue
        inner: Scope | None = scope
        while inner is not None:
            names |= bound[id(inner)]
            inner = inner.outer
        hidden = _annotations(scope)
        for node in scope.nodes:
            if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
                continue
            is_known = node.id in names or node.id in _ALWAYS or id(node) in hidden
            if not is_known and reader.is_certain(node, scope):
                found.setdefault(node.id, (scope.module.file, node.lineno))
    return found


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
            yield node.asname or node.name.partition(".")[0]
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
