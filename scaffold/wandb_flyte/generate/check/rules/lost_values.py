"""Hyperparameters that a dry run of a trial loses: code gets them, and makes nothing of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.followed import Followed
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Parameter

from .stopped import STOPS
from .style import place, severity_of

# Said of all hyperparameters: no run is opened, or the command passes none.
_OF_ALL = frozenset({"WF109", "WF203"})
# Texts that are true whatever they say, of which that is told.
_WORDS = frozenset({"false", "none", "null", "off", "no"})


def check_lost_values(case: Case, followed: Followed, told: Sequence[Finding]) -> Iterator[Finding]:
    """Hyperparameters of which nothing is made, wherever they are handed on to.

    Args:
        case: The sweep and its code.
        followed: The dry run.
        told: What has been said already.
    """
    if any(one.code in _OF_ALL or one.code in STOPS for one in told):
        return
    for parameter in case.sweep.parameters:
        if _is_told(parameter, told):
            continue
        result = followed.result
        if result is None or result.stops_all:
            return
        if parameter.path in result.touched:
            continue
        name = show(parameter.name)
        message = f"`{name}` is only handed on: nothing is made of it."
        if parameter.path in result.ends:
            file, line = result.ends[parameter.path]
            end = f"{shown(file)}:{line}"
            message = f"`{name}` is only handed on: the last that is seen of it is {end}."
        hint = "Trials will not depend on it."
        yield case.in_sweep(place(parameter), message, hint, "WF101", severity_of(parameter))


def _is_told(parameter: Parameter, told: Sequence[Finding]) -> bool:
    """Whether something has been said of a hyperparameter."""
    texts = [one for one in listed(parameter.distribution) or () if isinstance(one, str)]
    if any(one.lower() in _WORDS for one in texts):
        return True
    paths = {f"parameters.{parameter.path[0]}", f"parameters.{parameter.name}"}
    names = {f"`{dashes}{show(parameter.name)}`" for dashes in ("", "--")}
    names |= {f"`{show(parameter.path[0])}`"}
    return any(
        one.path in paths or any(name in one.message + one.hint for name in names) for one in told
    )
