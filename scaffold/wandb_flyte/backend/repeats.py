"""Mutations that come again, because their client did not wait for the answer.

The client repeats a request after 30 seconds; without this a sweep would be made twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.graphql.execute import Answer

_MOST_UNHEARD = 1000
# An answer repeats a run's whole config, so that a thousand of them could be a lot.
_MOST_UNHEARD_CHARACTERS = 64 * 1024 * 1024


@dataclass(eq=False)
class _Work:
    """A mutation that is being executed, and the last request that asked for it."""

    fingerprint: bytes
    request: Request
    answer: asyncio.Task[Answer]


class Repeats:
    """Executes a mutation once, however often a client that gave up asks for it."""

    def __init__(self) -> None:
        self._working: list[_Work] = []
        self._unheard: dict[bytes, tuple[Answer, int]] = {}

    async def answer(
        self, request: Request, fingerprint: bytes, execution: Coroutine[Any, Any, Answer]
    ) -> Answer:
        """The answer to an equal request whose client has gone, or else one of its own.

        Args:
            request: Who asks.
            fingerprint: The same for requests that are equal.
            execution: Executes the mutation; closed when there is an answer without it.
        """
        kept = self._unheard.pop(fingerprint, None)
        if kept is not None:
            execution.close()
            return kept[0]
        work = await self._taken_over(request, fingerprint)
        if work is None:
            work = _Work(fingerprint, request, asyncio.create_task(execution))
            self._working.append(work)
        else:
            execution.close()
        try:
            answer = await work.answer
            gone = await request.is_disconnected()
            # Else somebody else waits for it by now.
            if gone and work.request is request:
                self._keep(fingerprint, answer)
        finally:
            if work.request is request:
                self._working.remove(work)
        return answer

    async def _taken_over(self, request: Request, fingerprint: bytes) -> _Work | None:
        """The work that an equal request began whose client has gone; it is now this one's."""
        for work in [work for work in self._working if work.fingerprint == fingerprint]:
            begun_by = work.request
            gone = await begun_by.is_disconnected()
            if gone and work.request is begun_by and work in self._working:
                work.request = request
                return work
        return None

    def _keep(self, fingerprint: bytes, answer: Answer) -> None:
        size = len(jsontext.dumps(answer.body))
        kept = sum(size for _, size in self._unheard.values())
        if len(self._unheard) < _MOST_UNHEARD and size + kept <= _MOST_UNHEARD_CHARACTERS:
            self._unheard[fingerprint] = (answer, size)
