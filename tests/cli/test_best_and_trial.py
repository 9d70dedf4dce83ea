"""`wandb-flyte best` and `wandb-flyte trial` on a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.records import RunInfo, SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

from .conftest import COMMAND, RunCli
from .running import wire

pytestmark = pytest.mark.usefixtures("clean_environment")


def run_of(out: str) -> RunInfo:
    """The run whose page a command printed."""
    url = next(line for line in out.splitlines() if line.startswith("run: "))
    server = local_server.find()
    assert server is not None
    run = WireClient(server.url, server.key).run("local", "small", url.rpartition("/")[2])
    assert run is not None
    return run


def test_best(run_cli: RunCli, project: Path) -> None:
    """`best` gives the finished trial with the best metric: for people, as YAML and as JSON.

    Without `--sweep` the newest sweep counts, but none of `plan --pilot`; with it the one named.
    """
    run = ("run", "--json", "--trials")
    first = json.loads(run_cli(*run, "3", cwd=project).out)["sweep"]
    plain = run_cli("best", cwd=project)
    config = yaml.safe_load(run_cli("best", "--yaml", cwd=project).out)
    report = json.loads(run_cli("best", "--json", cwd=project).out)

    server = local_server.find()
    assert server is not None
    client = WireClient(server.url, server.key)
    ref = SweepRef("local", "small", client.latest_sweep("local", "small"))
    winner = min(client.sweep_runs(ref), key=lambda run: run.summary["loss"])
    assert config == {"lr": winner.config["lr"], "layers": winner.config["layers"]}
    assert report["sweep"] == ref.path
    assert report["run"]["id"] == winner.id
    assert report["config"] == config
    assert report["metric"] == {"name": "loss", "value": winner.summary["loss"]}
    assert plain.code == 0
    assert plain.out.splitlines()[-1] == f"run: {server.url}/local/small/runs/{winner.id}"

    second = json.loads(run_cli(*run, "1", cwd=project).out)["sweep"]
    newest = json.loads(run_cli("best", "--json", cwd=project).out)
    named = json.loads(run_cli("best", "--json", "--sweep", first["id"], cwd=project).out)
    assert run_cli("plan", "--pilot", cwd=project).code == 0
    still_newest = json.loads(run_cli("best", "--json", cwd=project).out)

    assert newest["sweep"] == second["path"]
    assert named["sweep"] == first["path"]
    assert still_newest["sweep"] == second["path"]


@pytest.mark.long
def test_an_empty_newest_sweep(run_cli: RunCli, project: Path) -> None:
    """Where newer sweeps have nothing, `best` names the one that has; `plan` takes that."""
    objective = project / "small" / "objective.py"
    failing = "\n    import os\n    assert not os.environ.get('FAIL')\n    print("
    objective.write_text(objective.read_text().replace("\n    print(", failing))
    first = json.loads(run_cli("run", "--trials", "1", "--json", cwd=project).out)["sweep"]
    config = yaml.safe_load((project / "sweep.yaml").read_text())
    done = run_cli("run", "--trials", "1", "--json", cwd=project, env={"FAIL": "1"})
    failed = json.loads(done.out)["sweep"]
    newest = wire().create_sweep(config, "local", "small", "")
    of_failed = run_cli("best", "--sweep", failed["id"], cwd=project)
    best = run_cli("best", cwd=project)
    plan = json.loads(run_cli("plan", "--json", cwd=project).out)

    assert best.code == 1
    assert best.err == (
        f"error: No trial of the sweep `{newest.path}` finished with a `loss`.\n"
        f"Trials: 0. The newest one with a finished trial: `--sweep {first['id']}`.\n"
    )
    assert of_failed.err.splitlines()[1:] == ["Trials: 1 (1 failed)."]
    assert plan["measured"] == f"1 trial of sweep `{first['path']}`"


def test_a_sweep_of_another_server(run_cli: RunCli, project: Path) -> None:
    """An address of W&B's is no sweep of the local backend, whatever its path."""
    url = "https://wandb.ai/local/small/sweeps/abcd1234?nw=nwuserme"
    done = run_cli("best", "--sweep", url, "--backend", "local", cwd=project)
    server = local_server.find()

    assert server is not None
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        f"error: The sweep `{url}` is not on the local backend at {server.url}.\n"
        "Name the backend that it is on with --backend, or the sweep by its id.\n"
    )


def test_w_and_b_out_of_reach(
    run_cli: RunCli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence with the reason, and how to run without W&B."""
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    done = run_cli("trial", cwd=project)

    assert done.code == 1
    assert done.err.endswith(
        "error: The backend at http://127.0.0.1:9 can't be reached: connection refused.\n"
        "Check the address and the network; `--backend local` needs neither.\n"
    )


def test_best_without_a_sweep(run_cli: RunCli, project: Path) -> None:
    """A project that ran no sweep yet has no best trial, and the error says what to do."""
    done = run_cli("best", "--backend", "local", cwd=project)

    server = local_server.find()
    assert server is not None
    assert done.code == 1
    assert done.err == (
        f"error: The project `local/small` has no sweep on the local backend at {server.url}.\n"
        "Run one with `wandb-flyte run`, or name the backend with --backend.\n"
    )


def test_trial_with_values(run_cli: RunCli, project: Path) -> None:
    """Values reach the objective with their types; the rest is filled in, and said."""
    done = run_cli("trial", "lr=1e-1", "seconds=0", cwd=project)

    run = run_of(done.out)
    assert done.code == 0, done.err
    assert done.out.splitlines()[:3] == [
        "lr = 0.1",
        "layers = 2  (the objective's default)",
        "seconds = 0",
    ]
    assert run.state == "finished"
    assert run.config == {"lr": 0.1, "layers": 2, "seconds": 0}
    assert run.summary["loss"] == pytest.approx(0.04 + 0.02)
    assert "training with lr=0.1" in done.out


@pytest.mark.long
def test_a_trial_prints_warnings_of_wandb_and_no_banners(run_cli: RunCli, project: Path) -> None:
    """Its page stands once, in the command's own line; WANDB_QUIET leaves the rest to the user."""
    (project / "small" / "objective.py").write_text(
        "import wandb\n\n\ndef objective(lr, layers):\n    with wandb.init() as run:\n"
        "        run.log({'loss': lr}, step=5)\n        run.log({'loss': lr}, step=3)\n"
    )
    done = run_cli("trial", "lr=0.1", cwd=project)
    loud = run_cli("trial", "lr=0.1", cwd=project, env={"WANDB_QUIET": "false"})

    assert done.code == 0, done.err
    assert (done.out + done.err).count("/runs/") == 1
    lines = [line for line in done.err.splitlines() if line.startswith("wandb:")]
    assert len(lines) == 1
    assert "Tried to log to step 3" in lines[0]
    assert "View run" in loud.err


@pytest.mark.long
def test_a_trial_that_gives_no_metric_says_so(run_cli: RunCli, project: Path) -> None:
    """Such a trial is never a sweep's best; a trial that fails says why, and no more."""
    objective = project / "small" / "objective.py"
    objective.write_text("def objective(lr, layers):\n    return {'loss': float('nan')}\n")
    done = run_cli("trial", "lr=0.1", cwd=project)
    objective.write_text("def objective(lr, layers):\n    raise ValueError('bad')\n")
    failed = run_cli("trial", "lr=0.1", cwd=project)

    assert done.code == 0, done.err
    told = "The trial gave no finite `loss`, the metric of sweep.yaml."
    assert told in done.err.splitlines()
    assert failed.code == 1
    assert told not in failed.err


@pytest.mark.long
def test_trial_without_values(run_cli: RunCli, project: Path) -> None:
    """A parameter without a value and a default takes the middle of its range, in few digits."""
    objective = project / "small" / "objective.py"
    objective.write_text(objective.read_text().replace("layers: int = 2", "layers: int"))
    sweep = project / "sweep.yaml"
    text = sweep.read_text().replace("min: 0.1, max: 0.9", "min: 0.0001, max: 0.1")
    sweep.write_text(text.replace("[1, 2, 4]", "[1, 2]"))
    done = run_cli("trial", cwd=project)

    assert done.code == 0, done.err
    assert done.out.splitlines()[:2] == [
        "lr = 0.05005  (the middle of its range)",
        f"layers = {run_of(done.out).config['layers']}  (one of its values)",
    ]


@pytest.mark.long
def test_trial_of_an_objective_without_arguments(run_cli: RunCli, project: Path) -> None:
    """An objective that opens its own run finds the values in that run's config."""
    (project / "small" / "objective.py").write_text(
        "import wandb\n\n\ndef objective():\n    run = wandb.init()\n"
        "    run.log({'loss': run.config.lr * 2})\n"
    )
    done = run_cli("trial", "lr=0.25", cwd=project)

    run = run_of(done.out)
    assert done.code == 0, done.err
    assert run.config == {"lr": 0.25, "layers": 2}
    assert run.summary["loss"] == 0.5
    assert "loss = 0.5\n" in done.out


@pytest.mark.long
def test_trial_of_dotted_names(run_cli: RunCli, project: Path) -> None:
    """A name with a dot stays one name, as in the sweep; only what the sweep nests is nested."""
    (project / "sweep.yaml").write_text(
        "method: random\nmetric: {name: loss}\nparameters:\n  optim.lr: {min: 0.1, max: 0.9}\n"
        "  net: {parameters: {width: {value: 2}, act.name: {values: [relu, tanh]}}}\n"
    )
    (project / "small" / "objective.py").write_text(
        "def objective(config):\n    return config['optim.lr'] * config['net']['width']\n"
    )
    done = run_cli("trial", "optim.lr=0.25", "net.act.name=tanh", cwd=project)

    run = run_of(done.out)
    assert done.code == 0, done.err
    assert run.config == {"optim.lr": 0.25, "net": {"width": 2, "act.name": "tanh"}}
    assert run.summary["loss"] == 0.5


def test_trial_of_a_program(run_cli: RunCli, project: Path) -> None:
    """The run that a program opens, and its metric, are told as those of an objective are."""
    (project / "sweep.yaml").write_text((project / "sweep.yaml").read_text() + "program: train.py")
    (project / "small" / "objective.py").write_text(
        "from wandb_flyte import run_program\n\n\ndef objective():\n    run_program('sweep.yaml')\n"
    )
    (project / "train.py").write_text(
        "import wandb\n\nrun = wandb.init()\nrun.log({'loss': run.config.lr * 2})\n"
        "assert run.config.layers < 4\n"
    )
    done = run_cli("trial", "lr=0.25", "layers=2", cwd=project)
    assert (done.code, run_of(done.out).summary["loss"]) == (0, 0.5), done.err
    assert "loss = 0.5\nrun: " in done.out

    failed = run_cli("trial", "lr=0.25", "layers=4", cwd=project)
    assert (failed.code, run_of(failed.out).state) == (1, "failed")
    assert "loss = 0.5\nrun: " in failed.out
    assert "error: The trial failed: AssertionError (" in failed.err


@pytest.mark.long
def test_trial_of_an_objective_that_parses_its_command_line(run_cli: RunCli, project: Path) -> None:
    """An objective finds its own file alone in `sys.argv`, while it is loaded and while it runs."""
    (project / "small" / "objective.py").write_text(
        "import argparse, sys\nimport wandb\n\nargv = list(sys.argv)\n\n\ndef objective():\n"
        "    parser = argparse.ArgumentParser()\n    parser.add_argument('--epochs', default=3)\n"
        "    run = wandb.init(config=vars(parser.parse_args()))\n"
        "    run.log({'loss': run.config.epochs + 0.0})\n    assert argv == [__file__], argv\n"
    )
    done = run_cli("trial", "lr=0.5", cwd=project)

    assert done.code == 0, done.err
    assert "loss = 3\n" in done.out


@pytest.mark.long
def test_trial_of_an_objective_with_an_enum(run_cli: RunCli, project: Path) -> None:
    """The default is used as its value; one that a sweep config can't have is not used."""
    (project / "small" / "objective.py").write_text(
        "import enum\n\n\nclass Opt(enum.Enum):\n    SGD = 'sgd'\n    ADAM = 'adam'\n\n\n"
        "def objective(lr: float, opt: Opt = Opt.ADAM, layers=object(), **rest) -> float:\n"
        "    assert layers == 2\n    return lr + (opt is Opt.ADAM)\n"
    )
    sweep = project / "sweep.yaml"
    sweep.write_text(sweep.read_text() + "  opt: {values: [sgd, adam]}\n")
    done = run_cli("trial", "lr=0.25", cwd=project)

    assert done.code == 0, done.err
    assert "opt = 'adam'  (the objective's default)\n" in done.out
    assert "layers = 2  (one of its values)\n" in done.out
    assert "loss = 1.25\n" in done.out


def test_trial_with_a_value_that_is_no_number(run_cli: RunCli, project: Path) -> None:
    """What the sweep searches as a number has to be one, before anything runs."""
    sweep = project / "sweep.yaml"
    text = sweep.read_text().replace("max: 0.9}", "max: 0.9, distribution: q_uniform, q: 0.1}")
    sweep.write_text(text + "  seconds: {min: 1, max: 3}\n")
    done = run_cli("trial", "lr=abc", "seconds=1.5", "layers=99", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "error: `lr` is a number in sweep.yaml, not `abc`. Write it as in `lr=0.5`.\n"
        "error: `seconds` is a whole number in sweep.yaml, not `1.5`. Write it as in `seconds=2`.\n"
    )
    assert local_server.find() is None


def test_trial_with_wrong_names(run_cli: RunCli, project: Path) -> None:
    """Names that the sweep does not have are refused, all at once, before anything runs."""
    done = run_cli("trial", "layer=2", "lr", "zzz=1", cwd=project)

    assert done.code == 2
    assert done.out == ""
    assert done.err == (
        "error: There is no parameter `layer`. Did you mean `layers`?\n"
        "error: `lr` is no NAME=VALUE. Write it as in `lr=0.1`.\n"
        "error: There is no parameter `zzz`. There are: `lr`, `layers`, `seconds`, `fail_above`.\n"
    )
    assert local_server.find() is None


def test_trial_with_a_wrong_sweep(run_cli: RunCli, project: Path) -> None:
    """What is wrong with the sweep config is said with its file and line, before anything runs."""
    sweep = project / "sweep.yaml"
    sweep.write_text(sweep.read_text().replace("min: 0.1", "min: 1.1"))
    done = run_cli("trial", cwd=project)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: sweep.yaml:5: parameters.lr")


def test_failed_trial(run_cli: RunCli, project: Path) -> None:
    """A trial that raises is a failed run with its traceback shown, and exit code 1."""
    done = run_cli("trial", "lr=0.9", "fail_above=0.5", cwd=project)

    file = project / "small" / "objective.py"
    assert done.code == 1
    assert run_of(done.out).state == "failed"
    assert "Traceback" in done.err
    assert f"error: The trial failed: ValueError: lr 0.9 is too high ({file}:9)\n" in done.err


def test_debugger_stops_in_the_objective(run_cli: RunCli, project: Path) -> None:
    """The trial runs in this process: a breakpoint in the objective opens the debugger."""
    objective = project / "small" / "objective.py"
    objective.write_text(
        objective.read_text().replace("    time.sleep", "    breakpoint()\n    time.sleep")
    )
    commands = project / "commands"
    commands.write_text("p 'lr is', lr\ncontinue\n")
    script = f"{COMMAND[0]} {COMMAND[1]} '{COMMAND[2]}' trial lr=0.25 < {commands}"
    done = run_cli(start=["sh", "-c", script], cwd=project)

    assert "('lr is', 0.25)" in done.out
    assert done.code == 0, done.err


def test_post_mortem(run_cli: RunCli, project: Path) -> None:
    """`--pdb` opens the debugger in the frame where the objective failed."""
    commands = project / "commands"
    commands.write_text("p 'limit', fail_above\nquit\n")
    words = "trial lr=0.9 fail_above=0.5 --pdb"
    script = f"{COMMAND[0]} {COMMAND[1]} '{COMMAND[2]}' {words} < {commands}"
    done = run_cli(start=["sh", "-c", script], cwd=project)

    assert "('limit', 0.5)" in done.out
