"""Objects that a program makes and never uses: nothing calls their methods."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.plain_classes import looking_bases
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.tracing.uses import Lost, Uses

from .known_values import KnownValues


class UnusedObjects:
    """Tells which methods no object can have called.

    Args:
        scopes: The program's code.
        uses: Where it asks for its names.
    """

    def __init__(self, scopes: Scopes, uses: Uses) -> None:
        self._scopes = scopes
        self._uses = uses
        self._known: dict[int, str] = {}

    def variable(self, method: Scope, known: KnownValues) -> str:
        """The variable of the first object of a method's class, if none of them is ever used.

        Args:
            method: The method, which is no `__init__`.
            known: What is known of the values in the program.
        """
        owner = method.owner
        init = self._scopes.init_of(owner) if owner is not None else None
        if owner is None or init is None:
            return ""
        if id(owner) not in self._known:
            self._known[id(owner)] = ""  # Also where it comes back to itself.
            self._known[id(owner)] = self._variable(owner, init, known)
        return self._known[id(owner)]

    def _variable(self, owner: ast.ClassDef, init: Scope, known: KnownValues) -> str:
        alone = self._scopes.related_to(owner) == {id(owner)} and not owner.keywords
        if not alone or owner.decorator_list or looking_bases(owner, self._scopes):
            return ""
        if self._hands_itself_on(owner, init):
            return ""
        names = [self._unused(call, scope) for call, scope in known.all_calls(init)]
        return names[0] if names and all(names) else ""

    def _hands_itself_on(self, owner: ast.ClassDef, init: Scope) -> bool:
        """Whether an object may be known elsewhere, or do something, once it is made."""
        methods = {getattr(one, "name", "") for one in owner.body}
        if "__del__" in methods or "__new__" in methods:
            return True
        for node in init.each(ast.Name):
            if is_name(node, "self"):
                part = self._scopes.parents.get(id(node))
                is_super = isinstance(part, ast.Call) and is_name(part.func, "super")
                if not is_super and (not isinstance(part, ast.Attribute) or part.attr in methods):
                    return True
        return any(one.outer is init for one in self._scopes.everywhere)

    def _unused(self, call: ast.Call, scope: Scope) -> str:
        """The variable that an object becomes and that nothing asks for; empty for any other."""
        statement = self._scopes.parents.get(id(call))
        if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
            return ""
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            return ""
        try:
            uses = self._uses.of(target.id, self._uses.holder(target.id, scope))
        except Lost:
            return ""
        return "" if uses else target.id
