"""The keys of a dict that code puts into a config, as far as the source shows them."""

from __future__ import annotations

import ast

from wandb_flyte.generate._syntax import is_none, parameters

from .flow import Flow
from .kinds import Kind, called_name, given, text
from .scope import Scope

_DEEPEST = 3
_CONFIG = frozenset({Kind("config")})


def supplied_keys(node: ast.expr, flow: Flow, scope: Scope, depth: int = 0) -> set[str] | None:
    """The keys of a dict that the source writes out; None when it does not."""
    if isinstance(node, ast.Dict):
        keys = [text(key) for key in node.keys]
        return {key for key in keys if key} if None not in keys else None
    if isinstance(node, ast.Call) and called_name(node) == "dict" and not node.args:
        names = [keyword.arg for keyword in node.keywords]
        return {name for name in names if name} if None not in names else None
    if not isinstance(node, ast.Name) or depth > _DEEPEST or flow.kinds(node, scope) - _CONFIG:
        return None
    inner: Scope | None = scope
    while inner is not None:
        # `config = wandb.config` puts nothing there.
        bound = inner.named_values.get(node.id, ())
        values = [value for value in bound if flow.kinds(value, inner) != _CONFIG]
        if values:
            found = [supplied_keys(value, flow, inner, depth + 1) for value in values]
            return None if None in found else set().union(*(keys for keys in found if keys))
        if node.id in {arg.arg for arg in inner.parameters}:
            return set() if _is_none(node.id, inner, flow) else None
        inner = flow.scopes.around(inner)
    return None


def _is_none(name: str, scope: Scope, flow: Flow) -> bool:
    """Whether a parameter is None: by its default, and nobody in sight gives another value."""
    assert scope.node is not None  # noqa: S101 - a module has no parameters
    default = {arg.arg: value for arg, value in parameters(scope.node)}.get(name)
    return is_none(default) and not any(given(c) for c, _ in flow.callers.get(id(scope), []))
