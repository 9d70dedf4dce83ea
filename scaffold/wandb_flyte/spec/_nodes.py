"""Small questions about Python's syntax."""

from __future__ import annotations

import ast


def is_main(test: ast.expr) -> bool:
    """Whether a condition is `__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare) or not all(isinstance(op, ast.Eq) for op in test.ops):
        return False
    return {"__name__", "'__main__'"} <= {
        ast.unparse(part) for part in (test.left, *test.comparators)
    }


def dotted(node: ast.expr) -> str:
    """A name with dots, such as `math.log`; empty for any other expression."""
    rest = ""
    while isinstance(node, ast.Attribute):
        rest = f".{node.attr}{rest}"
        node = node.value
    return f"{node.id}{rest}" if isinstance(node, ast.Name) else ""


def wandb_calls(tree: ast.AST, name: str) -> list[ast.Call]:
    """The calls of `wandb.NAME` in code, however it is imported, in the order of the file."""
    modules: set[str | None] = {"wandb"}
    names: set[str] = set()
    calls = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname for alias in node.names if alias.name == "wandb"}
        elif isinstance(node, ast.ImportFrom) and node.module == "wandb":
            names |= {each.asname or each.name for each in node.names if each.name == name}
        elif isinstance(node, ast.Call):
            calls.append(node)
    return sorted(
        (call for call in calls if _is_of(call.func, modules, names, name)),
        key=lambda call: (call.lineno, call.col_offset),
    )


def _is_of(called: ast.expr, modules: set[str | None], names: set[str], name: str) -> bool:
    if isinstance(called, ast.Attribute):
        inner = called.value
        return called.attr == name and isinstance(inner, ast.Name) and inner.id in modules
    return isinstance(called, ast.Name) and called.id in names
