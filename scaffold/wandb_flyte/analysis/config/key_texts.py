"""What loops over a config make of it, and what asks it for one key."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from wandb_flyte.analysis.source.kinds import called_name, text
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.noted import SHOWS

_TEXTS = (ast.BinOp, ast.JoinedStr)
# How many arguments a function has that asks for a key without a default.
_WITHOUT_DEFAULT = {"getattr": 2, "pop": 1}


def puts_keys_into_texts(loop: ast.AST, config: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a loop makes words of a config's keys, as `f"--{key}={value}"`, for others.

    Args:
        loop: A loop or comprehension, or anything else.
        config: What it may go through.
        parents: The node around each node, by its id.
    """
    if isinstance(loop, ast.comprehension) and loop.iter is config:
        parts: list[ast.AST] = [parents.get(id(loop), loop)]
    elif isinstance(loop, ast.For) and loop.iter is config:
        parts = [*loop.body]
    else:
        return False
    first = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
    name = first.id if isinstance(first, ast.Name) else ""
    return any(_is_option(node, name, parents) for part in parts for node in _texts_in(part))


def computes_with_values(loop: ast.AST, config: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a loop computes with what is in a config, whatever its name: `total += value`.

    Args:
        loop: A loop or comprehension, or anything else.
        config: What it may go through.
        parents: The node around each node, by its id.
    """
    if not isinstance(loop, ast.For | ast.comprehension) or loop.iter is not config:
        return False
    last = loop.target.elts[-1] if isinstance(loop.target, ast.Tuple) else loop.target
    whole = loop if isinstance(loop, ast.For) else parents.get(id(loop), loop)
    uses = (one for one in walk(whole) if isinstance(one, ast.Name) and one is not last)
    return isinstance(last, ast.Name) and any(
        one.id == last.id and _is_operand(one, parents) for one in uses
    )


def only_shows_keys(loop: ast.AST, config: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a loop only shows what is in a config.

    Args:
        loop: A loop, or anything else.
        config: What it may go through.
        parents: The node around each node, by its id.
    """
    if not isinstance(loop, ast.For) or loop.iter is not config:
        return False
    names = {one.id for one in walk(loop.target) if isinstance(one, ast.Name)}
    inside = (node for part in loop.body for node in walk(part))
    uses = [one for one in inside if isinstance(one, ast.Name) and one.id in names]
    return all(_is_shown(one, parents) for one in uses)


def needs_key(asks: ast.expr) -> bool:
    """Whether an expression that asks a config for a key stops where there is none."""
    if isinstance(asks, ast.Call):
        return len(asks.args) == _WITHOUT_DEFAULT.get(called_name(asks), 0)
    return isinstance(asks, ast.Subscript) and isinstance(asks.ctx, ast.Load)


def _texts_in(part: ast.AST) -> Iterator[ast.AST]:
    for node in walk(part):
        if isinstance(node, _TEXTS) or (
            isinstance(node, ast.Call) and called_name(node) == "format"
        ):
            yield node


def _is_option(node: ast.AST, name: str, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a text has a key in it beside a sign that makes an option of it."""
    inside = list(walk(node))
    signs = {one.value for one in inside if isinstance(one, ast.Constant)}
    words = [one for one in signs if isinstance(one, str)]
    if not any(isinstance(one, ast.Name) and one.id == name for one in inside):
        return False
    if not any(word.startswith("--") or "=" in word for word in words):
        return False
    return not _is_shown(node, parents)


def _is_shown(node: ast.AST | None, parents: Mapping[int, ast.AST]) -> bool:
    """Whether an expression is a part of what is told to people."""
    while isinstance(node, ast.expr | ast.keyword):
        if isinstance(node, ast.Call) and called_name(node) in SHOWS:
            return True
        node = parents.get(id(node))
    return False


def _is_operand(node: ast.Name, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a number is made of something, and no text."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.BinOp):
        sides = (parent.left, parent.right)
        return not any(isinstance(one, ast.JoinedStr) or text(one) is not None for one in sides)
    return isinstance(parent, ast.AugAssign | ast.UnaryOp) and not isinstance(
        getattr(parent, "op", None), ast.Not
    )
