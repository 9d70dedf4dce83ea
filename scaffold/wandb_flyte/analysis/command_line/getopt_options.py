"""The options of programs that read their command line with `getopt`."""

from __future__ import annotations

import ast
from pathlib import Path

from wandb_flyte.analysis.source.kinds import argument, full_name, literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import leaves_by
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Interface, Option

_GETOPT = frozenset({"getopt.getopt", "getopt.gnu_getopt"})


def read_getopt(found: Interface, call: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Takes up a call of `getopt`; False where it is none."""
    if not _is_getopt(call, scope):
        return False
    short = literal(argument(call, "shortopts", 1))
    many = argument(call, "longopts", 2)
    long = [] if many is None else literal(many)
    found.style, found.place = "getopt", scope.place(call)
    if not isinstance(short, str) or not isinstance(long, list | tuple):
        found.open = True
        return True
    found.open |= _is_caught(call, flow)
    letters = [f"-{one}" for one in short if one.isalnum()]
    words = [(f"--{str(one).rstrip('=?')}", "=" in str(one)) for one in long]
    takes = {letter: f"{letter[1]}:" in short for letter in letters} | dict(words)
    found.options += [_option(name, takes[name], found.place) for name in takes]
    return True


def goes_to_getopt(argv: ast.AST, flow: Flow, scope: Scope) -> bool:
    """Whether `sys.argv` goes to `getopt` alone, there or in a function that gets it."""
    parents = flow.scopes.parents
    words = parents.get(id(argv))
    call = parents.get(id(words)) if isinstance(words, ast.Subscript) else words
    if not isinstance(call, ast.Call) or not call.args:
        return False
    given = words if isinstance(words, ast.Subscript) else argv
    if _is_getopt(call, scope):
        return call.args[0] is given
    targets = flow.scopes.resolve(call.func, scope)
    inner = targets[0] if len(targets) == 1 else None
    if not isinstance(inner, Scope):
        return False
    names = [name for name, value in inner.arguments(call).items() if value is given]
    uses = [parents.get(id(one)) for name in names for one in inner.loads.get(name, ())]
    return bool(uses) and all(isinstance(one, ast.Call) and _is_getopt(one, inner) for one in uses)


def _is_getopt(call: ast.Call, scope: Scope) -> bool:
    return full_name(call.func, scope.module.outside) in _GETOPT


def _is_caught(call: ast.Call, flow: Flow) -> bool:
    """Whether a program may go on where `getopt` refuses an option."""
    handlers = (
        handler
        for outer in flow.scopes.outwards(call)
        if isinstance(outer, ast.Try)
        for handler in outer.handlers
    )
    return not all(leaves_by(handler.body[-1]) for handler in handlers)


def _option(name: str, takes_value: bool, place: tuple[Path, int]) -> Option:
    kind = "str" if takes_value else "flag"
    return Option((name,), name.lstrip("-"), kind, None, None, has_default=True, place=place)
