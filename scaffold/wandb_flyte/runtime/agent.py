"""The agent: asks a sweep for trials and runs them, one after another, until there are none."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from wandb_flyte.errors import UserError
from wandb_flyte.runtime._cancelling import cancelled_by_sigterm, uncancelled
from wandb_flyte.runtime._console import say
from wandb_flyte.runtime._process import GRACE_S, WorkerDied
from wandb_flyte.runtime._runners import Isolation, Runner, runner_for, worker_environment
from wandb_flyte.runtime._session import Session, open_session, place_here
from wandb_flyte.runtime.failures import STOPPED_EXIT_CODE
from wandb_flyte.runtime.objective import refer_to
from wandb_flyte.runtime.records import reason_entry
from wandb_flyte.runtime.results import AgentResult, TrialResult, metric_value
from wandb_flyte.runtime.trial import Trial, TrialEnd
from wandb_flyte.runtime.wire import Command, SweepGone, WireError, WrongKey

HEARTBEAT_S = 5.0
# So long may the backend be away before an agent without a trial gives up: Flyte then retries it.
OUTAGE_S = 600.0
TIMED_OUT_EXIT_CODE = 124
_IDLE_S = (1.0, 2.0, 3.0, 5.0)
_NEVER_OPENED = "The objective opened no W&B run: call wandb.init(), or use @wandb_init"
_T = TypeVar("_T")


async def run_agent(
    objective: Callable[..., Any] | str,
    *,
    sweep_id: str | None = None,
    count: int | None = None,
    isolation: Isolation = "worker",
    trial_timeout: float | timedelta | None = None,
) -> AgentResult:
    """Runs a sweep's trials until the sweep has no more.

    Args:
        objective: A function at the top level of a module, or its `FILE:NAME` or `MODULE:NAME`.
            Without arguments it opens its own run. Otherwise the run is opened for it: one argument
            named `config`, or a mapping, gets all hyperparameters; others get them by name. A
            returned number is logged as the sweep's metric.
        sweep_id: The sweep; the one of the `wandb_sweep` around it by default.
        count: At most so many trials by this agent.
        isolation: `worker` runs the trials in one warm process; `trial` in a new process each;
            `none` in this process, for a debugger.
        trial_timeout: Seconds, or a timedelta, after which a trial is stopped and counts as failed.

    Returns:
        The trials in the order they ran in. A trial that fails does not end the agent.

    Raises:
        UserError: The objective can't be imported, or there is no such sweep.
    """
    place = place_here(sweep_id)
    if isolation != "none":
        refer_to(objective)  # before anything is started for it
    limit_s = trial_timeout
    if isinstance(limit_s, timedelta):
        limit_s = limit_s.total_seconds()
    thread = ThreadPoolExecutor(1, thread_name_prefix="wandb-flyte-wire")
    try:
        session = await asyncio.get_running_loop().run_in_executor(thread, open_session, place)
        environment = worker_environment(session.backend, session.ref)
        runner = runner_for(objective, isolation, environment)
        agent = _Agent(session, runner, thread, limit_s)
        with cancelled_by_sigterm():
            return await agent.run(count)
    finally:
        # A request that hangs must not hold up the event loop.
        thread.shutdown(wait=False)


@dataclass
class _Verdict:
    """Why a trial had to be stopped.

    Attributes:
        reason: In words; empty while nothing is wrong with it.
        state: The state of its run then.
        last: Whether the agent ends with it.
    """

    reason: str = ""
    state: str = "killed"
    last: bool = False


class _Agent:
    def __init__(
        self,
        session: Session,
        runner: Runner,
        thread: ThreadPoolExecutor,
        limit_s: float | None,
    ) -> None:
        self._session = session
        self._runner = runner
        self._thread = thread
        self._limit_s = limit_s
        self._id = ""
        self._done = False
        self._away_since: float | None = None
        self._trials: list[TrialResult] = []

    async def run(self, count: int | None) -> AgentResult:
        """Runs trials until there are no more, or `count` of them."""
        try:
            # The worker imports the objective while the agent registers.
            warm_up = asyncio.ensure_future(self._runner.warm_up())
            try:
                host = socket.gethostname()
                self._id = await self._call(
                    self._session.client.register_agent, self._session.ref, host
                )
            finally:
                await warm_up
            while not self._done and (count is None or len(self._trials) < count):
                command = await self._next_trial()
                if command is None:
                    break
                await self._run(command)
        finally:
            await uncancelled(self._runner.close())
            self._session.client.close()
        return AgentResult(agent=self._id, trials=self._trials)

    async def _next_trial(self) -> Command | None:
        """Waits for the next trial; None when there will be none."""
        for attempt in range(sys.maxsize):
            try:
                commands = await self._heartbeat({})
            except SweepGone:
                if not self._trials:
                    raise
                return None
            for command in commands:
                if command.type in ("run", "resume"):
                    return command
                if command.type == "exit":
                    return None
            await asyncio.sleep(_IDLE_S[min(attempt, len(_IDLE_S) - 1)])
        return None

    async def _run(self, command: Command) -> None:
        """Runs one trial, watches over it, and sees to it that its run is closed."""
        trial = Trial(
            run_id=command.run_id,
            sweep_id=self._session.ref.sweep_id,
            entity=self._session.ref.entity,
            project=self._session.ref.project,
            config=command.config,
            metric_name=self._session.metric_name,
        )
        started = time.monotonic()
        verdict = _Verdict()
        watches = [
            asyncio.ensure_future(self._watch_backend(trial, verdict)),
            asyncio.ensure_future(self._watch_clock(verdict)),
        ]
        running = asyncio.ensure_future(self._outcome(trial))
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            verdict.reason, verdict.state = "cancelled", "failed"
            await uncancelled(self._stop(running, verdict.reason))
            raise
        finally:
            for watch in watches:
                watch.cancel()
            await uncancelled(self._settle(trial, running.result(), verdict, started))
        self._done = verdict.last

    async def _outcome(self, trial: Trial) -> TrialEnd:
        """The trial's end, also when its process ended first."""
        try:
            await self._runner.warm_up()
            return await self._runner.run(trial)
        except UserError as error:
            return TrialEnd(1, opened=False, closed=False, error=error.message)
        except WorkerDied as death:
            return TrialEnd(death.exit_code or 1, opened=True, closed=False, error=death.reason)

    async def _watch_backend(self, trial: Trial, verdict: _Verdict) -> None:
        """Sends heartbeats while a trial runs, and ends it when the backend says so."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                commands = await self._heartbeat({trial.run_id: True})
            except (SweepGone, WrongKey):
                continue  # The trial may end; the next heartbeat without one tells the agent.
            kinds = {command.type for command in commands if command.run_id in ("", trial.run_id)}
            verdict.last = verdict.last or "exit" in kinds
            if kinds & {"stop", "exit"}:
                await self._end(verdict, "stopped", "killed", STOPPED_EXIT_CODE)

    async def _watch_clock(self, verdict: _Verdict) -> None:
        """Ends a trial that takes too long, also while the backend does not answer."""
        if self._limit_s is not None:
            await asyncio.sleep(self._limit_s)
            reason = f"ran longer than trial_timeout, {self._limit_s:g} s"
            await self._end(verdict, reason, "failed", TIMED_OUT_EXIT_CODE)

    async def _end(self, verdict: _Verdict, reason: str, state: str, exit_code: int) -> None:
        """Ends the trial in hand: in order if it can be done, once, for the first reason."""
        if verdict.reason:
            return
        verdict.reason, verdict.state = reason, state
        self._runner.ask_to_stop(reason, exit_code)
        await asyncio.sleep(GRACE_S)
        self._runner.kill()

    async def _stop(self, running: asyncio.Future[TrialEnd], reason: str) -> None:
        self._runner.ask_to_stop(reason, STOPPED_EXIT_CODE)
        await asyncio.wait({running}, timeout=GRACE_S)
        if not running.done():
            self._runner.kill()
            await asyncio.wait({running})

    async def _settle(self, trial: Trial, end: TrialEnd, verdict: _Verdict, started: float) -> None:
        """Closes the trial's run where its process has not, and notes how it ended."""
        state = "killed" if end.stopped else "failed" if end.exit_code else "finished"
        state = verdict.state if verdict.reason else state
        error, metric, name = end.error, end.metric, end.name
        exit_code = end.exit_code
        if not end.opened and not exit_code:
            # A program that the objective started may have opened it: the backend knows.
            client = self._session.client
            info = await self._call(client.run, trial.entity, trial.project, trial.run_id)
            if info is None or info.state == "pending":
                state, error, exit_code = "failed", _NEVER_OPENED, 1
            else:
                state, name = (info.state if state == "finished" else state), info.name
                metric = metric_value(info.summary, trial.metric_name)
        if verdict.reason:
            error = verdict.reason
        if exit_code and not end.closed:
            await self._close(trial, exit_code, end, error)
        result = TrialResult(
            run_id=trial.run_id,
            state=state,
            config=trial.config,
            name=name,
            metric=metric,
            duration_s=round(time.monotonic() - started, 3),
            error=error,
            where=end.where,
            agent=self._id,
        )
        self._trials.append(result)
        _report(result, trial.metric_name)

    async def _close(self, trial: Trial, exit_code: int, end: TrialEnd, error: str) -> None:
        """Closes a run as failed, its reason in its summary."""
        client, address = self._session.client, (trial.entity, trial.project, trial.run_id)
        log = end.log or (error if not end.opened else "")
        files = {"output.log": {"offset": 0, "content": log.splitlines()}} if log else {}
        try:
            summary = end.summary
            if end.opened and not summary:
                # Its process is gone: what reached the backend counts.
                run = await self._call(client.run, *address)
                summary = run.summary if run else {}
            summary = summary | reason_entry(error, end.where)
            files["wandb-summary.json"] = {"offset": 0, "content": [json.dumps(summary)]}
            body = {"complete": True, "exitcode": exit_code, "files": files}
            await self._call(client.stream, *address, body)
        except WireError as failure:
            say(f"run {trial.run_id} could not be closed: {failure.message}")

    async def _heartbeat(self, run_states: dict[str, bool]) -> list[Command]:
        """What the backend asks for; nothing while it is away, as long as that may last."""
        try:
            commands = await self._call(self._session.client.heartbeat, self._id, run_states)
        except (SweepGone, WrongKey):
            raise
        except WireError as error:
            if self._away_since is None:
                self._away_since = time.monotonic()
                say(error.message)
            if not run_states and time.monotonic() - self._away_since > OUTAGE_S:
                raise
            return []
        self._away_since = None
        return commands

    async def _call(self, function: Callable[..., _T], *args: Any) -> _T:
        """Calls the wire client in its thread: requests block."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(function, *args))


def _report(result: TrialResult, metric_name: str) -> None:
    details = [f"{metric_name}={result.metric:g}"] if result.metric is not None else []
    details += [text for text in (result.error, result.where) if text]
    summary = f": {', '.join(details)}" if details else ""
    say(f"trial {result.run_id} {result.state}{summary} ({result.duration_s:.1f} s)")
