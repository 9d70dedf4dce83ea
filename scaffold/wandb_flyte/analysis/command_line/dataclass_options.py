"""Options that transformers' `HfArgumentParser` makes of the fields of dataclasses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.analysis.source.choices import annotated_choices
from wandb_flyte.analysis.source.kinds import argument, called_name, full_name, literal, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.syntax import annotated, named_by, walk
from wandb_flyte.analysis.tracing.flow import Flow

from .interface import Interface, Option, type_name
from .training_arguments import OF_TRANSFORMERS

_DEEPEST = 8
_PARSER = "HfArgumentParser"
_PARSES = "parse_args_into_dataclasses"
_FIELDS = frozenset({"HfArg", "field"})
_FROM_FILES = frozenset({"parse_json_file", "parse_yaml_file", "parse_dict"})
_PLAIN = frozenset({"look_for_args_file", "args_filename"})


def is_of_dataclasses(call: ast.Call, scope: Scope) -> bool:
    """Whether a call makes a parser of dataclasses, or takes the command line by one."""
    name = called_name(call)
    is_foreign = name in scope.module.outside or isinstance(call.func, ast.Attribute)
    return name == _PARSES or (name == _PARSER and is_foreign)


def read_dataclasses(found: Interface, flow: Flow) -> None:
    """Takes up the fields of all the classes that a parser has; it refuses other options, then.

    Where not all are known, or something else may be parsed, it takes options that are not shown.
    """
    made = [one for one in found.dataclasses if called_name(one[0]) != _PARSES]
    parsed = [one for one in found.dataclasses if called_name(one[0]) == _PARSES]
    options = _options(*made[0], flow) if len(made) == 1 else None
    if options is None or not parsed or not all(_is_strict(call) for call, _ in parsed):
        found.open = True
        return
    calls = ((call, scope) for scope in flow.scopes.reached for call in scope.calls)
    if any(called_name(call) in _FROM_FILES and not _is_of_argv(call, s) for call, s in calls):
        found.open = True
        return
    call, scope = parsed[0]
    found.style, found.place = "argparse", scope.place(call)
    found.options += options
    found.parses += parsed


def _is_strict(call: ast.Call) -> bool:
    """Whether a call takes the program's own command line, and stops at what it does not know."""
    keywords = {keyword.arg: literal(keyword.value) for keyword in call.keywords}
    rest = keywords.pop("return_remaining_strings", False)
    return not call.args and rest is False and _PLAIN.issuperset(keywords)


def _is_of_argv(call: ast.Call, scope: Scope) -> bool:
    """Whether a call reads a file that the command line names."""
    parts = [part for one in (*call.args, *(k.value for k in call.keywords)) for part in walk(one)]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    values = [value for name in names for value in scope.every_value(name) or ()]
    parts += [part for value in values for part in walk(value)]
    return any(isinstance(part, ast.Attribute) and part.attr == "argv" for part in parts)


def _options(call: ast.Call, scope: Scope, flow: Flow) -> list[Option] | None:
    """The options of each class that a parser gets; None when some of them are not known."""
    given = argument(call, "dataclass_types")
    if isinstance(given, ast.Name):
        values = scope.every_value(given.id)
        given = values[0] if values is not None and len(values) == 1 else given
    parts = given.elts if isinstance(given, ast.Tuple | ast.List) else [given]
    found: dict[str, Option] = {}
    for part in parts:
        options = _of_class(part, scope, flow, 0) if part is not None else None
        if options is None:
            return None
        found |= options
    return list(found.values()) or None


def _of_class(node: ast.expr, scope: Scope, flow: Flow, depth: int) -> dict[str, Option] | None:
    """The options of a class that is named, with those above it."""
    root, _, name = full_name(node, scope.module.outside).rpartition(".")
    shipped = OF_TRANSFORMERS.get(name)
    targets = flow.scopes.resolve(node, scope)
    if not targets and root.partition(".")[0] == "transformers":
        place = scope.place(node)
        return {name: _shipped(name, place) for name in shipped} if shipped else None
    owner = targets[0] if len(targets) == 1 else None
    around = flow.scopes.defined_in(owner) if isinstance(owner, ast.ClassDef) else None
    if not isinstance(owner, ast.ClassDef) or around is None or depth > _DEEPEST:
        return None
    if not any(_is_dataclass(named_by(one), around) for one in owner.decorator_list):
        return None
    found: dict[str, Option] = {}
    for base in reversed(owner.bases):
        above = _of_class(base, around, flow, depth + 1)
        if above is None and full_name(base, around.module.outside) not in ("abc.ABC", "object"):
            return None
        found |= above or {}
    return found | {name: _own(name, item, around) for name, item in annotated(owner)}


def _is_dataclass(decorator: ast.expr, scope: Scope) -> bool:
    return full_name(decorator, scope.module.outside) == "dataclasses.dataclass"


def _shipped(name: str, place: tuple[Path, int]) -> Option:
    """An option of transformers' own; of which type it is differs with its versions."""
    flags = (*_flags(name), *_flags(f"no_{name}"))
    return Option(flags, name, "", None, None, True, place)


def _own(name: str, item: ast.AnnAssign, scope: Scope) -> Option:
    kind = type_name(item.annotation, default="")
    is_bool = kind == "bool"
    choices = annotated_choices(item.annotation, scope.module)
    return Option(
        names=(*_flags(name), *(_flags(f"no_{name}") if is_bool else ()), *_aliases(item.value)),
        dest=name,
        type="" if is_bool else kind,
        choices=choices,
        default=literal(_default(item.value)),
        has_default=is_bool or _default(item.value) is not None,
        place=(scope.module.file, item.lineno),
    )


def _default(value: ast.expr | None) -> ast.expr | None:
    """What a field has where it is left out; None where it has to be given."""
    if not isinstance(value, ast.Call) or called_name(value) not in _FIELDS:
        return value
    given = {keyword.arg: keyword.value for keyword in value.keywords}
    return next(
        (given[k] for k in ("default", "default_factory", "init", None) if k in given), None
    )


def _aliases(value: ast.expr | None) -> Iterator[str]:
    """The other options that a field says in its metadata."""
    for node in walk(value) if isinstance(value, ast.Call) else ():
        if (word := text(node)) is not None and word.startswith("--"):
            yield word


def _flags(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}")))
