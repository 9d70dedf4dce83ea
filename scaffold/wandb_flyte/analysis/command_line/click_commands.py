"""The subcommands of a program that uses click, and which options belong to which."""

from __future__ import annotations

import ast
from dataclasses import replace

from wandb_flyte.analysis.source.kinds import called_name, full_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function, named_by
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Interface

# What gives options defaults: a map, or the environment.
_DEFAULTS = frozenset({"auto_envvar_prefix", "default_map"})
# Endings that click takes off a function's name, from 8.2 on.
_ENDINGS = ("_command", "_cmd", "_group", "_grp")


def assign_commands(found: Interface, flow: Flow) -> None:
    """Says of each option of click which subcommand it belongs to.

    Args:
        found: The command line, with the options of all functions; open where a group is not the
            only one, or not all of its commands show.
        flow: The program.
    """
    if _gives_defaults(flow):
        # What an option is left to may come from a file, or from the environment.
        found.options = [
            replace(one, has_default=True, left_out=UNKNOWN, default=None) for one in found.options
        ]
    groups = _groups(flow)
    if not groups:
        return
    named = _commands(groups[0], flow) if len(groups) == 1 else None
    if named is None or not _is_called(groups[0], flow):
        found.open = True
        return
    options = []
    for option in found.options:
        for scope, name in [(groups[0], ""), *named]:
            if scope.node is not None and option.stands_on(scope.module.file, scope.node):
                options.append(replace(option, command=(name,) if name else ()))
    found.options = options
    found.commands |= {name for _, name in named}


def _gives_defaults(flow: Flow) -> bool:
    """Whether the code has defaults for options beside their own: `ctx.default_map = {...}`."""
    for scope in flow.scopes.reached:
        if any(one.attr == "default_map" for one in scope.each(ast.Attribute)):
            return True
        if any(one.arg in _DEFAULTS for one in scope.each(ast.keyword)):
            return True
        if any(text(one) in _DEFAULTS for one in scope.each(ast.Constant)):
            return True
    return False


def likely_commands(flow: Flow) -> list[tuple[Scope, str]]:
    """The functions of all groups' commands; each named as click does it from 8.2 on."""
    found = [one for group in _groups(flow) for one in _added_to(group, flow)]
    return [
        (scope, name or _shortened(scope.node.name))
        for scope, name in found
        if scope.node is not None and (name or scope.node.name.endswith(_ENDINGS))
    ]


def is_registered(decorator: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether a decorator makes a function a command of a group: `@cli.command()`."""
    called = named_by(decorator)
    if not isinstance(called, ast.Attribute) or called.attr != "command":
        return False
    targets = flow.scopes.resolve(called.value, scope)
    return any(isinstance(one, Scope) and _made_by("group", one) is not None for one in targets)


def is_of_click(function: Function, scope: Scope) -> bool:
    """Whether a function has a decorator of click's."""
    named = map(named_by, function.decorator_list)
    return any(full_name(one, scope.module.outside).startswith("click.") for one in named)


def _groups(flow: Flow) -> list[Scope]:
    return [scope for scope in flow.scopes.reached if _made_by("group", scope) is not None]


def _commands(group: Scope, flow: Flow) -> list[tuple[Scope, str]] | None:
    """The functions of a group's commands with their names; None when not all can be told."""
    found = _added_to(group, flow)
    known = [(scope, name) for scope, name in found if name is not None]
    return known if len(known) == len(found) and known else None


def _added_to(group: Scope, flow: Flow) -> list[tuple[Scope, str | None]]:
    """The functions of a group's commands; the group itself for one that can't be told."""
    found: list[tuple[Scope, str | None]] = []
    for scope in flow.scopes.reached:
        decorators = scope.node.decorator_list if scope.node is not None else []
        registered = [one for one in decorators if is_registered(one, scope, flow)]
        found += [(scope, _name(one, scope)) for one in registered]
        for call in scope.calls:
            base = call.func.value if isinstance(call.func, ast.Attribute) else call.func
            if called_name(call) == "add_command" and group in flow.scopes.resolve(base, scope):
                found += _added(call, scope, flow) or [(group, None)]
    return found


def _added(call: ast.Call, scope: Scope, flow: Flow) -> list[tuple[Scope, str | None]]:
    """The command that `group.add_command(function)` adds."""
    targets = flow.scopes.resolve(call.args[0], scope) if call.args else []
    for target in targets:
        made = _made_by("command", target) if isinstance(target, Scope) else None
        if made is not None and isinstance(target, Scope):
            given = call.args[1] if len(call.args) > 1 else None
            given = next((k.value for k in call.keywords if k.arg == "name"), given)
            return [(target, _name(made, target) if given is None else text(given))]
    return []


def _made_by(what: str, scope: Scope) -> ast.expr | None:
    """The decorator of click's that makes a function a command, or a group."""
    for decorator in scope.node.decorator_list if scope.node is not None else ():
        if full_name(named_by(decorator), scope.module.outside) == f"click.{what}":
            return decorator
    return None


def _name(decorator: ast.expr, scope: Scope) -> str | None:
    """A command's name, as its decorator or its function gives it; None when it is not plain."""
    if isinstance(decorator, ast.Call):
        given = {keyword.arg: keyword.value for keyword in decorator.keywords}
        first = decorator.args[0] if decorator.args else given.get("name")
        if first is not None or None in given or "cls" in given:
            return text(first)
    name = scope.node.name if scope.node is not None else ""
    return None if name.endswith(_ENDINGS) else _dashed(name)


def _dashed(name: str) -> str:
    return name.lower().replace("_", "-")


def _shortened(name: str) -> str:
    """What click makes of a function's name with one of the endings, from 8.2 on."""
    return _dashed(name).rpartition("-")[0]


def _is_called(group: Scope, flow: Flow) -> bool:
    """Whether the file that is started calls the group."""
    entry = flow.sources.entry
    return any(
        scope.module is entry and group in flow.scopes.resolve(call.func, scope)
        for scope in flow.scopes.reached
        for call in scope.calls
    )
