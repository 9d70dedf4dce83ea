"""Where an agent's trials run: in a warm worker, in a worker each, or in the agent's process."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from wandb_flyte.errors import UserError
from wandb_flyte.runtime.backend.backends import Backend
from wandb_flyte.runtime.backend.records import SweepRef
from wandb_flyte.runtime.trials._process import Worker
from wandb_flyte.runtime.trials._stopper import ThreadStopper
from wandb_flyte.runtime.trials.objective import ObjectiveRef, as_program, caller_of, load, refer_to
from wandb_flyte.runtime.trials.trial import Trial, TrialEnd, run_trial

Isolation = Literal["worker", "trial", "none"]


class Runner(Protocol):
    """Runs one trial at a time."""

    async def warm_up(self) -> None:
        """Gets ready for the first trial; raises UserError when the objective can't be imported."""

    async def run(self, trial: Trial) -> TrialEnd:
        """Runs a trial; raises WorkerDied when its process ended before it did."""

    def ask_to_stop(self, reason: str, exit_code: int) -> None:
        """Ends the trial in hand, in order."""

    def kill(self) -> None:
        """Ends the trial in hand, at once."""

    async def close(self) -> None:
        """Ends what is left."""


def runner_for(
    objective: Callable[..., Any] | str,
    isolation: Isolation,
    environment: Mapping[str, str],
    cpus: Sequence[int] = (),
) -> Runner:
    """The runner of an objective.

    Args:
        objective: A function, or its `FILE:NAME` or `MODULE:NAME`.
        isolation: Where trials run.
        environment: The environment of worker processes.
        cpus: The CPUs that they run on; empty for all.
    """
    if isolation == "none":
        return InProcess(objective)
    if isolation not in ("worker", "trial"):
        raise UserError(
            f"isolation is `{isolation}`.", hint='It must be "worker", "trial" or "none".'
        )
    return Workers(refer_to(objective), environment, cpus, warm=isolation == "worker")


class Workers:
    """Runs trials in worker processes.

    Args:
        ref: The objective.
        environment: The workers' environment.
        cpus: The CPUs that they run on; empty for all.
        warm: Whether one worker runs many trials.
    """

    def __init__(
        self,
        ref: ObjectiveRef,
        environment: Mapping[str, str],
        cpus: Sequence[int] = (),
        *,
        warm: bool,
    ) -> None:
        self._ref = ref
        self._environment = environment
        self._cpus = cpus
        self._warm = warm
        self._worker: Worker | None = None

    async def warm_up(self) -> None:
        """Starts a worker, if none is up."""
        if self._worker is not None:
            return
        worker = self._worker = await Worker.start(self._ref, self._environment, self._cpus)
        try:
            await worker.wait_until_ready()
        except BaseException:
            worker.kill()
            self._worker = None
            raise

    async def run(self, trial: Trial) -> TrialEnd:
        """Runs a trial in the worker that is up."""
        if self._worker is None:
            raise RuntimeError("warm_up() comes first")
        try:
            end = await self._worker.run(trial)
        except BaseException:
            self._worker.kill()
            self._worker = None
            raise
        if not self._warm:
            await self.close()
        return end

    def ask_to_stop(self, reason: str, exit_code: int) -> None:
        """Asks the worker to end its trial."""
        if self._worker:
            self._worker.ask_to_stop(reason, exit_code)

    def kill(self) -> None:
        """Kills the worker and what its objective started."""
        if self._worker:
            self._worker.kill()

    async def close(self) -> None:
        """Ends the worker."""
        worker, self._worker = self._worker, None
        if worker:
            await worker.close()


class InProcess:
    """Runs trials in a thread of this process: for a debugger, and for notebooks.

    Nothing protects the agent from its objective here: there is no way to kill a trial.
    """

    _busy = threading.Lock()

    def __init__(self, objective: Callable[..., Any] | str) -> None:
        self._objective = _loaded(objective) if isinstance(objective, str) else objective
        self._holds = False
        self._stopper = ThreadStopper()

    async def warm_up(self) -> None:
        """Makes sure that no other agent uses this process's wandb."""
        if self._holds:
            return
        self._holds = self._busy.acquire(blocking=False)
        if not self._holds:
            raise UserError(
                'Another agent with isolation="none" runs in this process, and wandb knows one '
                "sweep trial a process.",
                hint='Use isolation="worker".',
            )

    async def run(self, trial: Trial) -> TrialEnd:
        """Runs a trial in a thread."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[TrialEnd] = loop.create_future()
        call = caller_of(self._objective)
        stopper = self._stopper = ThreadStopper()

        def work() -> None:
            import tempfile

            with tempfile.TemporaryDirectory(prefix="wandb-flyte-") as folder:
                try:
                    end = run_trial(
                        stopper.guard(call),
                        trial,
                        folder=Path(folder),
                        stop_fn=stopper.request,
                        held=stopper.held,
                        told=stopper.told,
                    )
                except BaseException as error:
                    loop.call_soon_threadsafe(ended.set_exception, error)
                else:
                    loop.call_soon_threadsafe(ended.set_result, end)

        threading.Thread(target=work, name=f"trial-{trial.run_id}", daemon=True).start()
        return await ended

    def ask_to_stop(self, reason: str, exit_code: int) -> None:
        """Raises TrialStopped in the objective, at its next line of Python."""
        self._stopper.request(reason, exit_code)

    def kill(self) -> None:
        """Does nothing: a thread can't be killed."""

    async def close(self) -> None:
        """Lets another agent use this process."""
        if self._holds:
            self._holds = False
            self._busy.release()


def _loaded(name: str) -> Callable[..., Any]:
    ref = refer_to(name)
    with as_program(ref.file or ref.module):
        return load(ref)


def worker_environment(backend: Backend, ref: SweepRef) -> dict[str, str]:
    """The environment of worker processes.

    Args:
        backend: The backend that their wandb speaks to.
        ref: The sweep.
    """
    place = {"WANDB_ENTITY": ref.entity, "WANDB_PROJECT": ref.project}
    environment = {**os.environ, **backend.env(), **place}
    # A worker that shares wandb's own process with the agent would be recorded as finished when it
    # is killed; and a trial's ids reach it with the trial.
    for name in ("WANDB_SERVICE", "WANDB_RUN_ID", "WANDB_SWEEP_ID", "WANDB_SWEEP_PARAM_PATH"):
        environment.pop(name, None)
    if not {"WANDB_SILENT", "WANDB_QUIET"} & environment.keys():
        environment["WANDB_SILENT"] = "true"
    return environment
