"""What the calls of a function give for one of its parameters."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function, parameters

Place = tuple[ast.expr, Scope]


def given_by(
    calls: list[tuple[ast.Call, Scope]], name: str, node: Function, scope: Scope
) -> list[tuple[Place, Place]]:
    """Each call that comes into a function, with the value that it has for a parameter then.

    A call that lacks the parameter stops before. None of them where some may give anything.

    Args:
        calls: The calls.
        name: The parameter.
        node: The function.
        scope: Its scope.
    """
    defaults = {arg.arg: default for arg, default in parameters(node)}
    found: list[tuple[Place, Place]] = []
    for call, place in calls:
        spread = None in {keyword.arg for keyword in call.keywords}
        if spread or any(isinstance(one, ast.Starred) for one in call.args):
            return []
        value, where = scope.arguments(call).get(name), place
        if value is None:
            value, where = defaults.get(name), scope
        if value is not None:
            found.append(((call, place), (value, where)))
    return found


def default_of(name: str, node: Function, scope: Scope) -> list[Place]:
    """What a parameter has in a function that is called without arguments."""
    if node.decorator_list:
        return []  # The decorator may give it something.
    defaults = {arg.arg: default for arg, default in parameters(node)}
    default = defaults.get(name)
    return [(default, scope)] if default is not None else []
