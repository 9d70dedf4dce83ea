"""Expressions that are a hyperparameter wherever a program comes to them, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property

from wandb_flyte.analysis.source.kinds import (
    HOLDERS,
    bindings,
    called_name,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import blocks, place_in
from wandb_flyte.analysis.source.syntax import annotated, is_none

from .flow import Flow
from .unpacked import given_to

_OF_WANDB = frozenset({"run", "wandb"})
_DEEPEST = 4
Calls = Callable[[Scope], list[tuple[ast.Call, Scope]]]


class Always:
    """Tells where a name or an attribute can only be what its kinds say.

    Args:
        flow: The kinds of a program's expressions.
        all_calls: Gives every call of a function; none where something unseen may call it.
    """

    def __init__(self, flow: Flow, all_calls: Calls) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self._all_calls = all_calls
        self._known: dict[int, bool] = {}

    def holds(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is nothing else than one of its kinds.

        Args:
            node: The expression.
            scope: The scope around it.
        """
        if id(node) not in self._known:
            self._known[id(node)] = False  # Also where it comes back to itself.
            self._known[id(node)] = self._holds(node, scope)
        return self._known[id(node)]

    def _holds(self, node: ast.expr, scope: Scope) -> bool:
        kinds = self._flow.kinds(node, scope)
        if not kinds:
            return False
        if isinstance(node, ast.Name):
            return self._is_bound(node, scope)
        if isinstance(node, ast.Attribute):
            base = self._flow.kinds(node.value, scope)
            if not any(kind.what in HOLDERS | _OF_WANDB for kind in base):
                return self._is_kept(node, scope)
            return self._is_of(node.value, scope)
        if isinstance(node, ast.Subscript):
            return self._is_of(node.value, scope)
        if isinstance(node, ast.IfExp):
            return all(self.holds(one, scope) for one in (node.body, node.orelse))
        if isinstance(node, ast.BoolOp):
            return all(self.holds(one, scope) for one in node.values)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            base = self._flow.kinds(node.func.value, scope)
            return not any(k.what in HOLDERS for k in base) or self.holds(node.func.value, scope)
        return True

    def _is_of(self, base: ast.expr, scope: Scope) -> bool:
        """Whether what a part is taken from is always a config, or what has one."""
        kinds = self._flow.kinds(base, scope)
        return all(kind.what in _OF_WANDB for kind in kinds) or self.holds(base, scope)

    # -- names ------------------------------------------------------------------------------------

    def _is_bound(self, node: ast.Name, scope: Scope) -> bool:
        # None has no keys: where a config is asked for one, it was something else.
        may_be_none = not any(kind.path for kind in self._flow.kinds(node, scope))
        if (before := self._set_before(node, scope, node.id)) is not None:
            since = before.lineno
            return self._is_all(node.id, scope, may_be_none, since) and (
                self._gives(before, scope, may_be_none)
            )
        holder: Scope | None = scope
        while holder is not None:
            is_given = node.id in holder.takes
            if is_given and not self._is_given(node.id, holder, may_be_none):
                return False
            if is_given or holder.binding(node.id):
                return self._is_shared(node.id, holder, may_be_none)
            holder = self._scopes.around(holder)
        return True

    def _is_shared(self, name: str, holder: Scope, may_be_none: bool) -> bool:
        """Whether every value that a scope and those in it bind to a name is one of its kinds."""
        module = holder.module
        if holder.node is None and name in module.outside:
            return True
        if holder.node is None and module.imports.get(name, ("", ""))[1]:
            other, there = module.imports[name]
            top = self._scopes.top_of(other)
            return top is not None and self._is_shared(there, top, may_be_none)
        sharing = [one for one in self._sharing.get(name, ()) if one.module is module]
        return all(self._is_all(name, one, may_be_none) for one in (holder, *sharing))

    def _is_all(self, name: str, scope: Scope, may_be_none: bool, since: int = 0) -> bool:
        """Whether every value that a scope binds to a name, behind a line, is one of its kinds."""
        bound = scope.binding(name)
        given = [
            given_to(name, target, value, scope, self._scopes)
            for target, value in scope.bindings
            if value.lineno > since
        ]
        later = [places for places in given if places]
        if len(later) != sum(getattr(node, "lineno", 0) > since for node in bound):
            return False
        return all(self._gives(*place, may_be_none) for places in later for place in places)

    def _gives(self, value: ast.expr, scope: Scope, may_be_none: bool) -> bool:
        return (may_be_none and is_none(value)) or self.holds(value, scope)

    @cached_property
    def _sharing(self) -> dict[str, list[Scope]]:
        """The functions that bind names of the scopes around them."""
        found: dict[str, list[Scope]] = {}
        for scope in self._scopes.reached:
            for node in scope.each(ast.Global, ast.Nonlocal):
                for name in node.names:
                    found.setdefault(name, []).append(scope)
        return found

    def _is_given(self, name: str, holder: Scope, may_be_none: bool) -> bool:
        """Whether every caller gives a parameter one of its kinds; a library does so itself."""
        for call, place in self._flow.calls_of(holder):
            spread = (one.value for one in call.keywords if one.arg is None)
            value = holder.arguments(call).get(name) or next(spread, None)
            if value is None or not self._gives(value, place, may_be_none):
                return False
        return True

    # -- attributes -------------------------------------------------------------------------------

    def _is_kept(self, node: ast.Attribute, scope: Scope) -> bool:
        """Whether every object that has an attribute of this name got it from a config."""
        stores = self._stores.get(node.attr, [])
        if not stores or self._sets_any:
            return False
        if not all(value is not None and self.holds(value, inner) for value, inner in stores):
            return False
        if node.attr not in self._declared:
            return True
        return isinstance(node.value, ast.Name) and self._is_set(node.value, node.attr, scope)

    def _is_set(self, name: ast.Name, attribute: str, scope: Scope, depth: int = 0) -> bool:
        """Whether an object's attribute is set before a place, there or where it is handed on."""
        if self._set_before(name, scope, f"{name.id}.{attribute}") is not None:
            return True
        is_given = scope.node is not None and name.id in {arg.arg for arg in scope.parameters}
        if not is_given or depth > _DEEPEST or scope.binding(name.id):
            return False
        calls = self._all_calls(scope)
        given = [(scope.arguments(call).get(name.id), place) for call, place in calls]
        return bool(given) and all(
            isinstance(one, ast.Name) and self._is_set(one, attribute, place, depth + 1)
            for one, place in given
        )

    def _set_before(self, node: ast.AST, scope: Scope, target: str) -> ast.expr | None:
        """The last value that a statement before a place surely binds to a name or attribute."""
        top = scope.node or scope.module.tree
        while node is not top:
            block = self._scopes.parents.get(id(node), top)
            for statements in blocks(block):
                for one in reversed(statements[: place_in(statements, node)]):
                    targets = one.targets if isinstance(one, ast.Assign) else ()
                    if isinstance(one, ast.Assign) and target in map(ast.unparse, targets):
                        return one.value
            node = block
        return None

    @cached_property
    def _stores(self) -> dict[str, list[tuple[ast.expr | None, Scope]]]:
        """What the program sets attributes to, by their names; None where that is not seen."""
        found: dict[str, list[tuple[ast.expr | None, Scope]]] = {}
        for scope in self._scopes.reached:
            values = {id(target): value for target, value in bindings(scope.nodes)}
            for node in scope.each(ast.Attribute):
                if not isinstance(node.ctx, ast.Load):
                    found.setdefault(node.attr, []).append((values.get(id(node)), scope))
        return found

    @cached_property
    def _declared(self) -> frozenset[str]:
        """The attributes that the program's classes have before an object sets its own."""
        classes = [one for many in self._scopes.classes.values() for one in many]
        names = {name for one in classes for name, _ in annotated(one)}
        targets = (target for one in classes for target, _ in bindings(one.body))
        return frozenset(names | {one.id for one in targets if isinstance(one, ast.Name)})

    @cached_property
    def _sets_any(self) -> bool:
        """Whether the program sets attributes by names that it makes, on objects of its own."""
        for scope in self._scopes.reached:
            if any(node.attr == "__dict__" for node in scope.each(ast.Attribute)):
                return True
            for node in scope.calls:
                if called_name(node) != "setattr":
                    continue
                made = len(node.args) != 3 or text(node.args[1]) is None
                kinds = self._flow.kinds(node.args[0] if node.args else None, scope)
                if made and not any(kind.what in HOLDERS for kind in kinds):
                    return True
        return False
