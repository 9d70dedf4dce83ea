"""Cancellation of an agent: what starts it, and what is done to the end in spite of it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")


def kept_to_its_end(work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
    """Starts a task that only who has it can cancel: whoever waits for it has to see to its end.

    `asyncio.run` cancels every task it knows when its main one ends, those too that another task is
    closing something with.
    """
    task = asyncio.get_running_loop().create_task(work)
    # Of "Extending asyncio" in Python's documentation.
    asyncio.tasks._unregister_task(task)
    return task


async def uncancelled(work: Coroutine[Any, Any, None]) -> None:
    """Does a piece of work to its end; a cancellation that comes meanwhile counts after it."""
    task = kept_to_its_end(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled:
        raise cancelled


# The tasks to cancel on SIGTERM: a process has one handler, and maybe several agents.
_tasks: set[asyncio.Task[Any]] = set()


@contextmanager
def cancelled_by_sigterm() -> Iterator[None]:
    """Cancels the running task on SIGTERM: a pod that has to go ends its trial in order."""
    task = asyncio.current_task()
    in_main = threading.current_thread() is threading.main_thread()
    ours = bool(_tasks) or signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if task is None or not in_main or not ours:
        yield
        return
    loop = asyncio.get_running_loop()
    if not _tasks:
        loop.add_signal_handler(signal.SIGTERM, _cancel_all)
    _tasks.add(task)
    try:
        yield
    finally:
        _tasks.discard(task)
        if not _tasks:
            loop.remove_signal_handler(signal.SIGTERM)


def _cancel_all() -> None:
    for task in _tasks:
        task.cancel()
