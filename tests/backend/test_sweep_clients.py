"""Sweeps through wandb's own clients: `wandb.sweep`, `wandb.agent`, the CLI, `wandb.Api()`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import wait_for, wandb_environment

GRID = {
    "method": "grid",
    "name": "my grid",
    "description": "what it is for",
    "metric": {"name": "loss", "goal": "maximize"},
    "parameters": {"a": {"values": [3, 1, 2]}},
}
SCRIPT = """
import wandb
with wandb.init() as run:
    run.log({"loss": run.config.a})
"""


def test_agents_work_off_a_sweep_that_the_api_reads(wandb, wire, project):
    """wandb.agent runs every point; the sweep, its runs and its best run come back."""
    sweep_id = wandb.sweep(GRID, project=project)

    def objective():
        with wandb.init() as run:
            run.log({"loss": run.config.a})

    wandb.agent(sweep_id, function=objective, project=project, count=2)
    api = wandb.Api()
    sweep = api.sweep(f"{project}/{sweep_id}")
    assert (sweep.state, sweep.name, sweep.expected_run_count) == ("RUNNING", "my grid", 3)
    assert sweep.config == GRID
    assert sorted(run.config["a"] for run in sweep.runs) == [1, 3] or len(sweep.runs) == 2
    assert {run.state for run in sweep.runs} == {"finished"}
    best = sweep.best_run()
    assert best.summary["loss"] == max(run.summary["loss"] for run in sweep.runs)
    assert best.sweep_name == sweep_id
    assert [found.id for found in api.project(project).sweeps()] == [sweep_id]
    (agent,) = sweep.agents()
    assert agent.total_runs == 2
    assert {run.id for run in agent.runs()} == {run.id for run in sweep.runs}


def test_cli_runs_a_sweep(server, wire, project, tmp_path):
    """`wandb sweep` and `wandb agent` run a script until the grid is done."""
    (tmp_path / "train.py").write_text(SCRIPT)
    (tmp_path / "sweep.yaml").write_text(
        "program: train.py\nmethod: grid\nmetric: {name: loss}\n"
        "command: ['${interpreter}', '${program}']\nparameters: {a: {values: [1]}}\n"
    )
    # `${interpreter}` is whatever `python` is on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = wandb_environment(server, tmp_path) | {"WANDB_SILENT": "false", "PATH": path}
    cli = [sys.executable, "-m", "wandb"]

    def call(*arguments):
        done = subprocess.run(
            [*cli, *arguments],
            env=environment,
            cwd=tmp_path,
            timeout=240,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    said = call("sweep", "--project", project, "sweep.yaml")
    sweep = said.split("wandb agent ")[1].split()[0]
    call("agent", sweep)
    name = sweep.rsplit("/", 1)[1]
    query = """query S($p: String, $s: String!) { project(name: $p) { sweep(sweepName: $s) {
        state runs { edges { node { state } } } } } }"""
    found = wire.ask(query, p=project, s=name)["project"]["sweep"]
    assert found["state"] == "FINISHED"
    assert [edge["node"]["state"] for edge in found["runs"]["edges"]] == ["finished"]


@pytest.mark.long
def test_cli_changes_a_sweeps_state(server, wire, project, tmp_path):
    """`wandb sweep --pause` and `--cancel` do what they say."""
    sweep = wire.sweep(project, GRID)
    sweep.agent()
    environment = wandb_environment(server, tmp_path)
    for option, state in (("--pause", "PAUSED"), ("--cancel", "CANCELED")):
        command = [sys.executable, "-m", "wandb", "sweep", option, f"local/{project}/{sweep.name}"]
        subprocess.run(
            command, env=environment, cwd=tmp_path, timeout=60, check=True, capture_output=True
        )
        assert sweep.state == state


def test_runs_are_filtered_and_ordered(wandb, wire, project):
    """Api().runs takes Mongo filters and orders; runs without the key come last."""
    for name, lr, loss, tags in (
        ("r1", 0.1, 0.5, ["x"]),
        ("r2", 0.2, None, ["x", "y"]),
        ("r3", 0.3, 0.1, []),
        ("r4", 0.4, 0.9, ["y"]),
    ):
        wire.open_run(project, name, config=f'{{"lr": {{"value": {lr}}}}}', tags=tags)
        wire.finish(project, name, 1 if name == "r4" else 0, **({"loss": loss} if loss else {}))
    api = wandb.Api()

    def names(filters=None, order="+created_at"):
        return [run.id for run in api.runs(project, filters=filters, order=order, per_page=2)]

    assert names() == ["r1", "r2", "r3", "r4"]
    assert names(order="-created_at") == ["r4", "r3", "r2", "r1"]
    assert names(order="+summary_metrics.loss") == ["r3", "r1", "r4", "r2"]
    assert names(order="-summary_metrics.loss") == ["r4", "r1", "r3", "r2"]
    assert names(order="-config.lr.value") == ["r4", "r3", "r2", "r1"]
    assert names({"config.lr": {"$gt": 0.15}}) == ["r2", "r3", "r4"]
    assert names({"config.lr.value": 0.1}) == ["r1"]
    assert names({"state": "failed"}) == ["r4"]
    assert names({"state": {"$ne": "failed"}}) == ["r1", "r2", "r3"]
    assert names({"tags": {"$in": ["y"]}}) == ["r2", "r4"]
    assert names({"tags": "x"}) == ["r1", "r2"]
    assert names({"$or": [{"name": "r1"}, {"summary_metrics.loss": {"$lt": 0.2}}]}) == ["r1", "r3"]
    assert names({"$and": [{"name": {"$in": ["r1", "r4"]}}, {"tags": "y"}]}) == ["r4"]
    assert names({"name": {"$regex": "[34]$"}}) == ["r3", "r4"]
    assert names({"name": {"$regex": "(?i)^R[12]"}}) == ["r1", "r2"]
    assert names({"summary_metrics.loss": None}) == ["r2"]
    assert len(api.runs(project, filters={"tags": "x"})) == 2
    with pytest.raises(Exception, match=r"filter operator `\$where` is not known"):
        names({"$where": "1"})
    with pytest.raises(Exception, match=r"`\(` is not a regular expression: missing \)"):
        names({"name": {"$regex": "("}})


@pytest.mark.parametrize("key", ["net.depth", "net.value.depth", "net.depth.value"])
def test_runs_are_filtered_by_what_is_in_a_config_value(wandb, wire, project, key):
    """`value` stands after the config's key in W&B, wherever else a user writes it."""
    for depth in (1, 2):
        wire.open_run(project, f"d{depth}", config=f'{{"net": {{"value": {{"depth": {depth}}}}}}}')
    runs = wandb.Api().runs(project, filters={f"config.{key}": {"$gt": 1}})
    assert [run.id for run in runs] == ["d2"]


def test_no_pattern_holds_the_server(wandb, wire, project):
    """Patterns that Python's `re` would try for years are answered at once."""
    wire.open_run(project, "slow", displayName="a" * 100 + "!")
    api = wandb.Api()
    found = api.runs(project, filters={"display_name": {"$regex": "^(a+)+$"}})
    assert [run.id for run in found] == []
    found = api.runs(project, filters={"display_name": {"$regex": "^(a|aa)+!$"}})
    assert [run.id for run in found] == ["slow"]
    files = found[0].files(pattern="%a" * 30 + "%")
    assert list(files) == []


def test_waiting_ends_with_the_run(wandb, wire, project):
    """wait_until_finished returns once the run has ended."""
    wire.open_run(project, "r")
    wire.finish(project, "r", 3)
    found = wandb.Api().run(f"{project}/r")
    found.wait_until_finished()
    assert found.state == "failed"
    assert wait_for(lambda: wire.run(project, "r")["exitcode"] == 3, "the exit code")
