"""Functions that a library calls with a config or with the command line's options."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .kinds import NONE, Kind, Kinds, all_args, called_name, full_name
from .scope import Scope
from .scopes import Scopes
from .syntax import Function, annotated, named_by

_DEEPEST = 3

_RUNS = frozenset({"fire.Fire", "typer.run"})


def given_by_libraries(scopes: Scopes) -> Iterator[tuple[tuple[int, str], Kind]]:
    """The parameters that Hydra, click, typer and Fire give: scope's id, name, what it is."""
    for scope in scopes.reached:
        if scope.node is not None:
            yield from _decorated(scope)
        for call in scope.calls:
            if full_name(call.func, scope.module.outside) in _RUNS and call.args:
                for target in scopes.resolve(call.args[0], scope):
                    if isinstance(target, Scope):
                        yield from _options(target)
            for owner in _parsed_by_tyro(call, scope, scopes):
                yield from _fields(owner, scopes, ())


def by_tyro(call: ast.Call, scope: Scope, scopes: Scopes) -> Kinds:
    """What `tyro.cli(Settings)` gives: the options, as the fields of the program's own class."""
    return frozenset({Kind("args")}) if _parsed_by_tyro(call, scope, scopes) else NONE


def _parsed_by_tyro(call: ast.Call, scope: Scope, scopes: Scopes) -> list[ast.ClassDef]:
    if not call.args or full_name(call.func, scope.module.outside) != "tyro.cli":
        return []
    targets = scopes.resolve(call.args[0], scope)
    return [target for target in targets if isinstance(target, ast.ClassDef)]


def _fields(
    owner: ast.ClassDef, scopes: Scopes, path: tuple[str, ...]
) -> Iterator[tuple[tuple[int, str], Kind]]:
    """What the methods of a class of options have as their object, and those of its fields."""
    around = scopes.defined_in(owner)
    if around is not None and len(path) < _DEEPEST:
        for name, field in annotated(owner):
            for inner in scopes.resolve(field.annotation, around):
                if isinstance(inner, ast.ClassDef):
                    yield from _fields(inner, scopes, (*path, name))
    for item in owner.body:
        method = scopes.by_node.get(id(item)) if isinstance(item, Function) else None
        if method is not None and method.parameters:
            yield (id(method), method.parameters[0].arg), Kind("args", path)


def _decorated(scope: Scope) -> Iterator[tuple[tuple[int, str], Kind]]:
    assert scope.node is not None  # noqa: S101 - the caller looked
    outside = scope.module.outside
    for decorator in scope.node.decorator_list:
        name = full_name(named_by(decorator), outside)
        if name == "hydra.main" and scope.parameters:
            yield (id(scope), scope.parameters[0].arg), Kind("hydra")
        elif name.startswith("click.") or _is_of_typer(decorator, outside):
            yield from _options(scope)


def _is_of_typer(decorator: ast.expr, outside: dict[str, str]) -> bool:
    is_command = isinstance(decorator, ast.Call) and called_name(decorator) == "command"
    return is_command and any(origin.partition(".")[0] == "typer" for origin in outside.values())


def _options(scope: Scope) -> Iterator[tuple[tuple[int, str], Kind]]:
    assert scope.node is not None  # noqa: S101 - a module is no command
    for arg in all_args(scope.node):
        whole = arg is scope.node.args.kwarg
        yield (id(scope), arg.arg), Kind("args", () if whole else (arg.arg,))
