"""What a trial is given, and what a dry run notes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from .values import NO_MARKS, Marks, Value


class TooLong(Exception):
    """The program is too large to be gone through."""


class Lost(Exception):
    """The program does something of which nothing is known."""


@dataclass(frozen=True)
class Stop:
    """A place where a trial stops with an exception.

    Attributes:
        place: The file and the line.
        what: What happens there.
        marks: The hyperparameters that decide about the value that does it.
        sure: Whether every trial comes there.
    """

    place: tuple[FilePath, int]
    what: str
    marks: Marks = NO_MARKS
    sure: bool = True


@dataclass(eq=False)
class Sweep:
    """A sweep that the program starts.

    Attributes:
        config: What `wandb.sweep` gets.
        place: Where.
        functions: What its agents are given to run its trials.
    """

    config: Value
    place: tuple[FilePath, int]
    functions: list[Value]


@dataclass(frozen=True)
class Given:
    """What a trial is given.

    Attributes:
        config: The trial's config, by the hyperparameters' names.
        options: What the command line gives, by where it goes in the parsed arguments.
        by_hand: Whether people start the program, with any options, and its own agent the trials.
        hydra: The config that Hydra hands to its main function; None without.
        words: What the command line gives for each hyperparameter, by its name.
        closed: Whether nothing but the program itself puts more into the trial's config.
        tunes: Whether Lightning may look for rates and batch sizes in the program's objects.
        runs_trials: Whether what agents are given is gone through.
        read_file: Reads a YAML or JSON file by its name; None where it is not known.
    """

    config: dict[str, Value]
    options: dict[str, Value]
    by_hand: bool = False
    hydra: Value | None = None
    words: dict[str, Value] = field(default_factory=dict)
    closed: bool = False
    tunes: bool = False
    runs_trials: bool = True
    read_file: Callable[[str], Any] = lambda name: None
