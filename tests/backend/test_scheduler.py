"""Sweeps whose trials come from wandb's own scheduler, beside the server."""

import subprocess
import sys

import pytest
import yaml
from wandb.cli.cli import cli

from .conftest import wandb_environment

ENQUEUE = """
mutation EnqueueSweepRun($id: ID!, $config: JSONString!, $displayName: String) {
  enqueueSweepRun(input: {id: $id, config: $config, displayName: $displayName}) {
    id runQueueItemId } }"""
SCHEDULED = {
    "method": "custom",
    "metric": {"name": "loss"},
    "scheduler": {"engine": "optuna"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}},
}
TRAIN = """
import wandb
with wandb.init() as run:
    run.log({"loss": (run.config.lr - 0.3) ** 2})
"""


def test_agents_run_what_is_enqueued(wire, project):
    """An agent waits until a trial is enqueued, and gets it with its config and name."""
    sweep = wire.sweep(project, SCHEDULED)
    assert sweep.warnings == []
    agent = sweep.agent()
    assert sweep.beat(agent) == []
    config = '{"lr": {"value": 0.25}}'
    made = wire.ask(ENQUEUE, id=sweep.gid, config=config, displayName="mine")["enqueueSweepRun"]
    command = sweep.next_run(agent)
    assert command["run_id"] == made["id"]
    assert command["args"] == {"lr": {"value": 0.25}}
    wire.finish(project, made["id"])
    assert sweep.beat(agent) == []
    sweep.change(state="FINISHED")
    assert sweep.beat(agent) == [{"type": "exit"}]


def test_cap_of_a_scheduled_sweep_holds(wire, project):
    """What is enqueued beyond the `run_cap` is refused; the sweep ends with its last trial."""
    sweep = wire.sweep(project, {**SCHEDULED, "run_cap": 1})
    agent = sweep.agent()
    config = '{"lr": {"value": 0.25}}'
    wire.ask(ENQUEUE, id=sweep.gid, config=config)
    (refusal,) = wire.post(ENQUEUE, id=sweep.gid, config=config).json()["errors"]
    assert refusal["message"] == f"sweep `{sweep.name}` takes no more trials"
    sweep.do(agent)
    assert sweep.state == "FINISHED"
    assert len(sweep.runs) == 1


@pytest.mark.parametrize("config", ['{"lr": 0.1}', '{"lr": {}}', "[1]", "{}", "nonsense"])
def test_enqueued_config_is_checked(wire, project, config):
    """A config that no agent could pass on is refused."""
    sweep = wire.sweep(project, SCHEDULED)
    answer = wire.post(ENQUEUE, id=sweep.gid, config=config)
    assert answer.json()["errors"]
    assert sweep.runs == []


@pytest.mark.long
def test_wandbs_scheduler_drives_a_sweep(server, wire, project, tmp_path):
    """`wandb sweep-scheduler` with Optuna proposes, `wandb agent` runs, up to the cap."""
    if "sweep-scheduler" not in cli.commands:
        pytest.skip("this wandb has no sweep-scheduler")
    config = {**SCHEDULED, "program": "train.py", "run_cap": 3}
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "sweep.yaml").write_text(yaml.safe_dump(config))
    environment = wandb_environment(server, tmp_path)
    environment["PATH"] = f"{sys.executable.rpartition('/')[0]}:{environment['PATH']}"
    environment.pop("WANDB_SILENT")
    wandb = [sys.executable, "-m", "wandb"]
    common = {"env": environment, "cwd": tmp_path, "stdout": subprocess.PIPE, "text": True}
    common["stderr"] = subprocess.STDOUT
    made = subprocess.run(
        [*wandb, "sweep", "--project", project, "sweep.yaml"], timeout=60, check=True, **common
    )
    sweep = made.stdout.split("wandb agent ")[1].split()[0]
    options = ["--batch-size", "1", "--poll-interval", "1"]
    with subprocess.Popen([*wandb, "sweep-scheduler", *options, sweep], **common) as scheduler:
        subprocess.run([*wandb, "agent", sweep], timeout=120, check=True, **common)
        said, _ = scheduler.communicate(timeout=60)
    query = """query S($p: String, $s: String!) { project(name: $p) { sweep(sweepName: $s) {
        state runs { edges { node { state config } } } } } }"""
    name = sweep.rpartition("/")[2]
    found = wire.ask(query, p=project, s=name)["project"]["sweep"]
    assert found["state"] == "FINISHED", said
    states = [edge["node"]["state"] for edge in found["runs"]["edges"]]
    assert states == ["finished"] * 3, said
