"""Calls of a program's own functions that do not fit them: every run that comes to one stops."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.decorators import is_changed
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function
from wandb_flyte.analysis.tracing.callees import Callees, called_on
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.spec import dotted

# Decorators that say how a method gets its object.
_METHODS = frozenset({"classmethod", "staticmethod"})
# What `wandb.init` takes, or took in an earlier version.
_INIT = frozenset(
    {
        *("allow_val_change", "anonymous", "config", "config_exclude_keys", "config_include_keys"),
        *("dir", "entity", "force", "fork_from", "group", "id", "job_type", "magic", "mode"),
        *("monitor_gym", "name", "notes", "project", "reinit", "resume", "resume_from"),
        *("save_code", "settings", "sync_tensorboard", "tags", "tensorboard"),
    }
)


class Misfit(NamedTuple):
    """A call that Python refuses.

    Attributes:
        name: What is called.
        reason: Why it does not fit.
        place: Where it stands.
        who: The trials that come to it.
    """

    name: str
    reason: str
    place: Place
    who: str


def find_misfits(case: Case, switches: Switches) -> Iterator[Misfit]:
    """The calls that runs surely make, with arguments that what is called does not take."""
    flow, names, callees = case.program.flow, case.program.names, case.program.callees
    for scope in flow.scopes.reached:
        for call in scope.calls:
            if flow.is_of_wandb(call, "init", scope):
                yield from _opening(call, scope, switches)
            if not names.is_loaded(scope.module):
                continue
            target = callees.of(call.func, scope) or _forward(call.func, scope, flow, callees)
            by_class = callees.class_named(called_on(call.func), scope) is not None
            given = _parameters(target, by_class) if target is not None else None
            spread = _spread(call, scope, switches)
            reason = "" if given is None or spread is None else _reason(call, *given, *spread)
            if reason and (who := switches.stopped(call, scope)):
                yield Misfit(ast.unparse(call.func), reason, scope.place(call), who)


def _opening(call: ast.Call, scope: Scope, switches: Switches) -> Iterator[Misfit]:
    """`wandb.init` with a name that it never had."""
    unknown = sorted(k.arg for k in call.keywords if k.arg and k.arg not in _INIT)
    if unknown and (who := switches.stopped(call, scope)):
        reason = f"has no parameter `{unknown[0]}`"
        yield Misfit(ast.unparse(call.func), reason, scope.place(call), who)


def _spread(call: ast.Call, scope: Scope, switches: Switches) -> tuple[set[str], set[str]] | None:
    """The names that a call surely gives by `**`, and those that it may give.

    None where only a running program knows what it gives.
    """
    many = [keyword.value for keyword in call.keywords if keyword.arg is None]
    if len(many) > 1 or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    return switches.known.keys(many[0], scope) if many else (set(), set())


def _forward(called: ast.expr, scope: Scope, flow: Flow, callees: Callees) -> Scope | None:
    """The `forward` that a call of one of the program's PyTorch modules comes to."""
    owner = callees.class_of(called, scope) if isinstance(called, ast.Name) else None
    if owner is None or [dotted(one).rpartition(".")[2] for one in owner.bases] != ["Module"]:
        return None
    methods = {one.name: one for one in owner.body if isinstance(one, Function)}
    forward = methods.get("forward")
    return flow.scopes.by_node.get(id(forward)) if "__call__" not in methods else None


def _parameters(target: Scope | ast.ClassDef, by_class: bool) -> tuple[ast.arguments, int] | None:
    """What a call of something takes, and how many of it Python gives itself.

    Args:
        target: What is called.
        by_class: Whether it is asked of its class, and not of an object.
    """
    if isinstance(target, Scope):
        node = target.node
        if node is None:
            return None
        decorators = node.decorator_list if is_changed(node) else []
        kinds = [one.id for one in decorators if isinstance(one, ast.Name)]
        if len(kinds) < len(decorators) or set(kinds) - _METHODS:
            return None  # Whatever a decorator makes of it.
        if by_class:
            return node.args, int("classmethod" in kinds)
        return node.args, int(target.owner is not None and "staticmethod" not in kinds)
    if any(dotted(base).endswith(("Enum", "Flag")) for base in target.bases):
        return None  # A call looks a member up.
    methods = {one.name: one for one in target.body if isinstance(one, Function)}
    first = methods.get("__init__")
    if first is None or "__new__" in methods or target.keywords or target.decorator_list:
        return None
    return (first.args, 1) if not first.decorator_list else None


def _reason(
    call: ast.Call, args: ast.arguments, given: int, sure: set[str], maybe: set[str]
) -> str:
    """What of a call its function does not take; empty when it fits.

    Args:
        call: The call.
        args: What its function takes.
        given: How many of it Python gives itself.
        sure: The names that it gives by `**` beside those that it writes out.
        maybe: Those that it may give so.
    """
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    by_place = positional[given:]
    named = {arg.arg for arg in (*args.args, *args.kwonlyargs)} - set(positional[:given])
    keywords = {keyword.arg for keyword in call.keywords if keyword.arg} | sure
    if len(call.args) > len(by_place) and args.vararg is None:
        many = "argument" if len(by_place) == 1 else "arguments"
        return f"takes {len(by_place)} {many} by position, and gets {len(call.args)}"
    if unknown := sorted(keywords - named) if args.kwarg is None else []:
        return f"has no parameter `{unknown[0]}`"
    if twice := [name for name in by_place[: len(call.args)] if name in keywords & named]:
        return f"gets `{twice[0]}` twice"
    required = by_place[: len(positional) - len(args.defaults) - given][len(call.args) :]
    pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    required += [arg.arg for arg, default in pairs if default is None]
    missing = [name for name in required if name not in keywords | maybe]
    return f"needs `{missing[0]}`, and does not get it" if missing else ""
