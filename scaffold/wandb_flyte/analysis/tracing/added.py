"""Places where a program puts more into its parsed arguments than its options give."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.copied import copied
from wandb_flyte.analysis.source.kinds import (
    PARSES,
    Kind,
    called_name,
    given,
    loop_targets,
    owner,
    text,
)
from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow

_ARGS = Kind("args")


def changes_arguments(node: ast.AST, flow: Flow, scope: Scope) -> bool:
    """Whether a node stores under a key that is made, or parses into an object of its own."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return text(node.slice) is None and _ARGS in flow.kinds(node.value, scope)
    if not isinstance(node, ast.Call) or called_name(node) not in PARSES:
        return False
    own = any(keyword.arg == "namespace" for keyword in node.keywords)
    return own and _ARGS in flow.kinds(node, scope)


def extends_arguments(node: ast.AST, flow: Flow, scope: Scope) -> bool:
    """Whether a node makes something of the arguments that holds more than they do."""
    if any(_is_other(target, flow, scope) for target in _filled(node, flow, scope)):
        return True
    if isinstance(node, ast.Dict):
        return len(node.keys) > 1 and _ARGS in flow.kinds(node, scope)
    if isinstance(node, ast.BinOp):
        return _ARGS in flow.kinds(node, scope)
    if not isinstance(node, ast.Call) or called_name(node) in PARSES:
        return False
    if _ARGS not in flow.kinds(node, scope):
        return False
    targets = flow.scopes.resolve(node.func, scope)
    # An object has methods, and attributes of its own.
    is_object = any(isinstance(one, ast.ClassDef) for one in targets)
    return is_object or (not targets and len(given(node)) > 1)


def _filled(node: ast.AST, flow: Flow, scope: Scope) -> list[ast.expr]:
    """What a node puts the arguments into."""
    if isinstance(node, ast.For):
        return loop_targets(node) if _ARGS in flow.kinds(node.iter, scope) else []
    if (found := copied(node)) is not None:
        return [found.target] if found.target and _ARGS in flow.kinds(found.source, scope) else []
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return []
    fills = node.func.attr in ("merge_with", "update")
    fills = fills and any(_ARGS in flow.kinds(one, scope) for one in given(node))
    return [owner(node.func.value)] if fills else []


def _is_other(target: ast.expr, flow: Flow, scope: Scope) -> bool:
    """Whether something that the arguments are put into is neither these nor the run's config."""
    if Kind("config") in flow.kinds(target, scope):
        return False
    values = scope.named_values.get(target.id, ()) if isinstance(target, ast.Name) else ()
    return not values or not all(_ARGS in flow.kinds(value, scope) for value in values)
