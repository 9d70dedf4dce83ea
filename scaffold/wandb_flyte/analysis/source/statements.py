"""What statements do to those after them, and to names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from wandb_flyte.spec import is_main

from .kinds import called_name
from .syntax import Function, children, walk

# What may leave a part of itself out; those with a test always come to that.
_TESTS = (ast.If, ast.IfExp, ast.While)
# Calls that end a program.
EXITS = frozenset({"_exit", "exit", "quit"})
# What goes on elsewhere.
SKIPS = (ast.Return, ast.Continue, ast.Break)
_MAYBE = (ast.Try, ast.Match, ast.BoolOp, ast.Lambda, *_TESTS)
_MAY_LEAVE_OUT = frozenset({*_MAYBE, ast.With})


def parts(node: ast.AST, sure: bool, *, is_top: bool) -> list[tuple[ast.AST, bool]]:
    """A node's children, last first, each with whether it runs whenever the node does.

    Args:
        node: The node.
        sure: Whether it runs itself.
        is_top: Whether it stands outside of functions, in a file that is started.
    """
    inner = reversed(children(node))
    if not sure or type(node) not in _MAY_LEAVE_OUT or not leaves_out(node):
        return [(child, sure) for child in inner]
    runs: list[ast.AST] = [node.test] if isinstance(node, _TESTS) else []
    if isinstance(node, ast.With):
        runs += node.items
    elif isinstance(node, ast.Lambda):
        runs.append(node.args)
    elif isinstance(node, ast.While) and _is_entered(node):
        runs += node.body
    elif is_top and is_main_guard(node):
        runs += node.body  # type: ignore[attr-defined]
    known = set(map(id, runs))
    return [(child, id(child) in known) for child in inner]


def _is_entered(loop: ast.While) -> bool:
    """Whether a loop runs once at least, as `for` does: `while True`, and one that counts."""
    test = loop.test
    if not isinstance(test, ast.Compare):
        return isinstance(test, ast.Constant) and bool(test.value)
    up = isinstance(test.ops[0], ast.Lt | ast.LtE) and len(test.ops) == 1
    return up and any(
        isinstance(node, ast.AugAssign)
        and isinstance(node.op, ast.Add)
        and ast.unparse(node.target) == ast.unparse(test.left)
        for node in walk(loop)
    )


def leaves_out(node: ast.AST) -> bool:
    """Whether a run may come to a node and not to all of its parts."""
    return isinstance(node, _MAYBE) or _suppresses(node)


def is_decided(node: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a condition or a `try` stands around a node, in whichever of its parts."""
    parent = parents.get(id(node))
    while parent is not None and not isinstance(parent, (*_TESTS, ast.Try)):
        parent = parents.get(id(parent))
    return parent is not None


def is_main_guard(node: ast.AST) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and is_main(node.test)


def _suppresses(node: ast.AST) -> bool:
    """Whether `with suppress(...)` may leave out the rest of what stands in it."""
    opened = [item.context_expr for item in node.items] if isinstance(node, ast.With) else []
    return any(isinstance(one, ast.Call) and called_name(one) == "suppress" for one in opened)


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements that a statement holds."""
    for name in ("body", "orelse", "finalbody"):
        if isinstance(statements := getattr(node, name, None), list):
            yield statements


def before(node: ast.AST, block: ast.AST) -> Iterator[ast.stmt]:
    """The statements that stand before a part of a statement, in the same list."""
    for statements in blocks(block):
        yield from statements[: place_in(statements, node)]


def ifs_before(node: ast.AST, block: ast.AST) -> Iterator[ast.If]:
    """Those of them that are an `if`."""
    return (other for other in before(node, block) if isinstance(other, ast.If))


def skips(node: ast.If) -> bool:
    """Whether a run goes on elsewhere than after an `if` when its condition holds."""
    return isinstance(node.body[-1], SKIPS)


def leaves(node: ast.If) -> bool:
    """Whether nothing after an `if` runs when its condition holds."""
    return leaves_by(node.body[-1])


def ifs_above(node: ast.AST, top: ast.AST, parents: Mapping[int, ast.AST]) -> Iterator[ast.If]:
    """The statements `if` before a place, in the blocks around it."""
    while node is not top:
        block = parents.get(id(node), top)
        yield from ifs_before(node, block)
        node = block


def leaves_by(last: ast.stmt) -> bool:
    """Whether nothing after a statement runs: it goes on elsewhere, raises, or exits."""
    exits = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)
    exits = exits and any(
        called_name(call) in EXITS for call in walk(last) if isinstance(call, ast.Call)
    )
    return isinstance(last, (*SKIPS, ast.Raise)) or exits


def binds(node: ast.AST, name: str) -> bool:
    """Whether a node gives a name another meaning: assigned, deleted, imported, defined."""
    bound = bound_by(node)
    return bound is not None and bound in (name, "*")


def chain(node: ast.AST) -> set[int]:
    """The ids of an `if` and of each `elif` that belongs to it."""
    found: set[int] = set()
    while isinstance(node, ast.If):
        found.add(id(node))
        node = node.orelse[0] if len(node.orelse) == 1 else ast.Pass()
    return found


def bound_by(node: ast.AST) -> str | None:
    """The name that a node gives another meaning, `*` when it may be any; None for none."""
    if isinstance(node, ast.Name):
        return None if isinstance(node.ctx, ast.Load) else node.id
    if isinstance(node, ast.alias):
        return node.asname or node.name.partition(".")[0]
    name = getattr(node, "name", None)
    return name if isinstance(name, str) else None


def place_in(many: list[Any], one: object) -> int:
    """Where something itself stands in a list; at its start when it is not there."""
    return next((index for index, other in enumerate(many) if other is one), 0)


def defaults(node: Function) -> list[ast.expr]:
    """The defaults of a function's parameters."""
    return [d for d in (*node.args.defaults, *node.args.kw_defaults) if d is not None]
