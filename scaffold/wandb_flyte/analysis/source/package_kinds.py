"""What some packages give a program: parsers, runs, and the flags of absl."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from .foreign import makes_parser
from .kinds import NONE, Kind, Kinds, argument, called_name, full_name, text

_DEFINES = "absl.flags.DEFINE_"


def package_kinds(node: ast.Attribute | ast.Call, outside: Mapping[str, str]) -> Kinds:
    """What an attribute of a package, or a call of one, is.

    Args:
        node: The attribute, or the call.
        outside: Where a module's imported names come from.
    """
    if isinstance(node, ast.Attribute):
        return frozenset({Kind("args")} if full_name(node, outside) == "absl.flags.FLAGS" else ())
    name = called_name(node)
    if name == "get_wandb_run" or outside.get(name) == "wandb.init":
        return frozenset({Kind("run")})
    if makes_parser(node.func, outside):
        return frozenset({Kind("parser")})
    flag = defined_flag(node, outside) if name.startswith("DEFINE_") else None
    return NONE if flag is None else frozenset({Kind("args", (flag[1],))})


def defined_flag(call: ast.Call, outside: Mapping[str, str]) -> tuple[str, str] | None:
    """The kind of flag that a call of absl's defines, such as `float`, and its name.

    None for another call.
    """
    called = full_name(call.func, outside)
    name = text(argument(call, "name", 0)) if called.startswith(_DEFINES) else None
    return None if name is None else (called.removeprefix(_DEFINES), name)
