"""What an expression of a program can be, and small readings of syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from wandb_flyte.spec import dotted

from .syntax import Function

_DEEPEST = 4
# Methods that give all of a config in another form.
DERIVES = frozenset(
    {
        *("_asdict", "as_dict", "copy", "flag_values_dict", "items", "keys", "model_dump"),
        *("toDict", "to_dict", "values"),
    }
)
# What names are that are imported.
IMPORTED = {
    "absl.flags.FLAGS": "args",
    "wandb": "wandb",
    "wandb.config": "config",
    "wandb.run": "run",
}
# What gives names to values.
BINDING = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.withitem)
_ONE_KEY = frozenset({"get", "pop", "setdefault"})
_GROUPS = frozenset({"add_argument_group", "add_mutually_exclusive_group"})
PARSES = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})
# Calls that make a config-like object of what they are given.
CONVERTS = frozenset(
    {
        *("AttrDict", "Box", "ChainMap", "Config", "ConfigDict", "DotDict", "DotMap", "EasyDict"),
        *("Munch", "Namespace", "OmegaConf", "OrderedDict", "SimpleNamespace", "asdict", "copy"),
        *("create", "deepcopy", "defaultdict", "dict", "dotdict", "edict", "merge", "munchify"),
        *("namedtuple", "structured", "to_container", "unsafe_merge", "vars"),
    }
)
# Calls that do so under a name that others have too.
REPLACE = frozenset({"dataclasses.replace", "attr.evolve", "attrs.evolve"})


class Kind(NamedTuple):
    """What an expression is.

    Attributes:
        what: `wandb`, `run`, `summary`, `config`, `merged` (something that the config was put
            into), `args`, `hydra`, `parser` or `subparsers`.
        path: For a part of a config: its keys from the outside in. For a parser: its subcommand.
    """

    what: str
    path: tuple[str, ...] = ()


Kinds = frozenset[Kind]
NONE: Kinds = frozenset()
# What holds hyperparameters.
HOLDERS = frozenset({"config", "merged", "args", "hydra"})


def member(kind: Kind, name: str) -> set[Kind]:
    """What an attribute or item of something is."""
    if kind.what in HOLDERS:
        if name in ("__dict__", "_items"):
            return {kind}
        return {Kind(kind.what, (*kind.path, name))} if len(kind.path) < _DEEPEST else set()
    table = {
        ("wandb", "config"): "config",
        ("wandb", "run"): "run",
        ("wandb", "summary"): "summary",
        ("run", "config"): "config",
        ("run", "summary"): "summary",
    }
    found = table.get((kind.what, name))
    return {Kind(found)} if found else set()


def method_result(base: Kinds, method: str, node: ast.Call) -> Kinds:
    """What a method of something returns."""
    found: set[Kind] = set()
    for kind in base:
        if kind.what == "wandb" and method == "init":
            found.add(Kind("run"))
        elif kind.what in HOLDERS and method in DERIVES:
            found.add(kind)
        elif kind.what in HOLDERS and method in _ONE_KEY and node.args:
            key = text(node.args[0])
            found |= member(kind, key) if key is not None else set()
        elif kind.what == "parser" and method in _GROUPS:
            found.add(kind)
        elif kind.what == "parser" and method in PARSES:
            found.add(Kind("args"))
        elif kind.what == "parser" and method == "add_subparsers":
            found.add(Kind("subparsers", kind.path))
        elif kind.what == "subparsers" and method == "add_parser":
            name = text(argument(node, "name"))
            found.add(Kind("parser", (*kind.path, name or "?")[:_DEEPEST]))
    return frozenset(found)


def merged(kinds: Kinds) -> Kinds:
    """What something becomes that a config is put into, beside what it had before."""
    return frozenset(Kind("merged", k.path) if k.what == "config" else k for k in kinds)


def bindings(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The assignments among some nodes: target and value."""
    for node in nodes:
        if not isinstance(node, BINDING):
            continue
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield target, node.value
        elif isinstance(node, ast.withitem):
            if node.optional_vars is not None:
                yield node.optional_vars, node.context_expr
        elif isinstance(node, ast.AugAssign):
            if isinstance(node.op, ast.BitOr):  # The others make something new of both.
                yield node.target, node.value
        elif node.value is not None:
            yield node.target, node.value


def loop_targets(node: ast.For) -> list[ast.expr]:
    """What a loop over a config's items copies them into, each under its own name."""
    found: list[ast.expr] = []
    names = {inner.id for inner in ast.walk(node.target) if isinstance(inner, ast.Name)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Subscript):
            key = inner.targets[0].slice
            if isinstance(key, ast.Name) and key.id in names:
                found.append(inner.targets[0].value)
        elif isinstance(inner, ast.Call) and called_name(inner) in ("setattr", "update"):
            if called_name(inner) == "setattr" and inner.args:
                found.append(inner.args[0])
            elif isinstance(inner.func, ast.Attribute):
                found.append(inner.func.value)
    return [owner(one) for one in found]


def compared_keys(loop: ast.For) -> set[str]:
    """The texts that a loop over a config compares its key with: those keys are read."""
    targets = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    found: set[str] = set()
    for node in ast.walk(loop):
        if (
            isinstance(node, ast.Compare)
            and isinstance(node.left, ast.Name)
            and node.left.id in targets
        ):
            parts = [part for one in node.comparators for part in ast.walk(one)]
            found |= {key for part in parts if (key := text(part)) is not None}
    return found


def owner(target: ast.expr) -> ast.expr:
    """What something is put into: `self` for `self.__dict__` and `vars(self)`."""
    if isinstance(target, ast.Call) and is_name(target.func, "vars") and len(target.args) == 1:
        return target.args[0]
    is_dict = isinstance(target, ast.Attribute) and target.attr == "__dict__"
    return target.value if is_dict else target  # type: ignore[attr-defined]


def given(node: ast.Call) -> list[ast.expr]:
    """Everything that a call is given."""
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def argument(call: ast.Call, name: str, position: int = 0) -> ast.expr | None:
    """What a call gives for a parameter, by its position or its name; None when nothing."""
    if len(call.args) > position:
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg == name), None)


def called_name(node: ast.Call) -> str:
    """The last name of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def full_name(called: ast.expr, outside: Mapping[str, str]) -> str:
    """The name of what is called, with the module that it was imported from; empty without one.

    Args:
        called: What is called.
        outside: Where a module's imported names come from.
    """
    root, dot, rest = dotted(called).partition(".")
    return f"{outside.get(root, root)}{dot}{rest}"


def root_name(called: ast.expr) -> str:
    """The first name of a dotted one."""
    return dotted(called).partition(".")[0]


def text(node: ast.AST | None) -> str | None:
    """The text that a node is, None when it is no constant text."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def asks_by_text(call: ast.Call) -> bool:
    """Whether a call asks something for an attribute that the source writes out."""
    asked = call.args[1] if called_name(call) == "getattr" and len(call.args) > 1 else None
    return text(asked) is not None


def is_remark(node: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether a text stands alone as a statement: a docstring, or code that is out of use."""
    return text(node) is not None and isinstance(parents.get(id(node)), ast.Expr)


def is_name(node: ast.AST | None, name: str) -> bool:
    """Whether an expression is this name."""
    return isinstance(node, ast.Name) and node.id == name


def literal(node: ast.expr | None) -> Any:
    """The value that an expression writes out; None when it does not."""
    if node is None:
        return None
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def name_is_mapping(node: ast.ClassDef) -> bool:
    """Whether a class is a dict of its own."""
    return any(
        getattr(b, "id", getattr(b, "attr", "")) in ("dict", "Namespace") for b in node.bases
    )


def all_args(node: Function) -> list[ast.arg]:
    """Every parameter of a function."""
    args = node.args
    extra = [arg for arg in (args.vararg, args.kwarg) if arg]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *extra]
