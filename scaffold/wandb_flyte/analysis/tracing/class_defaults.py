"""What the attributes of a program's classes are that nothing sets anew."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property

from wandb_flyte.analysis.source.inherited import is_self
from wandb_flyte.analysis.source.kinds import bindings, called_name, given, is_name
from wandb_flyte.analysis.source.put_names import PutNames
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import annotated, named_by
from wandb_flyte.spec import dotted

from .flow import Flow

# Calls that only look at a class.
_LOOKS = frozenset({"dir", "getattr", "hasattr", "isinstance", "issubclass", "print", "vars"})
_DATACLASSES = frozenset({"dataclass", "dataclasses.dataclass"})


class ClassDefaults:
    """Finds constants that a class body binds: `class Settings: debug = False`.

    Args:
        flow: The program.
        class_of: Gives the one class that an object is of; None where it may be of another.
    """

    def __init__(
        self, flow: Flow, class_of: Callable[[ast.expr, Scope], ast.ClassDef | None]
    ) -> None:
        self._flow = flow
        self._scopes = flow.scopes
        self._class_of = class_of

    def of(self, node: ast.Attribute, scope: Scope) -> ast.Constant | None:
        """The constant that an attribute is in every run; None where it may be anything else.

        Args:
            node: The attribute, of a class or an object.
            scope: The scope around it.
        """
        owner = self._owner(node.value, scope)
        if owner is None or owner.keywords or any(dotted(one) != "object" for one in owner.bases):
            return None
        decorators = {dotted(named_by(one)) for one in owner.decorator_list}
        values = [value for target, value in bindings(owner.body) if is_name(target, node.attr)]
        value = values[0] if len(values) == 1 and decorators <= _DATACLASSES else None
        if not isinstance(value, ast.Constant) or node.attr in self._put.written:
            return None
        if any(one is None or one is owner for one in self._put.into_objects):
            return None
        if self._given_away is None or id(owner) in self._given_away:
            return None
        return None if decorators and self._may_be_given(node.attr, owner) else value

    def _owner(self, node: ast.expr, scope: Scope) -> ast.ClassDef | None:
        if is_self(node):
            owner = scope.within
            alone = owner is not None and self._scopes.related_to(owner) == {id(owner)}
            return owner if alone else None
        named = self._scopes.resolve(node, scope) if isinstance(node, ast.Name) else []
        if len(named) == 1 and isinstance(named[0], ast.ClassDef):
            return named[0]
        return self._class_of(node, scope)

    def _may_be_given(self, name: str, owner: ast.ClassDef) -> bool:
        """Whether a call of a dataclass may give a field."""
        fields = [one for one, _ in annotated(owner)]
        place = fields.index(name) if name in fields else len(fields)
        return any(
            len(call.args) > place
            or any(isinstance(one, ast.Starred) for one in call.args)
            or any(one.arg in (None, name) for one in call.keywords)
            for call, _ in self._flow.callers.get(id(owner), [])
        )

    @cached_property
    def _given_away(self) -> set[int] | None:
        """The classes that other packages get, by their ids; None where an object may be filled."""
        found: set[int] = set()
        for scope in self._scopes.everywhere:
            for call in scope.calls:
                if any(one.arg == "namespace" for one in call.keywords):
                    return None
                if called_name(call) in _LOOKS or self._scopes.resolve(call.func, scope):
                    continue
                for one in given(call):
                    named = self._scopes.resolve(one, scope) if isinstance(one, ast.Name) else []
                    found |= set(map(id, named))
        return found

    @cached_property
    def _put(self) -> PutNames:
        return PutNames(self._scopes, set())
