"""Values that the code has of its own under the name of a constant that nothing reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from wandb_flyte.analysis.config.reads import Place
from wandb_flyte.analysis.source.kinds import literal
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import parameters
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.spec import Parameter

_PLAIN = (bool, int, float, str)
# What a training is never without: of other names a constant may be there to be seen alone.
_TRAINING = (
    r"(?i)(n_|num_|max_)?(epochs?|iter(ation)?s|steps)|batch_?size|lr|learning_?rate|optimi[sz]er"
    r"|weight_?decay"
)


def own_value(parameter: Parameter, case: Case) -> tuple[Any, Place] | None:
    """Another value that the code has, and works with, instead of the only one of a parameter.

    Returns:
        The value and its place; None where the code has none, or the parameter's among others.
    """
    if not re.fullmatch(_TRAINING, parameter.path[-1]):
        return None
    given = next(iter(listed(parameter.distribution) or ()), None)
    found = [one for one in _values(parameter.path[-1], case) if isinstance(one[0], _PLAIN)]
    if not isinstance(given, _PLAIN) or any(value == given for value, _ in found):
        return None
    return next((one for one in found if isinstance(one[0], str) == isinstance(given, str)), None)


def _values(name: str, case: Case) -> Iterator[tuple[Any, Place]]:
    """What a name has: as a variable, a parameter, a keyword of a call, or an option."""
    names = {name, name.upper()}
    for scope in case.program.flow.scopes.reached:
        for node in _expressions(names, scope):
            yield literal(node), scope.place(node)
    for option in case.program.interface.options:
        if option.dest == name:
            yield option.default, option.place


def _expressions(names: set[str], scope: Scope) -> Iterator[ast.expr]:
    for name in names:
        yield from scope.named_values.get(name, ())
    if scope.node is not None:
        yield from (d for arg, d in parameters(scope.node) if arg.arg in names and d is not None)
    for call in scope.calls:
        yield from (one.value for one in call.keywords if one.arg in names)
