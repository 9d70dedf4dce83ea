"""Dicts, and objects like them, whose items a program writes out."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import full_name, is_name
from wandb_flyte.analysis.source.scope import Scope

NAMESPACES = frozenset({"argparse.Namespace", "types.SimpleNamespace"})


def makes_items(node: ast.expr, scope: Scope) -> bool:
    """Whether an expression makes a dict, or an object like one, whose items it writes out."""
    if isinstance(node, ast.Dict):
        return True
    if not isinstance(node, ast.Call) or node.args:
        return False
    called = full_name(node.func, scope.module.outside)
    return called in NAMESPACES or (called == "dict" and "dict" not in scope.module.imports)


def is_copied(node: ast.expr, parent: ast.Dict | ast.Call) -> bool:
    """Whether a dict takes over all that is in another."""
    if isinstance(parent, ast.Call):
        return is_name(parent.func, "dict")
    pairs = zip(parent.keys, parent.values, strict=True)
    return any(key is None and value is node for key, value in pairs)
