"""What becomes of the arguments of a call."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.scopes import Scopes
from wandb_flyte.analysis.tracing.swallowed import is_swallowed
from wandb_flyte.analysis.tracing.uses import Lost, Use, Uses


def taken_as(
    node: ast.expr, call: ast.Call, inner: Scope | None, scopes: Scopes
) -> tuple[str, Scope]:
    """The parameter that an argument of a call becomes, or is dropped as, with its function.

    Raises:
        Lost: That is not seen.
    """
    if inner is None or inner.node is None:
        raise Lost
    if any(isinstance(one, ast.Starred) for one in call.args):
        raise Lost
    names = (name for name, value in inner.arguments(call).items() if value is node)
    name = next(names, None)
    if name is None or name in inner.takes - inner.named:
        raise Lost
    if name not in inner.named and not is_swallowed(name, inner, scopes):
        raise Lost
    return name, inner


def spread_uses(name: str, call: ast.Call, scope: Scope, uses: Uses, scopes: Scopes) -> list[Use]:
    """Where an item of a dict is asked for that a call gets as its arguments: `f(**given)`.

    Args:
        name: The item's key.
        call: The call.
        scope: The scope around it.
        uses: Where the program asks for its names.
        scopes: Its code.

    Raises:
        Lost: That may be anywhere.
    """
    targets = scopes.resolve(call.func, scope)
    if not targets or not is_sure(call.func, scope, targets):
        raise Lost
    found: list[Use] = []
    for inner in map(scopes.entered_by, targets):
        if inner is None or inner.node is None:
            raise Lost
        if name in inner.named:
            found += uses.of(name, inner)
        elif not is_swallowed(name, inner, scopes):
            raise Lost
    return found


def is_sure(called: ast.expr, scope: Scope, targets: list[Scope | ast.ClassDef]) -> bool:
    """Whether it is the program's own function that is called, and no other object's method."""
    if isinstance(called, ast.Name):
        return True
    base = called.value if isinstance(called, ast.Attribute) else None
    if is_name(base, "self"):
        return any(isinstance(one, Scope) and one.owner is scope.owner for one in targets)
    return isinstance(base, ast.Name) and base.id in scope.module.imports
