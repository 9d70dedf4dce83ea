"""The options of a program's command line, as its source declares them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from wandb_flyte.generate._syntax import Function

from .choices import annotated_choices, choices_of
from .flow import Flow
from .kinds import called_name, literal, text
from .scopes import Scope
from .sources import Module

Style = Literal["none", "argparse", "click", "typer", "tyro", "hydra", "unknown"]
# Parsers whose options the source does not show in one place.
_OTHERS = frozenset(
    [
        "HfArgumentParser",
        "LightningCLI",
        "Fire",
        "jsonargparse",
        "CLI",
        "simple_parsing",
        "draccus",
        "ArgParser",
        "TrlParser",
        "ConfigArgParse",
        "plac",
        "docopt",
        "OptionParser",
        "Tap",
        "tap",
        "pyrallis",
        "FlagValues",
        "app.run",
        "from_cli",
        "absl",
        "parse_args_into_dataclasses",
    ]
)
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
        help: Its help text.
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
    help: str = ""


@dataclass
class Interface:
    """How a program takes its command line.

    Attributes:
        style: The library; `none` when it does not look at its command line at all.
        options: Its options.
        open: It takes options that the source does not show.
        ignores_unknown: Options that it does not know do no harm.
        commands: Its subcommands.
        place: Where it is declared.
        config_dir: Hydra: the folder of the config, as the source names it.
        config_name: Hydra: the config's name.
    """

    style: Style = "none"
    options: list[Option] = field(default_factory=list)
    open: bool = False
    ignores_unknown: bool = False
    commands: set[str] = field(default_factory=set)
    place: tuple[Path, int] | None = None
    config_dir: str | None = None
    config_name: str | None = None


def read_interface(flow: Flow) -> Interface:
    """The command line of a script."""
    found = Interface()
    parsed = False
    for scope in flow.scopes.reached:
        if scope.node is not None:
            _read_decorators(found, scope)
        for node in scope.nodes:
            if isinstance(node, ast.Call):
                parsed |= _read_call(found, node, flow, scope)
            elif _is_argv(node) and not any(_is_argv(n, ast.Store) for n in scope.nodes):
                found.open = True
                found.style = "unknown" if found.style == "none" else found.style
    if found.style == "argparse" and not parsed:
        found.style, found.options = ("unknown" if found.open else "none"), []
    return found


def option_for(interface: Interface, name: str, commands: tuple[str, ...] = ()) -> Option | None:
    """The option that `--name` sets: by its name, or argparse by an abbreviation."""
    usable = [o for o in interface.options if not o.command or o.command[-1] in commands]
    for option in usable:
        if any(flag in (f"--{name}", f"-{name}") for flag in option.names):
            return option
    if interface.style == "tyro":
        plain = name.replace("_", "-")
        for option in usable:
            if any(flag.replace("_", "-") == f"--{plain}" for flag in option.names):
                return option
    if interface.style == "argparse":
        near = [o for o in usable if any(f.startswith(f"--{name}") for f in o.names)]
        return near[0] if len(near) == 1 else None
    return None


def _read_call(found: Interface, node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Takes up a call that has to do with the command line; True when it parses it."""
    name, parsed = called_name(node), False
    base = flow.kinds(node.func.value, scope) if isinstance(node.func, ast.Attribute) else ()
    parsers = [kind for kind in base if kind.what == "parser"]
    origin = scope.module.outside.get(name, "")
    if parsers and name == "add_argument":
        found.style = "argparse"
        option = _argument(node, parsers[0].path, scope)
        if option is None:
            found.open = True
        else:
            found.options.append(option)
    elif parsers and name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
        parsed = not node.args or not isinstance(node.args[0], ast.List)
        found.style, found.place = "argparse", (scope.module.file, node.lineno)
        if name == "parse_known_args":
            found.ignores_unknown = True
            found.open |= _uses_rest(node, flow, scope)
    elif any(kind.what == "subparsers" for kind in base) and name == "add_parser" and node.args:
        found.commands.add(text(node.args[0]) or "?")
    elif name in _OTHERS and (name in scope.module.outside or isinstance(node.func, ast.Attribute)):
        found.style, found.open, parsed = "unknown", True, True
    elif (name == "cli" and _is(getattr(node.func, "value", None), "tyro")) or origin == "tyro.cli":
        _tyro(found, node, flow, scope)
    elif _is_typer_run(node, scope) and node.args:
        for target in flow.scopes.resolve(node.args[0], scope):
            if isinstance(target, Scope) and target.node is not None:
                _typer(found, target.node, target.module)
    elif name in ("OmegaConf.from_cli", "from_cli"):
        found.style, found.open = "unknown", True
    elif any(k.what == "parser" for a in node.args for k in flow.kinds(a, scope)):
        # Somebody else's code may add options.
        found.open |= not flow.scopes.resolve(node.func, scope)
    return parsed


def _uses_rest(node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Whether the code looks at what `parse_known_args` did not know."""
    parent = flow.scopes.parents.get(id(node))
    if isinstance(parent, ast.Subscript):
        return bool(literal(parent.slice) != 0)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2:
        return True
    rest = target.elts[1]
    loads = (n for n in scope.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return not isinstance(rest, ast.Name) or any(n.id == rest.id for n in loads)


def _argument(node: ast.Call, command: tuple[str, ...], scope: Scope) -> Option | None:
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
    optional = flags[0].startswith("-") or text(given.get("nargs")) in ("?", "*")
    return Option(
        names=flags,
        dest=dest,
        type="" if action in ("?", "append") else kind,
        choices=choices_of(given.get("choices"), scope.module),
        default=literal(given.get("default")),
        has_default=(optional and not needed) or is_flag,
        place=(scope.module.file, node.lineno),
        command=command,
        many="nargs" in given and text(given["nargs"]) != "?",
        help=text(given.get("help")) or "",
    )


def _read_decorators(found: Interface, scope: Scope) -> None:
    function = scope.node
    assert function is not None  # noqa: S101 - the caller looked
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        called = ast.unparse(call.func if call else decorator)
        root = called.partition(".")[0]
        origin = scope.module.outside.get(root, "")
        if origin.partition(".")[0] == "click":
            _click(found, called.rpartition(".")[2], call, scope)
        elif called.endswith(".command") and _typer_app(root, scope.module):
            _typer(found, function, scope.module)
        elif origin.startswith("hydra") and called.rpartition(".")[2] == "main":
            _hydra(found, call, scope)


def _click(found: Interface, what: str, call: ast.Call | None, scope: Scope) -> None:
    assert scope.node is not None  # noqa: S101 - a decorator stands on a function
    if what in ("command", "group"):
        found.style = "click"
        found.place = (scope.module.file, scope.node.lineno)
        if what == "group":
            found.open = True
        settings = ast.unparse(call) if call else ""
        found.ignores_unknown |= "ignore_unknown_options" in settings
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
    required = literal(given.get("required")) is True
    return Option(
        names=flags or tuple(plain),
        dest=(plain[-1] if plain else long.lstrip("-").replace("-", "_")).lower(),
        type="flag" if is_flag else name,
        choices=choices,
        default=default,
        has_default=what == "option" and not required,
        place=(scope.module.file, call.lineno),
        many="multiple" in given or "nargs" in given,
        help=text(given.get("help")) or "",
    )


def _click_type(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return {"INT": "int", "FLOAT": "float", "STRING": "str", "BOOL": "bool"}.get(node.attr, "")
    if isinstance(node, ast.Call):
        return {"IntRange": "int", "FloatRange": "float"}.get(called_name(node), "")
    return type_name(node, default="str")


def _typer(found: Interface, function: Function, module: Module) -> None:
    if found.style == "typer" and found.options:
        found.open = True  # Several commands.
    found.style, found.place = "typer", (module.file, function.lineno)
    args = [*function.args.posonlyargs, *function.args.args]
    missing = [None] * (len(args) - len(function.args.defaults))
    pairs: list[tuple[ast.arg, ast.expr | None]] = [
        *zip(args, [*missing, *function.args.defaults], strict=True),
        *zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True),
    ]
    for arg, default in pairs:
        found.options.append(_typer_option(arg, default, function, module))


def _typer_option(
    arg: ast.arg, default: ast.expr | None, function: Function, module: Module
) -> Option:
    name = arg.arg.replace("_", "-")
    annotation, extra = arg.annotation, default
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value).endswith(
        "Annotated"
    ):
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
        annotation = parts[0] if parts else None
        extra = next((p for p in parts[1:] if isinstance(p, ast.Call)), default)
    is_argument = default is None
    flags: tuple[str, ...] = (f"--{name}",)
    if isinstance(extra, ast.Call) and called_name(extra) in ("Option", "Argument"):
        is_argument = called_name(extra) == "Argument"
        own = [text(a) for a in extra.args]
        named = tuple(f for o in own if o for f in o.split("/") if f.startswith("-"))
        flags = named or flags
    kind = type_name(annotation, default="")
    insensitive = isinstance(extra, ast.Call) and "case_sensitive" in ast.unparse(extra)
    choices = None if insensitive else annotated_choices(annotation, module)
    if kind == "bool":
        flags += tuple(f"--no-{f[2:]}" for f in flags if f.startswith("--"))
    return Option(
        names=(arg.arg,) if is_argument else flags,
        dest=arg.arg,
        type="flag" if kind == "bool" else kind,
        choices=choices,
        default=literal(default),
        has_default=not is_argument,
        place=(module.file, function.lineno),
    )


def _tyro(found: Interface, node: ast.Call, flow: Flow, scope: Scope) -> None:
    found.style, found.place = "tyro", (scope.module.file, node.lineno)
    found.open = True
    for target in flow.scopes.resolve(node.args[0], scope) if node.args else []:
        if isinstance(target, ast.ClassDef):
            found.open = bool(target.bases) or not _tyro_fields(found, target, flow, scope, "")
        elif target.node is not None:
            found.open = False
            for arg in target.parameters:
                found.options.append(_field_option(arg.arg, arg.annotation, True, scope))


def _tyro_fields(
    found: Interface, node: ast.ClassDef, flow: Flow, scope: Scope, prefix: str
) -> bool:
    plain = True
    for item in node.body:
        if not isinstance(item, ast.AnnAssign) or not isinstance(item.target, ast.Name):
            continue
        name = f"{prefix}{item.target.id}"
        inner = flow.scopes.resolve(item.annotation, scope)
        nested = [target for target in inner if isinstance(target, ast.ClassDef)]
        if nested and len(prefix) < 200:
            plain &= not nested[0].bases
            plain &= _tyro_fields(found, nested[0], flow, scope, f"{name}.")
        else:
            plain &= type_name(item.annotation, default="") != "" or item.value is not None
            found.options.append(
                _field_option(name, item.annotation, item.value is not None, scope, item)
            )
    return plain


def _field_option(
    name: str,
    annotation: ast.expr | None,
    has_default: bool,
    scope: Scope,
    item: ast.AnnAssign | None = None,
) -> Option:
    kind = type_name(annotation, default="")
    return Option(
        names=(f"--{name}",),
        dest=name,
        type="flag" if kind == "bool" else kind,
        choices=annotated_choices(annotation, scope.module, by_name=True),
        default=literal(item.value) if item else None,
        has_default=has_default,
        place=(scope.module.file, item.lineno if item else 1),
    )


def _hydra(found: Interface, call: ast.Call | None, scope: Scope) -> None:
    assert scope.node is not None  # noqa: S101 - a decorator stands on a function
    found.style, found.place = "hydra", (scope.module.file, scope.node.lineno)
    given = {k.arg: k.value for k in call.keywords} if call else {}
    found.config_dir = text(given.get("config_path"))
    found.config_name = text(given.get("config_name"))
    found.open = found.config_dir is None or found.config_name is None


def _is_typer_run(node: ast.Call, scope: Scope) -> bool:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "run" and _is(node.func.value, "typer")
    return scope.module.outside.get(called_name(node)) == "typer.run"


def _typer_app(name: str, module: Module) -> bool:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made = called_name(node.value) == "Typer"
            if made and any(_is(target, name) for target in node.targets):
                return True
    return False


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


def _is_argv(node: ast.AST, context: type[ast.expr_context] = ast.Load) -> bool:
    is_it = isinstance(node, ast.Attribute) and node.attr == "argv" and _is(node.value, "sys")
    return is_it and isinstance(getattr(node, "ctx", None), context)


def _is(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
