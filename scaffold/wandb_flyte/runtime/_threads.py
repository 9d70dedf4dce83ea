"""Blocking calls beside a running event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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
    call = asyncio.ensure_future(asyncio.to_thread(fn, *args))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError as cancelled:
        await asyncio.wait([call])
        if undo is not None and call.exception() is None:
            await asyncio.to_thread(undo, call.result(), cancelled)
        raise
