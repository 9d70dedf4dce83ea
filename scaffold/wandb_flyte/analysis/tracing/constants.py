"""What modules of a program share: names that one has of another, and items of written dicts."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.analysis.source.kinds import text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.written_dicts import items_under

from .flow import Flow
from .uses import Lost, Uses

_LOOKS = frozenset({"get", "items", "keys", "values"})


class Constants:
    """Finds what stands behind names and items that never change.

    Args:
        flow: The program.
    """

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._scopes = flow.scopes

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._flow)

    def imported(self, node: ast.expr, scope: Scope) -> tuple[str, Scope] | None:
        """The name of another module that an expression stands for, with that module's scope."""
        base = node.value if isinstance(node, ast.Attribute) else node
        if not isinstance(base, ast.Name):
            return None
        source, there = scope.module.imports.get(base.id, (None, ""))
        holder = self._uses.holder(base.id, scope) if source is not None else None
        if holder is None or source is None or len(holder.binding(base.id)) != 1:
            return None
        if not isinstance(holder.binding(base.id)[0], ast.alias):
            return None
        if isinstance(node, ast.Attribute):
            there = "" if there else node.attr
        top = self._scopes.top_of(source) if there else None
        return (there, top) if top is not None and top is not holder else None

    def item(self, base: ast.expr, key: str | None, scope: Scope) -> tuple[ast.expr, Scope] | None:
        """What stands under a key of a dict that the source writes out and nothing changes."""
        holder: Scope | None
        if found := self.imported(base, scope):
            name, holder = found
        elif isinstance(base, ast.Name):
            name, holder = base.id, self._uses.holder(base.id, scope)
        else:
            return None
        values = holder.every_value(name) if holder is not None else None
        items = items_under(values[0], key) if values and len(values) == 1 else None
        if holder is None or key is None or not items or not isinstance(items[0], ast.Constant):
            return None
        try:
            uses = self._uses.of(name, holder)
        except Lost:
            return None
        return (items[0], holder) if all(self._is_look(node) for node, _ in uses) else None

    def _is_look(self, node: ast.expr) -> bool:
        """Whether a dict is only asked for what is in it."""
        parent = self._scopes.parents.get(id(node))
        if isinstance(parent, ast.Attribute):
            call = self._scopes.parents.get(id(parent))
            return isinstance(call, ast.Call) and call.func is parent and parent.attr in _LOOKS
        if isinstance(parent, ast.Subscript):
            is_written = text(parent.slice) is not None
            return parent.value is node and isinstance(parent.ctx, ast.Load) and is_written
        return isinstance(parent, ast.keyword) and parent.arg is None
