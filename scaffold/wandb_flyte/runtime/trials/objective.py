"""The user's objective: where it stands, so that another process finds it, and how it is called."""

from __future__ import annotations

import asyncio
import functools
import importlib
import importlib.util
import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.trials._typed import annotation_of, as_typed, whole_config
from wandb_flyte.runtime.trials.trial import Trial

_CONFIG_NAMES = frozenset({"config", "cfg"})
_HINT = "Give run_agent a function that stands at the top level of a module."


@dataclass(frozen=True)
class ObjectiveRef:
    """Where an objective stands.

    Attributes:
        module: The name of its module; empty when only the file is known.
        file: The module's file; empty when only the name is known.
        name: The function's name in the module.
    """

    module: str
    file: str
    name: str

    def __str__(self) -> str:
        return f"{self.module or self.file}:{self.name}"


def refer_to(objective: Callable[..., Any] | str) -> ObjectiveRef:
    """Where an objective stands, as far as another process needs it to import it.

    Args:
        objective: A function, or its `FILE:NAME` or `MODULE:NAME`.

    Raises:
        UserError: It is none that another process can import.
    """
    if isinstance(objective, str):
        place, _, name = objective.rpartition(":")
        if not place or not name:
            raise UserError(f"`{objective}` is no `FILE:NAME` and no `MODULE:NAME`.")
        if place.endswith(".py"):
            return ObjectiveRef("", str(Path(place).absolute()), name)
        return ObjectiveRef(place, "", name)
    if reason := _why_unreachable(objective):
        raise UserError(f"The worker process can't import the objective: {reason}.", hint=_HINT)
    module = sys.modules[objective.__module__]
    spec = getattr(module, "__spec__", None)
    name = objective.__qualname__
    file = getattr(module, "__file__", None) or ""
    if objective.__module__ == "__main__":
        return ObjectiveRef(spec.name if spec else "", file, name)
    return ObjectiveRef(objective.__module__, file, name)


def _why_unreachable(objective: Any) -> str:
    if isinstance(objective, functools.partial):
        return "a functools.partial has no name of its own"
    if inspect.ismethod(objective):
        return f"`{objective.__qualname__}` is a method, bound to an object of this process"
    if not inspect.isfunction(objective):
        what = f"{type(objective).__module__}.{type(objective).__qualname__}"
        return f"it is no function but a `{what}`"
    name = objective.__qualname__
    if objective.__name__ == "<lambda>":
        return "a lambda has no name"
    if "<locals>" in name:
        return f"`{name}` is defined inside another function"
    module = sys.modules.get(objective.__module__)
    if module is None:
        return f"`{name}` belongs to no module"
    if getattr(module, "__name__", "") == "__main__" and not getattr(module, "__file__", None):
        return f"`{name}` is defined in an interactive session"
    if _attribute(module, name) is not objective:
        return f"`{name}` is another object in `{objective.__module__}` than the one given"
    return ""


def load(ref: ObjectiveRef) -> Callable[..., Any]:
    """Imports an objective.

    Raises:
        UserError: There is no such function.
        Exception: Whatever its module raises while it is imported.
    """
    module = _import(ref)
    objective = _attribute(module, ref.name)
    if objective is None:
        raise UserError(f"There is no `{ref.name}` in `{ref.module or ref.file}`.")
    if not callable(objective):
        raise UserError(f"`{ref}` is no function but `{objective!r}`.")
    return typing.cast("Callable[..., Any]", objective)


def _import(ref: ObjectiveRef) -> ModuleType:
    if ref.module and (not ref.file or _found_at(ref.module, ref.file)):
        return importlib.import_module(ref.module)
    file = Path(ref.file)
    if not file.is_file():
        raise UserError(f"There is no file `{ref.file}`.")
    root, name = file.parent, file.stem
    while (root / "__init__.py").is_file():
        name = f"{root.name}.{name}"
        root = root.parent
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if _found_at(name, ref.file):
        return importlib.import_module(name)
    # Another module has that name already, or the file's name is no module name.
    return _load_file(ref.module or file.stem, file)


def _found_at(module: str, file: str) -> bool:
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return False
    return bool(spec and spec.origin and Path(spec.origin).resolve() == Path(file).resolve())


def _load_file(name: str, file: Path) -> ModuleType:
    if name in sys.modules or name == "__main__":
        name = f"_wandb_flyte_objective_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UserError(f"`{file}` is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _attribute(module: ModuleType, qualname: str) -> object | None:
    found: object | None = module
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


@contextmanager
def as_program(file: str) -> Iterator[None]:
    """Has the command line in `sys.argv` that `python FILE` has: an objective may parse it.

    Args:
        file: The objective's file.
    """
    before = sys.argv
    sys.argv = [file]
    try:
        yield
    finally:
        sys.argv = before


def file_of(objective: Callable[..., Any]) -> str:
    """The file that a function was written in, decorated or not; its module's name without one."""
    plain = inspect.unwrap(objective)
    code = getattr(plain, "__code__", None)
    return code.co_filename if code is not None else str(getattr(plain, "__module__", ""))


def caller_of(objective: Callable[..., Any]) -> Callable[[Trial], object]:
    """A function that runs the objective for a trial, whatever its arguments are.

    An objective without arguments opens its own run. For any other the run is opened here, and the
    values are passed in. Meanwhile `sys.argv` holds the objective's file alone.
    """
    plain = inspect.unwrap(objective)
    if inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain):
        raise UserError(
            f"The objective `{plain.__name__}` is a generator: a call of it runs nothing.",
            hint="Take its `yield` out.",
        )
    call = _caller_of(objective)
    file = file_of(objective)

    def run(trial: Trial) -> object:
        with as_program(file):
            return call(trial)

    return run


def _caller_of(objective: Callable[..., Any]) -> Callable[[Trial], object]:
    signature = inspect.signature(objective)
    if not signature.parameters:
        return lambda trial: _call(objective)

    def call_with_values(trial: Trial) -> object:
        import wandb

        run = wandb.init()
        args, kwargs = _arguments(objective, signature, run.config, trial)
        return _call(objective, *args, **kwargs)

    return call_with_values


def _call(objective: Callable[..., Any], *args: Any, **kwargs: Any) -> object:
    result = objective(*args, **kwargs)
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(awaitable: Any) -> object:
    return await awaitable


def _arguments(
    objective: Callable[..., Any], signature: inspect.Signature, config: Any, trial: Trial
) -> tuple[list[Any], dict[str, Any]]:
    parameters = list(signature.parameters.values())
    # Of a config, wandb lists no key that begins with an underscore: a hyperparameter may.
    hidden = {key: config[key] for key in trial.config if key.startswith("_") and key in config}
    values = {**dict(config), **hidden}
    values.pop("_wandb", None)
    first = parameters[0]
    required = [p for p in parameters if p.default is p.empty and p.kind not in _VARIADIC]
    annotation = annotation_of(objective, first)
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    names = {p.name: p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    is_one_of_them = first.name in values and values.keys() <= names.keys()
    takes_config = first.kind not in _VARIADIC and _takes_config(first, annotation)
    if takes_config and required in ([], [first]) and not is_one_of_them:
        if isinstance(first.default, Mapping):  # What `wandb.agent` leaves to it.
            config.setdefaults(dict(first.default))
            values = {**first.default, **values}
        whole = whole_config(annotation, first.default, values, config)
        return ([], {first.name: whole}) if first.kind is first.KEYWORD_ONLY else ([whole], {})
    if not (required or anything or names.keys() & values.keys()) and _reads_config(objective):
        return [], {}
    by_position = [p.name for p in parameters if p.kind is p.POSITIONAL_ONLY]
    if by_position:
        raise UserError(
            f"The objective takes {_listed(by_position)} by position only; values come by name.",
            hint="Take the `/` out of its signature.",
        )
    missing = [p.name for p in required if p.name not in values]
    if missing:
        raise UserError(
            f"The objective needs {_listed(missing)}, which the sweep does not have.",
            hint=f"The sweep's parameters: {_listed(sorted(trial.config))}.",
        )
    unknown = [] if anything else [name for name in trial.config if name not in names]
    if unknown:
        raise UserError(f"The objective does not take the sweep's {_listed(unknown)}.")
    return [], {
        name: as_typed(name, annotation_of(objective, names[name]), value)
        if name in names
        else value
        for name, value in values.items()
        if anything or name in names
    }


def _reads_config(objective: Callable[..., Any]) -> bool:
    """Whether a function itself looks at `wandb.config` or a run's, as one for `wandb.agent`."""
    todo = [getattr(inspect.unwrap(objective), "__code__", None)]
    while todo:
        code = todo.pop()
        if isinstance(code, CodeType):
            if "config" in code.co_names:
                return True
            todo += code.co_consts
    return False


_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _takes_config(parameter: inspect.Parameter, annotation: Any) -> bool:
    kind = typing.get_origin(annotation) or annotation
    by_type = isinstance(kind, type) and (issubclass(kind, Mapping) or is_dataclass(kind))
    return parameter.name in _CONFIG_NAMES or by_type


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
