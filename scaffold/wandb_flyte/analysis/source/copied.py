"""Keys that a program copies one by one, each under its own name: `cfg[key] = config[key]`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from .kinds import called_name, given, is_name, owner
from .same_object import is_followed
from .scope import Scope
from .syntax import walk

if TYPE_CHECKING:
    from wandb_flyte.analysis.tracing.flow import Flow

# The arguments of `setattr(target, key, value)`, and the fewest of `getattr(config, key)`.
_SETS, _ASKS = 3, 2
# Calls whose way with a value is known.
_KNOWN = frozenset({"debug", "error", "info", "print", "setattr", "update", "warn", "warning"})


class Copied(NamedTuple):
    """An item that goes somewhere under its own name.

    Attributes:
        source: What it is taken from.
        key: Its key.
        target: What it goes into; None for a comprehension, which makes something new.
    """

    source: ast.expr
    key: ast.expr
    target: ast.expr | None


def copied(node: ast.AST | None) -> Copied | None:
    """What a statement, a call or a comprehension copies so; None for any other."""
    target: ast.expr | None = None
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        target, key, value = node.targets[0].value, node.targets[0].slice, node.value
    elif isinstance(node, ast.Call) and is_name(node.func, "setattr") and len(node.args) == _SETS:
        target, key, value = node.args
    elif isinstance(node, ast.DictComp):
        key, value = node.key, node.value
    else:
        return None
    source = _source(key, value)
    return Copied(source, key, target and owner(target)) if source is not None else None


def is_copied(key: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether a key is that of an item which is copied, and of nothing else.

    What an object puts into itself is not: who looks at that is not seen.
    """
    parents = flow.scopes.parents
    found = copied(parents.get(id(parents.get(id(key)))))
    if found is None or is_name(found.target, "self"):
        return False
    return found.target is None or is_followed(found.target, scope, flow)


def hands_on(loop: ast.For | ast.DictComp) -> bool:
    """Whether a loop over a config hands its items on in other ways than under their own names."""
    if isinstance(loop, ast.DictComp):
        return not isinstance(loop.key, ast.Name)
    looped = {node.id for node in walk(loop.target) if isinstance(node, ast.Name)}
    parts = loop.target.elts if isinstance(loop.target, ast.Tuple) else []
    values = {one.id for one in parts[1:] if isinstance(one, ast.Name)}
    for node in (inner for statement in loop.body for inner in walk(statement)):
        if isinstance(node, ast.Name) and node.id in looped and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.Expr) and _takes(node.value, values):
            return True
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            keys = [node.slice]
        elif isinstance(node, ast.Dict):
            keys = [*node.keys]
        elif isinstance(node, ast.Call) and is_name(node.func, "setattr"):
            keys = [*node.args[1:2]]
        if any(key is not None and _is_made_of(looped, key) for key in keys):
            return True
    return False


def _takes(node: ast.expr, values: set[str]) -> bool:
    """Whether an expression calls something with a value, whatever that makes of it."""
    if not isinstance(node, ast.Call) or called_name(node) in _KNOWN:
        return False
    return any(isinstance(one, ast.Name) and one.id in values for one in given(node))


def _is_made_of(names: set[str], node: ast.expr) -> bool:
    """Whether an expression is something else than one of some names, and has one in it."""
    inside = (one.id for one in walk(node) if isinstance(one, ast.Name))
    return not isinstance(node, ast.Name) and not names.isdisjoint(inside)


def _source(key: ast.expr, value: ast.expr) -> ast.expr | None:
    """What a value is taken from under a key."""
    if isinstance(value, ast.Subscript):
        source, asked = value.value, value.slice
    elif isinstance(value, ast.Call) and called_name(value) == "getattr":
        if len(value.args) < _ASKS:
            return None
        source, asked = value.args[:2]
    elif isinstance(value, ast.Call) and called_name(value) == "get" and value.args:
        if not isinstance(value.func, ast.Attribute):
            return None
        source, asked = value.func.value, value.args[0]
    else:
        return None
    if isinstance(asked, ast.Call) and is_name(asked.func, "str") and len(asked.args) == 1:
        asked = asked.args[0]  # Of a key it is the same.
    is_made = isinstance(key, ast.Name | ast.Attribute)
    return source if is_made and ast.dump(asked) == ast.dump(key) else None
