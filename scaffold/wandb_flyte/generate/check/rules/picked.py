"""Values that pick the wrong item: the default of a dict's `get`, or no member of an enum."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from wandb_flyte.analysis.source.choices import enum_members
from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.statements import is_decided
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, near
from wandb_flyte.generate.check.trial.swept import Swept
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.names import show

from .tables import is_taken, keys_of, unwrapped

# The arguments of `table.get(key, default)`.
_WITH_DEFAULT = 2


def check_picked(case: Case, switches: Switches) -> Iterator[Finding]:
    """`{"adam": Adam, "sgd": SGD}.get(config.optimizer, SGD)`, `Optimizer(config.optimizer)`.

    Args:
        case: The sweep and its code.
        switches: What is known of the conditions.
    """
    swept = Swept(case)
    for scope in case.program.flow.scopes.reached:
        for call in scope.calls:
            if len(call.args) == _WITH_DEFAULT and called_name(call) == "get":
                yield from _default(call, scope, case, swept)
            elif len(call.args) == 1 and called_name(call) == "get":
                yield from _none(call, scope, case, swept, switches)
            elif len(call.args) == 1 and not call.keywords and isinstance(call.func, ast.Name):
                yield from _member(call, scope, case, swept, switches)


def _default(call: ast.Call, scope: Scope, case: Case, swept: Swept) -> Iterator[Finding]:
    """The values that come to the default: several of them, or one that is nearly a key."""
    subject, change = unwrapped(call.args[0])
    values = swept.values(subject, scope)
    keys = keys_of(getattr(call.func, "value", None), scope) if values else None
    if not values or keys is None or not swept.is_plain(subject, scope):
        return
    others = [str(one) for one in values if not is_taken(one, change, keys)]
    if not 0 < len(others) < len(values):
        return
    meant = _meant(others[0], keys, values, change) if len(others) == 1 else ""
    if len(others) == 1 and not meant:
        return
    name = _name(subject, scope, case)
    listed = " and ".join(filter(None, [", ".join(map(_code, others[:-1])), _code(others[-1])]))
    which = "which all get" if len(others) > 1 else "which gets"
    no_key = "no key is for them" if len(others) > 1 else "no key is for it"
    message = f"`{name}` may be {listed}, {which} the default: {no_key}."
    hint = f"It takes {', '.join(map(_code, keys[:12]))}."
    hint = f"Is {_code(meant)} meant?" if meant else hint
    yield case.in_code(scope.place(call), message, hint, "WF106", "warning")


def _none(
    call: ast.Call, scope: Scope, case: Case, swept: Swept, switches: Switches
) -> Iterator[Finding]:
    """The values that no key is for, where `if found is None: raise ...` follows."""
    subject, change = unwrapped(call.args[0])
    values = swept.values(subject, scope)
    keys = keys_of(getattr(call.func, "value", None), scope) if values else None
    if not values or keys is None or not swept.is_plain(subject, scope):
        return
    refused = [one for one in values if not is_taken(one, change, keys)]
    parents = case.program.flow.scopes.parents
    if not refused or not _raises_without(call, scope, parents):
        return
    if not is_decided(call, parents) and not switches.closed(call, scope):
        name = _name(subject, scope, case)
        message = f"`{name}` may be {_code(str(refused[0]))}, which no key is for: it would stop."
        other = near(change(str(refused[0])), list(keys))
        hint = f"Did you mean {_code(other)}?" if other else ""
        hint = hint or f"It takes {', '.join(map(_code, keys[:12]))}."
        yield case.in_code(scope.place(call), message, hint, "WF106", "warning")


def _raises_without(call: ast.Call, scope: Scope, parents: dict[int, ast.AST]) -> bool:
    """Whether `found = table.get(...)` is followed by an exception where that is None."""
    given = parents.get(id(call))
    if not isinstance(given, ast.Assign) or len(given.targets) != 1:
        return False
    target = given.targets[0]
    if sum(ast.unparse(one) == ast.unparse(target) for one, _ in scope.bindings) > 1:
        return False
    return any(
        isinstance(one.body[-1], ast.Raise)
        and one.lineno > call.lineno
        and _is_missing(one, target)
        for one in scope.each(ast.If)
        if parents.get(id(one)) is parents.get(id(given))
    )


def _is_missing(node: ast.If, target: ast.expr) -> bool:
    """Whether a condition is `target is None` or `not target`."""
    test = node.test
    name = ast.unparse(target)
    return ast.unparse(test) in (f"{name} is None", f"not {name}")


def _meant(
    value: str, keys: tuple[str, ...], values: list[Any], change: Callable[[str], str]
) -> str:
    """The key that a value was probably meant for, and that no other value is."""
    taken = {change(one) for one in values if isinstance(one, str)}
    return near(change(value), [key for key in keys if key not in taken])


def _member(
    call: ast.Call, scope: Scope, case: Case, swept: Swept, switches: Switches
) -> Iterator[Finding]:
    """The values that no member of an enum has."""
    subject, change = unwrapped(call.args[0])
    values = swept.values(subject, scope)
    members = enum_members(call.func, scope.module) if values else None
    if not values or not members or not swept.is_plain(subject, scope):
        return
    taken = tuple(members.values())
    refused = [one for one in values if not is_taken(one, change, taken)]
    parents = case.program.flow.scopes.parents
    if refused and not is_decided(call, parents) and not switches.closed(call, scope):
        name = _name(subject, scope, case)
        what = f"`{name}` may be {_code(str(refused[0]))}"
        message = f"{what}, which no `{show(called_name(call))}` is: it would stop."
        other = near(str(refused[0]), [str(one) for one in taken])
        known = ", ".join(_code(str(one)) for one in taken[:12])
        hint = f"Did you mean {_code(other)}?" if other else f"It takes {known}."
        yield case.in_code(scope.place(call), message, hint, "WF106", "warning")


def _name(subject: ast.expr, scope: Scope, case: Case) -> str:
    """The hyperparameter that an expression is."""
    return show(".".join(next(iter(case.program.flow.kinds(subject, scope))).path))


def _code(text: str) -> str:
    return f"`{show(text)}`"
