"""What stands under the keys of dicts that a source writes out."""

from __future__ import annotations

import ast
from typing import Any

from .kinds import is_name, literal, text
from .unknown import UNKNOWN


def written_items(node: ast.AST | None) -> list[tuple[str | None, ast.expr]] | None:
    """The items of `{...}` or `dict(...)`, in order; of a key that is no text, or `**`, with None.

    None where a node is no dict that is written out; a method `dict` is another thing.
    """
    if isinstance(node, ast.Dict):
        return list(zip(map(text, node.keys), node.values, strict=True))
    if isinstance(node, ast.Call) and is_name(node.func, "dict") and not node.args:
        return [(one.arg, one.value) for one in node.keywords]
    return None


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
    if not isinstance(node, ast.Dict):
        named = written_items(node)
        return None if named is None or None in (name for name, _ in named) else [*named]
    written = [isinstance(key, ast.Constant) for key in node.keys]
    if not all(written):
        return None
    return [(literal(key), value) for key, value in zip(node.keys, node.values, strict=True)]
