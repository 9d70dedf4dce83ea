"""How a program takes its command line: its library, and its options."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import Function
from wandb_flyte.analysis.source.unknown import UNKNOWN

Style = Literal[
    "none", "absl", "argparse", "click", "fire", "getopt", "typer", "tyro", "hydra", "unknown"
]
# Libraries that refuse an option which is not declared.
STRICT = frozenset({"absl", "argparse", "click", "fire", "getopt", "typer", "tyro"})
_TYPES = frozenset({"int", "float", "str", "bool"})


@dataclass(frozen=True)
class Option:
    """One option or positional argument.

    Attributes:
        names: How it is written, dashes included; a positional's name without.
        dest: Where its value goes.
        type: `int`, `float`, `str`, `bool` or `flag`; empty when it is something else.
        choices: The values it takes, None when any.
        default: Its default, when the source shows it.
        has_default: Whether it may be left out.
        place: Where it is declared.
        command: The subcommand it belongs to.
        many: Whether it takes several values.
        count: How many words it takes; 0 for any number.
        help: Its help text.
        left_out: What the code gets where it is left out.
        sets: What a flag sets; None where the source does not show it, and for other options.
    """

    names: tuple[str, ...]
    dest: str
    type: str
    choices: tuple[Any, ...] | None
    default: Any
    has_default: bool
    place: tuple[Path, int]
    command: tuple[str, ...] = ()
    many: bool = False
    count: int = 0
    help: str = ""
    left_out: Any = UNKNOWN
    sets: bool | None = None

    def stands_on(self, file: Path, node: Function) -> bool:
        """Whether it is one of a function's own parameters."""
        lines = [node.lineno, *(part.lineno for part in node.decorator_list)]
        return self.place[0] == file and min(lines) <= self.place[1] <= max(lines)


@dataclass
class Interface:
    """How a program takes its command line.

    Attributes:
        style: The library; `none` when it does not look at its command line at all.
        options: Its options.
        open: It takes options that the source does not show.
        elsewhere: Another package makes options of classes, files or calls.
        fire: That is Fire, which takes words without dashes by their places.
        settings: Another package gives settings, perhaps from the command line.
        settings_go_on: They go on as a whole.
        fields: The fields of the classes that it gets for that.
        ignores_unknown: Options that it does not know do no harm.
        rewrites: It writes its command line anew before it looks at it.
        added: The words that it adds to its command line itself.
        commands: Its subcommands.
        place: Where it is declared.
        parses: argparse: the calls that take the command line.
        dataclasses: transformers: the calls that make a parser of dataclasses, or parse by it.
        taken: Lightning: the names that it takes, where it makes the command line.
        config_dir: Hydra: the folder of the config, as the source names it.
        config_name: Hydra: the config's name.
    """

    style: Style = "none"
    options: list[Option] = field(default_factory=list)
    open: bool = False
    elsewhere: bool = False
    fire: bool = False
    settings: bool = False
    settings_go_on: bool = False
    fields: set[str] = field(default_factory=set)
    ignores_unknown: bool = False
    rewrites: bool = False
    added: list[str] = field(default_factory=list)
    commands: set[str] = field(default_factory=set)
    place: tuple[Path, int] | None = None
    parses: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    dataclasses: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    taken: Taken | None = None
    config_dir: str | None = None
    config_name: str | None = None


@dataclass(frozen=True)
class Taken:
    """What a command line of Lightning's takes.

    Attributes:
        heads: The first parts of its options, `model` of `--model.width`; None for any.
        below: The second parts, by the first one, where all of them are known.
    """

    heads: frozenset[str] | None
    below: dict[str, frozenset[str]]

    def instead_of(self, name: str) -> list[str] | None:
        """The options that may be meant instead of one; None for one that is taken."""
        head, dot, rest = name.partition(".")
        known = self.below.get(head)
        if dot and known is not None:
            refused = rest.partition(".")[0] not in known
            return [f"{head}.{one}" for one in known] if refused else None
        if self.heads is None or head in self.heads:
            return None
        below = (f"{one}.{inner}" for one, names in self.below.items() for inner in names)
        return [*self.heads, *below]


def usable_options(interface: Interface, words: tuple[str, ...]) -> list[Option]:
    """The options of the program itself, and of the subcommand that some words name."""
    return [o for o in interface.options if not o.command or o.command[-1] in words]


def option_for(interface: Interface, name: str, commands: tuple[str, ...] = ()) -> Option | None:
    """The option that `--name` sets: by its name, or as argparse and getopt also do."""
    usable = usable_options(interface, commands)
    for option in usable:
        if f"--{name}" in option.names:
            return option
    if interface.style in ("fire", "tyro"):
        plain = name.replace("_", "-")
        for option in usable:
            if any(flag.replace("_", "-") == f"--{plain}" for flag in option.names):
                return option
    if interface.style in ("argparse", "getopt"):  # They take abbreviations.
        near = [o for o in usable if any(f.startswith(f"--{name}") for f in o.names)]
        return near[0] if len(near) == 1 else None
    return None


def type_name(node: ast.expr | None, *, default: str) -> str:
    """`int`, `float`, `str` or `bool` when an expression names it; empty for another type."""
    if node is None:
        return default
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = type_name(node.left, default=""), type_name(node.right, default="")
        return left or right if not (left and right) else ""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Optional"):
        return type_name(node.slice, default="")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if node.value in _TYPES else ""
    return node.id if isinstance(node, ast.Name) and node.id in _TYPES else ""
