"""The work of an agent: one trial after another, with what it takes when some of them fail."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import takewhile
from typing import Any

from wandb_flyte.errors import UserError
from wandb_flyte.runtime._cancelling import uncancelled
from wandb_flyte.runtime._console import say
from wandb_flyte.runtime.agents._line import Line
from wandb_flyte.runtime.agents._session import Place, Session, open_session
from wandb_flyte.runtime.agents._trial_run import STOOD_STILL_S, TrialRun
from wandb_flyte.runtime.backend.records import Command, RunInfo
from wandb_flyte.runtime.backend.wire_errors import SweepGone, WireError
from wandb_flyte.runtime.results import AgentResult, TrialResult
from wandb_flyte.runtime.trials._runners import Isolation, Runner, runner_for, worker_environment
from wandb_flyte.runtime.trials._slices import Slice
from wandb_flyte.runtime.trials.checkpoints import Keeper
from wandb_flyte.runtime.trials.ledger import Lost
from wandb_flyte.runtime.trials.limits import Limits
from wandb_flyte.runtime.trials.trial import Trial

_IDLE_S = (1.0, 2.0, 3.0, 5.0)


async def work(
    objective: Callable[..., Any] | str,
    place: Place,
    isolation: Isolation,
    part: Slice,
    count: int | None,
    limits: Limits,
) -> AgentResult:
    """Runs trials one after another, on a part of the machine."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="wandb-flyte-wire")
    try:
        line = Line(thread)
        session = await line.insist(open_session, place)
        environment = {**worker_environment(session.backend, session.ref), **part.variables}
        runner = runner_for(objective, isolation, environment, part.cpus)
        return await _Agent(session, runner, line, limits).run(count)
    finally:
        # A request that hangs must not hold up the event loop.
        thread.shutdown(wait=False)


class Replaced(UserError):
    """An agent that was given up, and has another attempt in its place."""

    transient = True


class _Agent:
    def __init__(self, session: Session, runner: Runner, line: Line, limits: Limits) -> None:
        self._session = session
        self._runner = runner
        self._line = line
        self._limits = limits
        self._host = socket.gethostname()
        self._id = ""
        self._done = False
        self._stopped = ""
        self._trials: list[TrialResult] = []

    async def run(self, count: int | None) -> AgentResult:
        """Runs trials until there are no more, or `count` of them."""
        try:
            # The worker imports the objective while the agent registers.
            warm_up = asyncio.ensure_future(self._runner.warm_up())
            try:
                lost = await self._register()
            finally:
                await warm_up
            for trial in lost:
                if not self._done:
                    await self._take_up(trial)
            while not self._done and (count is None or len(self._trials) < count):
                command = await self._next_trial()
                if command is None:
                    break
                await self._run(command.run_id, command.config, self._id)
        finally:
            await uncancelled(self._runner.close())
            self._session.client.close()
        return AgentResult(agent=self._id, trials=self._trials, stopped=self._stopped)

    async def _register(self) -> list[Lost]:
        """Registers this attempt; gives the trials that earlier ones lost."""
        ledger = self._session.ledger
        ended, lost = await self._line.insist(ledger.own)
        if self._session.top_up:
            lost = await self._line.insist(ledger.left)
        self._id = await self._line.insist(ledger.register, self._host)
        self._trials += [self._earlier(run) for run in ended]
        return lost

    def _earlier(self, run: RunInfo) -> TrialResult:
        return TrialResult(
            run_id=run.id,
            state=run.state,
            config=self._session.values_of(run),
            name=run.name,
            metric=self._session.goal.value(run.summary),
            duration_s=run.duration_s,
            error=run.error,
            where=run.where,
            agent=self._id,
        )

    async def _take_up(self, lost: Lost) -> None:
        """Runs a lost trial again under its own run id, or gives it up."""
        ledger, run = self._session.ledger, lost.run
        if lost.restarts >= self._limits.restarts:
            reason = await self._line.insist(ledger.give_up, lost, self._id)
            self._trials.append(replace(self._earlier(run), state="failed", error=reason))
            say(f"trial {run.id} failed: {reason}")
            return
        agent_id = await self._line.insist(ledger.take_up, self._host, run.id)
        say(f"trial {run.id} was lost with its agent: it is taken up again")
        await self._run(run.id, self._session.values_of(run), agent_id, again=True)

    async def _next_trial(self) -> Command | None:
        """Waits for the next trial; None when there will be none."""
        asked = time.time()
        for attempt in range(sys.maxsize):
            try:
                commands = await self._line.heartbeat(self._session.client, self._id, {})
            except SweepGone:
                if not self._trials:
                    raise
                return None
            if time.time() - asked > STOOD_STILL_S:
                await self._end_if_replaced()
            asked = time.time()
            for command in commands:
                if command.type in ("run", "resume"):
                    return command
                if command.type == "exit":
                    return None
            await asyncio.sleep(_IDLE_S[min(attempt, len(_IDLE_S) - 1)])
        return None

    async def _run(
        self, run_id: str, config: dict[str, Any], agent_id: str, *, again: bool = False
    ) -> None:
        """Runs one trial, which the backend knows to be with `agent_id`."""
        ref = self._session.ref
        keeper = self._session.keeper(run_id)
        resume = again and await self._resume(run_id, keeper)
        if not again:
            keeper.begin()
        trial = Trial(
            run_id=run_id,
            sweep_id=ref.sweep_id,
            entity=ref.entity,
            project=ref.project,
            config=config,
            metric_name=self._session.goal.metric,
            goal=self._session.goal.direction,
            checkpoints=str(keeper.folder),
            resume=resume,
            agent=agent_id,
        )
        limits = self._limits
        running = TrialRun(trial, self._runner, self._session, self._line, keeper, limits.trial_s)
        try:
            await running.run(self._id)
        finally:
            self._trials += [running.result] if running.result else []
        if running.is_taken:
            say(f"trial {run_id} was taken up by another agent while this one stood still")
            await self._end_if_replaced()
        elif running.result and running.result.state != "failed" and not limits.keep_checkpoints:
            await keeper.remove()
        self._done = running.last
        if running.result and running.result.state == "failed":
            await self._look_for_a_storm()

    async def _end_if_replaced(self) -> None:
        """Ends an agent that was frozen for so long that Flyte has started another attempt."""
        if await self._line.insist(self._session.ledger.is_replaced, self._id):
            raise Replaced(
                "Another attempt of this agent has started while it stood still, so it ends.",
                hint="The other attempt goes on with its trials.",
            )

    async def _look_for_a_storm(self) -> None:
        """Ends the sweep when too many of its trials have failed: the rest would only cost."""
        limits, client, ref = self._limits, self._session.client, self._session.ref
        in_a_row = len(list(takewhile(lambda trial: trial.state == "failed", self._trials[::-1])))
        if limits.failures_in_a_row is not None and in_a_row >= limits.failures_in_a_row:
            limit = f"max_consecutive_failures is {limits.failures_in_a_row}"
            self._stopped = f"{in_a_row} trials failed one after the other ({limit})"
        elif limits.failures is not None:
            failed = await self._line.insist(client.count_failed, ref)
            if failed > limits.failures:
                limit = f"max_failed_trials is {limits.failures}"
                self._stopped = f"{failed} trials failed ({limit})"
        if self._stopped:
            self._done = True
            say(f"the sweep ends: {self._stopped}")
            await self._line.insist(client.set_sweep_state, ref, "FINISHED")

    async def _resume(self, run_id: str, keeper: Keeper) -> bool:
        """Whether a lost trial goes on from a checkpoint; if so, its run ends where that was."""
        saved_at = await keeper.fetch()
        if saved_at is None:
            return False
        client, ref = self._session.client, self._session.ref
        try:
            await self._line.insist(client.rewind, ref.entity, ref.project, run_id, saved_at)
        except WireError as error:
            say(f"run {run_id} keeps the rows after its checkpoint: {error.message}")
        return True
