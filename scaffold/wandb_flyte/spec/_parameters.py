"""Checks of the hyperparameters, and the distributions made from them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ._distributions import Distribution
from ._kinds import KINDS
from ._model import Parameter
from ._report import Path, Report, listed, nearest, shown

# W&B's own rule for names (the schema of its engine).
# Hydra adds what has `+` before it.
_NAME = re.compile(r"\+{0,2}[A-Za-z_][A-Za-z0-9_.-]*")
_EXAMPLE = "Write one such as `lr: {min: 0.001, max: 0.1}`."


def read_parameters(raw: Mapping[str, Any], report: Report) -> tuple[Parameter, ...]:
    """The leaves of `parameters`, in the file's order; a broken one is reported and left out."""
    if "parameters" not in raw:
        report.error(
            (),
            "`parameters` is missing.",
            "Name at least one hyperparameter. " + _EXAMPLE,
            code="WF012",
        )
        return ()
    return _read_level(raw["parameters"], ("parameters",), (), report)


def _read_level(level: Any, where: Path, path: Path, report: Report) -> tuple[Parameter, ...]:
    if not isinstance(level, Mapping):
        report.error(
            where, f"{shown(level)} is not a mapping of names to values.", _EXAMPLE, code="WF012"
        )
        return ()
    if not level:
        report.error(where, "No hyperparameter is named.", _EXAMPLE, code="WF012")
    leaves: list[Parameter] = []
    for name, spec in level.items():
        if not isinstance(name, str):
            report.error(
                where, f"The name {shown(name)} is not text.", "Write it in quotes.", code="WF012"
            )
            continue
        if not _NAME.fullmatch(name):
            hint = "Use letters, digits, `_`, `.` and `-`, and start with a letter or `_`."
            report.warning(
                (*where, name), f"W&B warns about the name {shown(name)}.", hint, code="WF018"
            )
        leaves += _read_one(spec, (*where, name), (*path, name), report)
    return tuple(leaves)


def _read_one(spec: Any, where: Path, path: Path, report: Report) -> tuple[Parameter, ...]:
    is_group = isinstance(spec, Mapping) and isinstance(spec.get("parameters"), Mapping)
    if not is_group and report.is_unknown(where):
        return ()
    if not isinstance(spec, Mapping):
        key = "values" if isinstance(spec, list | tuple) else "value"
        hint = f"Write `{path[-1]}: {{{key}: {shown(spec)[1:-1]}}}`."
        report.error(where, f"{shown(spec)} is not a mapping.", hint, code="WF012")
        return ()
    if "parameters" in spec:
        for key in [key for key in spec if key != "parameters"]:
            hint = "A parameter has either values of its own or nested `parameters`."
            report.error(
                (*where, key), f"{shown(key)} stands beside `parameters`.", hint, code="WF012"
            )
        return _read_level(spec["parameters"], (*where, "parameters"), path, report)
    name = _distribution_name(spec, where, nested=len(path) > 1, report=report)
    if name is None:
        return ()
    args = _args(name, spec, where, report)
    return () if args is None else (Parameter(path, Distribution(name, args)),)


def _distribution_name(
    spec: Mapping[str, Any], where: Path, nested: bool, report: Report
) -> str | None:
    """The distribution, named or by W&B's defaults (wandb/apis/public/sweeps.py)."""
    if "distribution" in spec:
        return _named(spec["distribution"], where, report)
    if "probabilities" in spec:
        return "categorical_w_probabilities"
    for key, name in (("values", "categorical"), ("value", "constant")):
        if key in spec:
            return name
    if "min" in spec and "max" in spec:
        return _by_limits(spec, where, nested, report)
    for there, missing in (("min", "max"), ("max", "min")):
        if there in spec:
            report.error(
                where, f"`{there}` is given without `{missing}`.", f"Add `{missing}`.", code="WF012"
            )
            return None
    hint = "Give it `value`, `values`, or `min` and `max`; nest others under `parameters`."
    keys = ", ".join(shown(key) for key in spec)
    report.error(
        where,
        f"It has no values, only {keys}." if keys else "It has no values.",
        hint,
        code="WF012",
    )
    return None


def _named(name: Any, where: Path, report: Report) -> str | None:
    if isinstance(name, str) and name in KINDS:
        return name
    hint = f"Write {nearest(name, KINDS) or 'one of ' + listed(KINDS)}."
    report.error(
        (*where, "distribution"), f"{shown(name)} is no distribution of W&B's.", hint, code="WF012"
    )
    return None


def _by_limits(spec: Mapping[str, Any], where: Path, nested: bool, report: Report) -> str | None:
    low, high = (report.number(spec, (*where, key)) for key in ("min", "max"))
    if low is None or high is None:
        return None
    if isinstance(low, int) and isinstance(high, int):
        return "int_uniform"
    # W&B's client refuses mixed limits at the top level only; its engine takes them as floats.
    if nested or (isinstance(low, float) and isinstance(high, float)):
        return "uniform"
    key, limit = ("min", low) if isinstance(low, int) else ("max", high)
    message = f"`min: {low}` and `max: {high}` mix an integer with a float."
    hint = f"Write `{key}: {float(limit)}`, or add `distribution: uniform`."
    report.error(where, message, hint, code="WF015")
    return None


def _args(name: str, spec: Mapping[str, Any], where: Path, report: Report) -> dict[str, Any] | None:
    """The settings of a distribution with defaults filled in, None when one is wrong."""
    kind, before = KINDS[name], report.errors
    known = (*kind.required, *kind.defaults)
    for key in spec:
        if key not in known and key != "distribution":
            _unknown_setting(name, key, known, where, report)
    for key in kind.required:
        if key not in spec:
            report.error(where, f"`{name}` needs `{key}`.", f"Add `{key}`.", code="WF012")
    given = {key: _setting(name, spec, (*where, key), report) for key in known if key in spec}
    args = {**kind.defaults, **given}
    if report.errors == before:
        _check_together(name, args, where, report)
    elif (limits := [_meant(spec.get(key)) for key in ("min", "max")]) and None not in limits:
        _check_limits(name, dict(zip(("min", "max"), limits, strict=True)), where, report)
    return args if report.errors == before else None


def _meant(limit: Any) -> Any:
    """The number that a limit is, or that its text says; None when it is no finite one."""
    with suppress(OverflowError, TypeError, ValueError):
        number = float(limit)
        return number if math.isfinite(number) and not isinstance(limit, bool) else None
    return None


def _unknown_setting(
    name: str, key: Any, known: tuple[str, ...], where: Path, report: Report
) -> None:
    if key == "probabilities":
        hint = "Write `distribution: categorical_w_probabilities`."
    elif key == "q" and (quantized := f"q_{name.removeprefix('int_')}") in KINDS:
        hint = f"Write `distribution: {quantized}`."
    else:
        hint = f"It takes {listed(known)}; nest others under `parameters`."
    report.error((*where, str(key)), f"{shown(key)} is no setting of `{name}`.", hint, code="WF012")


def _setting(name: str, spec: Mapping[str, Any], where: Path, report: Report) -> Any:
    key = where[-1]
    if key == "value":
        _warn_of_text(spec[key], where, report)
        return spec[key]
    if key in ("values", "probabilities"):
        return _items(spec[key], where, report)
    number = report.number(spec, where)
    if number is None:
        return None
    if name == "int_uniform" and not isinstance(number, int):
        hint = f"Write `{int(number)}`." if number == int(number) else "Use `uniform`."
        report.error(
            where,
            f"{shown(number)} is not an integer, as `int_uniform` needs it.",
            hint,
            code="WF014",
        )
    if key in ("q", "a", "b") and number <= 0:
        report.error(where, f"{shown(number)} is not above 0.", code="WF014")
    if key == "sigma" and number < 0:
        report.error(where, f"{shown(number)} is below 0.", code="WF014")
    return number


def _items(items: Any, where: Path, report: Report) -> list[Any] | None:
    if not isinstance(items, list | tuple):
        hint = f"Write `{where[-1]}: [{shown(items)[1:-1]}]`."
        report.error(where, f"{shown(items)} is not a list.", hint, code="WF012")
        return None
    if not items:
        report.error(where, "The list is empty.", "Give at least one value.", code="WF012")
    if where[-1] == "values":
        _warn_of_texts(items, where, report)
        return list(items)
    numbers = {str(index): item for index, item in enumerate(items)}
    shares = {key: report.number(numbers, (*where, key)) for key in numbers}
    for key, share in shares.items():
        if share is not None and share < 0:
            report.error((*where, key), f"{shown(share)} is below 0.", code="WF012")
    return list(shares.values())


def _warn_of_text(value: Any, where: Path, report: Report) -> None:
    what, instead = report.text_for_number(value)
    if what:
        message = f"{what}, and trials get it as text."
        report.warning(where, message, f"{instead} for a number.", code="WF013")


def _warn_of_texts(items: Sequence[Any], where: Path, report: Report) -> None:
    """Warns once of all the texts in a list, where the first of them stands."""
    meant = [index for index, item in enumerate(items) if report.text_for_number(item)[0]]
    if len(meant) == 1:
        _warn_of_text(items[meant[0]], (*where, str(meant[0])), report)
    elif meant:
        what, instead = report.texts_for_numbers([items[index] for index in meant])
        message = f"{what}, and trials get them as text."
        line = report.line((*where, str(meant[0])))
        report.warning(where, message, f"{instead} for numbers.", code="WF013", line=line)


def _check_together(name: str, args: Mapping[str, Any], where: Path, report: Report) -> None:
    """What the settings of one distribution have to do with each other."""
    if "min" in args:
        _check_limits(name, args, where, report)
    if "probabilities" in args:
        values, shares = args["values"], args["probabilities"]
        if len(values) != len(shares):
            message = f"{len(values)} `values` have {len(shares)} `probabilities`."
            report.error(where, message, "Give each value one probability.", code="WF014")
        elif not math.isclose(sum(shares), 1.0, rel_tol=1e-5):
            message = f"The probabilities sum to `{sum(shares):.6g}`, not 1."
            report.error((*where, "probabilities"), message, code="WF014")


def _check_limits(name: str, args: Mapping[str, Any], where: Path, report: Report) -> None:
    low, high = args["min"], args["max"]
    if low >= high:
        hint = "Swap them." if low > high else f"For one fixed value write `value: {low}`."
        report.error(where, f"`min: {low}` is not below `max: {high}`.", hint, code="WF014")
    elif name.endswith("log_uniform_values") and low <= 0:
        message = f"{shown(low)} has no logarithm, as `{name}` needs it."
        report.error((*where, "min"), message, "Write a number above 0.", code="WF014")
    elif name.endswith("log_uniform") and low >= 0 and high > 0:
        ends = (-high, -low) if name.startswith("inv") else (low, high)
        least, most = (f"{math.exp(min(end, 700)):.3g}" for end in ends)
        message = f"`{name}` takes exponents of e: these limits mean {least} to {most}."
        hint = f"Use `{name}_values` to give the limits themselves."
        report.warning((*where, "distribution"), message, hint, code="WF017")


def place(path: Path) -> Path:
    """Where the file has the parameter `path`: with a `parameters` before each name."""
    return tuple(part for name in path for part in ("parameters", name))
