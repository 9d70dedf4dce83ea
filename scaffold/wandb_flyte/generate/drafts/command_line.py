"""How a drafted sweep config starts its program: with which subcommand, and which flag."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wandb_flyte.analysis.command_line.click_commands import likely_commands
from wandb_flyte.analysis.command_line.interface import Option
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.command import read_command
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.spec import SweepDocument, outline_sweep

from .guesses import as_yaml

_TRAINS = re.compile(r"train|fit|learn|sweep")


def command_lines(program: Program, words: Sequence[str]) -> Iterator[str]:
    """The program in a sweep config, and the command where W&B's default would not do.

    Args:
        program: A script.
        words: What the command gives it beside the hyperparameters.
    """
    entry, file = program.flow.sources.entry, program.file
    is_module = any(isinstance(n, ast.ImportFrom) and n.level for n in ast.walk(entry.tree))
    name = ".".join(file.with_suffix("").parts) if is_module else file.as_posix()
    yield f"program: {as_yaml(name)}"
    is_hydra = program.interface.style == "hydra"
    if words or is_module or is_hydra:
        module = ["-m"] if is_module else []
        args = "${args_no_hyphens}" if is_hydra else "${args}"
        command = ["${env}", "${interpreter}", *module, "${program}", *words, args]
        yield f"command: {as_yaml(command)}"


def options_of(program: Program) -> list[Option]:
    """A script's options, each with its subcommand, also where decorators make those."""
    options = program.interface.options
    if program.interface.style not in ("click", "typer"):
        return options
    if program.interface.commands:
        # A group's own options stand before the subcommand: no args macro comes there.
        return [option for option in options if option.command]
    if program.interface.style == "click" and (likely := likely_commands(program.flow)):
        return [
            replace(option, command=(name,))
            for option in options
            for scope, name in likely
            if scope.node is not None and option.stands_on(scope.module.file, scope.node)
        ]
    commands = list(_commands(program))
    if len(commands) < 2 and program.interface.style == "typer" and not _has_callback(program):
        return options  # Typer makes no subcommand of an only command.
    if not commands:
        return options
    return [
        replace(option, command=(name,))
        for option in options
        for name, file, lines in commands
        if option.place[0] == file and option.place[1] in lines
    ]


def subcommand(options: list[Option]) -> str:
    """The subcommand that trains, as far as its name or its options tell; empty without any."""
    commands = [option.command[-1] for option in options if option.command]
    named = [name for name in commands if _TRAINS.search(name)]
    return next(iter(named or sorted(commands, key=commands.count, reverse=True)), "")


def opening_flag(program: Program, options: list[Option], raw: dict[str, Any]) -> str:
    """The flag without which no trial opens its run; empty where none is needed, or none helps.

    Args:
        program: A script.
        options: Its options.
        raw: A sweep config for it.
    """
    opens, others = program.flow.openings
    if others or not opens or _is_opened(program, opens, raw):
        return ""
    parts = raw.get("command") or ["${env}", "${interpreter}", "${program}", "${args}"]
    for option in options:
        flag = next((name for name in option.names if name.startswith("--")), "")
        if flag and option.type == "flag":
            command = [*parts[:-1], flag, parts[-1]]
            if _is_opened(program, opens, raw | {"command": command}):
                return flag
    return ""


def _is_opened(program: Program, opens: list[tuple[ast.Call, Scope]], raw: dict[str, Any]) -> bool:
    document = SweepDocument(program.file, raw, {})
    sweep = outline_sweep(document)
    switches = Switches(Case(document, sweep, program, read_command(sweep)))
    return any(not switches.closed(call, scope) for call, scope in opens)


def _commands(program: Program) -> Iterator[tuple[str, Path, range]]:
    """The functions that are a subcommand: its name, and where its options are declared."""
    for scope, decorator in _decorators(program):
        function, call = scope.node, decorator if isinstance(decorator, ast.Call) else None
        called = call.func if call else decorator
        is_of_group = isinstance(called, ast.Attribute) and called.attr == "command"
        root = ast.unparse(called).partition(".")[0]
        if function is None or not is_of_group or root in scope.module.outside:
            continue
        given = [*call.args, *(k.value for k in call.keywords if k.arg == "name")] if call else []
        name = text(given[0]) if given else None
        first = min(part.lineno for part in function.decorator_list)
        lines = range(first, function.lineno + 1)
        yield name or function.name.lower().replace("_", "-"), scope.module.file, lines


def _has_callback(program: Program) -> bool:
    called = (ast.unparse(decorator) for _, decorator in _decorators(program))
    return any(".callback" in one for one in called)


def _decorators(program: Program) -> Iterator[tuple[Scope, ast.expr]]:
    for scope in program.flow.scopes.reached:
        for decorator in scope.node.decorator_list if scope.node is not None else ():
            yield scope, decorator
