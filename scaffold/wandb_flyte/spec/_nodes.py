"""Small questions about Python's syntax."""

from __future__ import annotations

import ast


def holds(node: ast.AST, wanted: ast.AST) -> bool:
    """Whether one node is inside another, or is it."""
    return any(inner is wanted for inner in ast.walk(node))


def is_main(test: ast.expr) -> bool:
    """Whether a condition is `__name__ == "__main__"`."""
    return isinstance(test, ast.Compare) and {"__name__", "'__main__'"} <= {
        ast.unparse(part) for part in (test.left, *test.comparators)
    }


def dotted(node: ast.expr) -> str:
    """A name with dots, such as `math.log`; empty for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([*parts, node.id][::-1]) if isinstance(node, ast.Name) else ""
