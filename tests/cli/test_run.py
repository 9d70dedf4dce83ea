"""`wandb-flyte run` on this machine: real processes, the real backend, Flyte's local mode."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from wandb_flyte.runtime.backend import local_server

from .conftest import RunCli
from .running import newest_sweep, set_entity, wire

pytestmark = pytest.mark.usefixtures("clean_environment")


def test_run_and_continue(run_cli: RunCli, project: Path) -> None:
    """A run ends with the best trial; `--sweep ID --trials +2` goes on with the same sweep.

    What the trials print is in the log that the first lines name, and nowhere else. With `--json`
    stdout holds one document, and the lines go to stderr.
    """
    first = run_cli("run", "--trials", "3", "--agents", "2", cwd=project)
    info = newest_sweep()
    sweep_id = info.ref.sweep_id
    more = run_cli(
        "run", "--sweep", sweep_id, "--trials", "+2", "--backend", "local", "--json", cwd=project
    )

    server = local_server.find()
    assert server is not None
    lines = first.out.splitlines()
    assert first.code == 0, first.out + first.err
    assert lines[0] == f"local backend at {server.url} (no W&B key found)"
    assert "training with lr=" in Path(lines[1].removeprefix("log: ")).read_text()
    assert "training with lr=" not in first.out + first.err
    assert lines[2] == f"sweep: {server.url}/local/small/sweeps/{sweep_id}"
    assert first.out.count(f"/sweeps/{sweep_id}") == 1
    assert [line[:14] for line in lines[3:6]] == [f"[{n}/3] finished" for n in (1, 2, 3)]
    assert "3 of 3 trials finished" in first.out
    assert re.search(r"^best trial .*: loss = 0\.\d+$", first.out, re.MULTILINE)
    assert (info.run_count, info.state) == (3, "FINISHED")

    report = json.loads(more.out)
    assert more.code == 0, more.err
    assert report["sweep"]["id"] == sweep_id
    assert report["counts"] == {"finished": 5}
    best = report["best"]
    assert report["state"] == "finished"
    assert report["backend"] == {"name": "local", "url": server.url}
    assert report["metric"] == {"name": "loss", "goal": "minimize"}
    assert list(best["config"]) == ["lr", "layers"]
    assert best["url"] == f"{server.url}/local/small/runs/{best['run_id']}"
    assert more.err.splitlines()[0] == f"local backend at {server.url}"
    assert "[4/5] finished" in more.err
    assert "[3/" not in more.err
    assert newest_sweep().run_count == 5


@pytest.mark.long
def test_continue_a_sweep_of_another_project(run_cli: RunCli, project: Path) -> None:
    """A sweep named by its path goes on in its own W&B project, whatever the settings say now."""
    first = run_cli("run", "--trials", "1", "--json", cwd=project)
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text().replace('"small"', '"other"'))
    path = json.loads(first.out)["sweep"]["path"]
    more = run_cli("run", "--sweep", path, "--trials", "+1", "--json", cwd=project)

    assert more.code == 0, more.err
    assert json.loads(more.out)["sweep"]["path"] == path
    assert newest_sweep().run_count == 2


@pytest.mark.parametrize(
    "said_by", ["settings", pytest.param("environment", marks=pytest.mark.long)]
)
def test_an_entity_holds_on_the_local_backend(run_cli: RunCli, project: Path, said_by: str) -> None:
    """With an entity in the settings or in the environment, every command finds the sweep there."""
    env = {"WANDB_ENTITY": "my-team"} if said_by == "environment" else {}
    if said_by == "settings":
        set_entity(project, "my-team")
    first = run_cli("run", "--trials", "1", cwd=project, env=env)
    ref = newest_sweep("my-team").ref
    more = run_cli("run", "--sweep", ref.sweep_id, "--trials", "+1", cwd=project, env=env)
    best = run_cli("best", cwd=project, env=env)
    plan = run_cli("plan", cwd=project, env=env)

    server = local_server.find()
    assert server is not None
    lines = first.out.splitlines()
    page = f"{server.url}/my-team/small"
    assert lines[2] == f"sweep: {page}/sweeps/{ref.sweep_id}"
    assert lines[3].startswith("[1/1] finished")
    assert re.search(rf"^best +{page}/runs/", first.out, re.MULTILINE)
    assert "2 of 2 trials finished" in more.out, more.err
    assert "loss = " in best.out, best.err
    assert f"from 2 trials of sweep `{ref.path}`" in plan.out, plan.err


@pytest.mark.long
def test_more_of_a_canceled_sweep(run_cli: RunCli, project: Path) -> None:
    """A sweep that was stopped short of its budget gets as many trials more as are asked for."""
    run_cli("run", "--trials", "1", cwd=project)
    ref = newest_sweep().ref
    wire().update_sweep(ref, {**newest_sweep().config, "run_cap": 12})
    wire().set_sweep_state(ref, "CANCELED")
    more = run_cli("run", "--sweep", ref.sweep_id, "--trials", "+2", cwd=project)

    assert more.code == 0, more.err
    assert newest_sweep().run_count == 3


def test_with_a_key_it_runs_at_wandb(run_cli: RunCli, project: Path, tmp_path: Path) -> None:
    """With a W&B key the sweep runs on that server: here a second backend stands for W&B."""
    server = local_server.start(tmp_path / "server")
    try:
        env = {"WANDB_BASE_URL": server.url, "WANDB_API_KEY": server.key}
        done = run_cli("run", "--trials", "2", cwd=project, env=env)
        best = run_cli("best", "--json", cwd=project, env=env)
    finally:
        local_server.stop(tmp_path / "server")

    assert done.code == 0, done.out + done.err
    assert done.out.splitlines()[0] == f"W&B at {server.url}"
    assert "2 of 2 trials finished" in done.out
    assert json.loads(best.out)["run"]["url"].startswith(f"{server.url}/local/small/runs/")
    assert local_server.find() is None


def test_failures_are_explained(run_cli: RunCli, project: Path) -> None:
    """Failed trials are counted with their reasons, and the sweep goes on to its end."""
    sweep = (project / "sweep.yaml").read_text().replace("random", "grid")
    sweep = sweep.replace("{min: 0.1, max: 0.9}", "{values: [0.3, 0.8]}")
    sweep = sweep.replace("[1, 2, 4]", "[1]") + "  fail_above: {value: 0.5}\n"
    (project / "sweep.yaml").write_text(sweep)
    done = run_cli("run", cwd=project)

    assert done.code == 0, done.out + done.err
    assert "1 of 2 trials finished, 1 failed" in done.out
    assert "ValueError: lr 0.8 is too high" in done.out
    assert re.search(r"objective\.py:\d+\)", done.out)


def test_no_trial_finished(run_cli: RunCli, project: Path) -> None:
    """A sweep of which no trial finished has failed: exit code 1, with the reason."""
    sweep = (project / "sweep.yaml").read_text() + "  fail_above: {value: 0.01}\n"
    (project / "sweep.yaml").write_text(sweep)
    done = run_cli("run", "--trials", "2", cwd=project)

    assert done.code == 1
    assert "sweep failed after" in done.out
    assert "0 of 2 trials finished, 2 failed\n\ntrials that did not finish\n" in done.out
    assert "is too high" in done.out
    assert "Traceback" not in done.out + done.err


@pytest.mark.long
def test_trials_stopped_early_did_not_fail(run_cli: RunCli, project: Path) -> None:
    """What hyperband stops is told so in its line and in the closing table, not as a failure."""
    (project / "small" / "objective.py").write_text(
        "import time\n\nimport wandb\n\n\n"
        "def objective(lr: float) -> None:\n"
        "    with wandb.init() as run:\n"
        "        for step in range(40 if lr < 0.5 else 600):\n"
        '            run.log({"loss": lr})\n'
        "            time.sleep(0.1 if lr > 0.5 else 0)\n"
    )
    (project / "sweep.yaml").write_text(
        "method: grid\nmetric: {name: loss, goal: minimize}\n"
        "parameters: {lr: {values: [0.1, 0.2, 0.9]}}\n"
        "early_terminate: {type: hyperband, min_iter: 2, eta: 2, strict: true}\n"
    )
    done = run_cli("run", "--trials", "3", cwd=project)

    assert done.code == 0, done.out + done.err
    assert re.search(r"^\[3/3\] stopped early by hyperband .*lr=0.9$", done.out, re.MULTILINE)
    assert re.search(
        r"^sweep finished .*: 2 of 3 trials finished, 1 stopped early by hyperband$",
        done.out,
        re.MULTILINE,
    )
    assert "did not finish" not in done.out
    assert "killed" not in done.out


@pytest.mark.long
def test_grid_without_points_left(run_cli: RunCli, project: Path) -> None:
    """A grid of which every point was handed out can't go on, and nothing recommends it."""
    sweep = (project / "sweep.yaml").read_text().replace("random", "grid")
    sweep = sweep.replace("{min: 0.1, max: 0.9}", "{values: [0.3]}").replace("[1, 2, 4]", "[1]")
    (project / "sweep.yaml").write_text(sweep)
    first = run_cli("run", cwd=project)
    sweep_id = newest_sweep().ref.sweep_id
    more = run_cli("run", "--sweep", sweep_id, "--trials", "+2", cwd=project)

    assert first.code == 0, first.out + first.err
    assert "more trials" not in first.out
    assert (more.code, more.out) == (1, "")
    assert more.err == (
        f"error: The grid of the sweep `{sweep_id}` has no points left: each was handed out.\n"
        "Widen the grid in sweep.yaml, and start a new sweep with `wandb-flyte run`.\n"
    )


@pytest.mark.long
def test_what_is_said_needs_no_setting(run_cli: RunCli, project: Path) -> None:
    """A number of trials on the command line takes the place of one that can't be run."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text().replace("TRIALS = 3", "TRIALS = 0"))
    done = run_cli("run", "--trials", "1", cwd=project)

    assert done.code == 0, done.out + done.err


def test_a_sweep_config_that_has_changed_since(run_cli: RunCli, project: Path) -> None:
    """A sweep keeps its config; when sweep.yaml says another one by now, a line says so."""
    run_cli("run", "--trials", "1", cwd=project)
    words = ("run", "--sweep", newest_sweep().ref.sweep_id, "--trials", "+1")
    same = run_cli(*words, cwd=project)
    file = project / "sweep.yaml"
    file.write_text(file.read_text().replace("max: 0.9", "max: 0.8"))
    changed = run_cli(*words, cwd=project)

    line = "sweep.yaml has changed since: the sweep goes on with the config that it has\n"
    assert (same.code, changed.code) == (0, 0)
    assert line not in same.out
    assert line in changed.out


@pytest.mark.long
def test_no_more_agents_than_there_are_trials(run_cli: RunCli, project: Path) -> None:
    """Agents of settings.py beyond the trials, or a grid's points, are not started; it is said."""
    settings = project / "small" / "settings.py"
    settings.write_text(settings.read_text().replace("AGENTS = 1", "AGENTS = 6"))
    workflow = project / "small" / "workflow.py"
    told = '    print(f"{num_agents} agents")\n    sweep_id = get_wandb_sweep_id()\n'
    text = workflow.read_text().replace("    sweep_id = get_wandb_sweep_id()\n", told)
    workflow.write_text(text)
    few = run_cli("run", "--trials", "2", cwd=project).out
    (project / "sweep.yaml").write_text(
        "method: grid\nmetric: {name: loss, goal: minimize}\nparameters: {lr: {values: [0.2]}}\n"
    )
    one = run_cli("run", cwd=project).out

    assert "\n6 agents were asked for, and 2 trials need no more than 2\n" in few
    assert "\n6 agents were asked for, and 1 trial needs no more than 1\n" in one
    for out, count in ((few, 2), (one, 1)):
        log = out.splitlines()[1].removeprefix("log: ")
        assert f"\n{count} agents\n" in "\n" + Path(log).read_text()
