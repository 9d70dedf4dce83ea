"""What a text picks: an item of a dict, a member of an enum."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from wandb_flyte.analysis.source.choices import choices_of, enum_members
from wandb_flyte.analysis.source.compare import FORMS
from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.scope import Scope

# How a text may be changed before it is compared.
_FORMS = {**FORMS, "casefold": str.casefold}


def keys_of(value: ast.expr | None, scope: Scope) -> tuple[str, ...] | None:
    """The keys of a dict that the source writes out, or of an enum; None where it may have more."""
    if isinstance(value, ast.Name):
        bound = scope.named_values.get(value.id, [])
        changed = any(is_name(getattr(t, "value", None), value.id) for t, _ in scope.bindings)
        value = bound[0] if len(bound) == 1 and not changed else value
    members = enum_members(value, scope.module)
    if not isinstance(value, ast.Dict | ast.Name):
        return tuple(members) if members is not None else None
    keys = tuple(members) if members is not None else choices_of(value, scope.module)
    return keys if keys and all(isinstance(key, str) for key in keys) else None


def unwrapped(node: ast.expr) -> tuple[ast.expr, Callable[[str], str]]:
    """What is compared, without what it is changed by: of `x.lower()` the `x`."""
    changes: list[Callable[[str], str]] = []
    while (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _FORMS
        and not node.args
    ):
        changes.append(_FORMS[node.func.attr])
        node = node.func.value

    def change(value: str) -> str:
        for one in reversed(changes):
            value = one(value)
        return value

    return node, change


def is_taken(value: Any, change: Callable[[str], str], taken: tuple[Any, ...]) -> bool:
    """Whether a value, changed so, is one of some."""
    return (change(value) if isinstance(value, str) else value) in taken
