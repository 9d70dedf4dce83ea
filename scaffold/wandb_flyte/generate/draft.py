"""A first sweep config for code that has none, with a comment for each guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput

from .check.kinds import literal
from .check.options import type_name
from .check.program import Program, read_program
from .check.sources import Unreadable
from .guesses import Guess, as_yaml, guess
from .names import show, show_path
from .objective import Objective, ObjectiveRef, read_objective

_TRIALS = 20
_HIGH = re.compile(r"acc|f1|auc|precision|recall|iou|dice|r2|reward|bleu|psnr|ssim|score")
_LOSS = re.compile(r"val.*loss|loss|error|rmse|mse|mae|perplexity")

Named = tuple[str, Guess]


def draft_sweep(text: str) -> str:
    """The text of a sweep config.

    Args:
        text: `FILE:NAME` of a function, or a script's `FILE`.

    Raises:
        InvalidInput: No such file or function, no Python, or nothing in it to search over.
    """
    returned: tuple[str, ...] = ()
    if text.endswith(".py"):
        file, program = Path(text), _program(Path(text), None, None)
        found = list(_script_guesses(program))
        hydra = program.interface.style == "hydra"
        head = [f"program: {as_yaml(file.as_posix())}"]
        if hydra:
            head.append('command: ["${env}", "${interpreter}", "${program}", "${args_no_hyphens}"]')
    else:
        objective = read_objective(ObjectiveRef.parse(text))
        config = objective.arguments[0].name if objective.shape == "config" else None
        file, program = objective.ref.file, _program(objective.ref.file, objective.ref.name, config)
        found, returned, head = list(_function_guesses(objective, program)), objective.returned, []
    if not found:
        message = f"Nothing in `{show_path(file)}` says what could be searched."
        hint = "Give the function parameters with defaults, or read keys of `wandb.config`."
        raise InvalidInput([Finding(message, hint, show_path(file))])
    metric = list(_metric([*program.logs.names, *returned], bool(returned)))
    lines = [
        f"# A draft from {show(Path(text).name)}. Every comment is a guess: look at it.",
        *head,
        "method: random  # `bayes` learns from the trials before, `grid` tries every combination",
        f"run_cap: {_TRIALS}  # the number of trials",
        *metric,
        "parameters:",
        *(line for name, one in found for line in _parameter(name, one)),
    ]
    return "\n".join(lines) + "\n"


def _program(file: Path, name: str | None, config: str | None) -> Program:
    try:
        return read_program(file, name, (Path.cwd(),), config)
    except Unreadable as error:
        raise InvalidInput([Finding(str(error), "", show_path(file), error.line)]) from None


def _function_guesses(objective: Objective, program: Program) -> Iterator[Named]:
    if objective.shape != "parameters":
        yield from _read_guesses(program)
        return
    annotations, defaults = dict(objective.annotations), dict(objective.defaults)
    for argument in objective.arguments:
        annotation = annotations.get(argument.name)
        choices = _literal_choices(annotation)
        default = literal(defaults.get(argument.name))
        kind = type_name(annotation, default="")
        one = guess(argument.name, kind, default, choices, required=argument.required)
        if one is not None:
            yield argument.name, one


def _literal_choices(annotation: Any) -> tuple[Any, ...] | None:
    import ast

    if not isinstance(annotation, ast.Subscript):
        return None
    if not ast.unparse(annotation.value).endswith("Literal"):
        return None
    found = literal(annotation.slice)
    return found if isinstance(found, tuple) else (found,)


def _script_guesses(program: Program) -> Iterator[Named]:
    told: set[str] = set()
    for option in program.interface.options:
        flags = [flag for flag in option.names if flag.startswith("--")]
        if not flags or option.command or option.many or option.type == "flag":
            continue
        name = flags[0].removeprefix("--")
        required = not option.has_default
        one = guess(name, option.type, option.default, option.choices, required=required)
        if one is not None and name not in told:
            told.add(name)
            yield name, one
    if not told:
        yield from _read_guesses(program)


def _read_guesses(program: Program) -> Iterator[Named]:
    """The keys that the code reads, by their names alone."""
    keys = {*program.config.keys, *program.merged.keys}
    supplied = program.config.supplies
    for name in sorted({key[0] for key in keys if key[0] not in supplied}):
        lines = [place[1] for key, place in program.config.keys.items() if key[0] == name]
        line = min(lines, default=0)
        limits = (("min", 0.0), ("max", 1.0))
        where = f"read in line {line}" if line else "read"
        yield name, Guess(limits, f"{where}; nothing shows its type: set the limits")


def _metric(logged: list[str], returns: bool) -> Iterator[str]:
    names = sorted(dict.fromkeys(logged), key=_rank)
    if not names:
        yield "metric:"
        yield "  name: loss  # what the code logs could not be seen: write its name"
        yield "  goal: minimize"
        return
    name, others = names[0], names[1:6]
    what = "returned" if returns else "logged"
    more = f", beside {', '.join(show(other) for other in others)}" if others else ""
    goal = "maximize" if _HIGH.search(name.lower()) and "loss" not in name.lower() else "minimize"
    yield "metric:"
    yield f"  name: {as_yaml(name)}  # {what} by the code{more}"
    yield f"  goal: {goal}  # from its name"


def _rank(name: str) -> tuple[int, int, str]:
    low = name.lower()
    kind = 0 if _LOSS.search(low) else 1 if _HIGH.search(low) else 2
    return (0 if "val" in low or "test" in low else 1) if kind < 2 else 2, kind, name


def _parameter(name: str, one: Guess) -> Iterator[str]:
    yield f"  {as_yaml(name)}:  # {show(one.reason)}"
    for key, value in one.settings:
        yield f"    {key}: {as_yaml(value)}"
