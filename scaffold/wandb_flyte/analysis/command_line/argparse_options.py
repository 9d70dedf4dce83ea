"""Options that a program gives to a parser of argparse."""

from __future__ import annotations

import ast

from wandb_flyte.analysis.source.choices import choices_of
from wandb_flyte.analysis.source.kinds import literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.unknown import UNKNOWN

from .interface import Option, type_name


def read_argument(node: ast.Call, command: tuple[str, ...], scope: Scope) -> Option | None:
    """The option of an `add_argument`; None when the source does not show what it is.

    Args:
        node: The call.
        command: The subcommand whose parser it is.
        scope: Where it stands.
    """
    names = [text(argument) for argument in node.args]
    if not names or None in names or any(k.arg is None for k in node.keywords):
        return None
    flags = tuple(name for name in names if name)
    given = {k.arg: k.value for k in node.keywords}
    long = next((f for f in flags if f.startswith("--")), flags[0])
    dest = text(given.get("dest")) or long.lstrip("-").replace("-", "_")
    action = text(given.get("action")) or ""
    if isinstance(given.get("action"), ast.Attribute | ast.Name):
        optional = ast.unparse(given["action"]).endswith("BooleanOptionalAction")
        action = "BooleanOptionalAction" if optional else "?"
    if action == "BooleanOptionalAction":
        flags += tuple(f"--no-{f[2:]}" for f in flags if f.startswith("--"))
    is_flag = action.startswith(("store_", "BooleanOptional", "count", "help", "version"))
    kind = "flag" if is_flag else type_name(given.get("type"), default="str")
    required = given.get("required")
    needed = isinstance(required, ast.Constant) and required.value is True
    optional = flags[0].startswith("-") or _may_be_none(given.get("nargs"))
    return Option(
        names=flags,
        dest=dest,
        type="" if action in ("?", "append", "extend") else kind,
        choices=choices_of(given.get("choices"), scope.module),
        default=literal(given.get("default")),
        has_default=(optional and not needed) or is_flag,
        place=(scope.module.file, node.lineno),
        command=command,
        many="nargs" in given and text(given["nargs"]) != "?",
        count=count if isinstance(count := literal(given.get("nargs")), int) else 0,
        help=text(given.get("help")) or "",
        left_out=_left_out(given.get("default"), action, kind),
        sets={"store_true": True, "store_false": False}.get(action),
    )


def _may_be_none(count: ast.expr | None) -> bool:
    """Whether an argument of so many words may have none of them."""
    name = getattr(count, "attr", getattr(count, "id", ""))  # `argparse.REMAINDER`
    return text(count) in ("?", "*", "...") or name in ("OPTIONAL", "REMAINDER", "ZERO_OR_MORE")


def _left_out(default: ast.expr | None, action: str, kind: str) -> object:
    """What an option that is not given leaves in the arguments."""
    if default is None:
        return {"store_true": False, "store_false": True}.get(action)
    if not isinstance(default, ast.Constant) or action == "?":
        return UNKNOWN
    # A default that is text goes through `type` as what is given does.
    is_text = isinstance(default.value, str)
    return default.value if not is_text or kind == "str" else UNKNOWN
