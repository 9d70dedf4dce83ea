"""What a user at a terminal sees: the moving line, Ctrl-C, questions, colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from wandb_flyte.runtime.backend import local_server
from wandb_flyte.runtime.backend.records import SweepInfo, SweepRef
from wandb_flyte.runtime.backend.wire import WireClient

from .terminal import CTRL_C, Terminal

pytestmark = pytest.mark.usefixtures("clean_environment")

COLOR = re.compile(r"\x1b\[[0-9;]*3[0-9][0-9;]*m")


def newest_sweep() -> tuple[SweepInfo, list[str]]:
    """The sweep that the test ran, and its trials' states."""
    server = local_server.find()
    assert server is not None
    client = WireClient(server.url, server.key)
    ref = SweepRef("local", "small", client.latest_sweep("local", "small"))
    return client.sweep(ref), [run.state for run in client.sweep_runs(ref)]


TOKENS = """
    while True:
        try:
            os.remove(min(glob.glob("token-*")))
            break
        except (ValueError, FileNotFoundError):
            time.sleep(0.05)
"""


def test_live_progress(project: Path) -> None:
    """At a terminal one line moves: trials done of total, running, failed, best, time left."""
    objective = project / "small" / "objective.py"
    text = objective.read_text().replace("\n    time.sleep(seconds)\n", TOKENS)
    objective.write_text("import glob\nimport os\n" + text)
    with Terminal("run", "--trials", "4", "--agents", "2", cwd=project) as terminal:
        terminal.until("0 of 4 trials · 2 running · 0 failed")
        (project / "token-1").touch()
        terminal.until("1 of 4 trials · 2 running · 0 failed")
        terminal.until("best loss=0.")
        for number in (2, 3, 4):
            (project / f"token-{number}").touch()
        code = terminal.end()

    assert code == 0
    assert re.search(r"0:\d\d · about \d+:\d\d left", terminal.text)
    assert re.search(r"best loss=0\.\d+  lr=0\.\d+ layers=\d", terminal.text)
    assert "[1/4]" not in terminal.text
    assert "4 of 4 trials finished" in terminal.text
    assert COLOR.search(terminal.text)


@pytest.mark.long
def test_no_color(project: Path) -> None:
    """With NO_COLOR nothing is coloured."""
    env = {"NO_COLOR": "1"}
    with Terminal("run", "--trials", "1", cwd=project, env=env) as terminal:
        assert terminal.end() == 0

    assert not COLOR.search(terminal.text)


def test_ctrl_c_at_the_terminal(project: Path) -> None:
    """Ctrl-C reaches the command line alone: it cancels the sweep, closes the trials, says so."""
    sweep = project / "sweep.yaml"
    sweep.write_text(sweep.read_text() + "  seconds: {value: 60}\n")
    with Terminal("run", "--trials", "4", "--agents", "2", cwd=project) as terminal:
        terminal.until("2 running")
        terminal.type(CTRL_C)
        code = terminal.end()

    info, states = newest_sweep()
    assert code == 130
    assert info.state == "CANCELED"
    # A trial whose run was just being opened may end as failed; none is left open.
    assert set(states) <= {"killed", "failed"}, terminal.text
    assert "stopping: the sweep is being canceled" in terminal.text
    assert "sweep canceled after" in terminal.text
    assert "0 of 4 trials finished, " in terminal.text
    assert "Traceback" not in terminal.text


def test_ctrl_c_before_there_is_a_sweep(project: Path) -> None:
    """Ctrl-C while the project is still being imported ends the run at once."""
    objective = project / "small" / "objective.py"
    objective.write_text("import time\ntime.sleep(60)\n" + objective.read_text())
    with Terminal("run", cwd=project) as terminal:
        terminal.until("log: ")
        terminal.type(CTRL_C)
        code = terminal.end()

    assert code == 130
    assert "no trial ran" in terminal.text


def test_new_asks(tmp_path: Path) -> None:
    """At a terminal `new` asks for what was not given, and Enter takes the default."""
    with Terminal("new", "asked", "--trials", "3", cwd=tmp_path) as terminal:
        for question in ("Objective", "Agents [2]", "W&B project", "W&B entity"):
            terminal.until(question)
            terminal.type("\n")
        code = terminal.end()

    assert code == 0, terminal.text
    assert "Trials" not in terminal.text
    assert "A sweep has 3 trials, run by 2 agents." in terminal.text
    assert (tmp_path / "asked" / "asked" / "workflow.py").is_file()


def test_new_asks_again(tmp_path: Path) -> None:
    """An answer that can't be is refused at its own question, and what Enter takes is good."""
    (tmp_path / "train.py").write_text("def train(lr):\n    return lr\n")
    sweep = "method: random\nmetric: {name: loss}\nparameters:\n  lr: {min: 0.1, max: 0.2}\n"
    (tmp_path / "sweep.yaml").write_text(sweep)
    (tmp_path / "wrong.yaml").write_text(sweep.replace("lr:", "rate:"))
    asked = [
        ("Objective, FILE:NAME (empty: the quickstart starter): ", "train.py:tran"),
        ("`tran`", None),
        ("Objective, FILE:NAME (empty: the quickstart starter): ", "train.py:train"),
        ("Sweep config [sweep.yaml]: ", "wrong.yaml"),
        ("`train` has no parameter `rate`.", None),
        ("Sweep config [sweep.yaml]: ", ""),
        ("Trials [20]: ", "many"),
        ("`many` is no whole number.", None),
        ("Trials [20]: ", "0"),
        ("`0` is not between 1 and 1000000. Say 4, for example.", None),
        ("Trials [20]: ", ""),
        ("Agents [2]: ", "-3"),
        ("`-3` is not between 1 and 10000. Say 4, for example.", None),
        ("Agents [2]: ", ""),
        ("W&B project [asked]: ", "a/b"),
        ("`a/b` can't be the name of a W&B project.", None),
        ("W&B project [asked]: ", ""),
        ("W&B entity (empty: your default one): ", ""),
    ]
    with Terminal("new", "asked", cwd=tmp_path) as terminal:
        for shown, answer in asked:
            terminal.until(shown)
            if answer is not None:
                terminal.type(f"{answer}\n")
        code = terminal.end()

    assert code == 0, terminal.text
    assert "A sweep has 20 trials, run by 2 agents." in terminal.text
    assert "--trials" not in terminal.text
    assert "--agents" not in terminal.text


def test_new_drafts_a_sweep_config(tmp_path: Path) -> None:
    """Where there is no sweep.yaml, Enter makes one of the objective; a wrong answer makes none."""
    (tmp_path / "train.py").write_text(
        "import wandb\n\n\ndef train(lr: float = 0.1) -> None:\n    wandb.log({'loss': lr})\n"
    )
    given = ("--objective", "train.py:train", "--trials", "1", "--agents", "1", "--entity", "e")
    question = "Sweep config (empty: a draft, as sweep.yaml): "
    with Terminal("new", "asked", *given, cwd=tmp_path) as terminal:
        terminal.until(question)
        terminal.type("other.yaml\n")
        terminal.until("There is no such file.")
        terminal.until(question)
        terminal.type("\n")
        terminal.until("sweep.yaml: every guess in it has a comment")
        terminal.until("W&B project [asked]: ")
        terminal.type("\n")
        code = terminal.end()

    assert code == 0, terminal.text
    draft = (tmp_path / "sweep.yaml").read_text()
    assert "name: loss" in draft
    assert (tmp_path / "asked" / "sweep.yaml").read_text() == draft


def test_new_keeps_no_draft_that_no_project_takes(tmp_path: Path) -> None:
    """An objective with nothing to search over leaves no file, and the question stands."""
    (tmp_path / "train.py").write_text("def train() -> float:\n    return 1.0\n")
    given = ("--objective", "train.py:train", "--trials", "1", "--agents", "1", "--entity", "e")
    with Terminal("new", "asked", *given, cwd=tmp_path) as terminal:
        terminal.until("Sweep config (empty: a draft, as sweep.yaml): ")
        terminal.type("\n")
        terminal.until("error:")
        terminal.until("Sweep config (empty: a draft, as sweep.yaml): ")
        terminal.end(keys=CTRL_C)

    assert not (tmp_path / "sweep.yaml").exists()


def test_new_asks_for_no_objective_beside_a_starter(tmp_path: Path) -> None:
    """The starter has one, and a sweep config too."""
    given = ("--starter", "script", "--trials", "1", "--agents", "1", "--entity", "e")
    with Terminal("new", "asked", *given, cwd=tmp_path) as terminal:
        terminal.until("W&B project [asked]: ")
        terminal.type("\n")
        code = terminal.end()

    assert code == 0, terminal.text
    assert "Objective" not in terminal.text


def test_new_shows_what_the_sweep_config_says(tmp_path: Path) -> None:
    """The brackets show the sweep config's own number of trials and its W&B project."""
    (tmp_path / "train.py").write_text("def train(lr):\n    return lr\n")
    sweep = "method: grid\nproject: mine\nmetric: {name: loss}\nparameters:\n  lr: {values: [1]}\n"
    (tmp_path / "sweep.yaml").write_text(sweep)
    words = ["--objective", "train.py:train", "--spec", "sweep.yaml"]
    with Terminal("new", "asked", *words, cwd=tmp_path) as terminal:
        for shown in ("Trials [1]: ", "Agents [1]: ", "W&B project [mine]: ", "W&B entity"):
            terminal.until(shown)
            terminal.type("\n")
        code = terminal.end()

    assert code == 0, terminal.text
    assert "A sweep has 1 trial, run by 1 agent." in terminal.text


def test_new_refuses_before_it_asks(tmp_path: Path) -> None:
    """A folder that is taken is an error before the first question."""
    (tmp_path / "asked").mkdir()
    (tmp_path / "asked" / "notes.txt").write_text("mine")
    with Terminal("new", "asked", cwd=tmp_path) as terminal:
        code = terminal.end()

    assert code == 1
    assert "The folder `asked` is not empty." in terminal.text
    assert "Objective" not in terminal.text


PROGRAM = "program: train.py\nmethod: grid\nparameters: {lr: {values: [0.1, 0.2]}}\n"
TRAIN = "import wandb\nrun = wandb.init()\nrun.log({'loss': run.config.lr})\n"


def test_a_sweep_that_names_its_program_needs_no_objective(tmp_path: Path) -> None:
    """The sweep config says what runs: nobody is asked for it."""
    (tmp_path / "sweep.yaml").write_text(PROGRAM)
    (tmp_path / "train.py").write_text(TRAIN)
    with Terminal("new", "asked", "--spec", "sweep.yaml", cwd=tmp_path) as terminal:
        for question in ("Trials [2]", "Agents", "W&B project [asked]", "W&B entity"):
            terminal.until(question)
            terminal.type("\n")
        code = terminal.end()

    assert code == 0
    assert "Objective" not in terminal.text
    assert (tmp_path / "asked" / "program" / "train.py").read_text() == TRAIN


def test_a_python_file_with_a_sweep_needs_no_objective(tmp_path: Path) -> None:
    """The function and the number of trials that `wandb.agent` has there are taken."""
    (tmp_path / "train.py").write_text(
        "import wandb\ndef train(lr):\n    return lr\nif __name__ == '__main__':\n"
        "    sweep = {'method': 'random', 'metric': {'name': 'loss'},\n"
        "             'parameters': {'lr': {'min': 0.1, 'max': 0.2}}}\n"
        "    wandb.agent(wandb.sweep(sweep, project='mine'), train, count=3)\n"
    )
    with Terminal("new", "asked", "--spec", "train.py", cwd=tmp_path) as terminal:
        for question in ("Trials [3]", "Agents", "W&B project [mine]", "W&B entity"):
            terminal.until(question)
            terminal.type("\n")
        code = terminal.end()

    assert code == 0, terminal.text
    assert "A sweep has 3 trials" in terminal.text
    assert "Objective" not in terminal.text


def test_a_program_that_is_not_at_its_path_is_asked_for(tmp_path: Path) -> None:
    """What there is of its name is offered; what is no file is refused at the question."""
    (tmp_path / "sweep.yaml").write_text(PROGRAM)
    for folder in ("new", "old"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.py").write_text(f"# {folder}\n{TRAIN}")
    words = ("new", "asked", "--spec", "sweep.yaml", "--trials", "1", "--agents", "1")
    places = ("--project", "p", "--entity", "e")
    with Terminal(*words, *places, cwd=tmp_path) as terminal:
        terminal.until("There is: new/train.py, old/train.py")
        terminal.until("Program [new/train.py]")
        terminal.type("gone.py\n")
        terminal.until("There is no file `gone.py`")
        terminal.until("Program [new/train.py]")
        terminal.type("old/train.py\n")
        code = terminal.end()

    assert code == 0
    assert (tmp_path / "asked" / "program" / "train.py").read_text() == f"# old\n{TRAIN}"


def test_ctrl_c_at_a_question(tmp_path: Path) -> None:
    """Ctrl-C at a question leaves nothing behind."""
    with Terminal("new", "asked", cwd=tmp_path) as terminal:
        terminal.until("Objective")
        # Python may miss one that comes right before it begins to wait for input.
        code = terminal.end(keys=CTRL_C)

    assert code == 130
    assert "stopped" in terminal.text
    assert not (tmp_path / "asked").exists()


def test_secret_asks_without_showing(project: Path) -> None:
    """Without a key on the machine `secret` asks for it at the terminal and does not echo it."""
    key = "k" * 40
    (project / ".flyte").mkdir()
    config = "admin:\n  endpoint: dns:///127.0.0.1:1\n  insecure: true\ntask:\n  org: o\n"
    (project / ".flyte" / "config.yaml").write_text(config)
    with Terminal("secret", cwd=project) as terminal:
        terminal.until("W&B API key: ")
        terminal.type(f"{key}\n")
        code = terminal.end()

    assert code == 1
    assert "The Flyte cluster at `dns:///127.0.0.1:1` can't be reached." in terminal.text
    assert key not in terminal.text
