"""Values that a program only writes down: in its run's config or name, or on the terminal."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.kinds import Kind, called_name, full_name, text
from wandb_flyte.analysis.source.scope import Scope

from .flow import Flow

# What writes to the terminal or a log.
_PRINTS = frozenset({"print", "pprint", "info", "debug", "warning", "echo", "secho"})
# What shows something to people.
SHOWS = _PRINTS | {"error", "warn"}
_MESSAGES = frozenset({"info", "debug", "warning"})
_LOGGERS = frozenset({"WandbLogger", "log_hyperparams", "add_hparams"})
# Checkpoints; a file of text may be another program's config.
_SAVES = frozenset({"joblib.dump", "numpy.save", "pickle.dump", "pickle.dumps", "torch.save"})
# What gives the same value in another form.
_FORMS = frozenset({"dict", "str", "repr", "float", "format", "int", "round", "list"})
_PARTS = (
    *(ast.Attribute, ast.BinOp, ast.Call, ast.Dict, ast.FormattedValue, ast.JoinedStr, ast.List),
    *(ast.Tuple, ast.keyword),
)
# Methods of a text that give it in another way.
_WAYS = frozenset({"casefold", "lower", "strip", "title", "upper"})
# How many names in a row are followed.
_DEEPEST = 3


def noted_under(node: ast.expr, flow: Flow, scope: Scope, depth: int = 0) -> tuple[str, ...] | None:
    """Where in its run's config a program writes a value down, when that is all that it does.

    Returns:
        The keys from the outside in, none for what is printed or made a part of a name; None when
        the value may go anywhere else.
    """
    parents = flow.scopes.parents
    keys: tuple[str, ...] = ()
    current: ast.AST = node
    parent = parents.get(id(node))
    while isinstance(parent, _PARTS):
        outer = parents.get(id(parent))
        if isinstance(parent, ast.Attribute):
            if parent.attr not in _WAYS:
                return None
        elif isinstance(parent, ast.Dict):
            names = [
                text(key)
                for key, value in zip(parent.keys, parent.values, strict=True)
                if value is current
            ]
            if not names or names[0] is None:
                return None
            keys = (names[0], *keys)
        elif isinstance(parent, ast.keyword):
            if parent.arg is None or not isinstance(outer, ast.Call):
                return None
            if called_name(outer) == "dict":
                keys = (parent.arg, *keys)
        elif isinstance(parent, ast.Call):
            if parent.func is current:
                if not isinstance(current, ast.Attribute) or current.attr not in _WAYS:
                    return None
            elif _writes_down(parent, flow, scope) or _is_raised(parent, outer, flow, scope):
                return keys
            elif called_name(parent) not in _FORMS and not _joins(parent):
                return None
        current, parent = parent, outer
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if isinstance(parent, ast.Assign) and (put := _put_under(parent, flow, scope)):
        return (put, *keys)
    if isinstance(target, ast.Attribute) and target.attr in ("name", "notes"):
        held = target.value
        while isinstance(held, ast.Attribute) and not flow.kinds(held, scope):
            held = held.value  # As in `wandb.sweep.name`, which nothing reads.
        of_run = any(kind.what in ("run", "wandb") for kind in flow.kinds(held, scope))
        return () if of_run else None
    if isinstance(target, ast.Name) and current is not node and depth < _DEEPEST:
        uses = scope.loads.get(target.id, [])
        own = set(map(id, scope.nodes))
        noted = (
            _is_other_item(one, keys, flow) or noted_under(one, flow, scope, depth + 1) is not None
            for one in uses
        )
        return () if uses and all(id(one) in own for one in uses) and all(noted) else None
    return None


def _is_raised(call: ast.Call, around: ast.AST | None, flow: Flow, scope: Scope) -> bool:
    """Whether a call makes an error that is raised, of a class that is not the program's."""
    return isinstance(around, ast.Raise) and not flow.scopes.resolve(call.func, scope)


def _joins(call: ast.Call) -> bool:
    """Whether a call makes one text of several: `"_".join(parts)`."""
    called = call.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr == "join"
        and text(called.value) is not None
    )


def _put_under(node: ast.Assign, flow: Flow, scope: Scope) -> str | None:
    """The key under which a statement puts a value into the run's config, and nowhere else."""
    target = node.targets[0]
    if len(node.targets) > 1 or not isinstance(target, ast.Attribute | ast.Subscript):
        return None
    is_config = flow.kinds(target.value, scope) == {Kind("config")}
    key = target.attr if isinstance(target, ast.Attribute) else text(target.slice)
    return key if is_config else None


def _is_other_item(use: ast.Name, keys: tuple[str, ...], flow: Flow) -> bool:
    """Whether a dict's name is only asked for another key than the first of some."""
    parent = flow.scopes.parents.get(id(use))
    if not isinstance(parent, ast.Subscript) or parent.value is not use:
        return False
    asked = text(parent.slice)
    return bool(keys) and asked is not None and asked != keys[0]


def _writes_down(call: ast.Call, flow: Flow, scope: Scope) -> bool:
    name = called_name(call)
    if flow.scopes.resolve(call.func, scope):
        return False
    if name in _MESSAGES and "emit" in flow.scopes.methods:
        return False  # A handler of the program's own gets them.
    if full_name(call.func, scope.module.outside) in _SAVES:
        return True
    if name in _PRINTS or name in _LOGGERS or flow.is_of_wandb(call, "init", scope):
        return True
    called = call.func
    is_update = isinstance(called, ast.Attribute) and name == "update"
    return is_update and Kind("config") in flow.kinds(getattr(called, "value", None), scope)
