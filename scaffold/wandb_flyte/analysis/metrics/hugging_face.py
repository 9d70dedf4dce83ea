"""What the trainers of `transformers` log of their evaluations."""

from __future__ import annotations

import ast
import re

from wandb_flyte.analysis.source.kinds import argument, called_name, full_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import is_none, named_by
from wandb_flyte.analysis.tracing.flow import Flow
from wandb_flyte.spec import dotted

from .log_keys import KeyReader

_TRAINERS = frozenset({"Seq2SeqTrainer", "Trainer"})
_ARGUMENTS = frozenset({"Seq2SeqTrainingArguments", "TrainingArguments"})
# What every evaluation has (`Trainer.evaluate`, `speed_metrics`).
_ALWAYS = (
    *("jit_compilation_time", "loss", "mem_.*", "model_preparation_time", "runtime"),
    *("samples_per_second", "steps_per_second"),
)
# Methods by which a class of the program's own evaluates otherwise, or says more.
_OWN = frozenset(
    {
        *("evaluate", "evaluation_loop", "get_eval_dataloader", "log", "prediction_loop"),
        *("_evaluate", "_maybe_log_save_evaluate"),
    }
)
# What becomes of every name that a trainer logs, before W&B gets it (`rewrite_logs`).
RENAMED = frozenset({"eval/.*", "test/.*", "train/.*"})
_WHEN = frozenset({"eval_strategy", "evaluation_strategy"})


def evaluated_names(flow: Flow, keys: KeyReader) -> frozenset[str] | None:
    """The names behind `eval/` and `test/`, as regular expressions; None where others may come.

    Args:
        flow: The program.
        keys: Reads the keys of what `compute_metrics` gives.
    """
    own = _own_trainers(flow)
    calls = [
        (call, scope) for scope in flow.scopes.reached for call in scope.calls if _is_one(call, own)
    ]
    if own is None or not calls or not all(_is_plain(*one, own) for one in calls):
        return None
    if not _evaluates(calls, flow):
        return frozenset()
    found = set(_ALWAYS)
    for call, scope in calls:
        computed = _computed(argument(call, "compute_metrics", 7), scope, flow, keys)
        if computed is None:
            return None
        found |= {re.sub("^(eval|test)_", "", one) for one in computed}
    return frozenset(
        f"{part}/{several}{one}"
        for part in ("eval", "test")
        for several in ("", ".*_")
        for one in found
    )


def is_of_trainer(scope: Scope) -> bool:
    """Whether `self.log` in a scope is that of a trainer of `transformers`."""
    bases = scope.within.bases if scope.within is not None else ()
    named = (full_name(base, scope.module.outside) for base in bases)
    return any(one.startswith("transformers.") and one.endswith("Trainer") for one in named)


def _own_trainers(flow: Flow) -> set[str] | None:
    """The program's classes of trainers; None where one of them says more than its base."""
    found = set(_TRAINERS)
    while True:
        more = [
            owner
            for name, classes in flow.scopes.classes.items()
            for owner in classes
            if name not in found
            and any(dotted(base).rpartition(".")[2] in found for base in owner.bases)
        ]
        if not more:
            return found
        methods = {getattr(child, "name", "") for owner in more for child in owner.body}
        if not methods.isdisjoint(_OWN):
            return None
        found |= {owner.name for owner in more}


def _is_one(call: ast.Call, own: set[str] | None) -> bool:
    name = called_name(call)
    return name in (own or ()) or name.endswith("Trainer")


def _is_plain(call: ast.Call, scope: Scope, own: set[str]) -> bool:
    """Whether a call makes a trainer of `transformers`, and shows all that it is given."""
    if any(keyword.arg is None for keyword in call.keywords):
        return False
    if any(isinstance(one, ast.Starred) for one in call.args):
        return False
    name = full_name(call.func, scope.module.outside)
    return name.startswith("transformers.") or called_name(call) in own - _TRAINERS


def _evaluates(calls: list[tuple[ast.Call, Scope]], flow: Flow) -> bool:
    """Whether a trainer may evaluate: it has data for it, and is told when."""
    every = [call for scope in flow.scopes.reached for call in scope.calls]
    if any(called_name(call) == "evaluate" for call in every):
        return True
    if all(argument(call, "eval_dataset", 4) is None for call, _ in calls):
        return False
    arguments = [call for call in every if called_name(call) in _ARGUMENTS]
    given = {keyword.arg for call in arguments for keyword in call.keywords}
    is_set = any(
        isinstance(node, ast.Attribute | ast.Constant)
        and getattr(node, "attr", getattr(node, "value", None)) in _WHEN
        for scope in flow.scopes.reached
        for node in scope.nodes
    )
    return not arguments or None in given or bool(given & _WHEN) or is_set


def _computed(node: ast.expr | None, scope: Scope, flow: Flow, keys: KeyReader) -> set[str] | None:
    """The keys of what a function that computes metrics gives; None where they are not known."""
    if node is None or is_none(node):
        return set()
    if isinstance(node, ast.Lambda):
        return keys.keys(node.body, scope)
    if isinstance(node, ast.IfExp):
        parts = [_computed(one, scope, flow, keys) for one in (node.body, node.orelse)]
        return None if None in parts else set().union(*filter(None, parts))
    if isinstance(node, ast.Call) and called_name(node) == "partial" and node.args:
        node = node.args[0]
    targets = flow.scopes.resolve(node, scope)
    found: set[str] = set()
    for target in targets:
        more = _returned(target, keys)
        if more is None:
            return None
        found |= more
    return found if targets else None


def _returned(target: Scope | ast.ClassDef, keys: KeyReader) -> set[str] | None:
    if not isinstance(target, Scope) or target.node is None:
        return None
    if [*map(named_by, target.node.decorator_list)]:
        return None
    found: set[str] = set()
    returns = [one.value for one in target.each(ast.Return) if one.value is not None]
    for value in returns:
        more = keys.keys(value, target)
        if more is None or ".*" in more:
            return None
        found |= more
    return found if returns else None
