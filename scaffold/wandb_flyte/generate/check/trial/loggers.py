"""Whether what Lightning's modules give their trainer to log comes to W&B in any trial."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import called_name, is_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.spec import dotted

from .switches import Switches

_LOGS = frozenset({"log", "log_dict"})
_WANDB = "WandbLogger"
# What sends W&B what is written for TensorBoard.
SENDS = frozenset({"patch", "sync_tensorboard"})


def never_sent(places: list[tuple[ast.AST, Scope]], program: Program, switches: Switches) -> str:
    """What would have to hold for a trainer to get a logger of W&B's, in words; else empty.

    Args:
        places: Where a metric is logged; empty is given unless a module of Lightning's does so.
        program: The program.
        switches: What is known of the conditions.
    """
    if not places or not all(_is_given(*one) for one in places):
        return ""
    opens = [one for one in program.flow.openings[0] if called_name(one[0]) == _WANDB]
    named = [
        word
        for scope in program.flow.scopes.everywhere
        for node in scope.each(ast.Attribute, ast.Name, ast.keyword)
        if (word := _word(node)) == _WANDB or word in SENDS
    ]
    if not opens or len(named) != len(opens) or not program.complete:
        return ""
    return switches.all_closed(opens)


def _is_given(node: ast.AST, scope: Scope) -> bool:
    """Whether a module of Lightning's gives something to its trainer to log."""
    if not isinstance(node, ast.Call) or called_name(node) not in _LOGS:
        return False
    return is_name(getattr(node.func, "value", None), "self") and is_of_module(scope)


def is_of_module(scope: Scope) -> bool:
    """Whether a function is a method of a module of Lightning's."""
    bases = scope.owner.bases if scope.owner is not None else []
    return [dotted(base).rpartition(".")[2] for base in bases] == ["LightningModule"]


def _word(node: ast.AST) -> str:
    return str(getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "arg", ""))
