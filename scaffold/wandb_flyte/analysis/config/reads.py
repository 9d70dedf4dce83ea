"""What is read from a trial's config, or from the arguments, and what a program puts there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from wandb_flyte.analysis.metrics.log_keys import fits
from wandb_flyte.analysis.source.scope import Scope

Place = tuple[Path, int]
Keys = tuple[str, ...]


@dataclass
class Reads:
    """What is read from one kind of holder.

    Attributes:
        keys: Each key path that is read, with the first place.
        places: Where each is read: the expression, with its scope.
        noted: The key paths that are only written down: where in the run's config each goes.
        needs: Those that every run reads, without a default: the expression, with its scope.
        asked: Where others are read so, by some runs at least.
        overwritten: Where each is set to something else, before it is read: the targets, with
            their scopes.
        handed_on: The key paths whose whole content goes somewhere unseen; the empty one for
            the whole config.
        wholes: Where the whole config goes on: the expression, with its scope.
        made: The keys that are read under names which the code puts together, as patterns: where
            each is asked for without a default, with the scopes.
        stored: The key paths that the code itself puts in.
        laid_over: Those that it puts in otherwise than by opening the run, which leaves a sweep's
            values as they are.
        supplies_unseen: It puts in something whose keys the source does not show.
        supplies_args: It puts in what the command line gives.
        extended: Something is made of it that holds more.
        used: Whether the code touches it at all.
    """

    keys: dict[Keys, Place] = field(default_factory=dict)
    places: dict[Keys, list[tuple[ast.expr, Scope]]] = field(default_factory=dict)
    noted: dict[Keys, set[Keys]] = field(default_factory=dict)
    needs: dict[Keys, tuple[ast.expr, Scope]] = field(default_factory=dict)
    asked: dict[Keys, list[tuple[ast.expr, Scope]]] = field(default_factory=dict)
    overwritten: dict[Keys, list[tuple[ast.expr, Scope]]] = field(default_factory=dict)
    handed_on: dict[Keys, Place] = field(default_factory=dict)
    wholes: list[tuple[ast.expr, Scope]] = field(default_factory=list)
    made: dict[str, list[tuple[ast.expr, Scope]]] = field(default_factory=dict)
    stored: set[Keys] = field(default_factory=set)
    laid_over: set[Keys] = field(default_factory=set)
    supplies_unseen: bool = False
    supplies_args: bool = False
    extended: bool = False
    used: bool = False

    @property
    def supplies(self) -> set[str]:
        """The keys that the code itself puts something into."""
        return {keys[0] for keys in self.stored}

    @property
    def changes(self) -> set[str]:
        """Those of them whose values in a trial may not be the sweep's."""
        return {keys[0] for keys in self.laid_over}

    def store(self, keys: set[str], *, opens: bool) -> None:
        """Notes keys that the code puts in, by opening the run or otherwise."""
        self.stored |= {(key,) for key in keys}
        self.laid_over |= set() if opens else {(key,) for key in keys}

    def may_read(self, path: Keys) -> bool:
        """Whether the code may read a key, or a part of it, or the whole that it is part of."""
        size = len(path)
        if any(keys[:size] == path or keys == path[: len(keys)] for keys in self.handed_on):
            return True
        if any(fits(one, path[0]) for one in self.made):
            return True
        return any(keys[:size] == path for keys in self.keys)
