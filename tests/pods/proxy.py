"""A way to the backend that can be cut: a TCP proxy on loopback, one for each pod."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self
from urllib.parse import urlsplit

_CHUNK = 65536


class Proxy:
    """Passes connections on to the backend, but for the time that it is cut.

    Args:
        target: The backend's address now: it may come back at another one.
    """

    def __init__(self, target: Callable[[], str]) -> None:
        self._target = target
        self._silent = False
        self._refuses = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def cut(self, *, silent: bool) -> None:
        """Cuts the way: new and open connections hang, or are closed."""
        self._do(self._cut(silent))

    def mend(self) -> None:
        """Lets connections through again. Those that hung are closed, as a router would."""
        self._do(self._mend())

    def close(self) -> None:
        """Ends the proxy."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    async def _cut(self, silent: bool) -> None:
        self._silent, self._refuses = silent, not silent
        if not silent:
            self._drop()

    async def _mend(self) -> None:
        if self._silent:
            self._drop()
        self._silent = self._refuses = False

    async def _end(self) -> None:
        self._server.close()
        self._drop()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _drop(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            where = urlsplit(self._target())
            there = await asyncio.open_connection(where.hostname, where.port)
            self._open.add(there[1])
            try:
                # One way that breaks off takes the other along: who waits for an answer is told.
                await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))
            finally:
                self._open.discard(there[1])
                there[1].transport.abort()
        except (OSError, asyncio.CancelledError):
            # Cancelled when the proxy ends: asyncio's own callback would report that as a fault.
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(_CHUNK):
            while self._silent:
                await asyncio.sleep(0.02)
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
