"""Names that Lightning's `LightningCLI` takes: it refuses any other."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import argument, full_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Taken

_CLI = "LightningCLI"
_PACKAGES = frozenset({"lightning", "pytorch_lightning"})
_CLASSES = {"model": "model_class", "data": "datamodule_class"}
_HEADS = frozenset(
    {
        *("ckpt_path", "config", "data", "fit", "help", "lr_scheduler", "model", "optimizer"),
        *("predict", "print_config", "return_predictions", "seed_everything", "subcommand", "test"),
        *("trainer", "validate", "verbose", "weights_only"),
    }
)


def read_lightning(flow: Flow) -> Taken | None:
    """What the one command line of Lightning's takes that a program has; None without one."""
    made = [
        (call, scope, line)
        for scope in flow.scopes.reached
        for call in scope.calls
        if (line := _line(call.func, scope, flow)) is not None
    ]
    if len(made) != 1:
        return None
    call, scope, line = made[0]
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in given or "args" in given or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    below: dict[str, frozenset[str]] = {}
    for position, (head, name) in enumerate(_CLASSES.items()):
        names = _parameters(argument(call, name, position), scope, flow)
        if names is not None and f"subclass_mode_{head}" not in given:
            below[head] = names
    return Taken(_heads(line), below)


def _line(called: ast.expr, scope: Scope, flow: Flow) -> list[ast.ClassDef] | None:
    """The program's own classes of a command line of Lightning's; None for anything else."""
    if _is_cli(called, scope):
        return []
    targets = flow.scopes.resolve(called, scope) if isinstance(called, ast.Name) else []
    owner = targets[0] if len(targets) == 1 else None
    if not isinstance(owner, ast.ClassDef):
        return None
    line = flow.scopes.line_of(owner)
    around = flow.scopes.defined_in(line[-1]) if line else None
    return line if around and any(_is_cli(base, around) for base in line[-1].bases) else None


def _is_cli(node: ast.expr, scope: Scope) -> bool:
    name = full_name(node, scope.module.outside)
    return name.rpartition(".")[2] == _CLI and name.partition(".")[0] in _PACKAGES


def _heads(line: list[ast.ClassDef]) -> frozenset[str] | None:
    """The first parts of all options, with what classes of the program's own may declare."""
    found = set(_HEADS)
    for node in (node for owner in line for node in walk(owner)):
        if isinstance(node, ast.Call) and _declares_unseen(node):
            return None
        if (word := text(node)) is not None:
            found.add(word.lstrip("-").partition(".")[0])
    return frozenset(found)


def _declares_unseen(call: ast.Call) -> bool:
    """Whether a call may declare options under names that are not written there."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "super()":
        return False
    adds = isinstance(call.func, ast.Attribute) and call.func.attr.startswith("add_")
    hands_on = any(is_name(one, "parser") for one in given)
    return hands_on or (adds and not any(map(text, given)))


def _parameters(node: ast.expr | None, scope: Scope, flow: Flow) -> frozenset[str] | None:
    """What a class of the program takes; None where it may take anything else."""
    targets = flow.scopes.resolve(node, scope) if isinstance(node, ast.Name) else []
    owner = targets[0] if len(targets) == 1 else None
    if not isinstance(owner, ast.ClassDef) or owner.decorator_list:
        return None
    init = flow.scopes.init_of(owner) or flow.scopes.inherited_init(owner)
    if init is None or init.node is None or init.node.decorator_list:
        return None
    args = init.node.args
    if args.vararg or args.kwarg:
        return None
    return frozenset(one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)[1:])
