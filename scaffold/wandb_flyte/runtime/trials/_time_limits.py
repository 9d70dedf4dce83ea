"""A task's timeout in a local run, where Flyte does not hold to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Any

from wandb_flyte.runtime._threads import raise_in

# What `.override(timeout=…)` says of the task that is being called.
_overridden: ContextVar[float | None] = ContextVar("overridden", default=None)


class OutOfTime(BaseException):
    """A call did not end within its time; no `except Exception` of the user's takes it."""


@dataclass(frozen=True)
class Overridden:
    """Tells the layers of a copy that `override()` made which timeout the copy has."""

    limit_s: float | None

    def call(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        token = self._noted()
        try:
            return fn(*args, **kwargs)
        finally:
            _overridden.reset(token)

    async def acall(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        token = self._noted()
        try:
            return await fn(*args, **kwargs)
        finally:
            _overridden.reset(token)

    def _noted(self) -> Token[float | None]:
        # A copy of a copy has both layers, its own one around the other.
        return _overridden.set(_overridden.get() or self.limit_s)


@contextmanager
def limit_here(declared_s: float | None) -> Iterator[float | None]:
    """The time limit of the task that is called here; its sub-actions have limits of their own."""
    limit_s = _overridden.get() or declared_s
    token = _overridden.set(None)
    try:
        yield limit_s
    finally:
        _overridden.reset(token)


@asynccontextmanager
async def awaited_within(limit_s: float | None) -> AsyncIterator[None]:
    """Cancels what is awaited inside when it takes longer.

    Raises:
        OutOfTime: It did.
    """
    try:
        async with asyncio.timeout(limit_s) as clock:
            yield
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise OutOfTime from error


@contextmanager
def called_within(limit_s: float | None) -> Iterator[None]:
    """Breaks off what is called inside when it takes longer, at its next line of Python.

    Raises:
        OutOfTime: It did.
    """
    if limit_s is None:
        yield
        return
    thread, lock, over = threading.get_ident(), threading.Lock(), False

    def ring() -> None:
        with lock:
            if not over:
                raise_in(thread, OutOfTime)

    timer = threading.Timer(limit_s, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            over = True
            # One that is on its way would strike somewhere else.
            raise_in(thread, None)
