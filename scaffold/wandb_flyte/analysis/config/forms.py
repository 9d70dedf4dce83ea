"""Expressions that only make another value of one that they are given."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import HOLDERS, argument, full_name, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow

# Their value is all that comes of their parts.
_MAKES = (
    *(ast.BinOp, ast.BoolOp, ast.Compare, ast.FormattedValue, ast.JoinedStr, ast.List),
    *(ast.Tuple, ast.UnaryOp),
)
_FUNCTIONS = frozenset(
    {"abs", "bool", "float", "int", "len", "list", "max", "min", "round", "str", "sum", "tuple"}
)
# Methods of texts that give them in another form.
_METHODS = frozenset(
    {"capitalize", "casefold", "format", "lower", "replace", "split", "strip", "title", "upper"}
)


def made_of(node: ast.expr, scope: Scope, flow: Flow) -> ast.expr | None:
    """What is made of a value where it stands, if nothing else becomes of it there.

    Args:
        node: The value.
        scope: The scope around it.
        flow: The program.
    """
    parents = flow.scopes.parents
    parent = parents.get(id(node))
    if isinstance(parent, _MAKES):
        return parent
    if isinstance(parent, ast.IfExp):
        return parent if parent.test is not node else None
    if isinstance(parent, ast.Attribute):
        called, parent = parent, parents.get(id(parent))
        is_form = called.attr in _METHODS and getattr(parent, "func", None) is called
        return parent if is_form and isinstance(parent, ast.Call) else None
    if not isinstance(parent, ast.Call):
        return None
    if parent.func is node:
        is_method = isinstance(node, ast.Attribute) and node.attr in _METHODS
        return parent if is_method else None
    known = _is_form(parent, scope) or _is_default(node, parent, scope, flow)
    return parent if known and not flow.scopes.resolve(parent.func, scope) else None


def _is_form(call: ast.Call, scope: Scope) -> bool:
    """Whether a call makes a value of those that it is given, and does nothing else."""
    if full_name(call.func, scope.module.outside).startswith("math."):
        return True
    return any(is_name(call.func, one) for one in _FUNCTIONS - scope.module.imports.keys())


def _is_default(node: ast.expr, call: ast.Call, scope: Scope, flow: Flow) -> bool:
    """Whether a config gives a value for a key that it lacks: `config.get("key", value)`."""
    called = call.func
    if not isinstance(called, ast.Attribute) or called.attr != "get":
        return False
    holds = any(kind.what in HOLDERS for kind in flow.kinds(called.value, scope))
    return holds and argument(call, "default", 1) is node
