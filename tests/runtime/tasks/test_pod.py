"""In a pod: Flyte's container entrypoint runs the tasks, W&B's variables in their environment."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from wandb_flyte import wandb_config, wandb_sweep_config

WORKFLOW = """
import flyte
from wandb_flyte import (
    AgentResult, get_wandb_run, get_wandb_sweep_id, run_agent, wandb_config, wandb_init,
    wandb_sweep,
)

env = flyte.TaskEnvironment(name="pod")


@wandb_init(defaults={**wandb_config(project="unused")})
@env.task
async def train(fail: bool = False) -> str:
    run = get_wandb_run()
    run.log({"loss": 0.25})
    if fail:
        raise ValueError("bad data")
    return str(run.id)


@wandb_sweep
@env.task
async def sweep(total_trials: int) -> str:
    return str(get_wandb_sweep_id())


def objective(x: float) -> float:
    return x * 2


@wandb_sweep
@env.task
async def agent(sweep_id: str) -> AgentResult:
    return await run_agent(objective)
"""


class Pod:
    """Runs one action as a cluster would: inputs and outputs are files, the mode is "remote"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "workflow.py").write_text(WORKFLOW)
        (folder / "outputs").mkdir()

    def run(
        self, task: str, context: Any, env: dict[str, str], **inputs: Any
    ) -> subprocess.CompletedProcess[str]:
        sys.path.insert(0, str(self.folder))
        try:
            import workflow
        finally:
            sys.path.remove(str(self.folder))
            sys.modules.pop("workflow", None)
        self._write_inputs(getattr(workflow, task), context, inputs)
        command = [
            str(Path(sys.executable).with_name("a0")),
            *("--inputs", "inputs.pb", "--outputs-path", "outputs", "--version", "v1"),
            *("--raw-data-path", "raw", "--run-base-dir", "base"),
            *("--run-name", "run1", "--name", "a1"),
            *("--org", "org", "--project", "flyte-project", "--domain", "development"),
            *("--resolver", "flyte._internal.resolvers.default.DefaultTaskResolver"),
            *("mod", "workflow", "instance", task),
        ]
        path = os.pathsep.join(filter(None, (str(self.folder), os.environ.get("PYTHONPATH"))))
        variables = {"FLYTE_CLUSTERED_WORKER": "1", "PYTHONPATH": path, **env}
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def _write_inputs(self, task: Any, context: Any, inputs: dict[str, Any]) -> None:
        from flyte._internal.runtime.convert import convert_from_native_to_inputs

        made = asyncio.run(
            convert_from_native_to_inputs(
                task.native_interface, custom_context=dict(context), **inputs
            )
        )
        (self.folder / "inputs.pb").write_bytes(made.proto_inputs.SerializeToString())


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    folder = tmp_path / "pod"
    folder.mkdir()
    return Pod(folder)


@pytest.fixture
def key(backend: Any) -> dict[str, str]:
    """What a pod's secret and environment say."""
    return {"WANDB_BASE_URL": backend.url, "WANDB_API_KEY": backend.key}


@pytest.mark.parametrize(("fail", "state", "code"), [(False, "finished", 0), (True, "failed", 1)])
def test_a_pods_run(
    fail: bool, state: str, code: int, pod: Pod, key: dict[str, str], reader: Any, project: str
) -> None:
    """The run has the link's id, what was logged, and the task's end."""
    pod.run("train", wandb_config(project=project), key, fail=fail)

    run = reader.run("run1-a1")
    assert run.summary["loss"] == 0.25
    assert (run.state, reader.exit_code(run)) == (state, code)


def test_a_pod_without_a_key_names_the_secret(pod: Pod, no_account: Any, project: str) -> None:
    """Without WANDB_API_KEY the task fails with what is missing, and uses no other backend."""
    done = pod.run("train", wandb_config(project=project), {}, fail=False)

    assert "This pod has no W&B key" in done.stdout + done.stderr
    assert "wandb_api_key" in done.stdout + done.stderr


@pytest.mark.long
def test_a_retried_pod_finds_its_sweep(
    pod: Pod, key: dict[str, str], reader: Any, project: str
) -> None:
    """Another attempt in another pod has the sweep that the first one made."""
    config = wandb_sweep_config(method="grid", parameters={"x": {"values": [1, 2]}})
    context = {**wandb_config(project=project), **config}

    pod.run("sweep", context, key, total_trials=2)
    # Another budget, so that the backend does not take it for the same request again.
    pod.run("sweep", context, key, total_trials=1)

    (sweep_id,) = reader.sweeps()
    assert reader.sweep(sweep_id).description == "flyte:run1/a1"


def test_an_agents_pod_runs_trials(
    pod: Pod, key: dict[str, str], reader: Any, project: str
) -> None:
    """An agent task in a pod joins the sweep of its input and runs its trials."""
    config = wandb_sweep_config(
        method="grid", metric={"name": "loss"}, parameters={"x": {"values": [1, 2]}}
    )
    context = {**wandb_config(project=project), **config}
    pod.run("sweep", context, key, total_trials=2)
    (sweep_id,) = reader.sweeps()

    done = pod.run("agent", wandb_config(project=project), key, sweep_id=sweep_id)

    assert sorted(run.summary["loss"] for run in reader.runs()) == [2, 4], done.stderr
