"""What a module reads from a trial's config, and what it logs, as far as its source shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_Function = ast.FunctionDef | ast.AsyncFunctionDef
# Methods of a config that name one key, or none in particular.
_ONE_KEY = frozenset({"get", "pop", "setdefault"})
_SUPPLIES = frozenset({"update", "setdefaults", "setdefault"})


@dataclass
class Usage:
    """What the objective's module does with the config and the run.

    Attributes:
        reads: The config's keys that are read, each with a line.
        needs: Those among them that the objective reads in every call, without a default.
        supplies: Keys that the code itself puts into the config.
        reads_all: The config is handed on as a whole, so any key may be read.
        logs: The names that are logged, each with a line.
        logs_unseen: Something is logged whose names the source does not show.
    """

    reads: dict[str, int] = field(default_factory=dict)
    needs: dict[str, int] = field(default_factory=dict)
    supplies: set[str] = field(default_factory=set)
    reads_all: bool = False
    logs: dict[str, int] = field(default_factory=dict)
    logs_unseen: bool = False


def find_usage(module: ast.Module, objective: _Function, config: str | None) -> Usage:
    """What a module reads and logs.

    Args:
        module: The parsed file.
        objective: The objective's definition in it.
        config: The name of the objective's config argument, if it has one.
    """
    usage = Usage()
    names = _Names(module, config)
    always = {id(node) for node in _unconditional(objective)}
    parents = {id(child): node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module):
        if names.is_config(node):
            _note_config(usage, node, parents, always)
        elif isinstance(node, ast.Call):
            _note_call(usage, names, node)
    return usage


class _Names:
    """Which expressions are a run or a config: `wandb.config`, `run.config`, and their aliases."""

    def __init__(self, module: ast.Module, config: str | None) -> None:
        self.runs: set[str] = {"run"}
        self.configs: set[str] = {config} if config else set()
        for _ in range(2):  # Twice, for an alias of an alias.
            for target, value in _bindings(module):
                if self.is_run(value):
                    self.runs.add(target)
                elif self.is_config(value):
                    self.configs.add(target)

    def is_run(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.runs
        if isinstance(node, ast.Attribute):
            return node.attr == "run" and _is_name(node.value, "wandb")
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", None) or getattr(called, "id", None)
            return name == "get_wandb_run" or (
                name == "init" and isinstance(called, ast.Attribute) and _is_wandb(called.value)
            )
        return False

    def is_config(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.configs and isinstance(node.ctx, ast.Load)
        return (
            isinstance(node, ast.Attribute)
            and node.attr == "config"
            and (_is_wandb(node.value) or self.is_run(node.value))
        )


def _bindings(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            if isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            if isinstance(node.target, ast.Name) and node.value is not None:
                yield node.target.id, node.value
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            yield node.optional_vars.id, node.context_expr


def _note_config(
    usage: Usage, node: ast.AST, parents: Mapping[int, ast.AST], always: set[int]
) -> None:
    parent = parents.get(id(node))
    if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        return  # An alias: its own uses count.
    key: str | None = None
    if isinstance(parent, ast.Subscript) and parent.value is node:
        key = _text(parent.slice)
    elif isinstance(parent, ast.Attribute):
        caller = parents.get(id(parent))
        if isinstance(caller, ast.Call) and caller.func is parent:
            _note_method(usage, parent.attr, caller, always)
            return
        key = parent.attr
    if key is None or parent is None:
        usage.reads_all = True
    elif isinstance(getattr(parent, "ctx", None), ast.Store):
        usage.supplies.add(key)
    else:
        _note_read(usage, key, parent, always)


def _note_method(usage: Usage, method: str, call: ast.Call, always: set[int]) -> None:
    first = call.args[0] if call.args else None
    if method in _ONE_KEY and first is not None and (key := _text(first)) is not None:
        usage.reads.setdefault(key, call.lineno)
        if method == "setdefault":
            usage.supplies.add(key)
        elif method == "pop" and len(call.args) == 1 and id(call) in always:
            usage.needs.setdefault(key, call.lineno)
    elif method in _SUPPLIES:
        _note_supplied(usage, first)
    else:
        usage.reads_all = True


def _note_read(usage: Usage, key: str, node: ast.AST, always: set[int]) -> None:
    line = getattr(node, "lineno", 0)
    usage.reads.setdefault(key, line)
    if id(node) in always:
        usage.needs.setdefault(key, line)


def _note_call(usage: Usage, names: _Names, call: ast.Call) -> None:
    called = call.func
    if names.is_run(call):
        for keyword in call.keywords:
            if keyword.arg == "config":
                _note_supplied(usage, keyword.value)
            elif keyword.arg is None:
                usage.reads_all = True
    elif isinstance(called, ast.Attribute) and (
        _is_wandb(called.value) or names.is_run(called.value)
    ):
        if called.attr == "log":
            _note_logged(usage, call.args[0] if call.args else None)
        elif called.attr not in ("finish", "save", "alert", "define_metric", "watch"):
            usage.logs_unseen = True
    if any(names.is_run(value) for value in _given(call)):
        usage.logs_unseen = usage.reads_all = True


def _note_supplied(usage: Usage, node: ast.expr | None) -> None:
    keys = [_text(key) for key in node.keys if key] if isinstance(node, ast.Dict) else [None]
    for key in keys:
        if key is None:
            usage.reads_all = True
        else:
            usage.supplies.add(key)


def _note_logged(usage: Usage, node: ast.expr | None) -> None:
    if not isinstance(node, ast.Dict):
        usage.logs_unseen = True
        return
    for key in node.keys:
        text = _text(key) if key is not None else None
        if text is None:
            usage.logs_unseen = True
        else:
            usage.logs.setdefault(text, node.lineno)


def _unconditional(function: _Function) -> Iterator[ast.AST]:
    """The nodes of a function that every call reaches, unless it returns or raises before."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            todo.append(node.test)
        elif isinstance(node, ast.For | ast.AsyncFor):
            todo.append(node.iter)
        elif not isinstance(node, ast.Try | ast.Match | ast.BoolOp | _Function | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_wandb(node: ast.AST) -> bool:
    return _is_name(node, "wandb")


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
