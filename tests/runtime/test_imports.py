"""What importing the runtime loads: a task pod starts with it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"wandb", "click", "copier", "jinja2", "numpy", "optuna", "pydantic", "requests", "yaml"}
IMPORT = (
    "from wandb_flyte import finish_sweep, get_wandb_run, get_wandb_sweep_id, load_sweep_config, "
    "run_agent, wandb_config, wandb_init, wandb_sweep, wandb_sweep_config, SweepResult"
)


TASK = """
import sys, flyte
env = flyte.TaskEnvironment(name="env")
@env.task
async def task() -> None: ...
"""


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter loads for code, beside a task's of Flyte."""
    script = (
        f"{TASK}\nbefore = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before), sep='\\n')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_the_decorators_load_nothing_heavy() -> None:
    """Importing what a workflow needs loads neither wandb nor what the generator needs."""
    loaded = loaded_by(IMPORT)

    assert loaded & HEAVY == set()


def test_decorating_loads_nothing_heavy() -> None:
    """Nor does decorating a task, which every start of a pod does."""
    loaded = loaded_by(
        f"{IMPORT}\nwandb_sweep(defaults={{**wandb_config(project='p')}})(wandb_init(task))"
    )

    assert loaded & HEAVY == set()
