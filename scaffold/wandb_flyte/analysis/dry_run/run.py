"""Goes through a program as one trial of a sweep would."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.sources import Sources
from wandb_flyte.analysis.source.syntax import walk

from .attributes import Attributes
from .calls import Calls
from .containers import Containers
from .definitions import Definitions
from .expressions import Expressions
from .items import Items
from .machine import Machine
from .objects import Arguments, Function, Klass
from .statements import Statements
from .trial import Given, Lost, Stop, Sweep, TooLong
from .values import UNKNOWN, Path, Value, of


@dataclass(frozen=True)
class Result:
    """What a dry run has shown.

    Attributes:
        touched: The hyperparameters that something is made of.
        ends: Where the code gives each another name for the last time.
        stops: Where trials stop that come there, in that order.
        reached: The statements that a trial may come to, by their ids.
        missing: The keys that every trial asks its config for, and that nothing gives: where.
        modes: The mode of each run that is opened, as far as known.
        logged: The names under which something is logged; None where not all are known.
    """

    touched: frozenset[Path]
    ends: dict[Path, tuple[FilePath, int]]
    stops: tuple[Stop, ...]
    reached: frozenset[int]
    missing: dict[str, tuple[FilePath, int]]
    modes: tuple[tuple[Any, ...] | None, ...]
    logged: frozenset[str] | None

    @property
    def stops_all(self) -> bool:
        """Whether every trial stops somewhere."""
        return any(one.sure for one in self.stops)


def dry_run(
    sources: Sources, given: Given, start: str = "", *, by_agent: bool = False
) -> Result | None:
    """Goes through a program, whose code is read and not run.

    Args:
        sources: The program.
        given: What a trial is given.
        start: The function that is called; empty for a script.
        by_agent: Whether an agent that the program starts runs the trials.

    Returns:
        What it showed; None where the program can't be followed.
    """
    machine = _machine(sources, given)
    try:
        main = machine.module(sources.entry)
        if start:
            _call(machine, machine.attributes.name(start, main.frame))
        elif by_agent and not machine.starts_trial:
            return None
        machine.finish()
    except (Lost, TooLong, RecursionError):
        return None
    return Result(
        touched=frozenset(machine.touched),
        ends=machine.ends,
        stops=tuple(machine.stops),
        reached=frozenset(machine.reached),
        missing=machine.missing,
        modes=tuple(machine.modes),
        logged=None if machine.logs_unseen else frozenset(machine.logged),
    )


def started_sweeps(
    sources: Sources, read_file: Callable[[str], Any], *, by_hand: bool
) -> tuple[Sweep, ...]:
    """The sweeps that a program starts, as far as it can be followed.

    Args:
        sources: The program.
        read_file: Reads a YAML or JSON file by its name; None where it is not known.
        by_hand: Whether it may be started with any options; or else without.
    """
    given = Given({}, {}, by_hand=by_hand, runs_trials=False, read_file=read_file)
    machine = _machine(sources, given)
    with suppress(Lost, TooLong, RecursionError):
        main = machine.module(sources.entry)
        if not machine.sweeps:
            _start_all(machine, main.frame.names)
    return tuple(machine.sweeps)


def _start_all(machine: Machine, names: Mapping[str, Value]) -> None:
    """Calls the functions of a file that start sweeps, which other files call."""
    unknown = Arguments([], {}, UNKNOWN, UNKNOWN)
    for value in list(names.values()):
        only = value.only
        if isinstance(only, Klass) and _starts_sweep(only.node):
            made = machine.calls.call(value, unknown)
            for name in only.names:
                method = only.names[name].only
                if isinstance(method, Function) and _starts_sweep(method.node):
                    bound = machine.attributes.get(made, name)
                    machine.calls.call(bound, _as_known(method, unknown, 1))
        elif isinstance(only, Function) and _starts_sweep(only.node):
            machine.calls.call(value, _as_known(only, unknown, 0))


def _as_known(function: Function, unknown: Arguments, bound: int) -> Arguments:
    """What a function is called with: nothing, where it needs nothing."""
    args = function.node.args
    needed = len(args.posonlyargs) + len(args.args) - len(args.defaults) - bound
    return Arguments() if needed <= 0 else unknown


def _starts_sweep(node: ast.AST) -> bool:
    calls = (one for one in walk(node) if isinstance(one, ast.Call))
    return any(called_name(call) == "sweep" for call in calls)


def _machine(sources: Sources, given: Given) -> Machine:
    machine = Machine(sources, given)
    machine.attributes = Attributes(machine)
    machine.items = Items(machine)
    machine.containers = Containers(machine)
    machine.definitions = Definitions(machine)
    machine.expressions = Expressions(machine)
    machine.statements = Statements(machine)
    machine.calls = Calls(machine)
    return machine


def _call(machine: Machine, function: Value) -> None:
    config, only = machine.given.config, function.only
    args = only.node.args if isinstance(only, Function) else None
    by_place = [one.arg for one in (*args.posonlyargs, *args.args)] if args is not None else []
    by_name = set(by_place) | {one.arg for one in args.kwonlyargs} if args is not None else set()
    is_config = bool(by_place) and by_place[0] not in config
    if is_config and isinstance(only, Function) and by_place[0] in only.defaults:
        machine.calls.packages.supply(only.defaults[by_place[0]])
    names = {
        name: value
        for name, value in config.items()
        if name in by_name or (args is not None and args.kwarg is not None)
    }
    given = Arguments([of(machine.config)] if is_config else [], names)
    # What it returns is the metric, or holds it.
    machine.give_out(machine.calls.call(function, given))
