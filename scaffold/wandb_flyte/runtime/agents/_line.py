"""An agent's line to the backend: requests in a thread of their own, outages sat out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from wandb_flyte.runtime._console import say
from wandb_flyte.runtime.backend._http import OUTAGE_S
from wandb_flyte.runtime.backend.records import Command
from wandb_flyte.runtime.backend.wire import WireClient
from wandb_flyte.runtime.backend.wire_errors import (
    BackendAway,
    RateLimited,
    SweepGone,
    WireError,
    WrongKey,
)

_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_T = TypeVar("_T")


class Line:
    """Asks the backend without blocking the event loop.

    Args:
        thread: Where requests are made, one at a time.
    """

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._away_since: float | None = None

    async def call(self, function: Callable[..., _T], *args: Any) -> _T:
        """Calls a function of the wire client."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(function, *args))

    async def insist(self, function: Callable[..., _T], *args: Any) -> _T:
        """Calls it again and again while the backend is away, as long as that may last."""
        while True:
            try:
                reply = await self.call(function, *args)
            except BackendAway as error:
                if self._away_s(error) > OUTAGE_S:
                    raise
                await asyncio.sleep(_pause_s(error))
                continue
            self._away_since = None
            return reply

    async def heartbeat(
        self, client: WireClient, agent_id: str, run_states: dict[str, bool]
    ) -> list[Command]:
        """What the backend asks for; nothing while it is away, as long as that may last."""
        try:
            commands = await self.call(client.heartbeat, agent_id, run_states)
        except (SweepGone, WrongKey):
            raise
        except WireError as error:
            if self._away_s(error) > OUTAGE_S and not run_states:
                raise
            if isinstance(error, RateLimited):
                await asyncio.sleep(_pause_s(error))
            return []
        self._away_since = None
        return commands

    def _away_s(self, error: WireError) -> float:
        if self._away_since is None:
            self._away_since = time.monotonic()
            say(error.message)
        return time.monotonic() - self._away_since


def _pause_s(error: BackendAway) -> float:
    """How long a backend that is away is left alone, as far as it says so."""
    return min(max(_PAUSE_S, error.retry_after_s), _LONGEST_PAUSE_S)
