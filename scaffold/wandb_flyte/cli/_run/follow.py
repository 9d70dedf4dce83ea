"""Follows a sweep at its backend until what runs it has ended."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wandb_flyte.cli._run.progress import (
    OPEN_STATES,
    Snapshot,
    as_result,
    snapshot,
    with_sweeps_config,
)
from wandb_flyte.cli._run.report import Ending, RunReport

if TYPE_CHECKING:
    from wandb_flyte.cli._run.interrupts import Interrupts
    from wandb_flyte.runtime.backend.backends import Backend
    from wandb_flyte.runtime.backend.records import SweepInfo, SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient
    from wandb_flyte.runtime.results import SweepResult

# Seconds between two looks: the local backend is this machine's own, W&B's is shared.
_PERIOD_S = {"local": 0.5, "wandb": 5.0}
_KILLED = 137


@dataclass(frozen=True)
class Outcome:
    """How what ran the sweep ended.

    Attributes:
        ok: Whether it ended well.
        result: What the sweep's task returned, None when it did not get that far.
        error: Why it failed, empty when it did not.
    """

    ok: bool
    result: SweepResult | None = None
    error: str = ""


class Engine(Protocol):
    """What runs the sweep: a process on this machine, or a run on a cluster."""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""

    @property
    def pause_s(self) -> float:
        """How long to wait before it is asked again."""

    @property
    def log(self) -> str:
        """Where its output is: a file or a page."""

    def cancel(self) -> bool:
        """Ask it to cancel the sweep and end; False when it goes on without being followed."""

    def kill(self) -> None:
        """End it now."""

    def outcome(self) -> Outcome:
        """How it ended, once it has."""


class Listener(Protocol):
    """What wants to know how the run goes on: the display."""

    def started(self, backend: str, log: str) -> None:
        """The run began, on a backend; its output is there."""

    def kept_config(self) -> None:
        """The sweep that goes on searches otherwise than sweep.yaml says by now."""

    def fewer_agents(self, why: str) -> None:
        """Fewer agents run than were asked for."""

    def found(self, url: str) -> None:
        """The sweep exists, and has a page."""

    def moved(self, current: Snapshot, elapsed_s: float) -> None:
        """This is where the sweep stands now."""

    def away(self, url: str) -> None:
        """The backend at this address does not answer; said once until it does."""

    def back(self) -> None:
        """The backend answers again."""

    def stopping(self) -> None:
        """The user asked to stop, and the sweep is being canceled."""

    def killing(self) -> None:
        """The user asked again, and every process is ended now."""

    def close(self) -> None:
        """Nothing more will come."""


@dataclass(frozen=True)
class Address:
    """Where the sweep of a Flyte run is found.

    Attributes:
        entity: Its W&B entity.
        project: Its W&B project.
        run_name: The Flyte run's name.
    """

    entity: str
    project: str
    run_name: str


class Following:
    """Follows the sweep that one engine runs.

    Args:
        engine: What runs it.
        client: Speaks to the backend.
        backend: Where the sweep is.
        address: Where in the backend it is.
        listener: Is told how it goes on.
    """

    def __init__(
        self,
        engine: Engine,
        client: WireClient,
        backend: Backend,
        address: Address,
        listener: Listener,
    ) -> None:
        self._engine = engine
        self._client = client
        self._backend = backend
        self._address = address
        self._listener = listener
        self._ref: SweepRef | None = None
        self._known_before = 0
        self._away = False
        self._current: Snapshot | None = None
        self._started = time.monotonic()
        self._ending: Ending | None = None

    def run(self, interrupts: Interrupts, joined: SweepInfo | None) -> RunReport:
        """Follow the sweep to its end: a new one, or one that exists already."""
        try:
            if joined is not None:
                self._join(joined)
            self._until_end(interrupts)
        finally:
            self._listener.close()
        return self._report()

    def _join(self, joined: SweepInfo) -> None:
        self._ref = joined.ref
        self._known_before = joined.run_count
        self._listener.found(self._sweep_url(joined.ref))

    def _until_end(self, interrupts: Interrupts) -> None:
        """Look again and again until the engine has ended, or the user has enough."""
        heard, next_look = 0, 0.0
        while self._ending != "left" and self._engine.alive:
            if interrupts.count > heard:
                heard = interrupts.count
                self._stop(heard)
            if time.monotonic() >= next_look:
                self._look()
                next_look = time.monotonic() + _PERIOD_S[self._backend.name]
            interrupts.wait(self._engine.pause_s)
        if self._ending == "canceled":
            self._close_trials()
        self._look()

    def _report(self) -> RunReport:
        outcome = Outcome(ok=True) if self._ending == "left" else self._engine.outcome()
        result = outcome.result
        if result is None and self._ref is not None and self._current is not None:
            result = as_result(self._current, self._ref.sweep_id, self._sweep_url(self._ref))
        elif result is not None and self._current is not None:
            result = with_sweeps_config(result, self._current)
        best = result.best if result else None
        return RunReport(
            ending=self._ending or ("finished" if outcome.ok else "failed"),
            backend=self._backend.name,
            backend_url=self._backend.app_url,
            log=self._engine.log,
            duration_s=time.monotonic() - self._started,
            result=result,
            path=self._ref.path if self._ref else "",
            error="" if self._ending else outcome.error,
            run_url=self._page("runs", best.run_id) if best else "",
            complete=self._current.complete if self._current else False,
            warning=self._current.warning if self._current else "",
            total=self._current.total if self._current else None,
        )

    def _stop(self, count: int) -> None:
        if count == 1:
            self._ending = "canceled" if self._engine.cancel() else "left"
            if self._ending == "canceled":
                self._listener.stopping()
            return
        self._listener.killing()
        self._engine.kill()

    def _look(self) -> None:
        from wandb_flyte.runtime.backend.wire_errors import BackendAway

        try:
            self._read()
        except BackendAway:  # The next look may find it; the run itself is patient too.
            if not self._away:
                self._listener.away(self._backend.app_url)
            self._away = True
        else:
            if self._away:
                self._listener.back()
            self._away = False

    def _read(self) -> None:
        ref = self._find()
        if ref is None:
            return
        info = self._client.sweep(ref)
        runs = self._client.sweep_runs(ref)
        self._current = snapshot(info, runs, known_before=self._known_before)
        self._listener.moved(self._current, time.monotonic() - self._started)

    def _find(self) -> SweepRef | None:
        if self._ref is None:
            where = self._address
            self._ref = self._client.find_sweep(where.entity, where.project, where.run_name)
            if self._ref is not None:
                self._listener.found(self._sweep_url(self._ref))
        return self._ref

    def _close_trials(self) -> None:
        """What was killed, or did not end in time, says nothing to the backend: end it here."""
        from wandb_flyte.runtime.backend.wire_errors import BackendAway

        self._look()
        ref, current = self._ref, self._current
        if ref is None or current is None:
            return
        with suppress(BackendAway):
            self._client.set_sweep_state(ref, "CANCELED")
            for trial in current.trials:
                if trial.state in OPEN_STATES:
                    self._client.close_run(ref.entity, ref.project, trial.run_id, _KILLED)

    def _sweep_url(self, ref: SweepRef) -> str:
        return self._page("sweeps", ref.sweep_id)

    def _page(self, kind: str, name: str) -> str:
        where = self._address
        return f"{self._backend.app_url}/{where.entity}/{where.project}/{kind}/{name}"
