"""Options that Tap (typed-argument-parser) makes of a class's fields."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.choices import annotated_choices
from wandb_flyte.analysis.source.kinds import called_name, full_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import annotated, walk
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Interface, Option, type_name

_DEEPEST = 5


def read_tap(found: Interface, call: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Takes up the fields of a class of Tap's whose object a call makes; False for any other call.

    What its methods may declare beside them is not looked at: others may be there too.
    """
    targets = flow.scopes.resolve(call.func, scope)
    owner = targets[0] if len(targets) == 1 else None
    line = _line(owner, flow, 0) if isinstance(owner, ast.ClassDef) else []
    if not line:
        return False
    found.style = "unknown"
    if any(keyword.arg in (None, "underscores_to_dashes") for keyword in call.keywords):
        return True
    flags = not any(keyword.arg == "explicit_bool" for keyword in call.keywords)
    declared = {name for node, _ in line for name in _declared(node)}
    fields = [(*field, module) for node, module in line for field in annotated(node)]
    told: set[str] = set()
    for name, item, module in fields:
        if name not in declared and name not in told:
            told.add(name)
            found.options.append(_option(name, item, module, flags=flags))
    found.style = "argparse"
    return True


def _line(node: ast.ClassDef, flow: Flow, depth: int) -> list[tuple[ast.ClassDef, Module]]:
    """A class of Tap's with those of the program's that it derives from; none for any other."""
    module = next((one for one in flow.sources.modules if node in one.tree.body), None)
    if module is None or depth > _DEEPEST or len(node.bases) != 1:
        return []
    if full_name(node.bases[0], module.outside) in ("tap.Tap", "tap.tap.Tap"):
        return [(node, module)]
    base = node.bases[0]
    above = module.find(base.id) if isinstance(base, ast.Name) else None
    if above is None or not isinstance(above[1], ast.ClassDef):
        return []
    line = _line(above[1], flow, depth + 1)
    return [(node, module), *line] if line else []


def _declared(node: ast.ClassDef) -> set[str]:
    """The fields for which a class declares an option itself."""
    calls = [one for one in walk(node) if isinstance(one, ast.Call)]
    words = [text(arg) for one in calls if called_name(one) == "add_argument" for arg in one.args]
    return {word.lstrip("-").replace("-", "_") for word in words if word}


def _option(name: str, item: ast.AnnAssign, module: Module, *, flags: bool) -> Option:
    kind = type_name(item.annotation, default="")
    is_flag = kind == "bool" and flags
    default = item.value.value if isinstance(item.value, ast.Constant) else UNKNOWN
    return Option(
        names=(f"--{name}",),
        dest=name,
        type="flag" if is_flag else "" if kind == "bool" else kind,
        choices=annotated_choices(item.annotation, module),
        default=literal(item.value),
        has_default=item.value is not None,
        place=(module.file, item.lineno),
        left_out=default,
        sets=not default if is_flag and isinstance(default, bool) else None,
    )
