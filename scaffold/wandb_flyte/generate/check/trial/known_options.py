"""The options of a command line that have one value in every trial."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from typing import Any

from wandb_flyte.analysis.command_line.interface import Option, option_for, usable_options
from wandb_flyte.analysis.source.kinds import PARSES, Kind, called_name, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.analysis.tracing.unpacked import given_to

from .case import Case
from .swept import FILLED_IN

_STYLES = ("absl", "argparse", "click", "fire", "typer", "tyro")
_TYPES: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float}


def known_options(case: Case) -> Iterator[tuple[str, tuple[Option, Any]]]:
    """The options that have one value in every trial, with it, by where it goes."""
    interface, command = case.program.interface, case.command
    args = case.program.args
    if command is None or interface.style not in _STYLES or not case.knows_command:
        return
    if args.supplies_unseen or not case.program.complete:
        return
    if interface.style == "tyro" and interface.open:
        return  # Its options may have other names.
    swept = {id(option_for(interface, name, command.words)) for name in case.sweep.names}
    told = {id(option_for(interface, flag.lstrip("-"), command.words)) for flag in command.flags}
    short = {letter for word in command.words if _is_short(word) for letter in word[1:]}
    usable, supplied = usable_options(interface, command.words), args.supplies
    for option in usable:
        alone = sum(other.dest == option.dest for other in usable) == 1
        if not alone or option.dest in supplied or id(option) in swept:
            continue
        if not option.names[0].startswith("-"):
            continue  # Which word of the command is whose is not looked at.
        if interface.style == "tyro" and _is_negated(option, command.flags):
            continue
        given = id(option) in told or not command.flags.isdisjoint(option.names)
        given = given or any(flag.lstrip("-") in short for flag in option.names)
        value = _given(option, command.words) if given else option.left_out
        if (given or option.has_default) and value is not UNKNOWN:
            yield option.dest, (option, value)


def _is_negated(option: Option, flags: Set[str]) -> bool:
    """Whether a command gives tyro's `--no-verbose` for `--verbose`."""
    plain = {flag.replace("_", "-") for flag in flags}
    return any(name.replace("_", "-") in plain for name in option.names[1:])


def _given(option: Option, words: tuple[str, ...]) -> Any:
    """What the command's own words leave of an option in the arguments."""
    if option.type == "flag" and isinstance(option.left_out, bool):
        return not option.left_out
    convert = _TYPES.get(option.type)
    values = [value for word, value in _pairs(words) if word in option.names]
    if convert is None or option.many or len(values) != 1 or values[0] is None:
        return UNKNOWN
    if FILLED_IN.search(values[0]):
        return UNKNOWN
    with suppress(ValueError):
        return convert(values[0])
    return UNKNOWN


def _pairs(words: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Each word with the value that belongs to it if it is an option; None without a plain one."""
    for word, following in zip(words, (*words[1:], "-"), strict=True):
        name, is_joined, value = word.partition("=")
        plain = not following.startswith(("-", "$"))
        yield name, value if is_joined else following if plain else None


def _is_short(word: str) -> bool:
    return word.startswith("-") and not word.startswith("--")


def changes(case: Case) -> Iterator[tuple[ast.Call, Scope]]:
    """The calls that may put something else into the program's arguments."""
    flow = case.program.flow
    for scope in flow.scopes.reached:
        for call in scope.calls:
            name = called_name(call)
            target = call.args[0] if name == "setattr" and call.args else None
            if name == "set_defaults" or any(k.what == "args" for k in flow.kinds(target, scope)):
                yield call, scope


def is_whole(node: ast.expr, scope: Scope, flow: Flow) -> bool:
    """Whether an expression stands for the arguments or the trial's config, and nothing else.

    What is put into an attribute of another object may be one of several things in it.
    """
    held = flow.kinds(node, scope)
    is_one = bool(held) and held <= {Kind("args"), Kind("config")}
    return is_one and (not isinstance(node, ast.Name) or _is_only_args(node.id, scope, flow))


def _is_only_args(name: str, scope: Scope, flow: Flow) -> bool:
    """Whether a name stands for nothing else than the arguments in its scope."""
    for target, value in scope.bindings:
        names = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        if not any(is_name(one, name) for one in names):
            continue
        given = given_to(name, target, value, scope, flow.scopes)
        if not given or not all(_gives_args(*place, flow) for place in given):
            return False
    return True


def _gives_args(value: ast.expr, scope: Scope, flow: Flow) -> bool:
    parses = isinstance(value, ast.Call) and called_name(value) in PARSES
    return parses or bool(flow.kinds(value, scope))
