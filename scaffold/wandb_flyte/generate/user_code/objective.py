"""The user's objective as its source shows it. The code is read, never imported."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeGuard

from wandb_flyte.analysis.source.syntax import (
    Definition,
    Function,
    is_none,
    named_by,
    parameters,
    top_level,
)
from wandb_flyte.errors import Finding, InvalidInput
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.spec import NotPython, is_main, parse_python

from ._imports import Import, find_imports, import_roots

if TYPE_CHECKING:
    from wandb_flyte.analysis.source.sources import Module

Shape = Literal["none", "config", "parameters"]

_MAX_BYTES = 1024 * 1024
_MAX_NAME = 40
_CONFIG_NAMES = frozenset({"config", "cfg"})
_MAPPINGS = frozenset({"Mapping", "MutableMapping", "dict", "Dict", "Config", "DictConfig"})


class OutOfReach(InvalidInput):
    """The function is there, but an import of its file does not give it: only its program can.

    Args:
        findings: At least one finding.
        program: That program; None for the function's own file.
    """

    def __init__(self, findings: Sequence[Finding], program: Path | None = None) -> None:
        super().__init__(findings)
        self.program = program


@dataclass(frozen=True)
class ObjectiveRef:
    """Where an objective is: the `FILE:NAME` of `--objective`."""

    file: Path
    name: str

    @classmethod
    def parse(cls, text: str) -> ObjectiveRef:
        """Reads `FILE:NAME`.

        Raises:
            InvalidInput: The text has another form.
        """
        file, _, name = text.rpartition(":")
        if file and all(part.isidentifier() for part in name.split(".")) and "." in name:
            message = f"`{show(name)}` is a method of a class, or a function inside another."
            hint = "The objective has to be a function of its own, at the top of the file."
            raise OutOfReach(_refused(Path(file), message, hint).findings)
        if not file or not name.isidentifier():
            message = f"The objective `{show(text)}` is not of the form `FILE:NAME`."
            raise InvalidInput([Finding(message, "Write it like `train.py:objective`.")])
        return cls(Path(file), name)


@dataclass(frozen=True)
class Argument:
    """A parameter of the objective that can be given by name."""

    name: str
    required: bool


@dataclass(frozen=True)
class Objective:
    """What the source says about an objective.

    Attributes:
        ref: Where it is.
        source: Its file's bytes.
        line: Where its `def` stands.
        shape: How a trial's hyperparameters reach it: not as arguments, as one config, or by name.
        arguments: Its parameters.
        takes_any: Whether it has a `**kwargs`.
        is_async: Whether it is an `async def`.
        returns_value: Whether it may return a number, or a dict whose keys are not written out.
        returned: The keys of the dicts that it returns; they count as logged.
        reads_config: Whether it looks at `wandb.config` itself.
        unused: Its parameters that nothing in it reads, with their lines.
        annotations: The types of its parameters, as far as they are annotated.
        defaults: The defaults of its parameters, as far as they have one.
        imports: The modules that its module imports.
    """

    ref: ObjectiveRef
    source: bytes
    line: int
    shape: Shape
    arguments: tuple[Argument, ...]
    takes_any: bool
    is_async: bool
    returns_value: bool
    returned: tuple[str, ...]
    reads_config: bool
    unused: tuple[tuple[str, int], ...]
    annotations: tuple[tuple[str, ast.expr], ...]
    defaults: tuple[tuple[str, ast.expr], ...]
    imports: tuple[Import, ...]


def read_objective(ref: ObjectiveRef) -> Objective:
    """Reads an objective from its source, wherever its file imports it from.

    Raises:
        InvalidInput: No file, no Python, or no function of that name that a trial could call.
    """
    source = _read(ref.file)
    module = _parse(ref.file, source)
    if (there := _imported_from(ref, module)) is not None:
        return read_objective(there)
    function = _find(ref, module)
    _refuse_uncallable(ref, function)
    shape, arguments = _signature(ref, module, function)
    args = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    returned = [
        node.value
        for node in own_nodes(function)
        if isinstance(node, ast.Return) and node.value is not None and not is_none(node.value)
    ]
    return Objective(
        ref=ref,
        source=source,
        line=function.lineno,
        shape=shape,
        arguments=arguments,
        takes_any=function.args.kwarg is not None,
        is_async=isinstance(function, ast.AsyncFunctionDef),
        returns_value=any(
            _text_keys(value) is None and not _is_no_number(value) for value in returned
        ),
        returned=tuple(key for value in returned for key in _text_keys(value) or ()),
        reads_config=any(
            isinstance(node, ast.Attribute) and node.attr == "config" for node in ast.walk(function)
        ),
        unused=_unused(function, args) if shape == "parameters" else (),
        defaults=_defaults(function),
        annotations=tuple((arg.arg, arg.annotation) for arg in args if arg.annotation),
        imports=find_imports(module),
    )


def is_called_for(ref: ObjectiveRef) -> bool:
    """Whether the agents of its file are given functions that call an objective, and not itself.

    As in `wandb.agent(sweep_id, lambda: train(args))`.
    """
    given = _given_to_agents(_parse(ref.file, _read(ref.file)))
    return bool(given) and all(name != ref.name for name, _ in given)


def find_own_agent(ref: ObjectiveRef) -> int | None:
    """The line in which a file gives its agent the objective as it is, to call without arguments.

    None also where a decorator may supply them.
    """
    module = _parse(ref.file, _read(ref.file))
    found = [node for node in top_level(module.body) if _defines(node, ref.name)]
    if not found or not isinstance(found[-1], Function) or found[-1].decorator_list:
        return None
    return next((line for name, line in _given_to_agents(module) if name == ref.name), None)


def _given_to_agents(module: ast.Module) -> list[tuple[str, int]]:
    """The functions that a file's agents are given: the name, empty without one, and the line."""
    from wandb_flyte.analysis.config.starts import agent_calls
    from wandb_flyte.analysis.source.kinds import argument

    given = [argument(call, "function", 1) for call in agent_calls(module)]
    return [(getattr(one, "id", ""), one.lineno) for one in given if one is not None]


def own_nodes(function: Definition) -> Iterator[ast.AST]:
    """The nodes of a function's or class's body, without those of the functions defined in it."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def _read(file: Path) -> bytes:
    if file.suffix == ".ipynb":
        message = "A notebook can't be an objective's file."
        raise _refused(file, message, "Put the function into a `.py` file.")
    try:
        with file.open("rb") as stream:
            source = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise _refused(
            file, "There is no such file.", "Give the objective as `FILE:NAME`."
        ) from None
    except OSError as error:
        raise _refused(file, f"It can't be read: {error.strerror or error}.") from None
    if len(source) > _MAX_BYTES:
        raise _refused(file, "It is larger than 1 MiB.", "An objective is a short Python file.")
    return source


@lru_cache(maxsize=1)  # Several questions are asked of one file, one after another.
def _parse(file: Path, source: bytes) -> ast.Module:
    try:
        return parse_python(source)
    except NotPython as error:
        hint = error.hint if error.is_newer else ""
        raise _refused(file, error.message, hint, error.line) from None


def _imported_from(ref: ObjectiveRef, module: ast.Module) -> ObjectiveRef | None:
    """Where a function is that this file imports from another one of the user's."""
    from wandb_flyte.generate.check.trial.case import shown

    there = _elsewhere(ref, module, ref.name)
    if there is None or not isinstance(there[1], Function):
        return None
    return ObjectiveRef(Path(shown(there[0].file)), there[1].name)


def _elsewhere(
    ref: ObjectiveRef, module: ast.Module, name: str
) -> tuple[Module, Definition] | None:
    """The definition of what this file imports from another one of the user's, and its file."""
    found = [node for node in top_level(module.body) if _defines(node, name)]
    if not found or not isinstance(found[-1], ast.ImportFrom):
        return None
    from wandb_flyte.analysis.source.sources import Sources

    roots = import_roots(ref.file.resolve(), find_imports(module))
    return Sources(ref.file, roots).entry.find(name)


def _find(ref: ObjectiveRef, module: ast.Module) -> Function:
    if len(ref.name) > _MAX_NAME:
        message = f"The name `{show(ref.name)}` has {len(ref.name)} characters."
        raise _refused(ref.file, message, f"Use at most {_MAX_NAME}.")
    found = [node for node in top_level(module.body) if _defines(node, ref.name)]
    if not found:
        raise _not_found(ref, module)
    node = found[-1]
    if guard := next((one for one in module.body if _is_guard_of(one, node)), None):
        place = f"`if {ast.unparse(guard.test)}:`"
        message = f"`{ref.name}` is defined under {place}, which an import does not come to."
        refused = _refused(ref.file, message, "Move it above, with what it needs.", node.lineno)
        raise OutOfReach(refused.findings)
    if isinstance(node, Function):
        return node
    hint = f"Name a function that this file defines with `def {ref.name}(...)`."
    if isinstance(node, ast.ClassDef):
        what, hint = "is a class", f"Name a function that makes a `{ref.name}` and trains it."
    elif isinstance(node, ast.Import | ast.ImportFrom):
        what = "is imported from another file"
    else:
        what = "is assigned a value"
    raise _refused(
        ref.file,
        f"`{ref.name}` {what}, so it can't be the objective.",
        hint,
        getattr(node, "lineno", None),
    )


def _is_guard_of(guard: ast.stmt, node: ast.stmt) -> TypeGuard[ast.If]:
    is_guard = isinstance(guard, ast.If) and is_main(guard.test)
    return is_guard and any(one is node for one in top_level([guard]))


def _defines(node: ast.stmt, name: str) -> bool:
    if isinstance(node, Function | ast.ClassDef):
        return node.name == name
    if isinstance(node, ast.Import | ast.ImportFrom):
        return any((alias.asname or alias.name) == name for alias in node.names)
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _not_found(ref: ObjectiveRef, module: ast.Module) -> InvalidInput:
    for outer in ast.walk(module):
        if not isinstance(outer, Function | ast.ClassDef):
            continue
        for node in own_nodes(outer):
            if isinstance(node, Function) and node.name == ref.name:
                is_method = isinstance(outer, ast.ClassDef)
                place = "a method of the class" if is_method else "defined inside"
                message = f"`{ref.name}` is {place} `{outer.name}`."
                hint = "The objective has to be a function of its own, at the top of the file."
                return OutOfReach(_refused(ref.file, message, hint, node.lineno).findings)
    names = [node.name for node in top_level(module.body) if isinstance(node, Function)]
    close = difflib.get_close_matches(ref.name, names, n=1)
    if close:
        hint = f"Did you mean `{show_path(ref.file)}:{close[0]}`?"
    elif names:
        hint = "It has " + ", ".join(f"`{name}`" for name in names[:5]) + "."
    else:
        hint = "It has no function at all."
    return _refused(ref.file, f"There is no function `{ref.name}`.", hint)


def _refuse_uncallable(ref: ObjectiveRef, function: Function) -> None:
    for decorator in function.decorator_list:
        called = named_by(decorator)
        if isinstance(called, ast.Attribute) and called.attr == "task":
            message = f"`{ref.name}` is a Flyte task; a trial needs a plain function."
            hint = f"Take `@{ast.unparse(called)}` away: the project brings the tasks."
            raise _refused(ref.file, message, hint, decorator.lineno)
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function)):
        message = f"`{ref.name}` is a generator: calling it runs nothing."
        hint = "Log what it yields, and return the metric."
        raise _refused(ref.file, message, hint, function.lineno)


def _signature(
    ref: ObjectiveRef, module: ast.Module, function: Function
) -> tuple[Shape, tuple[Argument, ...]]:
    """The shape and the arguments, by the rules that the agent calls an objective by."""
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    found = [Argument(arg.arg, default is None) for arg, default in parameters(function)]
    if not found and args.kwarg is None and args.vararg is None:
        return "none", ()
    only_first = not any(argument.required for argument in found[1:])
    if positional and only_first and _is_config(ref, module, positional[0]):
        return "config", (found[0],)
    if args.posonlyargs and found[0].required:
        message = f"`{found[0].name}` of `{ref.name}` can't be given by name."
        raise _refused(ref.file, message, "Take the `/` out of its signature.", function.lineno)
    return "parameters", tuple(found[len(args.posonlyargs) :])


def _is_config(ref: ObjectiveRef, module: ast.Module, arg: ast.arg) -> bool:
    annotation = arg.annotation
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.Name(annotation.value.partition("[")[0].rpartition(".")[2])
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    name = getattr(annotation, "attr", None) or getattr(annotation, "id", None)
    own_classes = {node.name for node in top_level(module.body) if isinstance(node, ast.ClassDef)}
    if arg.arg in _CONFIG_NAMES or name in _MAPPINGS or name in own_classes:
        return True
    there = _elsewhere(ref, module, name) if name else None
    return there is not None and isinstance(there[1], ast.ClassDef)


def _defaults(function: Function) -> tuple[tuple[str, ast.expr], ...]:
    return tuple((arg.arg, value) for arg, value in parameters(function) if value is not None)


def _unused(function: Function, args: tuple[ast.arg, ...]) -> tuple[tuple[str, int], ...]:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    if names & {"locals", "vars", "eval", "exec"}:
        return ()
    return tuple((arg.arg, arg.lineno) for arg in args if arg.arg not in names)


def _text_keys(node: ast.expr) -> list[str] | None:
    """The keys of a dict that is written out, None for anything else."""
    if not isinstance(node, ast.Dict):
        return None
    keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    texts = [key for key in keys if isinstance(key, str)]
    return texts if len(texts) == len(keys) else None


def _is_no_number(node: ast.expr) -> bool:
    """Whether an expression can be neither a number nor a dict: several values, or text."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    several = ast.Tuple | ast.List | ast.Set | ast.ListComp | ast.SetComp | ast.GeneratorExp
    return is_text or isinstance(node, several | ast.JoinedStr)


def _refused(file: Path, message: str, hint: str = "", line: int | None = None) -> InvalidInput:
    return InvalidInput([Finding(message, hint, show_path(file), line)])
