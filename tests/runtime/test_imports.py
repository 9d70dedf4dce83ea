"""What importing the runtime loads: a task pod starts with it."""

from __future__ import annotations

import builtins
import inspect
import re
import subprocess
import sys

import pytest
import wandb_flyte

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


def test_every_public_name_is_there() -> None:
    """Each name of the sorted list is one, and stays lazy until it is asked for."""
    assert wandb_flyte.__all__ == sorted(wandb_flyte.__all__)
    assert [name for name in wandb_flyte.__all__ if not hasattr(wandb_flyte, name)] == []


@pytest.mark.parametrize("name", wandb_flyte.__all__)
def test_what_is_said_to_be_raised_can_be_caught(name: str) -> None:
    """The errors that public docstrings name are public too."""
    _, _, raises = (inspect.getdoc(getattr(wandb_flyte, name)) or "").partition("\nRaises:\n")
    # What belongs to an entry is indented further than the entry itself.
    entries = re.findall(r"^    (\S[^:]*):", raises.partition("\n\n")[0], re.MULTILINE)
    errors = [error for entry in entries for error in entry.split(", ")]
    assert [e for e in errors if not hasattr(wandb_flyte, e) and not hasattr(builtins, e)] == []
