"""Options that typer, Fire and tyro make of a signature, or of a class's fields."""

from __future__ import annotations

import ast
from dataclasses import replace

from wandb_flyte.analysis.source.choices import annotated_choices
from wandb_flyte.analysis.source.kinds import called_name, full_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.analysis.source.syntax import Function, annotated, parameters, walk
from wandb_flyte.analysis.source.unknown import UNKNOWN
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Interface, Option, type_name


def read_typer(found: Interface, function: Function, module: Module) -> None:
    """Takes up the parameters of a command of typer."""
    if found.style == "typer" and found.options:
        found.open = True  # Several commands.
    found.style, found.place = "typer", (module.file, function.lineno)
    for arg, default in parameters(function):
        if not _is_context(arg.annotation):
            found.options.append(_typer_option(arg, default, function, module))


def _is_context(annotation: ast.expr | None) -> bool:
    """Whether typer itself gives a parameter what it knows of the command."""
    name = getattr(annotation, "attr", getattr(annotation, "id", ""))
    return name in ("CallbackParam", "Context")


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
        if extra is default:
            default = _typer_default(extra)
        named = tuple(f for o in own if o for f in o.split("/") if f.startswith("-"))
        flags = named or flags
    by_environment = isinstance(extra, ast.Call) and any(
        one.arg == "envvar" for one in extra.keywords
    )
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
        has_default=default is not None or by_environment,
        place=(module.file, function.lineno),
        left_out=default.value if isinstance(default, ast.Constant) else UNKNOWN,
    )


def _typer_default(made: ast.Call) -> ast.expr | None:
    """The default of `typer.Option("adam")`; None for one that has to be given."""
    given = {keyword.arg: keyword.value for keyword in made.keywords}
    factory = given.get("default_factory")
    default = made.args[0] if made.args else given.get("default", factory)
    is_needed = isinstance(default, ast.Constant) and default.value is ...
    return None if is_needed else default


def read_fire(found: Interface, node: ast.Call, flow: Flow, scope: Scope) -> bool:
    """Takes up the function that `fire.Fire` is given; False where its options are not seen."""
    if full_name(node.func, scope.module.outside) != "fire.Fire" or len(node.args) != 1:
        return False
    targets = flow.scopes.resolve(node.args[0], scope)
    inner = targets[0] if len(targets) == 1 and isinstance(targets[0], Scope) else None
    function = inner.node if inner is not None and inner.owner is None else None
    if inner is None or function is None or function.decorator_list:
        return False
    if function.args.vararg or function.args.kwarg:
        return False
    module = inner.module
    found.style, found.place = "fire", (module.file, function.lineno)
    found.options += [
        Option(
            names=(f"--{arg.arg}",),
            dest=arg.arg,
            type="",
            choices=None,
            default=literal(default),
            has_default=default is not None,
            place=(module.file, function.lineno),
            left_out=default.value if isinstance(default, ast.Constant) else UNKNOWN,
        )
        for arg, default in parameters(function)
    ]
    return True


def read_tyro(found: Interface, node: ast.Call, flow: Flow, scope: Scope) -> None:
    """Takes up what `tyro.cli` is given: a class with its fields, or a function."""
    found.style, found.place = "tyro", (scope.module.file, node.lineno)
    found.open = True
    # Its settings may take the fields' names out of the options.
    renames = any(keyword.arg == "config" for keyword in node.keywords)
    given = any(keyword.arg in ("default", None) for keyword in node.keywords)
    for target in flow.scopes.resolve(node.args[0], scope) if node.args else []:
        if isinstance(target, ast.ClassDef):
            plain = not target.bases and _tyro_fields(found, target, flow, scope, "")
            found.open = renames or not plain
            if given:  # It has other values where they are left out than its class says.
                found.options = [replace(one, left_out=UNKNOWN) for one in found.options]
        elif target.node is not None:
            plain = all(_tyro_parameter(found, arg, flow, target) for arg in target.parameters)
            found.open = renames or not plain
    if renames:  # They may say, too, that flags are given values.
        found.options = [
            replace(one, type="") if one.type == "flag" else one for one in found.options
        ]


def _tyro_parameter(found: Interface, arg: ast.arg, flow: Flow, scope: Scope) -> bool:
    """Takes up a function's parameter; False where it may stand for options that are not seen."""
    if arg.annotation is not None:
        inner = flow.scopes.resolve(arg.annotation, scope)
        classes = [one for one in inner if isinstance(one, ast.ClassDef) and not _is_enum(one)]
        if classes:
            return not classes[0].bases and _tyro_fields(
                found, classes[0], flow, scope, f"{arg.arg}."
            )
        if _is_of_classes(arg.annotation, flow, scope):
            return False
    found.options.append(_field_option(arg.arg, arg.annotation, True, scope))
    return True


def _tyro_fields(
    found: Interface, node: ast.ClassDef, flow: Flow, scope: Scope, prefix: str
) -> bool:
    plain = True
    for own, item in annotated(node):
        name = f"{prefix}{own}"
        inner = flow.scopes.resolve(item.annotation, scope)
        nested = [target for target in inner if isinstance(target, ast.ClassDef)]
        if nested and len(prefix) < 200:
            plain &= not nested[0].bases
            plain &= _tyro_fields(found, nested[0], flow, scope, f"{name}.")
        else:
            plain &= type_name(item.annotation, default="") != "" or item.value is not None
            plain &= not _is_of_classes(item.annotation, flow, scope)
            found.options.append(
                _field_option(name, item.annotation, item.value is not None, scope, item)
            )
    return plain


def _is_of_classes(annotation: ast.expr, flow: Flow, scope: Scope) -> bool:
    """Whether tyro makes subcommands of a field, or the field says how it is to be written."""
    parts = [part for part in walk(annotation) if isinstance(part, ast.Name | ast.Attribute)]
    if any(isinstance(part, ast.Attribute) and part.attr == "conf" for part in parts):
        return True
    targets = [target for part in parts for target in flow.scopes.resolve(part, scope)]
    return any(isinstance(t, ast.ClassDef) and not _is_enum(t) for t in targets)


def _is_enum(node: ast.ClassDef) -> bool:
    return any("Enum" in ast.unparse(base) for base in node.bases)


def _field_option(
    name: str,
    annotation: ast.expr | None,
    has_default: bool,
    scope: Scope,
    item: ast.AnnAssign | None = None,
) -> Option:
    kind = type_name(annotation, default="")
    head, dot, own = name.rpartition(".")
    off = (f"--{head}{dot}no-{own}",) if kind == "bool" else ()
    return Option(
        names=(f"--{name}", *off),
        dest=name,
        type="flag" if kind == "bool" else kind,
        choices=annotated_choices(annotation, scope.module, by_name=True),
        default=literal(item.value) if item else None,
        has_default=has_default,
        place=(scope.module.file, item.lineno if item else 1),
        left_out=item.value.value if item and isinstance(item.value, ast.Constant) else UNKNOWN,
    )
