"""What importing the runtime loads: a task pod starts with it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("wandb", "click", "copier", "jinja2", "numpy", "optuna", "pydantic", "requests", "yaml")


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter loads for a piece of code, beside Flyte's."""
    script = (
        "import sys, flyte\nbefore = set(sys.modules)\n"
        f"{code}\nprint(*(set(sys.modules) - before), sep='\\n')"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_the_decorators_load_nothing_heavy() -> None:
    """Importing all of the public names loads neither wandb nor what the generator needs."""
    loaded = loaded_by("from wandb_flyte import *")

    assert loaded.isdisjoint(HEAVY)


def test_decorating_loads_nothing_heavy() -> None:
    """Nor does decorating a task, which every start of a pod does."""
    loaded = loaded_by(
        "from wandb_flyte import *\n"
        "env = flyte.TaskEnvironment(name='env')\n"
        "@wandb_sweep(defaults={**wandb_config(project='p')})\n"
        "@wandb_init\n"
        "@env.task\n"
        "async def task() -> None: ...\n"
    )

    assert loaded.isdisjoint(HEAVY)
