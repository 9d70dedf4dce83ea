"""Whether the values of a parameter fit the type and the choices that the code gives."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from wandb_flyte.analysis.command_line.interface import Option, type_name
from wandb_flyte.analysis.source.choices import enum_members
from wandb_flyte.analysis.source.kinds import literal
from wandb_flyte.analysis.source.sources import Module
from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show
from wandb_flyte.spec import Distribution

from .case import Case

_WHOLE = frozenset({"int_uniform"})


def check_option(case: Case, name: str, option: Option) -> Iterator[Finding]:
    """A command line option against the values that the sweep gives it as text."""
    command = case.command
    found = [p for p in case.sweep.parameters if p.path == (name,)]
    if not found or command is None:
        return
    distribution, path = found[0].distribution, ("parameters", name)
    flag = max(option.names, key=len)
    no_flags = "${args_no_boolean_flags}" in (case.sweep.command or ())
    if option.type == "flag":
        values = listed(distribution)
        if not no_flags or not all(isinstance(value, bool) for value in values or (0,)):
            message = f"`{flag}` takes no value, and the command gives `--{show(name)}=...`."
            hint = "Give it `type=...`, or write `${args_no_boolean_flags}` and true or false."
            yield case.in_sweep(path, message, hint, "WF202", "error")
        elif option.sets is False and option.dest == name and True in (values or ()):
            message = f"`true` gives `{flag}`, which sets `{show(name)}` to False."
            hint = "Without it that is True: let the flag set True, or turn the values round."
            yield case.in_sweep(path, message, hint, "WF108", "warning")
        return
    if (
        option.type == "bool"
        and option.choices is None
        and case.program.interface.style == "argparse"
    ):
        false = [v for v in listed(distribution) or () if str(v).lower() in ("false", "0", "no")]
        # What is read from `wandb.config` is no text.
        if false and (name,) not in case.program.config.keys:
            message = f"`{flag}` has `type=bool`, and `bool('{show(str(false[0]))}')` is true."
            hint = "Use `action=argparse.BooleanOptionalAction`, or compare the text."
            yield case.in_code(option.place, message, hint, "WF108", "warning")
        return
    if option.type == "str" and option.choices is None and not no_flags:
        yield from _text_boolean(case, name, option, distribution)
    if option.many:
        yield from _many(case, path, flag, option, distribution)
        return
    wrong = misfit(distribution, option.type)
    if wrong is not None:
        message = f"`{flag}` is of type `{option.type}`, and {wrong} is none: it would stop."
        quantized = option.type == "int" and distribution.name.startswith("q_")
        hint = "Write `q: 1`." if quantized else _type_hint(option.type)
        yield case.in_sweep(path, message, hint, "WF105", "error")
    elif option.choices is not None:
        yield from _choices(case, path, flag, option, distribution)


def is_condition(node: ast.AST, parents: Mapping[int, ast.AST]) -> bool:
    """Whether code only asks if a value is true: `if config.shuffle:`."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.If | ast.IfExp | ast.While):
        return parent.test is node
    denied = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    return denied or isinstance(parent, ast.BoolOp)


def _text_boolean(
    case: Case, name: str, option: Option, distribution: Distribution
) -> Iterator[Finding]:
    """False as a text, which is true where the code asks whether the option is set."""
    values = listed(distribution) or []
    if case.program.interface.style != "argparse" or not any(v is False for v in values):
        return
    parents = case.program.flow.scopes.parents
    for node, scope in case.program.args.places.get((option.dest,), ()):
        if is_condition(node, parents):
            message = f"`--{show(name)}` has no type: it gets the text `False`, which is true."
            hint = "Use `action=argparse.BooleanOptionalAction`, or compare the text."
            place = (scope.module.file, node.lineno)
            yield case.in_code(place, message, hint, "WF108", "warning")
            return


def _many(
    case: Case, path: tuple[str, ...], flag: str, option: Option, distribution: Distribution
) -> Iterator[Finding]:
    """A text with blanks: it arrives as one word, also where an option takes several."""
    if option.count > 1:
        message = (
            f"`{flag}` takes {option.count} words, and a hyperparameter is one: it would stop."
        )
        hint = "Take one text and split it in the program."
        yield case.in_sweep(path, message, hint, "WF105", "error")
        return
    for value in listed(distribution) or ():
        several = isinstance(value, list) or (isinstance(value, str) and len(value.split()) > 1)
        if several and not _fits(value, option.type):
            message = (
                f"`{flag}` gets `{show(str(value))}` as one word, which is no `{option.type}`."
            )
            hint = "Take one text and split it in the program."
            yield case.in_sweep(path, message, hint, "WF105", "error")
            return


def _choices(
    case: Case, path: tuple[str, ...], flag: str, option: Option, distribution: Distribution
) -> Iterator[Finding]:
    allowed = {_as_given(choice, option.type) for choice in option.choices or ()}
    for value in listed(distribution) or ():
        if _as_given(value, option.type) not in allowed:
            choices = ", ".join(f"`{show(str(choice))}`" for choice in option.choices or ())
            message = f"`{flag}` does not take `{show(str(value))}`: it would stop."
            yield case.in_sweep(path, message, f"It takes {choices}.", "WF106", "error")
            return


def misfit(distribution: Distribution, type_name: str) -> str | None:
    """A value of a distribution that is not of a type, for a message; None when all are."""
    values = listed(distribution)
    if values is None:
        if type_name != "int" or _gives_integers(distribution):
            return None
        low, high = distribution.args.get("min"), distribution.args.get("max")
        is_plain = low is not None and not distribution.name.endswith("log_uniform")  # Exponents.
        return f"a number between {low} and {high}" if is_plain else "a random number"
    for value in values:
        if not _fits(value, type_name):
            return f"`{show(str(value))}`"
    return None


def annotation_misfit(
    distribution: Distribution, annotation: ast.expr, module: Module
) -> tuple[str | None, str]:
    """A value that an annotation rules out, for a message, and the code of such a finding.

    Args:
        distribution: Of the values.
        annotation: The type.
        module: Where it stands: its enums are looked up there.
    """
    values = listed(distribution)
    if (members := enum_members(annotation, module)) is not None:
        known = [None, *members, *members.values()]
        return _first(v for v in values or () if v not in known), "WF106"
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value).endswith("Literal"):
        allowed = literal(annotation.slice)
        allowed = allowed if isinstance(allowed, tuple) else (allowed,)
        return _first(v for v in values or () if v not in allowed), "WF106"
    name = type_name(annotation, default="")
    if name == "str" and values is None:
        return "a number", "WF105"
    if name in ("str", "bool") and values is not None:
        kind = str if name == "str" else bool
        return _first(v for v in values if not isinstance(v, kind) and v is not None), "WF105"
    if name in ("int", "float") and values is not None:
        return _first(v for v in values if not _is_of(v, name) and v is not None), "WF105"
    return misfit(distribution, name), "WF105"


def _first(values: Iterable[Any]) -> str | None:
    return next((f"`{show(str(value))}`" for value in values), None)


def _is_of(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (name == "float" and isinstance(value, float))


def listed(distribution: Distribution) -> list[Any] | None:
    """The values that a parameter names; None for a range."""
    args = distribution.args
    if "values" in args:
        return list(args["values"])
    return [args["value"]] if "value" in args else None


def _fits(value: Any, type_name: str) -> bool:
    if type_name not in ("int", "float"):
        return True
    if isinstance(value, bool) or value is None:
        return False
    try:
        int(str(value)) if type_name == "int" else float(str(value))
    except ValueError:
        return False
    return True


def _gives_integers(distribution: Distribution) -> bool:
    if distribution.name in _WHOLE:
        return True
    q = distribution.args.get("q", 1)
    return distribution.name.startswith("q_") and isinstance(q, int)


def _type_hint(type_name: str) -> str:
    if type_name == "int":
        return "Give two integers as limits, or only integers as values."
    return "Write numbers."


def _as_given(value: Any, type_name: str) -> str:
    """A value as the option has it, whether it was written as a number or as text."""
    if type_name == "float":
        with suppress(ValueError):
            value = float(str(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
