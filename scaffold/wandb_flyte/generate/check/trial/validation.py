"""Whether Lightning's trainers ever validate, as far as a program gives them data for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name, text
from wandb_flyte.analysis.source.scope import Scope

from .loggers import is_of_module

_OF_VALIDATION = frozenset(
    {
        *("on_validation_batch_end", "on_validation_end", "on_validation_epoch_end"),
        *("validation_epoch_end", "validation_step", "validation_step_end"),
    }
)
# What `Trainer.fit` gets to train with, and nothing to validate with.
_DATA = frozenset({"train_dataloader", "train_dataloaders"})
_TRAINS = _DATA | {"ckpt_path", "model"}
_MOST = 2
# Words of whatever may bring data to validate with.
_BRINGS = ("datamodule", "val_dataloader", "validate")


def never_validates(places: list[tuple[ast.AST, Scope]], program: Program) -> bool:
    """Whether some places all stand where Lightning validates, which it never does.

    Args:
        places: The places.
        program: The program.
    """
    if not places or not all(_is_of_validation(scope) for _, scope in places):
        return False
    scopes = program.flow.scopes
    calls = [
        call
        for scope in scopes.reached
        for call in scope.calls
        if called_name(call) == "fit" and not scopes.resolve(call.func, scope)
    ]
    if not calls or not all(map(_only_trains, calls)) or not program.complete:
        return False
    words = (word.lower() for scope in scopes.everywhere for word in _words(scope))
    return not any(part in word for word in words for part in _BRINGS)


def _is_of_validation(scope: Scope) -> bool:
    return getattr(scope.node, "name", "") in _OF_VALIDATION and is_of_module(scope)


def _only_trains(call: ast.Call) -> bool:
    """Whether a call gives a trainer data to train with, and none to validate with."""
    spread = any(isinstance(one, ast.Starred) for one in call.args)
    given = {keyword.arg for keyword in call.keywords}
    trains = len(call.args) == _MOST or not given.isdisjoint(_DATA)
    return trains and not spread and len(call.args) <= _MOST and given <= _TRAINS


def _words(scope: Scope) -> Iterator[str]:
    """The names and texts of some code."""
    for node in scope.nodes:
        for name in ("id", "attr", "arg", "name", "asname"):
            if isinstance(word := getattr(node, name, None), str):
                yield word
        if (plain := text(node)) is not None:
            yield plain
