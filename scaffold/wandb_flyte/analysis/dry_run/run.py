"""Goes through a program as one trial of a sweep would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from wandb_flyte.analysis.source.sources import Sources

from .attributes import Attributes
from .calls import Calls
from .expressions import Expressions
from .machine import Given, Lost, Machine, Stop, TooLong
from .objects import Arguments, Function
from .statements import Statements
from .values import Path, Value, of


@dataclass(frozen=True)
class Result:
    """What a dry run has shown.

    Attributes:
        touched: The hyperparameters that something is made of.
        ends: Where the code gives each another name for the last time.
        stops: Where trials stop that come there, in that order.
        reached: The statements that a trial may come to, by their ids.
        modes: The mode of each run that is opened, as far as known.
        logged: The names under which something is logged; None where not all are known.
    """

    touched: frozenset[Path]
    ends: dict[Path, tuple[FilePath, int]]
    stops: tuple[Stop, ...]
    reached: frozenset[int]
    modes: tuple[tuple[Any, ...] | None, ...]
    logged: frozenset[str] | None

    @property
    def stops_all(self) -> bool:
        """Whether every trial stops somewhere."""
        return any(one.sure for one in self.stops)


def dry_run(sources: Sources, given: Given, start: str = "") -> Result | None:
    """Goes through a program, whose code is read and not run.

    Args:
        sources: The program.
        given: What a trial is given.
        start: The function that is called; empty for a script.

    Returns:
        What it showed; None where the program can't be followed.
    """
    machine = Machine(sources, given)
    machine.attributes = Attributes(machine)
    machine.expressions = Expressions(machine)
    machine.statements = Statements(machine)
    machine.calls = Calls(machine)
    try:
        main = machine.module(sources.entry)
        if start:
            _call(machine, machine.attributes.name(start, main.frame))
        elif given.by_hand and not machine.starts_trial:
            return None
        machine.finish()
    except (Lost, TooLong, RecursionError):
        return None
    return Result(
        touched=frozenset(machine.touched),
        ends=machine.ends,
        stops=tuple(machine.stops),
        reached=frozenset(machine.reached),
        modes=tuple(machine.modes),
        logged=None if machine.logs_unseen else frozenset(machine.logged),
    )


def _call(machine: Machine, function: Value) -> None:
    only = function.only
    takes = isinstance(only, Function) and bool(only.node.args.args)
    given = [of(machine.config)] if takes else []
    # What it returns is the metric, or holds it.
    machine.give_out(machine.calls.call(function, Arguments(given)))
