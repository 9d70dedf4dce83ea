"""The sweep as Flyte tasks: a parent task starts agents, and each agent runs trials.

`@wandb_sweep` reads the inputs `total_trials` and `sweep_id`: it makes a sweep of so many trials,
or joins that one.
"""

from pathlib import Path

import flyte
from wandb_flyte import (
    AgentResult,
    SweepResult,
    finish_sweep,
    get_wandb_sweep_id,
    load_sweep_config,
    run_agent,
    run_agents,
    wandb_config,
    wandb_sweep,
)

from waves.sweeps.deep import settings
from waves.sweeps.deep.objective import fit

SWEEP_FILE = Path(__file__).resolve().with_name("sweep.yaml")

DEFAULTS = {
    **wandb_config(project=settings.PROJECT, entity=settings.ENTITY, backend=settings.BACKEND),
    **load_sweep_config(SWEEP_FILE, project=settings.PROJECT, entity=settings.ENTITY),
}

agent_env = flyte.TaskEnvironment(
    name="waves-deep-agent",
    image=settings.IMAGE,
    resources=settings.AGENT_RESOURCES,
    secrets=settings.SECRET,
    include=(str(SWEEP_FILE),),
)
env = flyte.TaskEnvironment(
    name="waves-deep",
    image=settings.IMAGE,
    resources=settings.PARENT_RESOURCES,
    secrets=settings.SECRET,
    include=(str(SWEEP_FILE),),
    depends_on=[agent_env],
)


@wandb_sweep(defaults=DEFAULTS)
@agent_env.task(timeout=settings.SWEEP_TIMEOUT)
async def run_sweep(total_trials: int = settings.TRIALS, sweep_id: str = "") -> SweepResult:
    """Run the whole sweep in this one task, one trial after the other."""
    return await finish_sweep([await run_agent(fit)])


@wandb_sweep(defaults=DEFAULTS)
@agent_env.task(retries=settings.RETRIES, timeout=settings.AGENT_TIMEOUT)
async def sweep_agent(agent_id: int, sweep_id: str) -> AgentResult:
    """Run trials of a sweep until it has no more."""
    return await run_agent(fit)


@wandb_sweep(defaults=DEFAULTS)
@env.task(retries=settings.RETRIES, timeout=settings.SWEEP_TIMEOUT)
async def run_parallel_sweep(
    total_trials: int = settings.TRIALS, num_agents: int = settings.AGENTS, sweep_id: str = ""
) -> SweepResult:
    """Create a sweep, or join `sweep_id`, and run its trials with several agents at once."""
    sweep_id = get_wandb_sweep_id() or sweep_id
    return await run_agents(lambda i: sweep_agent(agent_id=i, sweep_id=sweep_id), num_agents)
