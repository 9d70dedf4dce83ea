"""Options that decorators of click declare."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.choices import choices_of
from wandb_flyte.analysis.source.kinds import called_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN

from .interface import Interface, Option, type_name


def read_click(found: Interface, what: str, call: ast.Call | None, scope: Scope) -> None:
    """Takes up a decorator of click.

    Args:
        found: Gets what it declares.
        what: The decorator's name, such as `option`.
        call: The decorator, None without parentheses.
        scope: The function it stands on.
    """
    assert scope.node is not None  # noqa: S101 - a decorator stands on a function
    if what in ("command", "group"):
        found.style = "click"
        found.place = (scope.module.file, scope.node.lineno)
        settings = ast.unparse(call) if call else ""
        found.ignores_unknown |= "ignore_unknown_options" in settings
        found.open |= "allow_extra_args" in settings  # `ctx.args` has what is left.
    elif what in ("option", "argument") and call is not None:
        option = _click_option(what, call, scope)
        if option is None:
            found.open = True
        else:
            found.options.append(option)
    elif what.endswith("_option"):
        return
    elif what not in ("pass_context", "pass_obj"):
        found.open = True


def _click_option(what: str, call: ast.Call, scope: Scope) -> Option | None:
    names = [text(argument) for argument in call.args]
    given = {k.arg: k.value for k in call.keywords}
    if None in names or None in given or not names:
        return None
    flags = tuple(f for name in names if name for f in name.split("/") if f.startswith("-"))
    plain = [name for name in names if name and not name.startswith("-")]
    if what == "option" and not flags:
        return None
    long = next((f for f in flags if f.startswith("--")), flags[0] if flags else plain[0])
    kind = given.get("type")
    choices = None
    if isinstance(kind, ast.Call) and called_name(kind) == "Choice" and kind.args:
        choices = None if kind.keywords else choices_of(kind.args[0], scope.module)
    is_flag = "is_flag" in given or any(name and "/" in name for name in names)
    default = literal(given.get("default"))
    if kind is None and isinstance(default, bool | int | float):
        name = type(default).__name__
    else:
        name = _click_type(kind)
    # Only an argument that may have any number of words has none by itself.
    is_needed = what == "argument" and literal(given.get("nargs")) != -1
    is_needed = is_needed if "required" not in given else literal(given["required"]) is True
    return Option(
        names=flags or tuple(plain),
        dest=(plain[-1] if plain else long.lstrip("-").replace("-", "_")).lower(),
        type="flag" if is_flag else name,
        choices=choices,
        default=default,
        has_default=not is_needed or not given.keys().isdisjoint(("default", "envvar")),
        place=(scope.module.file, call.lineno),
        many="multiple" in given or "nargs" in given,
        help=text(given.get("help")) or "",
        left_out=UNKNOWN if "envvar" in given else _left_out(given.get("default"), is_flag),
    )


def _left_out(default: ast.expr | None, is_flag: bool) -> object:
    """What an option that is not given leaves in its parameter."""
    if default is None:
        return False if is_flag else None
    return default.value if isinstance(default, ast.Constant) else UNKNOWN


def _click_type(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return {"INT": "int", "FLOAT": "float", "STRING": "str", "BOOL": "bool"}.get(node.attr, "")
    if isinstance(node, ast.Call):
        return {"IntRange": "int", "FloatRange": "float"}.get(called_name(node), "")
    return type_name(node, default="str")
