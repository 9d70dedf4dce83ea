"""Checks of a whole sweep config, and the model made from one that passes."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, cast

from wandb_flyte.errors import Finding, InvalidInput

from ._document import SweepDocument
from ._model import EarlyTerminate, Goal, Impute, Method, Metric, Parameter, SweepConfig
from ._parameters import place, read_parameters
from ._report import Report, listed, nearest, shown

_METHODS = ("grid", "random", "bayes")
_GOALS = ("minimize", "maximize")
_IMPUTE = ("worst", "best", "latest")
_METRIC = ("name", "goal", "target", "impute", "impute_while_running")
_EARLY = ("type", "min_iter", "max_iter", "s", "eta", "strict")
_TEXTS = ("name", "description", "project", "entity", "program")
# W&B's own keys, and `seed`, which only the local backend reads.
_KNOWN = {
    *("method", "parameters", "metric", "metrics", "run_cap", "early_terminate", "command"),
    *("scheduler", "controller", "job", "image_uri", "apiVersion", "kind", "seed"),
    *_TEXTS,
}

_VITAL = ("method", "parameters", "metric", "run_cap", "early_terminate")


def check_sweep(config: SweepDocument | Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong with a sweep config, errors and warnings, in the file's order.

    A search without an end (random or bayes without `run_cap`) is none of them: see
    `SweepConfig.end`.

    Args:
        config: What `load_sweep` returned, or a config as a dict, without lines then.
    """
    report = _report(config)
    _read(_raw(config), report)
    return report.sorted()


def parse_sweep(config: SweepDocument | Mapping[str, Any]) -> SweepConfig:
    """The model of a sweep config.

    Raises:
        InvalidInput: With every error found in it.
    """
    report = _report(config)
    sweep = _read(_raw(config), report)
    errors = [finding for finding in report.sorted() if finding.severity == "error"]
    if errors:
        raise InvalidInput(errors)
    return sweep


def outline_sweep(config: SweepDocument | Mapping[str, Any]) -> SweepConfig:
    """A sweep config as far as it can be read: what is broken is left out. Never to be run."""
    return _read(_raw(config), _report(config))


def _report(config: SweepDocument | Mapping[str, Any]) -> Report:
    if isinstance(config, SweepDocument):
        findings = list(config.findings)
        file = str(config.path)
        return Report(file, config.line, findings, config.unknown, is_yaml=config.is_yaml)
    return Report()


def _raw(config: SweepDocument | Mapping[str, Any]) -> Mapping[str, Any]:
    return config.raw if isinstance(config, SweepDocument) else config


def _read(raw: Mapping[str, Any], report: Report) -> SweepConfig:
    """The model as far as it can be read; only meant for use when the report has no errors."""
    _check_keys(raw, report)
    method = _method(raw, report)
    metric = _metric(raw, report)
    early = _early_terminate(raw, report)
    _check_metric_is_there(raw, method, report)
    parameters = read_parameters(raw, report)
    if method == "grid":
        _check_grid(parameters, report)
    return SweepConfig(
        method=cast(Method, method),
        parameters=parameters,
        metric=metric,
        run_cap=report.integer(raw, ("run_cap",), at_least=1, code="WF010"),
        early_terminate=early,
        command=_command(raw, report),
        seed=report.integer(raw, ("seed",), at_least=0, code="WF010"),
        raw=dict(raw),
        **{key: _text(raw, key, report) for key in _TEXTS},
    )


def _check_keys(raw: Mapping[str, Any], report: Report) -> None:
    for key in raw:
        if key not in _KNOWN:
            close = nearest(key, _KNOWN)
            hint = f"Did you mean {close}?" if close else ""
            # W&B ignores a key that it does not know: harmless, unless it was meant to be one
            # that the search hangs on.
            meant = close.strip("`")
            tell = report.error if meant in _VITAL and meant not in raw else report.warning
            tell((str(key),), f"{shown(key)} is no key of a sweep config.", hint, code="WF005")
    if raw.get("metrics") is not None:
        message = "`metrics` is for several objectives, which grid, random and bayes don't search."
        report.error(("metrics",), message, "Write one `metric`.", code="WF007")


def _method(raw: Mapping[str, Any], report: Report) -> str:
    method = raw.get("method")
    if method in _METHODS:
        return str(method)
    if "method" not in raw:
        report.error((), "`method` is missing.", f"Write one of {listed(_METHODS)}.", code="WF006")
    elif method == "custom":
        message = "`custom` needs a scheduler of its own, which wandb-flyte does not run."
        report.error(("method",), message, f"Write one of {listed(_METHODS)}.", code="WF006")
    else:
        hint = f"Write {nearest(method, _METHODS) or 'one of ' + listed(_METHODS)}."
        report.error(("method",), f"{shown(method)} is no search method.", hint, code="WF006")
    return ""


def _metric(raw: Mapping[str, Any], report: Report) -> Metric | None:
    metric = raw.get("metric")
    if metric is None:
        return None
    if not isinstance(metric, Mapping):
        hint = f"Write `metric: {{name: {shown(metric)[1:-1]}, goal: minimize}}`."
        report.error(("metric",), f"{shown(metric)} is not a mapping.", hint, code="WF007")
        return None
    for key in metric:
        if key not in _METRIC:
            hint = f"It takes {listed(_METRIC)}."
            report.error(
                ("metric", str(key)), f"{shown(key)} is no setting of a metric.", hint, code="WF007"
            )
    name = metric.get("name")
    if not isinstance(name, str) or not name:
        message = "The metric has no `name`." if name is None else f"{shown(name)} is not text."
        report.error(
            ("metric", "name"), message, "Give the name that the objective logs.", code="WF007"
        )
    goal = metric.get("goal", "minimize")
    if goal not in _GOALS:
        hint = f"Write {nearest(goal, _GOALS) or '`minimize` or `maximize`'}."
        report.error(("metric", "goal"), f"{shown(goal)} is no goal.", hint, code="WF007")
    target = report.number(metric, ("metric", "target"), code="WF007")
    impute = _impute(metric, "impute", report) or "worst"
    running = _impute(metric, "impute_while_running", report)
    return Metric(str(name), cast(Goal, goal), target, impute, running)


def _impute(metric: Mapping[str, Any], key: str, report: Report) -> Impute | None:
    given = metric.get(key)
    # W&B spells the second one's default as a text.
    if given is None or (key == "impute_while_running" and given in (False, "false")):
        return None
    if given not in _IMPUTE:
        hint = f"Write {nearest(given, _IMPUTE) or 'one of ' + listed(_IMPUTE)}."
        report.error(("metric", key), f"{shown(given)} is no value of `{key}`.", hint, code="WF007")
    return cast(Impute, given)


def _early_terminate(raw: Mapping[str, Any], report: Report) -> EarlyTerminate | None:
    early = raw.get("early_terminate")
    if early is None:
        return None
    where = ("early_terminate",)
    if not isinstance(early, Mapping):
        hint = "Write `early_terminate: {type: hyperband, min_iter: 3}`."
        report.error(where, f"{shown(early)} is not a mapping.", hint, code="WF009")
        return None
    if early.get("type") != "hyperband":
        message = f"{shown(early.get('type'))} is no way to stop early."
        report.error((*where, "type"), message, "Write `type: hyperband`.", code="WF009")
    for key in early:
        if key not in _EARLY:
            message = f"{shown(key)} is no setting of hyperband, and is ignored."
            report.warning((*where, str(key)), message, f"It takes {listed(_EARLY)}.", code="WF009")
    strict = early.get("strict", True)
    if not isinstance(strict, bool):
        hint = "Write `true` or `false`."
        report.error((*where, "strict"), f"{shown(strict)} is not a boolean.", hint, code="WF009")
    eta = report.number(early, (*where, "eta"), code="WF009")
    if eta is not None and eta <= 1:
        report.error((*where, "eta"), f"{shown(eta)} is not above 1.", code="WF009")
    result = EarlyTerminate(
        min_iter=report.integer(early, (*where, "min_iter"), at_least=1, code="WF009"),
        max_iter=report.integer(early, (*where, "max_iter"), at_least=1, code="WF009"),
        s=report.integer(early, (*where, "s"), at_least=1, code="WF009"),
        eta=3 if eta is None else eta,
        strict=strict is True,
    )
    _check_bands(early, result, report)
    return result


def _check_bands(early: Mapping[str, Any], result: EarlyTerminate, report: Report) -> None:
    where = ("early_terminate",)
    if "min_iter" not in early and not {"max_iter", "s"} <= early.keys():
        hint = "Add `min_iter: 3`, for example."
        report.error(
            where, "Hyperband needs `min_iter`, or `max_iter` and `s`.", hint, code="WF009"
        )
    elif result.eta > 1 and not result.bands:
        message = f"`max_iter: {result.max_iter}` over `eta: {result.eta}` leaves nothing to judge."
        report.error(where, message, "Raise `max_iter`, or give `min_iter`.", code="WF009")


def _check_metric_is_there(raw: Mapping[str, Any], method: str, report: Report) -> None:
    if raw.get("metric") is not None:
        return
    hint = "Write `metric: {name: loss, goal: minimize}` with the name that the objective logs."
    if method == "bayes" and raw.get("metrics") is None:
        report.error(("method",), "`bayes` needs a `metric` to optimize.", hint, code="WF008")
    if raw.get("early_terminate") is not None:
        report.error(
            ("early_terminate",), "Stopping early needs a `metric` to judge by.", hint, code="WF008"
        )


def _check_grid(parameters: tuple[Parameter, ...], report: Report) -> None:
    for parameter in parameters:
        if parameter.distribution.grid_values() is not None:
            continue
        name = parameter.distribution.name
        if name == "categorical_w_probabilities":
            message = "A grid tries every value once, so probabilities mean nothing to it."
            hint = "Leave `probabilities` out, or use `method: random`."
        else:
            message = f"A grid tries every value, and `{name}` has no end of them."
            hint = "List them with `values`, use `q_uniform` with a step `q`, or `method: random`."
        report.error(place(parameter.path), message, hint, code="WF016")


def _command(raw: Mapping[str, Any], report: Report) -> tuple[str, ...] | None:
    command = raw.get("command")
    if command is None:
        return None
    if not isinstance(command, list | tuple):
        items = ", ".join(map(_as_item, _words(str(command))))
        report.error(
            ("command",), f"{shown(command)} is not a list.", f"Write `[{items}]`.", code="WF011"
        )
        return None
    for index, item in enumerate(command):
        if item is None:
            path = ("command", str(index))
            report.error(path, "An item of the command is empty.", "Take it out.", code="WF011")
    return tuple(str(item) for item in command)


def _words(command: str) -> list[str]:
    """The words of a command line as a shell takes them apart."""
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _as_item(word: str) -> str:
    """A word for a list in brackets: `${args}` is none without quotes."""
    return word if re.fullmatch(r"-{0,2}[\w./][\w./=+-]*", word, re.ASCII) else json.dumps(word)


def _text(raw: Mapping[str, Any], key: str, report: Report) -> str | None:
    value = raw.get(key)
    if value is None or isinstance(value, str):
        return value
    hint = f'Write it in quotes: `{key}: "{shown(value)[1:-1]}"`.'
    report.error((key,), f"{shown(value)} is not text.", hint, code="WF010")
    return None
