"""What stands under the keys of dicts that a source writes out."""

from __future__ import annotations

import ast
from typing import Any

from .interface import UNKNOWN
from .kinds import is_name, literal


def items_under(node: ast.expr, key: Any) -> list[ast.expr] | None:
    """The values that a written dict has under a key, or all where the key is not known.

    Args:
        node: What may be a dict that is written out.
        key: The key; UNKNOWN where it is not known.

    Returns:
        None where it is no such dict, or has no such key.
    """
    pairs = _pairs(node)
    if pairs is None:
        return None
    if key is UNKNOWN:
        return [value for _, value in pairs]
    found = [value for name, value in pairs if name == key]
    return found[-1:] or None


def _pairs(node: ast.expr) -> list[tuple[Any, ast.expr]] | None:
    if isinstance(node, ast.Call) and is_name(node.func, "dict") and not node.args:
        named = [(one.arg, one.value) for one in node.keywords]
        return None if None in (name for name, _ in named) else named
    if not isinstance(node, ast.Dict):
        return None
    written = [isinstance(key, ast.Constant) for key in node.keys]
    if not all(written):
        return None
    return [(literal(key), value) for key, value in zip(node.keys, node.values, strict=True)]
