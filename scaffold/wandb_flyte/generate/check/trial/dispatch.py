"""Functions that a program picks out of a dict, or by a condition: which of them it calls."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.uses import Lost, Uses
from wandb_flyte.generate.names import show

from .known_values import KnownValues


class Dispatch:
    """Tells which function a call picks.

    Args:
        scopes: The program.
        uses: Where it asks for its names.
    """

    def __init__(self, scopes: Scopes, uses: Uses) -> None:
        self._scopes = scopes
        self._uses = uses

    def passes_by(
        self, target: Scope | ast.ClassDef, call: ast.Call, scope: Scope, known: KnownValues
    ) -> str:
        """What would have to hold for a call to pick a function, and never does, in words.

        Args:
            target: The function, or the class that is made an object of.
            call: A call that may pick it.
            scope: The scope around that.
            known: What is known of the values there.
        """
        picked = self._picked(call.func, scope, known)
        if picked is None or any(one is target for one in self._scopes.resolve(*picked)):
            return ""
        name = target.name if isinstance(target, ast.ClassDef) else getattr(target.node, "name", "")
        return f"`{show(ast.unparse(call.func))}` is `{show(name)}`"

    def _picked(
        self, called: ast.expr, scope: Scope, known: KnownValues
    ) -> tuple[ast.expr, Scope] | None:
        """What a call picks by values that are the same in all trials; None for any other."""
        if isinstance(called, ast.IfExp):
            test = known.truth(called.test, scope)
            return None if test is UNKNOWN else (called.body if test else called.orelse, scope)
        if not isinstance(called, ast.Subscript):
            return None
        key = known.value(called.slice, scope)
        found = self._table(called.value, scope) if key is not UNKNOWN else None
        if found is None:
            return None
        table, place = found
        pairs = zip(table.keys, table.values, strict=True)
        values = [value for one, value in pairs if one is not None and literal(one) == key]
        return (values[-1], place) if values else None

    def _table(self, node: ast.expr, scope: Scope) -> tuple[ast.Dict, Scope] | None:
        """The dict that an expression is, where nothing takes anything else out of it."""
        if isinstance(node, ast.Dict):
            return (node, scope) if None not in node.keys else None
        holder = self._uses.holder(node.id, scope) if isinstance(node, ast.Name) else None
        if not isinstance(node, ast.Name) or holder is None:
            return None
        values = holder.every_value(node.id) or []
        try:
            uses = self._uses.of(node.id, holder)
        except Lost:
            return None
        table = values[0] if len(values) == 1 else None
        if not isinstance(table, ast.Dict) or None in table.keys:
            return None
        return (table, holder) if all(self._is_call(*one) for one in uses) else None

    def _is_call(self, node: ast.expr, scope: Scope) -> bool:
        """Whether something is taken out of a table, and called at once."""
        part = self._scopes.parents.get(id(node))
        if isinstance(part, ast.Compare):
            return part.left is not node
        call = self._scopes.parents.get(id(part)) if isinstance(part, ast.Subscript) else None
        return isinstance(call, ast.Call) and call.func is part
