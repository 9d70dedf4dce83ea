"""The classes whose objects a program's names stand for."""

from __future__ import annotations

import ast
from functools import cached_property

from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.put_names import PutNames
from wandb_flyte.analysis.source.scope import Scope

from .always import Calls
from .flow import Flow

_DEEPEST = 4


class ObjectClasses:
    """Tells where an object that is asked for an attribute was made.

    Args:
        flow: The program.
        all_calls: Gives every call of a function; none where something unseen may call it.
    """

    def __init__(self, flow: Flow, all_calls: Calls) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self._all_calls = all_calls
        self._known: dict[tuple[int, str], ast.ClassDef | None] = {}

    def method_of(self, node: ast.expr, scope: Scope) -> Scope | None:
        """A method of the one class that an object is of; None where it may be of another.

        Nor is there one where the code gives objects attributes under names that it makes.
        """
        if scope.owner is not None and is_name(node, "self"):
            return scope
        if not isinstance(node, ast.Name):
            return None
        owner = self.class_of(node, scope)
        return self._scopes.init_of(owner) if owner is not None and not self._are_filled else None

    @cached_property
    def _are_filled(self) -> bool:
        return None in PutNames(self._scopes, set()).into_objects

    def class_of(self, node: ast.expr, scope: Scope, depth: int = 0) -> ast.ClassDef | None:
        """The one class that an object is of; None where it may be of another."""
        if isinstance(node, ast.Call):
            targets = self._scopes.resolve(node.func, scope)
            target = targets[0] if len(targets) == 1 else None
            return target if isinstance(target, ast.ClassDef) else None
        if not isinstance(node, ast.Name) or depth > _DEEPEST:
            return None
        key = (id(scope), node.id)
        if key not in self._known:
            self._known[key] = None  # Also where it comes back to itself.
            self._known[key] = self._named(node.id, scope, depth)
        return self._known[key]

    def _named(self, name: str, scope: Scope, depth: int) -> ast.ClassDef | None:
        holder: Scope | None = scope
        while holder is not None:
            values = holder.every_value(name)
            places = [(value, holder) for value in values or ()]
            if values is None:
                return None
            if holder.node is not None and name in holder.given_names:
                given = [(holder.arguments(c).get(name), s) for c, s in self._all_calls(holder)]
                places += [(value, place) for value, place in given if value is not None]
                if len(places) != len(given):
                    return None
            if places or holder.binding(name):
                found = [self.class_of(*place, depth + 1) for place in places]
                return found[0] if len({id(one) for one in found}) == 1 else None
            holder = self._scopes.around(holder)
        return None
