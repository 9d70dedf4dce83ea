"""Places where a program puts more into its parsed arguments than its options give."""

from __future__ import annotations

import ast

from .flow import Flow
from .kinds import PARSES, Kind, called_name, given, text
from .scopes import Scope

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
    if isinstance(node, ast.Dict):
        return len(node.keys) > 1 and _ARGS in flow.kinds(node, scope)
    if isinstance(node, ast.BinOp):
        return _ARGS in flow.kinds(node, scope)
    if not isinstance(node, ast.Call) or called_name(node) in PARSES or len(given(node)) < 2:
        return False
    return _ARGS in flow.kinds(node, scope) and not flow.scopes.resolve(node.func, scope)
