"""Parameters that put one value where a Hydra config has keys, and the code reads one of those."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from wandb_flyte.analysis.source.kinds import called_name
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.check.trial.case import Case
from wandb_flyte.generate.check.trial.switches import Switches
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Parameter


def replaced_parts(case: Case, switches: Switches) -> Iterator[Finding]:
    """The same for every parameter of a sweep.

    Args:
        case: The sweep and its program.
        switches: What is known of the config.
    """
    known = switches.known.hydra_config
    if known is None or case.command is None or case.command.passes not in ("plain", "flags"):
        return
    for parameter in case.sweep.parameters:
        name = parameter.name
        # A name without a dot may be that of a group, whose files it chooses among.
        if "." not in name or len(parameter.path) != 1 or not _is_one_value(parameter):
            continue
        inner = _read_inside(tuple(name.split(".")), known, case)
        if not inner:
            continue
        key, places = next(iter(inner.items()))
        message = f"`{show(name)}` has keys in the Hydra config, and the code reads `{show(key)}`:"
        message += " a single value has none."
        every = any(is_sure_read(*place, case, switches) for place in places)
        severity: Severity = "error" if every else "warning"
        hint = f"Did you mean `{show(key)}`?"
        yield case.in_sweep(("parameters", name), message, hint, "WF105", severity)


def _is_one_value(parameter: Parameter) -> bool:
    """Whether a parameter gives numbers, texts or lists, and nothing that may have keys."""
    values = listed(parameter.distribution)
    texts = [value for value in values or () if isinstance(value, str)]
    others = any(value is None or isinstance(value, Mapping) for value in values or ())
    return not others and not any(set("{}$") & set(one) for one in texts)


def _read_inside(
    path: tuple[str, ...], known: Mapping[str, Any], case: Case
) -> dict[str, list[tuple[ast.expr, Scope]]]:
    """Where the code reads what the config has below a key, by the dotted key."""
    size = len(path) + 1
    found: dict[str, list[tuple[ast.expr, Scope]]] = {}
    for keys, places in case.program.hydra.places.items():
        key = ".".join(keys[:size])
        if len(keys) >= size and keys[: size - 1] == path and key in known:
            found.setdefault(key, []).extend(places)
    return found


def is_sure_read(node: ast.expr, scope: Scope, case: Case, switches: Switches) -> bool:
    """Whether every run reads a key where its value stands, or is bound to a name."""
    values = scope.every_value(node.id) if isinstance(node, ast.Name) else [node]
    if values is None or len(values) != 1:
        return False
    read = values[0]
    called = not isinstance(read, ast.Call) or called_name(read) in ("get", "getattr")
    return called and case.program.certain.is_certain(read, scope) and switches.sure(read, scope)
