"""Functions of a file that can be followed: what they do is what stands in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

_OTHERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_UNPLAIN = (ast.Await, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom)
_BLOCKS = (ast.AsyncFor, ast.For, ast.Try, ast.TryStar, ast.While)


@lru_cache(maxsize=512)
def returned_by(function: ast.FunctionDef) -> tuple[ast.Return, ...] | None:
    """The one `return` of a function, or none at all; None for a function that is not followed."""
    args = function.args
    if function.decorator_list or args.vararg or args.kwarg or args.kwonlyargs:
        return None
    own = list(_own(function))
    ends = tuple(node for node in own if isinstance(node, ast.Return))
    if len(ends) > 1 or any(isinstance(node, _UNPLAIN) for node in own):
        return None
    around = _chain(function.body, ends[0]) if ends else []
    return None if any(isinstance(node, _BLOCKS) for node in around) else ends


@lru_cache(maxsize=512)
def globals_of(function: ast.FunctionDef) -> frozenset[str]:
    """The names of the module that a function binds anew."""
    found = (node.names for node in _own(function) if isinstance(node, ast.Global))
    return frozenset(name for names in found for name in names)


@lru_cache(maxsize=512)
def names_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The names that are a function's own: parameters, and what it binds."""
    found = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    for node in _own(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
    return frozenset(found)


@lru_cache(maxsize=512)
def chain_to(root: ast.AST, wanted: ast.AST) -> frozenset[int]:
    """The ids of a node and of those around it, up to a root's parts; empty where it is none.

    Args:
        root: A module or a function.
        wanted: The node.
    """
    return frozenset(id(node) for node in _chain(getattr(root, "body", []), wanted))


def _chain(body: list[ast.stmt], wanted: ast.AST) -> list[ast.AST]:
    parents: dict[int, ast.AST] = {}
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if node is wanted:
            found = [node]
            while (parent := parents.get(id(found[-1]))) is not None:
                found.append(parent)
            return found
        for child in ast.iter_child_nodes(node):
            parents[id(child)] = node
            stack.append(child)
    return []


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of others inside."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _OTHERS):
            stack += ast.iter_child_nodes(node)
