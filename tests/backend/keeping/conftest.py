"""A data folder with what the real client left in it, and its export."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from wandb_flyte.backend.keeping.exporting import export

from ..conftest import Server, Wire, wandb_environment

PROGRAM = """
import sys, wandb
with wandb.init(project="p", id=sys.argv[1], config={"lr": 0.1}) as run:
    for step in range(20):
        run.log({"loss": 1 / (step + 1)})
    with open("note.txt", "w") as file:
        file.write("kept " + sys.argv[1])
    run.save("note.txt")
    artifact = wandb.Artifact("model-" + sys.argv[1], "model")
    artifact.add_file("note.txt")
    run.log_artifact(artifact, aliases=["best"])
"""


def run_wandb(server: Server, folder: Path, program: str, *arguments: str) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=wandb_environment(server, folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def put_sweep(wire: Wire, project: str) -> list[str]:
    """A sweep of two trials that has ended."""
    config = {"method": "random", "run_cap": 2, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
    sweep = wire.sweep(project, config)
    agent = sweep.agent()
    names = [sweep.do(agent, loss=0.5)["run_id"] for _ in range(2)]
    assert sweep.state == "FINISHED"
    return names


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The data folder of a backend that the real client used, and its export while it ran."""
    folder = tmp_path_factory.mktemp("first")
    server = Server(folder / "data").start()
    run_wandb(server, folder / "work", PROGRAM, "one")
    put_sweep(Wire(server), "p")
    file = folder / "export.zip"
    done = export(folder / "data", file)
    assert (done.counts["runs"], done.counts["sweeps"], done.missing) == (3, 1, 0)
    assert server.stop() == 0
    return folder / "data", file


@pytest.fixture
def data(first, tmp_path):
    """A copy of the first backend's folder."""
    return Path(shutil.copytree(first[0], tmp_path / "data"))


def rows_of(data: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(data / "backend.sqlite3")) as db:
        return db.execute(query).fetchall()
