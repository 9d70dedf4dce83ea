"""Several workers of one agent: how they share its work, and what comes of all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.runtime._checking import check_whole
from wandb_flyte.runtime.results import AgentResult
from wandb_flyte.runtime.trials._runners import Isolation


def check(workers: int, isolation: Isolation) -> None:
    """Refuses a number of workers that makes no sense."""
    check_whole("workers", workers, 1, "the number of trials that run at once")
    if workers > 1 and isolation == "none":
        raise UserError(
            f'workers is `{workers}`, and isolation="none" runs one trial at a time.',
            hint='Use isolation="worker".',
        )


def shares(count: int | None, workers: int) -> list[int | None]:
    """How many trials each worker runs at most."""
    if count is None:
        return [None] * workers
    return [count // workers + (number < count % workers) for number in range(workers)]


async def together(agents: Iterable[Coroutine[Any, Any, AgentResult]]) -> list[AgentResult]:
    """Awaits all; when one fails, the others are cancelled, and its error is raised after them."""
    tasks = [asyncio.ensure_future(agent) for agent in agents]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        # Their trials are stopped in order before anything else happens.
        await asyncio.gather(*tasks, return_exceptions=True)


def joined(results: Sequence[AgentResult]) -> AgentResult:
    """What the workers did, as one agent's result."""
    if len(results) == 1:
        return results[0]
    return AgentResult(
        agent=results[0].agent,
        trials=[trial for one in results for trial in one.trials],
        stopped=next((one.stopped for one in results if one.stopped), ""),
    )
