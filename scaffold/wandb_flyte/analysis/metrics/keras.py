"""What Keras's training logs to W&B by the callbacks that wandb brings for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wandb_flyte.analysis.source.kinds import (
    argument,
    called_name,
    full_name,
    is_name,
    root_name,
    text,
)
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.tracing.flow import Flow

# What those callbacks put before the names that Keras has (wandb/integration/keras).
_BEFORE = {"WandbCallback": ("", "best_"), "WandbMetricsLogger": ("epoch/", "batch/")}
CALLBACKS = frozenset(_BEFORE)
_PACKAGES = ("wandb.integration.keras", "wandb.keras")
# What adds names beside those of `compile`.
_ADDS = frozenset(
    {
        *("add_loss", "add_metric", "compute_metrics", "load_model", "model_from_json"),
        *("test_step", "train_step", "weighted_metrics"),
    }
)
# What fits a model; `fit` alone shows by its arguments whether it validates, too.
_FITS = frozenset({"fit", "fit_generator", "search", "train_on_batch"})
_VALIDATES = frozenset({"validation_data", "validation_split", None})
# How many arguments `Model.fit` has before `validation_split`.
_BEFORE_SPLIT = 6
_BESIDE = ("epoch", "learning_rate", "lr")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DEEPEST = 4
# A model class of the program's own numbers its outputs.
_NUMBERED = ("output_.*_", "val_output_.*_")
_ONE = (ast.Attribute, ast.Call)
# Where a node has a name.
_NAMES = ("arg", "attr", "id", "name")


def is_keras(name: str, flow: Flow) -> bool:
    """Whether a callback of this name is one of those, in each file that imports it."""
    origins = [o for m in flow.sources.modules if (o := m.outside.get(name, ""))]
    return name in CALLBACKS and bool(origins) and all(o.startswith(_PACKAGES) for o in origins)


def keras_names(callback: str, flow: Flow) -> set[str] | None:
    """The names that a callback logs, as regular expressions; None where others may come.

    A model of several outputs has each name behind that of the output, too.
    """
    found = {"loss"}
    compiled = [(call, scope) for scope in flow.scopes.reached for call in _compiles(scope)]
    if not compiled or _may_add(flow):
        return None
    for call, scope in compiled:
        names = _metrics(argument(call, "metrics", 2), scope)
        is_shown = all(keyword.arg for keyword in call.keywords) and not _has_parts(call)
        if names is None or not is_shown:
            return None
        found |= names
    before = ("", "val_", *(_NUMBERED if _has_one_output(flow) else (".*_",)))
    if _never_validates(flow):
        before = tuple(one for one in before if not one.startswith("val_"))
    each = [*_BESIDE, *(f"{when}{name}" for name in found for when in before)]
    return {f"{before}{name}" for before in _BEFORE[callback] for name in each}


def _compiles(scope: Scope) -> Iterator[ast.Call]:
    for call in scope.calls:
        called = call.func
        is_method = isinstance(called, ast.Attribute) and called.attr == "compile"
        if is_method and root_name(called) not in scope.module.outside:
            yield call


def _never_validates(flow: Flow) -> bool:
    """Whether each model is fitted in sight, without data to validate it with."""
    calls = [
        call
        for scope in flow.scopes.reached
        for call in scope.calls
        if called_name(call) in _FITS and isinstance(call.func, ast.Attribute)
    ]
    fits_a_model = any(keyword.arg == "callbacks" for call in calls for keyword in call.keywords)
    return fits_a_model and not any(map(_may_validate, calls))


def _may_validate(call: ast.Call) -> bool:
    if any(isinstance(one, ast.Starred) for one in call.args):
        return True
    given = {keyword.arg for keyword in call.keywords}
    return called_name(call) != "fit" or len(call.args) > _BEFORE_SPLIT or bool(given & _VALIDATES)


def _has_parts(call: ast.Call) -> bool:
    """Whether a model has a loss for each of its outputs."""
    return isinstance(argument(call, "loss", 1), ast.Dict | ast.List)


def _has_one_output(flow: Flow) -> bool:
    """Whether every model that the program makes has one output; not where it makes none."""
    is_made = False
    for scope in flow.scopes.everywhere:
        for call in scope.calls:
            name = called_name(call)
            is_made |= name in ("Model", "Sequential")
            if name == "Model" and not _is_one(argument(call, "outputs", 1), scope):
                return False
    return is_made


def _is_one(outputs: ast.expr | None, scope: Scope) -> bool:
    """Whether an expression is the output of one layer: a call of it, or what a model has."""
    if isinstance(outputs, ast.Name):
        values = scope.named_values.get(outputs.id, ())
        return bool(values) and all(isinstance(one, _ONE) for one in values)
    return isinstance(outputs, _ONE)


def _may_add(flow: Flow) -> bool:
    """Whether other code may put something beside the names of `compile`."""
    return any(
        _adds(node) or any(getattr(node, one, None) in _ADDS for one in _NAMES)
        for scope in flow.scopes.reached
        for node in scope.nodes
    )


def _adds(node: ast.AST) -> bool:
    """`logs["name"] = value` and `logs.update(...)`, in a callback of the program's own."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return is_name(node.value, "logs")
    fills = isinstance(node, ast.Call) and called_name(node) in ("setdefault", "update")
    return fills and is_name(getattr(getattr(node, "func", None), "value", None), "logs")


def _metrics(node: ast.expr | None, scope: Scope, depth: int = 0) -> set[str] | None:
    """The names of the metrics that a model is compiled with."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return set()
    if isinstance(node, ast.Name) and depth < _DEEPEST:
        values = scope.named_values.get(node.id, ())
        return _metrics(values[0], scope, depth + 1) if len(values) == 1 else None
    found: set[str] = set()
    for part in node.elts if isinstance(node, ast.List | ast.Tuple) else [node]:
        name = _metric(part, scope)
        if not name:
            return None
        found.add(name)
    return found


def _metric(node: ast.expr, scope: Scope) -> str:
    """The name of one metric, as a regular expression; empty where it is not known."""
    if (plain := text(node)) is not None:
        return re.escape(plain)
    if isinstance(node, ast.Call):
        named = next((k.value for k in node.keywords if k.arg == "name"), None)
        if named is not None:
            return re.escape(text(named) or "")
        # A second one of a class has a number behind its name.
        kind = full_name(node.func, scope.module.outside).rpartition(".")[2]
        is_class = kind[:1].isupper() and ".metrics." in full_name(node.func, scope.module.outside)
        return f"{_WORDS.sub('_', kind).lower()}.*" if is_class else ""
    return ""
