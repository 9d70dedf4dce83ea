"""What a sweep config says that W&B takes and nobody means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any, get_args

from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import in_document
from wandb_flyte.generate.drafts.goals import goal_of
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Goal, Parameter, SweepConfig, SweepDocument

_TEXTS = {"None": "null", "True": "true", "true": "true", "False": "false", "false": "false"}
_SHARE = re.compile(r"(^|[_./-])(dropout|momentum|lr|learning_rate|rate|prob|ratio|decay|alpha)")


def check_style(
    document: SweepDocument,
    sweep: SweepConfig,
    words: Set[str] = frozenset(),
    compared: Mapping[str, Set[str]] | None = None,
) -> Iterator[Finding]:
    """Findings about a sweep config alone that W&B would not have.

    Args:
        document: The sweep config's file.
        sweep: The sweep config.
        words: The hyperparameters that reach the code as words of a command line anyway.
        compared: The texts that the code may compare each hyperparameter with.
    """
    for parameter in sweep.parameters:
        yield from _ranges(document, parameter)
        yield from _twice(document, parameter)
        texts = (compared or {}).get(parameter.name, frozenset())
        yield from _values(document, parameter, parameter.name in words, texts)
    yield from _together(document, sweep)
    yield from _goal(document, sweep)
    if sweep.method and sweep.end is None and document.count is None:
        message = f"A `{sweep.method}` search has no end of its own."
        hint = "Write `run_cap: 20`, for example, or give `--trials` when you run it."
        yield in_document(document, ("method",), message, hint, "WF023", "note")


def _ranges(document: SweepDocument, parameter: Parameter) -> Iterator[Finding]:
    name, args = parameter.distribution.name, parameter.distribution.args
    path = place(parameter)
    raw = document_value(document, path)
    if name == "uniform" and args["min"] > 0 and args["max"] / args["min"] >= 100:
        message = (
            f"Uniform from {args['min']:g} to {args['max']:g}: nine values of ten are above "
            f"{args['max'] / 10:g}."
        )
        hint = "Write `distribution: log_uniform_values` to try every order of magnitude alike."
        yield in_document(document, path, message, hint, "WF021", "note")
    if name.startswith("q_") and isinstance(raw, dict) and "q" not in raw:
        message = f"`{name}` without `q` rounds to whole numbers."
        hint = f"Write `q: 1` if that is meant, or use `{name[2:]}`."
        yield in_document(document, path, message, hint, "WF022", "warning")
    implied = name == "int_uniform" and isinstance(raw, dict) and "distribution" not in raw
    if implied and (args["min"], args["max"]) == (0, 1) and _SHARE.search(parameter.path[-1]):
        message = "Two integers as limits mean integers: only 0 and 1 are tried."
        hint = "Write `min: 0.0` and `max: 1.0`."
        yield in_document(document, path, message, hint, "WF015", "warning")


def _values(
    document: SweepDocument, parameter: Parameter, as_text: bool, compared: Set[str]
) -> Iterator[Finding]:
    args, path = parameter.distribution.args, place(parameter)
    if "values" in args:
        items = [((*path, "values", str(i)), item) for i, item in enumerate(args["values"])]
    elif "value" in args:
        items = [((*path, "value"), args["value"])]
    else:
        return
    as_text = as_text or any(isinstance(item, str) and item in compared for _, item in items)
    has_number = any(isinstance(item, int | float) for _, item in items)
    for where, item in items:
        if not isinstance(item, str):
            continue
        if item in _TEXTS and not as_text:
            message = f"`{item}` is text here, which Python finds true whatever it says."
            yield in_document(
                document, where, message, f"Write `{_TEXTS[item]}`.", "WF019", "warning"
            )
        elif has_number and _is_number(item) and "e" not in item.lower():
            message = f"`{show(item)}` is text among numbers."
            yield in_document(
                document, where, message, "Write it without quotes.", "WF024", "warning"
            )


def _twice(document: SweepDocument, parameter: Parameter) -> Iterator[Finding]:
    """Values that stand in a list twice; 1, 1.0 and true are three."""
    values = parameter.distribution.args.get("values", ())
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(repr(value), index) != index:
            message = f"`{show(str(value))}` is listed twice: it is tried twice as often."
            path = (*place(parameter), "values", str(index))
            yield in_document(document, path, message, "Take one out.", "WF027", "warning")


def _together(document: SweepDocument, sweep: SweepConfig) -> Iterator[Finding]:
    early = (sweep.raw or {}).get("early_terminate")
    if isinstance(early, dict):
        if "min_iter" in early and "max_iter" in early:
            message = "`max_iter` is given too, and wins: `min_iter` has no effect."
            path = ("early_terminate", "min_iter")
            yield in_document(document, path, message, "Keep one of the two.", "WF025", "warning")
        elif "s" in early and "max_iter" not in early:
            message = "`s` counts bands back from `max_iter`, which is not given."
            path = ("early_terminate", "s")
            yield in_document(document, path, message, "Take it out.", "WF025", "warning")
    given = (sweep.raw or {}).get("parameters")
    whole = isinstance(given, Mapping) and set(sweep.names) == set(given)
    fixed = all(is_fixed(parameter) for parameter in sweep.parameters)
    if whole and fixed and sweep.method != "grid" and sweep.end != 1:
        message = "Every parameter has one value, so every trial is the same."
        hint = "Give one of them `values` or limits."
        yield in_document(document, ("parameters",), message, hint, "WF025", "note")


def _goal(document: SweepDocument, sweep: SweepConfig) -> Iterator[Finding]:
    if sweep.metric is None:
        return
    better = goal_of(sweep.metric.name)
    if better in (None, sweep.metric.goal) or sweep.metric.goal not in get_args(Goal):
        return
    given = (sweep.raw or {}).get("metric") or {}
    stated = isinstance(given, dict) and "goal" in given
    which = (
        f"`goal: {sweep.metric.goal}`" if stated else f"No goal means `{sweep.metric.goal}`, and"
    )
    message = f"{which} goes against the metric `{show(sweep.metric.name)}`."
    path = ("metric", "goal" if stated else "name")
    yield in_document(document, path, message, f"Write `goal: {better}`.", "WF304", "warning")


def place(parameter: Parameter) -> tuple[str, ...]:
    """Where the file has a parameter."""
    return tuple(part for name in parameter.path for part in ("parameters", name))


def document_value(document: SweepDocument, path: tuple[str, ...]) -> Any:
    """What a sweep config has at a path."""
    value: Any = document.raw
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def is_fixed(parameter: Parameter) -> bool:
    """Whether a parameter has one value only."""
    args = parameter.distribution.args
    return "value" in args or ("values" in args and len(args["values"]) == 1)


def severity_of(parameter: Parameter) -> Severity:
    """A note of a constant: it may be there to be seen beside the run."""
    return "note" if is_fixed(parameter) else "warning"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
