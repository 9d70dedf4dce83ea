"""A first sweep config for code that has none, with a comment for each guess."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.analysis.command_line.interface import Option, type_name
from wandb_flyte.analysis.config.hydra_files import hydra_keys
from wandb_flyte.analysis.program import Program, read_program
from wandb_flyte.analysis.source.kinds import is_name, literal, text
from wandb_flyte.analysis.source.sources import Unreadable
from wandb_flyte.analysis.source.syntax import Function, parameters
from wandb_flyte.errors import Finding, InvalidInput
from wandb_flyte.generate.check.trial.hydra import is_plain_key
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.generate.user_code.objective import (
    Argument,
    Objective,
    ObjectiveRef,
    read_objective,
)
from wandb_flyte.spec import as_number, wandb_calls

from .command_line import command_lines, opening_flag, options_of, subcommand
from .declared import Declared, allowed_values, declared_fields, declared_keys
from .guessed_metric import metric_lines
from .guesses import Guess, as_yaml, guess, guess_by_name

_TRIALS = 20
_TRIES = re.compile(r"objective|train|trial|fit|run|main|experiment")
_MOST_NAMED = 5

# The keys of a hyperparameter, from the outside in.
Named = tuple[tuple[str, ...], Guess]


def draft_sweep(text: str) -> str:
    """The text of a sweep config.

    Args:
        text: `FILE:NAME` of a function, or a script's `FILE`.

    Raises:
        InvalidInput: No such file or function, no Python, nothing in it to search over, or a sweep
            config of its own.
    """
    if Path(text).is_dir():
        hint = "Name a file: `wandb-flyte spec train.py` or `wandb-flyte spec train.py:NAME`."
        raise InvalidInput([Finding("It is a folder.", hint, show_path(Path(text)))])
    returned: tuple[str, ...] = ()
    is_number = False
    if text.endswith(".py"):
        file, program = Path(text), _program(Path(text), None, None)
        _refuse_swept(file, program)
        options = options_of(program)
        found = list(_script_guesses(program, options, subcommand(options)))
        head = _script_head(program, options, found) if found else []
    else:
        objective = read_objective(ObjectiveRef.parse(text))
        config = objective.arguments[0].name if objective.shape == "config" else None
        file, program = objective.ref.file, _program(objective.ref.file, objective.ref.name, config)
        if objective.shape != "parameters":
            _refuse_swept(file, program)
        found, returned, head = list(_function_guesses(objective, program)), objective.returned, []
        is_number = objective.returns_value
    if not found:
        message = f"Nothing in `{show_path(file)}` says what could be searched."
        hint = "Give the function parameters with defaults, or read keys of `wandb.config`."
        if text.endswith(".py") and (names := list(_functions(program))):
            hint = f"Take a function of it: {', '.join(f'`{show(name)}`' for name in names)}."
        raise InvalidInput([Finding(message, hint, show_path(file))])
    logged = [*program.logs.names, *returned]
    metric = metric_lines(logged, program.logs.patterns, bool(returned), is_number)
    lines = [
        f"# A draft from {show(Path(text).name)}. Every comment is a guess: look at it.",
        *head,
        "method: random  # `bayes` learns from the trials before, `grid` tries every combination",
        f"run_cap: {_TRIALS}  # the number of trials",
        *metric,
        "parameters:",
        *_parameters(found),
    ]
    return "\n".join(lines) + "\n"


def _program(file: Path, name: str | None, config: str | None) -> Program:
    try:
        return read_program(file, name, (Path.cwd(),), config)
    except Unreadable as error:
        raise InvalidInput([Finding(str(error), "", show_path(file), error.line)]) from None


def _functions(program: Program) -> Iterator[str]:
    """The functions of a file that can be drafted as `FILE:NAME`, those that train alone if any."""
    entry = program.flow.sources.entry
    names = [
        name
        for name, node in entry.definitions.items()
        if isinstance(node, Function) and parameters(node) and not name.startswith("_")
        if _is_objective(ObjectiveRef(program.file, name))
    ]
    likely = [name for name in names if _TRIES.search(name)]
    for name in (likely or names)[:_MOST_NAMED]:
        yield f"{program.file}:{name}"


def _is_objective(ref: ObjectiveRef) -> bool:
    try:
        read_objective(ref)
    except InvalidInput:
        return False  # A generator, or a task of Flyte's.
    return True


def _refuse_swept(file: Path, program: Program) -> None:
    """Stops at code whose config is the one of a sweep that it makes itself."""
    calls = wandb_calls(program.flow.sources.entry.tree, "sweep")
    if calls:
        name = show_path(file)
        message = "It has a sweep config already, in its `wandb.sweep(...)`."
        hint = f"Take that one: `wandb-flyte new NAME --spec {name}`."
        raise InvalidInput([Finding(message, hint, name, calls[0].lineno)])


def _script_head(program: Program, options: list[Option], found: list[Named]) -> list[str]:
    """The program and its command, with the flag that its trials open their run by."""
    import yaml

    words = [word for word in [subcommand(options)] if word]
    head = list(command_lines(program, words))
    raw = yaml.safe_load("\n".join([*head, "method: random", "parameters:", *_parameters(found)]))
    flag = opening_flag(program, options, raw)
    return list(command_lines(program, [*words, flag])) if flag else head


def _function_guesses(objective: Objective, program: Program) -> Iterator[Named]:
    annotations, defaults = dict(objective.annotations), dict(objective.defaults)
    module = program.flow.sources.entry
    if objective.shape == "config":
        name = getattr(annotations.get(objective.arguments[0].name), "id", "")
        fields = declared_fields(name, module)
        if fields:
            for key, one in fields.items():
                yield from _declared_guess((key,), one, required=not one.may_miss)
            return
    if objective.shape != "parameters":
        yield from _read_guesses(program)
        return
    for argument in objective.arguments:
        annotation = annotations.get(argument.name)
        choices = allowed_values(annotation, module)
        default = literal(defaults.get(argument.name))
        one = Declared(type_name(annotation, default=""), default, choices)
        if one == Declared() and (inner := list(_nested_guesses(objective, argument, program))):
            yield from inner
            continue
        yield from _declared_guess((argument.name,), one, required=argument.required)


def _nested_guesses(objective: Objective, argument: Argument, program: Program) -> Iterator[Named]:
    """The keys that the code reads from a parameter that is a dict."""
    name, function = argument.name, program.function
    annotation = ast.unparse(dict(objective.annotations).get(name, ast.Constant("")))
    reads = (
        text(node.slice) is not None and is_name(node.value, name)
        for node in (ast.walk(function) if function is not None else ())
        if isinstance(node, ast.Subscript)
    )
    if re.search(r"(^|\W)(dict|Dict|(Mutable)?Mapping)\b", annotation) or any(reads):
        inner = _program(objective.ref.file, objective.ref.name, name)
        for keys, one in _read_guesses(inner, beside=program):
            yield (name, *keys), one


def _declared_guess(keys: tuple[str, ...], known: Declared, *, required: bool) -> Iterator[Named]:
    one = guess(keys[-1], known.type, known.default, known.choices, required=required)
    if one is not None:
        yield keys, one


def _script_guesses(program: Program, options: list[Option], command: str) -> Iterator[Named]:
    if program.interface.style == "hydra":
        yield from _hydra_guesses(program)
        return
    told: set[str] = set()
    for option in options:
        flags = [flag for flag in option.names if flag.startswith("--")]
        elsewhere = option.command and option.command[-1] != command
        if not flags or elsewhere or option.many or option.type == "flag":
            continue
        if isinstance(option.default, list | tuple | dict):
            continue  # How it is written on a command line, only its type knows.
        name = flags[0].removeprefix("--")
        required = not option.has_default
        one = guess(name, option.type, option.default, option.choices, required=required)
        if one is not None and name not in told:
            told.add(name)
            yield (name,), one
    if not told:
        yield from _read_guesses(program)


def _hydra_guesses(program: Program) -> Iterator[Named]:
    """The numbers and switches of the Hydra config that the code may read."""
    interface, reads = program.interface, program.hydra
    known = hydra_keys(program.file, interface.config_dir, interface.config_name or "")
    for name, given in (known or {}).items():
        is_seen = reads.used and is_plain_key(name, known)
        if is_seen and not reads.may_read(tuple(name.split("."))):
            continue
        # `1e-3` is text to YAML 1.1, and a number to Hydra.
        value = float(given) if as_number(given) else given
        if isinstance(value, bool | int | float):
            yield from _declared_guess((name,), Declared(default=value), required=False)


def _read_guesses(program: Program, beside: Program | None = None) -> Iterator[Named]:
    """The keys that the code reads, by what its source says of them, or by their names alone."""
    keys = {*program.config.keys, *program.merged.keys}
    keys -= {*beside.config.keys, *beside.merged.keys} if beside else set()
    leaves = sorted(key for key in keys if not any(key == o[: len(key)] != o for o in keys))
    known = declared_keys(program.flow, {key[-1] for key in leaves})
    for path in leaves:
        one = known.get(path[-1], Declared())
        if one != Declared():
            yield from _declared_guess(path, one, required=path in program.config.needs)
            continue
        line = (program.config.keys.get(path) or program.merged.keys[path])[1]
        yield path, guess_by_name(path[-1], f"read in line {line}")


def _parameters(found: list[Named], depth: int = 1) -> Iterator[str]:
    space = "    " * depth
    for top in dict.fromkeys(keys[0] for keys, _ in found):
        inner = [(keys[1:], one) for keys, one in found if keys[0] == top]
        if inner[0][0]:
            yield f"{space[2:]}{as_yaml(top)}:"
            yield f"{space}parameters:"
            yield from _parameters(inner, depth + 1)
            continue
        one = inner[0][1]
        yield f"{space[2:]}{as_yaml(top)}:  # {show(one.reason)}"
        for key, value in one.settings:
            yield f"{space}{key}: {as_yaml(value)}"
