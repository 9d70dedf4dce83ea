"""Variables of a function that it asks for before it binds them: Python stops there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from wandb_flyte.analysis.config.arguments import is_sure
from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.source.statements import EXITS, SKIPS, before
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.bound_names import Own
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches

_ASSIGNS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
# What has variables of its own, is gone through later, or binds in the midst of an expression.
_OWN = (
    *(ast.ClassDef, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.ListComp, ast.NamedExpr),
    *(ast.SetComp, ast.comprehension),
)


class BoundLate(NamedTuple):
    """A variable that is asked for too early.

    Attributes:
        name: Its name.
        function: The function that it is of.
        place: Where it is asked for.
        is_certain: Whether every trial comes to it.
    """

    name: str
    function: str
    place: Place
    is_certain: bool


def find_bound_late(case: Case, switches: Switches) -> Iterator[BoundLate]:
    """The variables that each call of a function asks for before any statement binds them.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    flow, names = case.program.flow, case.program.names
    every = flow.scopes.everywhere
    inner = {name for one in every for node in one.each(ast.Nonlocal) for name in node.names}
    for scope in flow.scopes.reached:
        own = names.of(scope)
        if scope.node is None or own.is_open or flow.scopes.runs_text:
            continue
        for name, node in _too_early(scope, own, flow.scopes):
            if name in inner or not switches.sure(node, scope):
                continue
            is_certain = names.is_certain(node, scope)
            is_function = is_certain and (scope.owner is None or scope.makes is not None)
            # A method of that name may be another object's.
            if is_function or _is_called(scope, flow, switches, set()):
                yield BoundLate(name, scope.node.name, scope.place(node), is_certain)
                break


def _is_called(scope: Scope, flow: Flow, switches: Switches, seen: set[int]) -> bool:
    """Whether calls of the program's own functions lead to one, and no condition is against it."""
    if scope.node is None or scope is flow.start:
        return True
    if id(scope) in seen:
        return False
    seen.add(id(scope))
    return any(
        (is_sure(call.func, place, [scope]) or _is_of(call.func, place, scope, flow))
        and not switches.closed(call, place)
        and _is_called(place, flow, switches, seen)
        for call, place in flow.calls_of(scope)
    )


def _is_of(called: ast.expr, place: Scope, method: Scope, flow: Flow) -> bool:
    """Whether what has the method that is called is an object of its class alone."""
    base = called.value if isinstance(called, ast.Attribute) else None
    values = place.every_value(base.id) if isinstance(base, ast.Name) else None
    made = [value.func for value in values or () if isinstance(value, ast.Call)]
    is_all = bool(values) and len(made) == len(values or ())
    return is_all and all(flow.scopes.resolve(one, place) == [method.owner] for one in made)


def _too_early(scope: Scope, own: Own, scopes: Scopes) -> Iterator[tuple[str, ast.AST]]:
    """The variables of a function that it comes to above all that binds them, the first ones."""
    assert scope.node is not None  # noqa: S101 - the caller looked
    shared = {one for node in scope.each(ast.Global) for one in node.names}
    late = own.bound - shared - scope.takes
    first = {name: min(map(_line, scope.binding(name)), default=0) for name in late}
    asked = [node for node in own.loads if id(node) not in own.hidden]
    added = (node.target for node in scope.each(ast.AugAssign))
    asked += [node for node in added if isinstance(node, ast.Name)]
    for node in sorted(asked, key=_position):
        if node.lineno > first.get(node.id, 0) or id(node) not in scope.certain:
            continue
        around = [*scopes.outwards(node)]
        if any(isinstance(one, _OWN) for one in around) or not _comes_to(node, around, scope):
            continue
        if all(_is_after(bound, node, scopes) for bound in scope.binding(node.id)):
            yield node.id, node


def _is_after(bound: ast.AST, node: ast.Name, scopes: Scopes) -> bool:
    """Whether what binds a name only does so after the name has been asked for."""
    around = [bound, *scopes.outwards(bound)]
    statement = next((one for one in around if isinstance(one, ast.stmt)), None)
    is_own = any(isinstance(one, _OWN) for one in around[1:])
    if statement is None or is_own or isinstance(getattr(bound, "ctx", None), ast.Del):
        return False
    if _position(node) < _position(statement):
        return True
    if isinstance(statement, ast.AugAssign) and statement.target is node:
        return True
    is_made_of = isinstance(statement, _ASSIGNS) and statement.value is not None
    return is_made_of and any(part is node for part in walk(statement.value))  # type: ignore[attr-defined]


def _comes_to(node: ast.AST, around: list[ast.AST], scope: Scope) -> bool:
    """Whether no statement before a place leaves its function."""
    assert scope.node is not None  # noqa: S101 - the caller looked
    for block in (*around, scope.node):
        if any(_leaves(one) for one in before(node, block)):
            return False
        node = block
    return True


def _leaves(statement: ast.stmt) -> bool:
    if isinstance(statement, (*SKIPS, ast.Raise)):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and called_name(call) in EXITS


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _position(node: ast.AST) -> tuple[int, int]:
    return (_line(node), getattr(node, "col_offset", 0))
