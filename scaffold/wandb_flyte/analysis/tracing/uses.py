"""Where a program asks for its variables and attributes, in whichever function or module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from wandb_flyte.analysis.source.kinds import root_name
from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow
from .hparams import saves
from .swallowed import takes_all

Use = tuple[ast.expr, Scope]


class Lost(Exception):
    """A value goes where nothing is known of what becomes of it."""


class Uses:
    """Finds the places where names of a program are asked for.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._scopes = flow.scopes

    def of(self, name: str, holder: Scope | None, *, kept: bool = False) -> list[Use]:
        """Where a variable is asked for.

        Args:
            name: Its name.
            holder: The scope that binds it, if it is known.
            kept: Whether that may keep its parameters elsewhere, which is looked at there.

        Raises:
            Lost: That may be anywhere.
        """
        if holder is None or name in self._scopes.shared:
            raise Lost
        if any(takes_all(one) and not (kept and saves(one)) for one in self._beside(holder)):
            raise Lost
        found = [use for use in self._loads.get(name, ()) if self.holder(name, use[1]) is holder]
        if holder.node is None:
            found += self._imported(name, holder)
        return found

    def holder(self, name: str, scope: Scope) -> Scope | None:
        """The scope whose variable a name is; None without one."""
        inner: Scope | None = scope
        while inner is not None and not _is_bound(name, inner):
            inner = self._scopes.around(inner)
        return inner

    def _beside(self, holder: Scope) -> Iterator[ast.Call]:
        """The calls that could take up all names of a scope."""
        for scope in self._scopes.everywhere:
            if scope is holder or (holder.node is None and scope.module is holder.module):
                yield from scope.calls

    def _imported(self, name: str, top: Scope) -> Iterator[Use]:
        """Where other modules ask for a name of a module's top level."""
        for scope in self._scopes.everywhere:
            if any(star is top.module for star in scope.module.stars):
                raise Lost
            for own, (source, there) in scope.module.imports.items():
                if source is top.module and there == name and _is_bound(own, scope):
                    yield from self.of(own, scope)
        for node, scope in self.attributes(name):
            if root_name(node) in scope.module.imports:
                yield node, scope

    def attributes(self, name: str) -> list[tuple[ast.Attribute, Scope]]:
        """Where an attribute of a name is asked for, whatever object it is of."""
        return self._attributes.get(name, [])

    @cached_property
    def _loads(self) -> dict[str, list[Use]]:
        found: dict[str, list[Use]] = {}
        for scope in self._scopes.everywhere:
            for node in scope.each(ast.Name):
                if isinstance(node.ctx, ast.Load):
                    found.setdefault(node.id, []).append((node, scope))
        return found

    @cached_property
    def _attributes(self) -> dict[str, list[tuple[ast.Attribute, Scope]]]:
        found: dict[str, list[tuple[ast.Attribute, Scope]]] = {}
        for scope in self._scopes.everywhere:
            for node in scope.each(ast.Attribute):
                if isinstance(node.ctx, ast.Load):
                    found.setdefault(node.attr, []).append((node, scope))
        return found


def _is_bound(name: str, scope: Scope) -> bool:
    if name in scope.takes:
        return True
    return bool(scope.binding(name))
