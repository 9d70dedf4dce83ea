"""Whether a program's command line takes what `wandb agent` would give it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from wandb_flyte.analysis.command_line.interface import (
    STRICT,
    Interface,
    Option,
    Taken,
    option_for,
    usable_options,
)
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, all_names, near
from wandb_flyte.generate.check.trial.command import DEFAULT
from wandb_flyte.generate.check.trial.hydra import missing_keys
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.check.trial.values import check_option
from wandb_flyte.generate.names import show

from .agents import own_agent
from .hydra_parts import replaced_parts
from .hydra_ungiven import check_ungiven

_LONG_FLAG = re.compile(r"--([\w.-]+)(=.*)?$", re.DOTALL)


def check_flags(case: Case, switches: Switches) -> Iterator[Finding]:
    """Every trial fails, or none gets its hyperparameters, by the way a command passes them."""
    command, interface = case.command, case.program.interface
    assert command is not None  # noqa: S101 - only scripts have a command line
    name = show(case.program.file.name)
    own, file = case.program.own_sweep or (None, "")
    if own is not None and Path(file).name != case.document.path.name:
        message = (
            f"Every run of `{name}` starts another sweep or agent: each trial of this one would."
        )
        hint = f"Start trials another way, or give the function of one: `--objective {name}:NAME`."
        yield case.in_code(own, message, hint, "WF208", "error")
    elif (agent := own_agent(case, switches)) is not None:
        yield tell_of_agent(agent, case)
        return
    # absl and what uses it have flags of their own.
    fixed = interface.style in STRICT - {"absl"} and not interface.open
    refused = _unknown_command(case, interface)
    if fixed and not interface.ignores_unknown and refused is None:
        yield from _own_words(case, interface)
    if not command.passes:
        yield from _no_args(case)
        return
    where = ("command", str(command.index)) if case.sweep.command else ("program",)
    if interface.style == "hydra":
        if interface.rewrites:
            return
        if command.passes == "flags":
            message = "Hydra takes `key=value`, and the command gives `--key=value`."
            yield case.in_sweep(
                where, message, _style_hint(case, "${args_no_hyphens}"), "WF202", "error"
            )
        yield from missing_keys(case, switches.known.hydra_config)
        yield from replaced_parts(case, switches)
        yield from check_ungiven(case, switches)
        return
    if interface.fire and command.passes == "plain":
        message = "Fire takes `--name=value`, and the command gives `name=value`, by its place."
        yield case.in_sweep(where, message, _style_hint(case, "${args}"), "WF202", "error")
    if interface.taken is not None and command.passes == "flags":
        yield from _refused(case, interface.taken)
    if interface.style not in STRICT or command.passes == "json":
        return
    if interface.open:
        # Others may declare options too: only those that are known are looked at.
        if command.passes == "flags":
            yield from _declared_options(case, interface)
        return
    if command.passes != "flags":
        if not interface.ignores_unknown and not _takes_words(interface):
            message = f"{interface.style} takes `--name=value`, and the command gives `name=value`."
            yield case.in_sweep(where, message, _style_hint(case, "${args}"), "WF202", "error")
            if any(option_for(interface, name, command.words) for name in case.sweep.names):
                yield from (f for f in _options(case, interface) if f.code == "WF201")
        return
    if refused is not None:
        yield refused
        return
    yield from _options(case, interface)
    if (names := all_names(case.document)) is not None:
        yield from _required(case, interface, switches, names)


def tell_of_agent(agent: ast.Call, case: Case, function: str = "") -> Finding:
    """That a program reads a sweep config itself, and trials are calls of a function.

    Args:
        agent: Where it starts the agent.
        case: The sweep and its code.
        function: The function's name, where it is known.
    """
    name = show(case.program.file.name)
    message = f"`{name}` starts an agent itself, so how trials start is not checked."
    given = f"{name}:{show(function) or 'NAME'}"
    hint = f"To run it on Flyte, give the agent's function: `--objective {given}`."
    return case.in_code((case.program.file, agent.lineno), message, hint, "WF208", "note")


def _declared_options(case: Case, interface: Interface) -> Iterator[Finding]:
    for option in interface.options:
        name = max(option.names, key=len).removeprefix("--")
        if not option.command and name in case.sweep.names:
            yield from check_option(case, name, option)


def _options(case: Case, interface: Interface) -> Iterator[Finding]:
    command = case.command
    assert command is not None  # noqa: S101 - only scripts have a command line
    for name in case.sweep.names:
        option = option_for(interface, name, command.words)
        path = ("parameters", name)
        if option is not None:
            yield from check_option(case, name, option)
            continue
        if interface.ignores_unknown:
            continue
        usable = usable_options(interface, command.words)
        other = _near_flag(name, usable)
        message = f"`{show(case.program.file.name)}` has no option `--{show(name)}`: it would stop."
        hidden = [o for o in interface.options if o not in usable and f"--{name}" in o.names]
        if hidden:
            hint = f"The option belongs to the subcommand `{hidden[0].command[-1]}`: name it."
        elif other:
            hint = f"Did you mean `{show(other)}`?"
        elif not (case.program.config.may_read((name,)) or case.program.mentions.names(name)):
            hint = "Nothing in the program reads it, either: take it out, or let it be used."
        else:
            hint = "Add it to the program, or read it from `wandb.config` with `parse_known_args`."
        yield case.in_sweep(path, message, hint, "WF201", "error")


def _refused(case: Case, taken: Taken) -> Iterator[Finding]:
    """Names that no option of Lightning's command line is."""
    for name in case.sweep.names:
        known = taken.instead_of(name)
        if known is None:
            continue
        other = near(name, known)
        message = f"`{show(case.program.file.name)}` has no option `--{show(name)}`: it would stop."
        hint = f"Did you mean `{show(other)}`?" if other else "Take it out, or add it to its class."
        yield case.in_sweep(("parameters", name), message, hint, "WF201", "error")


def _own_words(case: Case, interface: Interface) -> Iterator[Finding]:
    """Options that the command itself gives, and that the program does not have."""
    command = case.command
    assert command is not None  # noqa: S101 - only scripts have a command line
    usable = usable_options(interface, command.words)
    if not usable or any(_is_positional(option) and option.many for option in usable):
        return  # What takes all words that are left takes those too.
    for word in takewhile(lambda word: word != "--", command.words):
        flag = _LONG_FLAG.match(word)
        name = flag[1] if flag else ""
        if name in ("", "help") or option_for(interface, name, command.words):
            continue
        other = _near_flag(name, usable)
        message = f"`{show(case.program.file.name)}` has no option `--{show(name)}`: it would stop."
        hint = f"Did you mean `{show(other)}`?" if other else "Take it out of the command."
        place = ("command", str((case.sweep.command or ()).index(word)))
        yield case.in_sweep(place, message, hint, "WF201", "error")


def _near_flag(name: str, usable: list[Option]) -> str:
    """The option that is probably meant."""
    return near(name, {f.lstrip("-") for o in usable for f in o.names if f.startswith("--")})


def _unknown_command(case: Case, interface: Interface) -> Finding | None:
    """The command's only word, where it is no subcommand of a program that is started by one."""
    command = case.command
    assert command is not None  # noqa: S101 - only scripts have a command line
    given = command.words[0] if len(command.words) == 1 else ""
    if not interface.commands or interface.commands & {given, "?"}:
        return None
    if not re.fullmatch(r"[A-Za-z][\w-]*", given):
        return None
    message = f"`{show(case.program.file.name)}` has no subcommand `{show(given)}`: it would stop."
    other = near(given, interface.commands)
    known = ", ".join(f"`{show(name)}`" for name in sorted(interface.commands)[:12])
    hint = f"Did you mean `{show(other)}`?" if other else f"It has {known}."
    return case.in_sweep(("command",), message, hint, "WF201", "error")


def _required(
    case: Case, interface: Interface, switches: Switches, names: tuple[str, ...]
) -> Iterator[Finding]:
    command = case.command
    assert command is not None  # noqa: S101 - only scripts have a command line
    words = [word for word in command.words if not word.startswith("-")]
    given = {id(option_for(interface, name, command.words)) for name in names}
    for option in usable_options(interface, command.words):
        if option.has_default or id(option) in given:
            continue
        if _may_get_others(option, interface, switches):
            continue
        if option.names[0].startswith("-"):
            if command.flags & set(option.names):
                continue
        elif words:
            continue
        name = max(option.names, key=len)
        message = f"`{show(name)}` has to be given, and neither the sweep nor the command does."
        hint = "Add it to the sweep's parameters or to the command, or give it a default."
        yield case.in_code(option.place, message, hint, "WF206", "error")


def _may_get_others(option: Option, interface: Interface, switches: Switches) -> bool:
    """Whether an option is one of a second parser, which may get other words than the command's."""
    file, line = option.place
    own = [
        (call, scope)
        for call, scope in interface.parses
        if scope.module.file == file
        and scope.node is not None
        and scope.node.lineno <= line <= (scope.node.end_lineno or 0)
    ]
    if not own or len(own) == len(interface.parses):
        return False
    return not any(
        switches.comes_to(call, scope)
        and all(switches.known.value(one, scope) is None for one in call.args[:1])
        for call, scope in own
    )


def not_passed(case: Case) -> list[str]:
    """What a program takes on its command line alone, from a command without an args macro."""
    program, command = case.program, case.command
    if program.config.used or program.merged.used or command is None or command.passes:
        return []
    if program.interface.style == "hydra":
        return list(case.sweep.names)
    if program.interface.style not in STRICT:
        return []
    return [name for name in case.sweep.names if option_for(program.interface, name, command.words)]


def _no_args(case: Case) -> Iterator[Finding]:
    if not not_passed(case):
        return
    macro = "${args_no_hyphens}" if case.program.interface.style == "hydra" else "${args}"
    message = "The command has no args macro, so the program never sees the hyperparameters."
    yield case.in_sweep(("command",), message, f'Add `"{macro}"` at its end.', "WF203", "error")


def _style_hint(case: Case, macro: str) -> str:
    if case.sweep.command is None:
        whole = ", ".join(f'"{part}"' for part in (*DEFAULT[:-1], macro))
        return f"Write `command: [{whole}]`."
    return f'Write `"{macro}"`.'


def _takes_words(interface: Interface) -> bool:
    return any(_is_positional(option) for option in interface.options)


def _is_positional(option: Option) -> bool:
    return not option.names[0].startswith("-")
