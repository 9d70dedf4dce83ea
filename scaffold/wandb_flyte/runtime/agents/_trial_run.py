"""One trial in an agent's hands: watched over, stopped when it must be, its run closed."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, replace

from wandb_flyte.errors import UserError
from wandb_flyte.runtime._cancelling import kept_to_its_end, uncancelled
from wandb_flyte.runtime._console import say
from wandb_flyte.runtime.agents._line import Line
from wandb_flyte.runtime.agents._session import Session
from wandb_flyte.runtime.backend.records import RunInfo, reason_entry
from wandb_flyte.runtime.backend.wire_errors import SweepGone, WireError, WrongKey
from wandb_flyte.runtime.results import TrialResult
from wandb_flyte.runtime.trials._process import GRACE_S, WorkerDied
from wandb_flyte.runtime.trials._runners import Runner
from wandb_flyte.runtime.trials.checkpoints import Keeper
from wandb_flyte.runtime.trials.failures import LOST_EXIT_CODE, STOPPED_EXIT_CODE
from wandb_flyte.runtime.trials.trial import Trial, TrialEnd

HEARTBEAT_S = 5.0
# An agent that did nothing for so long, or heard nothing, may have been given up by others. They
# wait longer before they do so; and one that asks for nothing has lost a request or two.
STOOD_STILL_S = 10.0
_TICK_S = 1.0
_KEEP_S = 2.0
TIMED_OUT_EXIT_CODE = 124
_NEVER_OPENED = (
    "The objective opened no W&B run that reaches the backend:"
    " call wandb.init(), not offline or disabled, or use @wandb_init"
)


@dataclass
class _Verdict:
    """Why a trial had to be stopped.

    Attributes:
        reason: In words; empty while nothing is wrong with it.
        state: The state of its run then.
        last: Whether the agent ends with it.
        lost: Whether somebody else has to take it up.
        taken: Whether somebody else has done so already.
    """

    reason: str = ""
    state: str = "killed"
    last: bool = False
    lost: bool = False
    taken: bool = False


class TrialRun:
    """Runs one trial.

    Args:
        trial: The trial.
        runner: Where it runs.
        session: The agent's sweep.
        line: How the backend is asked.
        keeper: Keeps what the trial saves.
        limit_s: How long the trial may take.
    """

    def __init__(
        self,
        trial: Trial,
        runner: Runner,
        session: Session,
        line: Line,
        keeper: Keeper,
        limit_s: float | None,
    ) -> None:
        self._trial = trial
        self._runner = runner
        self._client = session.client
        self._ledger = session.ledger
        self._line = line
        self._keeper = keeper
        self._limit_s = limit_s
        self._verdict = _Verdict()
        self._started = time.monotonic()
        self._awake_at = time.time()
        self.result: TrialResult | None = None

    @property
    def last(self) -> bool:
        """Whether the backend said that its agent ends with it."""
        return self._verdict.last

    @property
    def is_taken(self) -> bool:
        """Whether another agent has it by now: it ended here without a word."""
        return self._verdict.taken

    async def run(self, agent_id: str) -> None:
        """Runs it, watches over it, and sees to it that its run is closed.

        Args:
            agent_id: The agent that its result names.
        """
        watches = [
            asyncio.ensure_future(self._watch_backend()),
            asyncio.ensure_future(self._watch_stillness()),
            asyncio.ensure_future(self._watch_clock()),
            asyncio.ensure_future(self._watch_checkpoints()),
        ]
        running = kept_to_its_end(self._outcome())
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            verdict = self._verdict
            verdict.reason, verdict.state, verdict.lost = "its agent was ended", "failed", True
            await uncancelled(self._stop(running))
            raise
        finally:
            for watch in watches:
                watch.cancel()
            if self._has_stood_still():
                await uncancelled(self._make_sure())
            if not self._verdict.taken:
                await uncancelled(self._settle(running.result(), agent_id))
                if self._verdict.lost:
                    await uncancelled(self._keep(at_once=True))

    async def _outcome(self) -> TrialEnd:
        """The trial's end, also when its process ended first."""
        try:
            await self._runner.warm_up()
            return await self._runner.run(self._trial)
        except UserError as error:
            return TrialEnd(1, opened=False, closed=False, error=error.message)
        except WorkerDied as death:
            return TrialEnd(death.exit_code or 1, opened=True, closed=False, error=death.reason)

    async def _watch_backend(self) -> None:
        """Sends heartbeats while a trial runs, and ends it when the backend says so."""
        run_id, agent_id = self._trial.run_id, self._trial.agent
        heard = time.time()
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                commands = await self._line.heartbeat(self._client, agent_id, {run_id: True})
            except (SweepGone, WrongKey):
                continue  # The trial may end; the next heartbeat without one tells the agent.
            kinds = {command.type for command in commands if command.run_id in ("", run_id)}
            # The local backend stops a trial here that is another agent's by now.
            if "stop" in kinds or time.time() - heard > HEARTBEAT_S + STOOD_STILL_S:
                await self._make_sure()
            heard = time.time()
            self._verdict.last = self._verdict.last or "exit" in kinds
            if kinds & {"stop", "exit"}:
                await self._end("stopped", "killed", STOPPED_EXIT_CODE)

    async def _watch_stillness(self) -> None:
        """Notices that this process stood still, frozen or asleep: its trial may be another's."""
        while True:
            await asyncio.sleep(_TICK_S)
            if self._has_stood_still():
                await self._make_sure()
            self._awake_at = time.time()

    def _has_stood_still(self) -> bool:
        return time.time() - self._awake_at > _TICK_S + STOOD_STILL_S

    async def _make_sure(self) -> None:
        """Drops the trial when it was handed to somebody else: its run is not ours to end."""
        trial = self._trial
        ask = self._line.call if self._verdict.lost else self._line.insist
        try:
            if await ask(self._ledger.holds, trial.agent, trial.run_id):
                return
        except WireError as error:
            say(f"nobody knows whose trial {trial.run_id} is: {error.message}")
            return
        self._verdict.taken = True
        self._runner.kill()

    async def _watch_clock(self) -> None:
        """Ends a trial that takes too long, also while the backend does not answer."""
        if self._limit_s is not None:
            await asyncio.sleep(self._limit_s)
            reason = f"ran longer than trial_timeout, {self._limit_s:g} s"
            await self._end(reason, "failed", TIMED_OUT_EXIT_CODE)

    async def _watch_checkpoints(self) -> None:
        """Brings what the trial saves to Flyte's storage."""
        while True:
            await asyncio.sleep(_KEEP_S)
            await self._keep()

    async def _keep(self, *, at_once: bool = False) -> None:
        try:
            await self._keeper.keep(at_once=at_once)
        except Exception as error:  # Whatever a storage raises: the trial goes on without.
            say(f"the checkpoint of trial {self._trial.run_id} could not be stored: {error}")

    async def _end(self, reason: str, state: str, exit_code: int) -> None:
        """Ends the trial in hand: in order if it can be done, once, for the first reason."""
        if self._verdict.reason:
            return
        self._verdict.reason, self._verdict.state = reason, state
        self._runner.ask_to_stop(reason, exit_code)
        await asyncio.sleep(GRACE_S)
        self._runner.kill()

    async def _stop(self, running: asyncio.Future[TrialEnd]) -> None:
        self._runner.ask_to_stop(self._verdict.reason, LOST_EXIT_CODE)
        await asyncio.wait({running}, timeout=GRACE_S)
        if not running.done():
            self._runner.kill()
            await asyncio.wait({running})

    async def _settle(self, end: TrialEnd, agent_id: str) -> None:
        """Closes the trial's run where its process has not, and notes how it ended."""
        trial, verdict = self._trial, self._verdict
        state = "killed" if end.stopped else "failed" if end.exit_code else "finished"
        state = verdict.state if verdict.reason else state
        error, metric, name = end.error, end.metric, end.name
        exit_code = end.exit_code
        info = None if end.opened else await self._opened_elsewhere(end)
        if info is not None:
            end = replace(end, opened=True, log="")
            name, metric = info.name, trial.metric_in(info.summary)
            state = info.state if state == "finished" else state
        elif not end.opened and not exit_code:
            state, error, exit_code = "failed", _NEVER_OPENED, 1
        if verdict.reason:
            error = verdict.reason
        if exit_code and not end.closed:
            await self._close(exit_code, end, error)
        self.result = TrialResult(
            run_id=trial.run_id,
            state=state,
            config=trial.config,
            name=name,
            metric=metric,
            duration_s=round(time.monotonic() - self._started, 3),
            error=error,
            where=end.where,
            agent=agent_id,
        )
        _report(self.result, trial.metric_name)

    async def _opened_elsewhere(self, end: TrialEnd) -> RunInfo | None:
        """The trial's run, when a program that the objective started has opened it."""
        trial = self._trial
        ask = self._line.call if self._verdict.lost else self._line.insist
        try:
            info = await ask(self._client.run, trial.entity, trial.project, trial.run_id)
        except WireError:
            if not end.exit_code:
                raise
            return None
        return None if info is None or info.state == "pending" else info

    async def _close(self, exit_code: int, end: TrialEnd, error: str) -> None:
        """Closes a run as failed, its reason in its summary."""
        trial, client = self._trial, self._client
        address = (trial.entity, trial.project, trial.run_id)
        # An agent that has to go waits for nobody: a run that it leaves open is taken up too.
        ask = self._line.call if self._verdict.lost else self._line.insist
        log = end.log or (error if not end.opened else "")
        files = {"output.log": {"offset": 0, "content": log.splitlines()}} if log else {}
        try:
            summary = end.summary
            if end.opened and not summary:
                # Its process is gone: what reached the backend counts.
                run = await ask(client.run, *address)
                summary = run.summary if run else {}
            summary = summary | reason_entry(error, end.where, lost=self._verdict.lost)
            files["wandb-summary.json"] = {"offset": 0, "content": [json.dumps(summary)]}
            body = {"complete": True, "exitcode": exit_code, "files": files}
            await ask(client.stream, *address, body, trial.agent)
        except WireError as failure:
            say(f"run {trial.run_id} could not be closed: {failure.message}")


def _report(result: TrialResult, metric_name: str) -> None:
    details = [f"{metric_name}={result.metric:g}"] if result.metric is not None else []
    details += [text for text in (result.error, result.where) if text]
    summary = f": {', '.join(details)}" if details else ""
    say(f"trial {result.run_id} {result.state}{summary} ({result.duration_s:.1f} s)")
