"""Walking through Python's syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.AsyncFunctionDef, ast.FunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

# What holds no nodes, or only such as say which way an expression is used, or how it is written.
_PLAIN = frozenset(
    {
        *(
            "arg",
            "asname",
            "attr",
            "conversion",
            "ctx",
            "id",
            "is_async",
            "kind",
            "level",
            "module",
        ),
        *("op", "ops", "simple", "type_comment"),
    }
)
# Lists that hold other things than nodes too.
_MIXED = frozenset({"keys", "kw_defaults", "kwd_attrs", "names"})
_HOLDING: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside a node, in order, without operators and contexts.

    As `ast.iter_child_nodes`, at half the time: a check spends most of its time here.
    """
    names = _HOLDING.get(type(node))
    if names is None:
        names = _HOLDING[type(node)] = tuple(name for name in node._fields if name not in _PLAIN)
    found: list[ast.AST] = []
    for name in names:
        value = getattr(node, name, None)
        if isinstance(value, list):
            if name in _MIXED:
                value = [item for item in value if isinstance(item, ast.AST)]
            found += value
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and everything inside it, in no particular order."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo += children(node)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements inside a node, in functions and classes too, in the order of the file."""
    for block in _BLOCKS:
        for inner in getattr(node, block, ()):
            if isinstance(inner, ast.AST):
                yield inner
                yield from statements(inner)


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, those under `if` and `try` included."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from top_level(getattr(node, part, []))
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                yield from top_level(handler.body)


def parameters(function: Function) -> list[tuple[ast.arg, ast.expr | None]]:
    """A function's parameters that can be given one by one, in order, each with its default."""
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    required = [None] * (len(positional) - len(args.defaults))
    return [
        *zip(positional, [*required, *args.defaults], strict=True),
        *zip(args.kwonlyargs, args.kw_defaults, strict=True),
    ]


def is_none(node: ast.AST | None) -> bool:
    """Whether an expression is `None`."""
    return isinstance(node, ast.Constant) and node.value is None


def named_by(decorator: ast.expr) -> ast.expr:
    """What a decorator names, without what it is called with."""
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def annotated(node: ast.ClassDef) -> Iterator[tuple[str, ast.AnnAssign]]:
    """The fields of a class, as dataclasses and pydantic know them: names with an annotation."""
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield item.target.id, item


def result_of(node: ast.AST, function: Function | None) -> ast.expr | None:
    """What a statement of a function gives back; in a context manager what `with` gets."""
    if isinstance(node, ast.Return) and function is not None:
        return node.value
    decorators = function.decorator_list if function is not None else []
    is_with = any(ast.unparse(named_by(one)).endswith("contextmanager") for one in decorators)
    return node.value if isinstance(node, ast.Yield) and is_with else None
