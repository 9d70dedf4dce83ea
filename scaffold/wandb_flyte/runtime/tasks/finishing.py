"""Ends a sweep and reads back what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wandb_flyte.errors import UserError
from wandb_flyte.runtime import _flyte
from wandb_flyte.runtime._console import say
from wandb_flyte.runtime.backend._http import OUTAGE_S
from wandb_flyte.runtime.results import AgentResult, Goal, SweepResult, TrialResult, best_trial
from wandb_flyte.runtime.tasks.joining import CurrentSweep
from wandb_flyte.runtime.tasks.reasons import (
    early_lines,
    failure_lines,
    metric_warning,
    none_finished,
    trials_at,
)
from wandb_flyte.runtime.trials.ledger import Ledger

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.records import RunInfo, SweepInfo
    from wandb_flyte.runtime.backend.wire import WireClient

logger = logging.getLogger(__name__)


class SweepFailed(UserError):
    """Not one trial of a sweep finished, or so many failed that the sweep was ended.

    Attributes:
        result: How its trials ended.
    """

    def __init__(self, message: str, hint: str, result: SweepResult) -> None:
        super().__init__(message, hint)
        self.result = result


def finished(sweep: CurrentSweep, agents: Sequence[AgentResult | BaseException]) -> SweepResult:
    """Sets a sweep finished and joins its runs with what the agents know about them.

    Args:
        sweep: The sweep.
        agents: What its agents returned, or why they failed.

    Raises:
        SweepFailed: No trial finished, or too many failed.
    """
    for agent in agents:
        if isinstance(agent, KeyboardInterrupt | asyncio.CancelledError | SystemExit):
            raise agent
    crashed = [agent for agent in agents if isinstance(agent, BaseException)]
    for error in crashed:
        logger.warning("An agent of sweep `%s` failed: %s", sweep.ref.path, error)
    told = {
        trial.run_id: trial
        for agent in agents
        if isinstance(agent, AgentResult)
        for trial in agent.trials
    }
    with sweep.client(patience_s=OUTAGE_S) as client:
        client.set_sweep_state(sweep.ref, "FINISHED")
        info = client.sweep(sweep.ref)
        runs = info.trials(client.sweep_runs(sweep.ref))
        ledger = _ledger(client, sweep)
        if not all(run.ended for run in runs):
            for lost in ledger.left():
                ledger.give_up(lost)
            runs = info.trials(client.sweep_runs(sweep.ref))
        known = all(run.id in told for run in runs)
        owners = {} if known else ledger.owners()
    goal = Goal.of(info.config)
    trials = [_trial(info, run, told.get(run.id), goal, owners.get(run.id, "")) for run in runs]
    result = SweepResult(
        sweep_id=sweep.ref.sweep_id,
        url=sweep.url,
        metric=goal.metric,
        goal=goal.direction,
        trials=trials,
        best=best_trial(trials, goal.direction),
    )
    if warning := metric_warning(goal, runs):
        say(f"warning: {warning}")
    stopped = [agent.stopped for agent in agents if isinstance(agent, AgentResult)]
    if why := next(filter(None, stopped), ""):
        raise _failed(f"Sweep `{result.sweep_id}` was ended: {why}", result, crashed)
    if not result.counts.get("finished"):
        none = "" if result.trials else ": none ran"
        raise _failed(f"{none_finished(result.sweep_id)}{none}", result, crashed)
    return result


def trials_left(sweep: CurrentSweep, agents: Sequence[AgentResult | BaseException]) -> int:
    """How many trials are left to run when all agents have ended.

    Those that were lost with their agents, and what an agent that is gone for good leaves of the
    budget. None once the sweep has ended before its time.

    Args:
        sweep: The sweep.
        agents: What its agents returned, or why they failed.
    """
    if any(isinstance(agent, AgentResult) and agent.stopped for agent in agents):
        return 0
    with sweep.client(patience_s=OUTAGE_S) as client:
        info = client.sweep(sweep.ref)
        runs = info.trials(client.sweep_runs(sweep.ref))
        # Where not one trial began, another agent would fail as the others did.
        if info.state in ("CANCELED", "PAUSED") or not runs:
            return 0
        lost = 0 if all(run.ended for run in runs) else len(_ledger(client, sweep).left())
    budget = info.config.get("run_cap") or info.expected_runs
    some_failed = any(isinstance(agent, BaseException) for agent in agents)
    if info.state == "FINISHED" or budget is None or not some_failed:
        return lost
    return lost + max(0, budget - len(runs))


def _ledger(client: WireClient, sweep: CurrentSweep) -> Ledger:
    here = _flyte.where()
    return Ledger(client, sweep.ref, here.key if here else "")


def _trial(
    sweep: SweepInfo, run: RunInfo, told: TrialResult | None, goal: Goal, owner: str
) -> TrialResult:
    """One trial: its state is the backend's word, why it failed is the agent's."""
    value = goal.value(run.summary)
    early = sweep.stopped_early(run)
    return TrialResult(
        run_id=run.id,
        state=run.state,
        config=run.config,
        name=run.name,
        metric=told.metric if value is None and told else value,
        duration_s=told.duration_s if told else run.duration_s,
        error="" if early else (told.error if told else "") or run.error,
        where="" if early else (told.where if told else "") or run.where,
        agent=told.agent if told else owner,
        stopped_early=early,
    )


def _failed(what: str, result: SweepResult, crashed: Sequence[BaseException]) -> SweepFailed:
    reasons = failure_lines(result.trials) + early_lines(result.trials) + _agents(crashed)
    told = "".join(f" {reason.rstrip('.')}." for reason in reasons)
    return SweepFailed(f"{what}.{told}", trials_at(result.url), result)


def _agents(crashed: Sequence[BaseException]) -> list[str]:
    """Why agents failed, one line for each reason."""
    counts = Counter(" ".join(str(error).split()) or type(error).__name__ for error in crashed)
    return [f"{count} agent{'s' * (count > 1)} failed: {why}" for why, count in counts.items()]
