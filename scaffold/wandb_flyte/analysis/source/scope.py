"""A part of a program with names of its own, and what stands in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, overload

from .kinds import BINDING, all_args, bindings
from .sources import Module
from .statements import bound_by
from .syntax import FUNCTIONS, Function, walk

# The methods that change a list or a set in place.
_CHANGES = frozenset(
    {
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "reverse"),
        *("sort", "update"),
    }
)
A = TypeVar("A", bound=ast.AST)
B = TypeVar("B", bound=ast.AST)
C = TypeVar("C", bound=ast.AST)


@dataclass(eq=False)
class Scope:
    """A module's top level, or one function's body.

    Attributes:
        module: The file it stands in.
        node: The function, None for a module's top level.
        outer: The scope around it.
        owner: The class it is a method of.
        nodes: Everything in it, without the functions and classes defined in it.
        certain: Those of its nodes that every run of the scope reaches.
    """

    module: Module
    node: Function | None
    outer: Scope | None
    owner: ast.ClassDef | None
    nodes: list[ast.AST] = field(default_factory=list)
    certain: set[int] = field(default_factory=set)
    _each: dict[tuple[type[ast.AST], ...], list[Any]] = field(default_factory=dict)

    @cached_property
    def _by_type(self) -> dict[type[ast.AST], list[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self.nodes:
            found.setdefault(type(node), []).append(node)
        return found

    @overload
    def each(self, first: type[A], /) -> list[A]: ...
    @overload
    def each(self, first: type[A], second: type[B], /) -> list[A | B]: ...
    @overload
    def each(self, first: type[A], second: type[B], third: type[C], /) -> list[A | B | C]: ...
    @overload
    def each(self, *types: type[ast.AST]) -> list[ast.AST]: ...
    def each(self, *types: type[ast.AST]) -> list[Any]:
        """Those of its nodes that are of some types, in the order of all: no pass over the rest."""
        if (known := self._each.get(types)) is None:
            there = [found for one in types if (found := self._by_type.get(one))]
            wanted = frozenset(types)
            known = [node for node in self.nodes if type(node) in wanted] if len(there) > 1 else []
            known = self._each[types] = there[0] if len(there) == 1 else known
        return known

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Those of its nodes that are calls."""
        return self.each(ast.Call)

    @cached_property
    def _bound(self) -> dict[str, list[ast.AST]]:
        found: dict[str, list[ast.AST]] = {}
        for node in self.nodes:
            if (name := bound_by(node)) is not None:
                found.setdefault(name, []).append(node)
        return found

    def binding(self, name: str) -> list[ast.AST]:
        """Those of its nodes that give a name another meaning, or may."""
        own, stars = self._bound.get(name, ()), self._bound.get("*", ())
        first = self._set_at_top.get(name) if stars else None
        if first is not None:
            stars = [one for one in stars if getattr(one, "lineno", first) >= first]
        return [*own, *stars]

    @cached_property
    def _set_at_top(self) -> dict[str, int]:
        """The lines where a file surely sets names, whatever a star import before them brought."""
        body = reversed(self.module.tree.body) if self.node is None else ()
        plain = [one for one in body if isinstance(one, ast.Assign | ast.AnnAssign)]
        return {
            target.id: one.lineno
            for one in plain
            for target, _ in bindings([one])
            if isinstance(target, ast.Name)
        }

    @cached_property
    def bindings(self) -> list[tuple[ast.expr, ast.expr]]:
        """The assignments in it: target and value."""
        return list(bindings(self.each(*BINDING)))

    @cached_property
    def named_values(self) -> dict[str, list[ast.expr]]:
        """What it assigns to each name."""
        return _by_name(self.bindings)

    @cached_property
    def _assigned(self) -> dict[str, list[ast.expr]]:
        return _by_name(bindings(self.each(ast.Assign, ast.AnnAssign)))

    def every_value(self, name: str) -> list[ast.expr] | None:
        """What it assigns to a name, nothing where it binds it in no way; None for other ways."""
        values = self._assigned.get(name, [])
        bound = len(self._bound.get(name, ())) + len(self._bound.get("*", ()))
        return list(values) if len(values) == bound else None

    @cached_property
    def loads(self) -> dict[str, list[ast.Name]]:
        """Where it, or what is defined in it, asks for each name."""
        found: dict[str, list[ast.Name]] = {}
        is_alone = self.node is not None and not self.each(*FUNCTIONS)
        for node in self.each(ast.Name) if is_alone else walk(self.node or self.module.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.setdefault(node.id, []).append(node)
        return found

    @cached_property
    def filled(self) -> frozenset[str]:
        """The names whose lists it, or what is defined in it, changes in place."""
        found: set[str] = set()
        for node in walk(self.node or self.module.tree):
            changes = isinstance(node, ast.Attribute) and node.attr in _CHANGES
            changes |= isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
            if changes and isinstance(held := node.value, ast.Name):  # type: ignore[attr-defined]
                found.add(held.id)
        return frozenset(found)

    @cached_property
    def takes(self) -> frozenset[str]:
        """The names of all its parameters."""
        return frozenset(arg.arg for arg in all_args(self.node)) if self.node else frozenset()

    @cached_property
    def own(self) -> frozenset[str]:
        """The names that stand for its own parameters and variables, not for those around it."""
        if self.node is None:
            return frozenset()
        targets = [target for target, _ in self.bindings]
        targets += [one.target for one in self.each(ast.For, ast.AsyncFor)]
        parts = (one for target in targets for one in walk(target) if isinstance(one, ast.Name))
        stored = {one.id for one in parts if isinstance(one.ctx, ast.Store)}
        shared = {name for one in self.each(ast.Global, ast.Nonlocal) for name in one.names}
        return self.takes | (stored - shared)

    @cached_property
    def named(self) -> frozenset[str]:
        """The names of those that a call can give one by one: none of `*args` and `**kwargs`."""
        keywords = self.node.args.kwonlyargs if self.node else []
        return frozenset(arg.arg for arg in [*self.parameters, *keywords])

    @property
    def parameters(self) -> list[ast.arg]:
        """The parameters that can be given by position, in order."""
        return [*self.node.args.posonlyargs, *self.node.args.args] if self.node else []

    @property
    def within(self) -> ast.ClassDef | None:
        """The class around it, as a method or inside of one."""
        return self.owner or (self.outer.within if self.outer is not None else None)

    @property
    def makes(self) -> ast.ClassDef | None:
        """The class whose objects it makes, as its `__init__`."""
        return self.owner if self.node is not None and self.node.name == "__init__" else None

    def place(self, node: ast.AST) -> tuple[Path, int]:
        """Where one of its nodes stands: file and line."""
        return (self.module.file, getattr(node, "lineno", 1))

    def arguments(self, call: ast.Call) -> dict[str, ast.expr]:
        """What a call of it gives, by the parameters' names; nothing of what `*` and `**` give."""
        given = dict(zip(self.given_names, call.args, strict=False))
        return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}

    @property
    def given_names(self) -> list[str]:
        """The names that a call's arguments get, in order: of a method without the object's."""
        names = [arg.arg for arg in self.parameters]
        is_method = self.owner is not None and names[:1] in (["self"], ["cls"])
        return names[1:] if is_method else names


def _by_name(pairs: Iterable[tuple[ast.expr, ast.expr]]) -> dict[str, list[ast.expr]]:
    """The values of those targets that are plain names, by the name."""
    found: dict[str, list[ast.expr]] = {}
    for target, value in pairs:
        if isinstance(target, ast.Name):
            found.setdefault(target.id, []).append(value)
    return found
