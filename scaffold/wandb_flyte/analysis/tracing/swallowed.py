"""What a function takes up without a parameter of its own for it, and makes nothing of."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import called_name, given, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.syntax import walk

from .hparams import saves

_DEEPEST = 4
# Calls that may take up any name of the function that they stand in.
_TAKES_ALL = frozenset({"eval", "exec", "locals", "save_hyperparameters", "vars"})
# Those that only do so with a text that they are given: `model.eval()` is another.
_NEEDS_TEXT = frozenset({"eval", "exec"})
# Methods of a dict that are for one of its items.
_OF_ONE = frozenset({"get", "pop", "setdefault"})


def is_swallowed(name: str, inner: Scope, scopes: Scopes, depth: int = 0) -> bool:
    """Whether nothing becomes of a keyword for which a function has no parameter.

    Args:
        name: The keyword.
        inner: The function.
        scopes: The program's.
        depth: How many functions it has been handed through.
    """
    rest = inner.node.args.kwarg if inner.node is not None else None
    if rest is None or inner.node is None or depth > _DEEPEST:
        return False
    # What a module keeps of its own parameters is looked for elsewhere.
    if any(takes_all(one) and (depth or not saves(one)) for one in inner.calls):
        return False
    uses = [node for node in walk(inner.node) if is_name(node, rest.arg)]
    return all(_is_for_others(one, name, inner, scopes, depth) for one in uses)


def _is_for_others(use: ast.AST, name: str, inner: Scope, scopes: Scopes, depth: int) -> bool:
    """Whether what was taken up is only asked for other keywords there."""
    parent = scopes.parents.get(id(use))
    if isinstance(parent, ast.Subscript) and parent.value is use:
        return text(parent.slice) not in (None, name)
    if isinstance(parent, ast.Compare) and use in parent.comparators:
        asks = all(isinstance(one, ast.In | ast.NotIn) for one in parent.ops)
        return asks and text(parent.left) not in (None, name)
    if isinstance(parent, ast.Attribute):
        call = scopes.parents.get(id(parent))
        if not isinstance(call, ast.Call) or call.func is not parent or not call.args:
            return False
        return parent.attr in _OF_ONE and text(call.args[0]) not in (None, name)
    spread = scopes.parents.get(id(parent))
    if not isinstance(parent, ast.keyword) or parent.arg or not isinstance(spread, ast.Call):
        return False
    targets = [scopes.entered_by(one) for one in scopes.resolve(spread.func, inner)]
    return bool(targets) and all(
        one is not None and name not in one.named and is_swallowed(name, one, scopes, depth + 1)
        for one in targets
    )


def takes_all(call: ast.Call) -> bool:
    """Whether a call may take up any name of the function that it stands in."""
    name = called_name(call)
    if name == "vars":
        return not given(call)  # Else it is an object's attributes that are taken up.
    return name in _TAKES_ALL and (name not in _NEEDS_TEXT or bool(given(call)))
