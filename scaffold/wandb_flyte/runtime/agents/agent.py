"""The agent: asks a sweep for trials and runs them, one after another, until there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wandb_flyte.runtime.trials.limits import MAX_CONSECUTIVE_FAILURES, MAX_TRIAL_RESTARTS, Limits

if TYPE_CHECKING:
    from datetime import timedelta

    from wandb_flyte.runtime.results import AgentResult
    from wandb_flyte.runtime.trials._runners import Isolation


async def run_agent(
    objective: Callable[..., Any] | str,
    *,
    sweep_id: str | None = None,
    count: int | None = None,
    isolation: Isolation = "worker",
    trial_timeout: float | timedelta | None = None,
    max_trial_restarts: int = MAX_TRIAL_RESTARTS,
    max_failed_trials: int | None = None,
    max_consecutive_failures: int | None = MAX_CONSECUTIVE_FAILURES,
    workers: int = 1,
    keep_checkpoints: bool = False,
) -> AgentResult:
    """Runs a sweep's trials until the sweep has no more.

    Args:
        objective: A function at the top level of a module, or its `FILE:NAME` or `MODULE:NAME`.
            Without arguments it opens its own run. Otherwise the run is opened for it: one argument
            that is named `config` or `cfg`, or annotated as a mapping or a dataclass, gets all
            hyperparameters; others get them by name. A returned number is logged as the sweep's
            metric.
        sweep_id: The sweep; the one of the `wandb_sweep` around it by default.
        count: At most so many trials by this agent.
        isolation: `worker` runs the trials in one warm process; `trial` in a new process each;
            `none` in this process, for a debugger.
        trial_timeout: Seconds, or a timedelta, after which a trial is stopped and counts as failed.
        max_trial_restarts: How often a trial that was lost with its agent is taken up again, under
            its own run id, before it counts as failed.
        max_failed_trials: The sweep ends when more of its trials than that have failed, of all
            its agents; None for no limit.
        max_consecutive_failures: The sweep ends when so many trials of one agent have failed in a
            row; None for no limit.
        workers: How many trials run at once, each in a worker process with its part of the GPUs
            that `CUDA_VISIBLE_DEVICES` names, or of all; without GPUs, of the CPUs.
        keep_checkpoints: Whether what trials saved in `checkpoint_dir()` stays when they have
            finished or were stopped. That of a trial that failed stays anyway, to be looked at.

    Returns:
        The trials in the order they ran in, those of earlier attempts of the same Flyte action
        first. A trial that fails does not end the agent.

    Raises:
        UserError: The objective can't be imported, there is no such sweep, or an argument makes no
            sense.
    """
    # Every task of a workflow imports this module, and only an agent's needs what follows.
    from wandb_flyte.runtime._cancelling import cancelled_by_sigterm
    from wandb_flyte.runtime._checking import check_whole, seconds_of
    from wandb_flyte.runtime.agents._agent import work
    from wandb_flyte.runtime.agents._session import place_here
    from wandb_flyte.runtime.agents._workers import check, joined, shares, together
    from wandb_flyte.runtime.trials._importing import refuse_while_importing
    from wandb_flyte.runtime.trials._slices import Slice, slices
    from wandb_flyte.runtime.trials.objective import refer_to

    refuse_while_importing("an agent, with `run_agent()`,")
    check(workers, isolation)
    if count is not None:
        check_whole("count", count, 1, "the most trials that this agent runs")
    limits = Limits(
        seconds_of("trial_timeout", trial_timeout),
        max_trial_restarts,
        max_failed_trials,
        max_consecutive_failures,
        keep_checkpoints,
    )
    limits.check()
    place = place_here(sweep_id)
    if isolation != "none":
        refer_to(objective)  # before anything is started for it

    async def one(number: int, part: Slice, most: int | None) -> AgentResult:
        return await work(objective, place.of_worker(number), isolation, part, most, limits)

    with cancelled_by_sigterm():
        parts = slices(workers, place.beside)
        each = zip(range(workers), parts, shares(count, workers), strict=True)
        return joined(await together(one(*own) for own in each))
