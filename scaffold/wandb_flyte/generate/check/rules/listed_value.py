"""Constants that are a list, where the code's own default is one of what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wandb_flyte.analysis.source.kinds import Kind, argument, called_name, literal
from wandb_flyte.analysis.tracing.config_defaults import find_defaults
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show


def check_listed_values(case: Case) -> Iterator[Finding]:
    """`value: [64, 128]` for what is `config.get("stride", 128)`: `values` was meant."""
    for parameter in case.sweep.parameters:
        values = listed(parameter.distribution)
        items = values[0] if values and len(values) == 1 else None
        if not isinstance(items, list) or len(items) < 2 or len(parameter.path) != 1:
            continue
        defaults = list(_defaults(parameter.path, case))
        if defaults and all(_is_like(one, items) for one in defaults):
            name = show(parameter.name)
            message = (
                f"`{name}` is the list `{show(str(items))}` in every trial, and"
                f" `{show(str(defaults[0]))}` where the code alone says it."
            )
            hint = "Write `values` for one of them in each trial."
            yield case.in_sweep(("parameters", parameter.name), message, hint, "WF105")


def _defaults(path: tuple[str, ...], case: Case) -> Iterator[Any]:
    """What the code itself has for a key: as `get` gives it, or the run's config."""
    flow, wanted = case.program.flow, {Kind("config", path)}
    for scope in flow.scopes.reached:
        for call in scope.calls:
            name = called_name(call)
            asked = call.args[0] if name == "isinstance" and call.args else call
            if name not in ("get", "isinstance") or flow.kinds(asked, scope) != wanted:
                continue
            yield literal(argument(call, "default", 1)) if name == "get" else None
    if path[0] in (found := find_defaults(flow)):
        yield literal(found[path[0]][0])


def _is_like(default: Any, items: list[Any]) -> bool:
    """Whether a value is a number where those of a list are, or a text where they are."""
    for kind in ((int, float), str):
        if isinstance(default, kind) and not isinstance(default, bool):
            return all(isinstance(one, kind) and not isinstance(one, bool) for one in items)
    return False
