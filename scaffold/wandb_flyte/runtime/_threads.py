"""Threads: blocking calls beside a running event loop, and exceptions from outside."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(
    fn: Callable[..., T], *args: Any, undo: Callable[[T, BaseException], object] | None = None
) -> T:
    """Calls a function in a thread, and waits for its end even when cancelled meanwhile.

    Args:
        fn: The function: what it opens or closes is never left half way.
        *args: Its arguments.
        undo: Called with its result and the cancellation, when nobody gets the result any more.
    """
    work = partial(contextvars.copy_context().run, fn, *args)
    try:
        call = asyncio.get_running_loop().run_in_executor(None, work)
    except RuntimeError:
        # The process is ending, and its threads have ended: what is left to do is done here.
        return fn(*args)
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError as cancelled:
        await asyncio.wait([call])
        if undo is not None and call.exception() is None:
            undo(call.result(), cancelled)
        raise


def raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Raises an exception in a thread, at its next line of Python; None takes one back.

    Args:
        thread: The thread's identifier.
        error: The exception's class.
    """
    import ctypes

    wanted = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), wanted)
