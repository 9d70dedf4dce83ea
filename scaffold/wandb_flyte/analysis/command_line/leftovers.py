"""What a program does with the words that `parse_known_args` did not know."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from wandb_flyte.analysis.source.kinds import PARSES, argument, called_name, literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.noted import SHOWS


def uses_rest(node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Whether the code may take something from the words that a parser did not know.

    Args:
        node: The call of `parse_known_args`.
        flow: The program.
        scope: The scope around the call.
    """
    parents = flow.scopes.parents
    parent = parents.get(id(node))
    if isinstance(parent, ast.Subscript):
        return bool(literal(parent.slice) != 0)
    loads = rest_of(node, flow, scope)
    if loads is None:
        return True
    return not all(_is_shown(one, parents) or _is_parsed(one, flow, scope) for one in loads)


def goes_to_parser(node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Whether another parser gets what one did not know."""
    loads = rest_of(node, flow, scope) or ()
    return any(_is_parsed(one, flow, scope) for one in loads)


def rest_of(node: ast.Call, flow: Flow, scope: Scope) -> list[ast.Name] | None:
    """Where the code asks for what a call did not know; None where that is not seen."""
    parent = flow.scopes.parents.get(id(node))
    rest = second_name(parent.targets[0]) if isinstance(parent, ast.Assign) else ""
    if not rest:
        return None
    names = scope.each(ast.Name)
    return [one for one in names if one.id == rest and isinstance(one.ctx, ast.Load)]


def second_name(target: ast.expr) -> str:
    """The second of two names that a pair is unpacked to; empty for another target."""
    second = target.elts[1] if isinstance(target, ast.Tuple) and len(target.elts) == 2 else None
    return second.id if isinstance(second, ast.Name) else ""


def _is_parsed(node: ast.Name, flow: Flow, scope: Scope) -> bool:
    """Whether a parser takes words."""
    call = flow.scopes.parents.get(id(node))
    if isinstance(call, ast.keyword):
        call = flow.scopes.parents.get(id(call))
    if not isinstance(call, ast.Call) or called_name(call) not in PARSES:
        return False
    kinds = flow.kinds(call.func.value, scope) if isinstance(call.func, ast.Attribute) else ()
    is_given = argument(call, "args", 0) is node
    return is_given and any(kind.what == "parser" for kind in kinds)


def _is_shown(node: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether something is only shown to people, or asked whether there is any of it."""
    parent, is_asked = parents.get(id(node)), True
    while isinstance(parent, ast.expr):
        if isinstance(parent, ast.Call) and called_name(parent) in SHOWS | {"len"}:
            is_asked &= called_name(parent) == "len"
            if not is_asked:
                return node is not parent.func
        elif not isinstance(parent, ast.BoolOp | ast.UnaryOp):
            is_asked &= isinstance(parent, ast.Compare) and isinstance(node, ast.Call)
        node, parent = parent, parents.get(id(parent))
    return is_asked and isinstance(parent, ast.If | ast.Assert) and parent.test is node
