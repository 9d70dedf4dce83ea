"""Every touch of Flyte's inner parts: what a task is, where it runs, how its function is wrapped.

A newer Flyte that moved one of them is told by name here, instead of failing somewhere else.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FunctionType
from typing import Any, NamedTuple, NoReturn, Protocol, cast

import flyte

from wandb_flyte._agreed import FlyteKey
from wandb_flyte.errors import UserError


class Layer(Protocol):
    """What is done around each call of a wrapped function."""

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls a function."""

    async def acall(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Awaits a coroutine function."""


class Where(NamedTuple):
    """The Flyte action that the caller runs in.

    Attributes:
        run_name: The Flyte run's name.
        action_name: The action's name, the same for each attempt.
        in_pod: True on a cluster, False in a local run.
        context: The custom context, which sub-actions inherit.
        storage: Where Flyte keeps what all actions of this run share; empty in a local run.
        started: When the Flyte run began, the same for each of its actions and attempts.
    """

    run_name: str
    action_name: str
    in_pod: bool
    context: Mapping[str, str]
    storage: str = ""
    started: datetime | None = None

    @property
    def key(self) -> str:
        """What each attempt of this action is known by at the backend."""
        return str(FlyteKey(self.run_name, self.action_name))


def where() -> Where | None:
    """The current Flyte action, or None outside of a Flyte run."""
    task_context = flyte.ctx()
    if not task_context:
        return None
    try:
        # Inside a trace `action` is the trace's own; `task_action` stays the task's.
        action = task_context.task_action or task_context.action
        return Where(
            run_name=action.run_name or action.name,
            action_name=action.name,
            in_pod=task_context.mode != "local",
            context=dict(task_context.custom_context or {}),
            storage=task_context.run_base_dir if task_context.mode != "local" else "",
            started=task_context.run_start_time,
        )
    except AttributeError as error:
        _moved("TaskContext", error)


def publish(entries: Mapping[str, str]) -> AbstractContextManager[Any]:
    """Adds entries to the custom context of the sub-actions started inside."""
    return flyte.custom_context(**entries)


def is_task(value: object) -> bool:
    """Whether a value is a Flyte task made from a Python function."""
    return isinstance(value, _task_class())


def wrap_task(task: Any, layer: Layer, links: tuple[Any, ...] = ()) -> None:
    """Wraps a task's function and adds links, in place.

    In place, because the task's environment keeps the object too, and deploys that one. The
    function rather than `execute`, because `override()` copies fields and nothing else.
    """
    try:
        task.func = wrap(task.func, _Translated(layer, task.name))
        task.links = (*task.links, *links)
    except AttributeError as error:
        _moved("AsyncFunctionTaskTemplate", error)


def on_override(task: Any, layer_of: Callable[[Any], Layer]) -> None:
    """Has the copies that a task's `override()` makes called through a layer of their own.

    Args:
        task: The task.
        layer_of: Makes the layer of a copy.
    """
    plain = task.override

    @functools.wraps(plain)
    def override(*args: Any, **kwargs: Any) -> Any:
        copy = plain(*args, **kwargs)
        copy.func = wrap(copy.func, layer_of(copy))
        on_override(copy, layer_of)
        return copy

    task.override = override


def wrap(fn: Callable[..., Any], layer: Layer) -> Callable[..., Any]:
    """A function that looks like another one and calls it through a layer."""
    if inspect.iscoroutinefunction(fn):

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            return await layer.acall(fn, args, kwargs)

        return _disguised(cast(FunctionType, awaited), fn)

    def called(*args: Any, **kwargs: Any) -> Any:
        return layer.call(fn, args, kwargs)

    return _disguised(cast(FunctionType, called), fn)


@dataclass(frozen=True)
class _Translated:
    """Raises a task's errors as Flyte understands them.

    What the user has to mend is not retried, and `sys.exit()` is an error, where Flyte's local mode
    would wait for ever.
    """

    layer: Layer
    task: str

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            return self.layer.call(fn, args, kwargs)
        except UserError as error:
            if _retry_may_help(error):
                raise
            raise _final(error) from error
        except SystemExit as error:
            raise self._told(error) from None

    async def acall(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        try:
            return await self.layer.acall(fn, args, kwargs)
        except UserError as error:
            if _retry_may_help(error):
                raise
            raise _final(error) from error
        except SystemExit as error:
            raise self._told(error) from None

    def _told(self, error: SystemExit) -> BaseException:
        here = where()
        if here is None or here.in_pod:
            return error
        from flyte.errors import RuntimeUserError

        return RuntimeUserError("SystemExit", f"`{self.task}` called sys.exit({error.code!r}).")


def _retry_may_help(error: UserError) -> bool:
    """Whether Flyte may try a task again; without a task around it an error stays what it is."""
    return error.transient or where() is None


def _final(error: UserError) -> Exception:
    """The error that ends a task for good."""
    from flyte.errors import NonRecoverableError

    return NonRecoverableError(str(error), code=type(error).__name__)


def max_runtime_s(task: Any) -> float | None:
    """The seconds that one attempt of a task may run, or None when it may run for ever."""
    limit = getattr(task.timeout, "max_runtime", task.timeout)
    seconds = limit.total_seconds() if isinstance(limit, timedelta) else limit
    return float(seconds) if seconds else None


def out_of_time(message: str) -> Exception:
    """The error that Flyte itself raises on a cluster when a task runs for too long."""
    try:
        from flyte.errors import MaxRuntimeExceededError
    except ImportError as error:
        _moved("flyte.errors.MaxRuntimeExceededError", error)
    return MaxRuntimeExceededError(message)


def _disguised(wrapper: FunctionType, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a wrapper the name, signature and source place of the function that it wraps."""
    functools.update_wrapper(wrapper, fn)
    code = getattr(fn, "__code__", None)
    if code is not None:
        # Flyte reads a task's file and line from here, for its links and its error messages.
        wrapper.__code__ = wrapper.__code__.replace(
            co_filename=code.co_filename,
            co_firstlineno=code.co_firstlineno,
            co_name=code.co_name,
            co_qualname=code.co_qualname,
        )
    return wrapper


def _task_class() -> type[Any]:
    try:
        # flyte.extend has it too, and loads Flyte's image builder (0.3 s).
        from flyte._task import AsyncFunctionTaskTemplate
    except ImportError as error:
        _moved("flyte._task.AsyncFunctionTaskTemplate", error)
    return AsyncFunctionTaskTemplate


def _moved(what: str, error: Exception) -> NoReturn:
    raise UserError(
        f"Flyte `{flyte.__version__}` has moved `{what}`, which wandb-flyte works with: {error}.",
        hint="Install a newer wandb-flyte, or an older Flyte: "
        f"pip install 'flyte<{flyte.__version__}'.",
    ) from error
