"""The hyperparameters that reach the code as words of which it makes numbers itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from wandb_flyte.analysis.command_line.interface import option_for
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.same_object import part_name
from wandb_flyte.spec import SweepConfig

from .trial.command import Command

_NUMBERS = frozenset({"float", "int"})


def as_words(command: Command | None, program: Program, sweep: SweepConfig) -> frozenset[str]:
    """The hyperparameters that reach the code as words of a command line, and not otherwise."""
    if command is None or command.passes in ("", "json") or program.interface.style == "none":
        return frozenset()
    if not (program.config.used or program.merged.used):
        return frozenset(sweep.names)
    taken, words = program.interface, command.words
    is_hydra = taken.style == "hydra"
    options = {name for name in sweep.names if is_hydra or option_for(taken, name, words)}
    reads = (program.config, program.merged)
    return frozenset(n for n in options if not any(one.may_read((n,)) for one in reads))


def made_numbers(program: Program, sweep: SweepConfig) -> Set[str]:
    """The hyperparameters of which the code itself makes numbers wherever it reads them.

    Of one that it reads out of sight: where its key stands in a `float(...)`.
    """
    parents = program.flow.scopes.parents

    def is_made(node: ast.expr) -> bool:
        call = parents.get(id(node))
        return isinstance(call, ast.Call) and called_name(call) in _NUMBERS

    read = {name: program.config.places.get((name,), []) for name in sweep.names}
    made = {name for name, places in read.items() if places and all(is_made(n) for n, _ in places)}
    unseen = {name for name, places in read.items() if not places}
    return made | (unseen & {part_name(node) for node in _converted(program)} if unseen else set())


def _converted(program: Program) -> Iterator[ast.expr]:
    """What the code makes numbers of, also where nothing is seen to call it."""
    for scope in program.flow.scopes.everywhere:
        for call in scope.calls:
            if called_name(call) in _NUMBERS and call.args:
                yield call.args[0]
