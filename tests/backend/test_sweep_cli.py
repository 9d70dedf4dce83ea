"""`wandb sweep` and `wandb agent` from the command line, option by option."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import wandb_environment

# Keeps what the agent handed over, and opens no run.
SCRIPT = """
import json, os, sys
from pathlib import Path
files = [a for a in sys.argv[1:] if a.endswith(".json") and Path(a).is_file()]
kept = {"argv": sys.argv[1:], "file": json.loads(Path(files[0]).read_text()) if files else None}
Path("kept.json").write_text(json.dumps(kept | {"sweep": os.environ["WANDB_SWEEP_ID"]}))
"""
MACROS = """${args} ${args_no_hyphens} ${args_no_equals} ${args_no_boolean_flags} ${args_json}
    ${args_json_file} ${args_append_hydra} ${args_override_hydra} ${envvar:MARK}"""
GRID = {"method": "grid", "parameters": {"a": {"values": [1, 2]}}}


@pytest.fixture
def cli(server, tmp_path):
    """The `wandb` command in a folder of its own; gives what it said."""
    folder = str(Path(sys.executable).parent)
    environment = wandb_environment(server, tmp_path) | {"WANDB_SILENT": "false", "MARK": "m!"}
    environment["PATH"] = os.pathsep.join([folder, os.environ["PATH"]])

    def call(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "wandb", *arguments],
            env=environment,
            cwd=tmp_path,
            timeout=120,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    return call


def test_every_command_macro_is_filled_in(cli, project, tmp_path):
    """A program gets its arguments in each of the forms that wandb knows."""
    command = ["${env}", "${interpreter}", "${program}", *MACROS.split()]
    config = {"program": "train.py", "command": command, "method": "grid", "project": project}
    config["parameters"] = {"lr": {"value": 0.5}, "on": {"value": True}}
    (tmp_path / "train.py").write_text(SCRIPT)
    (tmp_path / "sweep.yaml").write_text(yaml.safe_dump(config))
    sweep = cli("sweep", "sweep.yaml").split("wandb agent ")[1].split()[0]
    cli("agent", "--count", "1", sweep)
    kept = json.loads((tmp_path / "kept.json").read_text())
    values = {"lr": 0.5, "on": True}
    argv = kept["argv"]
    assert argv[:2] == ["--lr=0.5", "--on=True"]
    assert argv[2:4] == ["lr=0.5", "on=True"]
    assert argv[4:8] == ["--lr", "0.5", "--on", "True"]
    assert argv[8:10] == ["--lr=0.5", "--on"]
    assert json.loads(argv[10]) == kept["file"] == values
    assert argv[12:] == ["+lr=0.5", "+on=True", "++lr=0.5", "++on=True", "m!"]
    assert kept["sweep"] == sweep.rpartition("/")[2]


def test_sweep_is_paused_resumed_and_stopped(cli, wire, project):
    """Each option of `wandb sweep` sets the state that agents then see."""
    sweep = wire.sweep(project, GRID)
    agent = sweep.agent()
    address = f"local/{project}/{sweep.name}"
    cli("sweep", "--pause", address)
    assert (sweep.state, sweep.beat(agent)) == ("PAUSED", [])
    cli("sweep", "--resume", address)
    assert sweep.state == "RUNNING"
    trial = sweep.next_run(agent)["run_id"]
    cli("sweep", "--stop", address)
    assert (sweep.state, sweep.beat(agent, trial)) == ("FINISHED", [])
    assert sweep.beat(agent) == [{"type": "exit"}]
    assert "finished" in cli("sweep", "--stop", address, code=1).lower()


def test_sweep_is_updated(cli, wire, project, tmp_path):
    """`wandb sweep --update` replaces the config for the trials to come, and makes no sweep."""
    sweep = wire.sweep(project, GRID)
    config = {"method": "grid", "parameters": {"a": {"values": [7]}}}
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(config))
    cli("sweep", "--update", f"local/{project}/{sweep.name}", "new.yaml")
    assert sweep.next_run(sweep.agent())["args"] == {"a": {"value": 7}}
    count = "query C($p: String) { project(name: $p) { totalSweeps } }"
    assert wire.ask(count, p=project)["project"]["totalSweeps"] == 1
