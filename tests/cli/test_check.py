"""`wandb-flyte check` and `spec` at the command line: what is printed, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner
from wandb_flyte.cli._app import cli
from wandb_flyte.cli._progress import told_when_slow

from .running import until

SWEEP = """\
method: random
program: train.py
parameters:
  lr: {min: 1e-3, max: 1.0}
  x,y: {value: 1}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep config with a script, in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    Path("sweep.yaml").write_text(SWEEP)
    Path("train.py").write_text(
        "import wandb\nconfig = wandb.init().config\n"
        "loss = config.lr * config.get('x,y', 1) * config.get('xy', 1)\n"
        "wandb.log({'loss': loss})\n"
    )


def run(*arguments: str) -> tuple[int, str]:
    """A command's exit code and what it prints on stdout."""
    done = CliRunner().invoke(cli, [*arguments], standalone_mode=False)
    return int(done.return_value or 0), done.stdout


def test_text() -> None:
    """A line for each finding, in the order of the file, with severity and code."""
    code, out = run("check")

    assert code == 1
    assert [line.rpartition("  ")[2] for line in out.splitlines()] == [
        "[note WF023]",
        "[error WF013]",
        "[warning WF018]",
    ]
    assert out.splitlines()[1] == (
        "sweep.yaml:4: parameters.lr.min: `1e-3` is text to YAML, not a number. "
        "Write `1.0e-3`.  [error WF013]"
    )


def test_json() -> None:
    """One document with every part of every finding."""
    _, out = run("check", "--json")
    findings = json.loads(out)["findings"]

    first = next(finding for finding in findings if finding["code"] == "WF013")
    assert (first["file"], first["line"], first["severity"]) == ("sweep.yaml", 4, "error")
    assert first["path"] == "parameters.lr.min"


def test_github() -> None:
    """Annotations whose place and text GitHub can take apart."""
    _, out = run("check", "--format", "github")

    assert (
        "::error file=sweep.yaml,line=4,title=WF013::parameters.lr.min "
        "`1e-3` is text to YAML, not a number. Write `1.0e-3`.\n"
    ) in out


def test_exit_codes() -> None:
    """Errors fail, warnings with `--strict`, notes never; `--fix` mends the error."""
    assert run("check")[0] == 1
    assert run("check", "--fix")[0] == 0
    assert run("check", "--strict")[0] == 1
    Path("sweep.yaml").write_text(SWEEP.replace("1e-3", "0.5").replace("x,y", "xy"))
    assert run("check", "--strict")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--format", "github", "--json"),
        ("diff", "--restore", "a", "--json"),
        ("diff", "--restore", "a", "--yours"),
    ],
)
def test_options_that_exclude_each_other(arguments: tuple[str, ...]) -> None:
    """None of them is dropped in silence."""
    done = CliRunner().invoke(cli, [*arguments], standalone_mode=False)

    assert isinstance(done.exception, click.UsageError)
    assert done.stdout == ""


def test_a_list_of_texts_is_told_once() -> None:
    """All the numbers of a list that are text to YAML make one finding, and are mended by one."""
    sweep = SWEEP.replace("{min: 1e-3, max: 1.0}", "{values: [1e-3, 0.5, 2e-3, 4e-3]}")
    Path("sweep.yaml").write_text(sweep)

    told = [line for line in run("check")[1].splitlines() if "WF013" in line]
    assert told == [
        "sweep.yaml:4: parameters.lr.values: `1e-3`, `2e-3` and 1 more are text to YAML, and "
        "trials get them as text. Write `1.0e-3` and so on for numbers.  [warning WF013]"
    ]
    run("check", "--fix")
    mended = yaml.safe_load(Path("sweep.yaml").read_text())["parameters"]["lr"]["values"]
    assert mended == [0.001, 0.5, 0.002, 0.004]


def test_a_sweep_in_code_that_is_no_python() -> None:
    """It is a finding with its line, and no traceback."""
    Path("tune.py").write_text('import wandb\nwandb.sweep({"method": "random"\n')
    code, out = run("check", "tune.py")

    assert code == 1
    assert out == "tune.py:2: Python can't read it: '{' was never closed.  [error WF001]\n"


def test_a_limit_that_is_text_hides_nothing() -> None:
    """Names that a function does not take are told beside a limit that can't be read."""
    Path("f.py").write_text("def f(lr, width):\n    return {'loss': lr * width}\n")
    Path("sweep.yaml").write_text(SWEEP.replace("program: train.py\n", ""))
    findings = json.loads(run("check", "--objective", "f.py:f", "--json")[1])["findings"]

    told = [(each["file"], each["code"]) for each in findings if each["severity"] == "error"]
    assert told == [("f.py", "WF104"), ("sweep.yaml", "WF013"), ("sweep.yaml", "WF103")]


def test_spec_writes_a_new_file_only() -> None:
    """A draft goes to stdout or to a new file; one that is there stays."""
    Path("f.py").write_text("def train(lr: float = 0.1):\n    return lr\n")

    assert "lr" in yaml.safe_load(run("spec", "f.py:train")[1])["parameters"]
    said = run("spec", "f.py:train", "--output", "new.yaml")[1]
    assert said.endswith("try it with `wandb-flyte check new.yaml --objective f.py:train`.\n")
    before = Path("sweep.yaml").read_text()
    run("spec", "f.py:train", "--output", "sweep.yaml")
    assert "lr" in yaml.safe_load(Path("new.yaml").read_text())["parameters"]
    assert Path("sweep.yaml").read_text() == before


def test_spec_of_a_program_is_checked_with_it() -> None:
    """A draft that leads to its program needs no `--objective`; one in another folder does."""
    Path("f.py").write_text(
        "import argparse\n\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--lr', type=float, default=0.1)\nprint(parser.parse_args().lr)\n"
    )
    Path("sweeps").mkdir()

    beside = run("spec", "f.py", "--output", "new.yaml")[1]
    assert beside.endswith("try it with `wandb-flyte check new.yaml`.\n")
    apart = run("spec", "f.py", "--output", "sweeps/new.yaml")[1]
    assert apart.endswith("`wandb-flyte check sweeps/new.yaml --objective f.py`.\n")


def test_what_was_read_is_said() -> None:
    """Nothing is wrong in named files; a sweep config without code is said to be alone."""
    sound = SWEEP.replace("1e-3", "0.5").replace("x,y", "xy")
    Path("sweep.yaml").write_text(sound + "run_cap: 3\n")
    done = CliRunner().invoke(cli, ["check"], standalone_mode=False)
    assert done.stderr == "Nothing is wrong in sweep.yaml and train.py.\n"

    Path("sweep.yaml").write_text(sound.replace("program: train.py\n", "") + "run_cap: 3\n")
    done = CliRunner().invoke(cli, ["check"], standalone_mode=False)
    assert done.stderr == (
        "Nothing is wrong in sweep.yaml.\n"
        "No code was read for sweep.yaml: `--objective FILE[:NAME]` names it.\n"
    )
    assert json.loads(run("check", "--json")[1])["read"] == [{"sweep": "sweep.yaml", "code": None}]


def test_a_script_that_starts_its_sweep() -> None:
    """As a script it may; that a project refuses it is noted here too."""
    Path("tune.py").write_text(
        "import wandb\n\ndef train():\n    run = wandb.init()\n"
        "    run.log({'loss': run.config.lr})\n\n"
        "sweep = {'method': 'grid', 'metric': {'name': 'loss', 'goal': 'minimize'},"
        " 'parameters': {'lr': {'values': [1, 2]}}}\n"
        "wandb.agent(wandb.sweep(sweep), function=train, count=2)\n"
    )

    code, out = run("check", "tune.py")

    assert code == 0
    assert out.startswith("tune.py:8: In a project `wandb.")
    assert out.endswith("[note WF405]\n")


def test_the_file_that_code_loads_is_mended() -> None:
    """`--fix` of a Python file writes into the sweep config that it loads."""
    Path("conf").mkdir()
    Path("conf/s.yaml").write_text("method: grid\nparameters:\n  lr: {values: [1e-3, 0.1]}\n")
    code = (
        "import wandb\nimport yaml\n\n\ndef train():\n    wandb.init()\n\n\n"
        "if __name__ == '__main__':\n    sweep = yaml.safe_load(open('conf/s.yaml'))\n"
        "    wandb.agent(wandb.sweep(sweep), function=train)\n"
    )
    Path("search.py").write_text(code)

    done = CliRunner().invoke(cli, ["check", "search.py", "--fix"], standalone_mode=False)

    assert "conf/s.yaml:3: `1e-3` is now `1.0e-3`" in done.output
    assert "values: [1.0e-3, 0.1]" in Path("conf/s.yaml").read_text()
    assert Path("search.py").read_text() == code


def test_values_that_only_running_tells_are_a_note() -> None:
    """They are not checked, and not wrong; what the code reads beside them is."""
    Path("search.py").write_text(
        "import os\n\nimport wandb\n\n\ndef train():\n    with wandb.init() as run:\n"
        "        run.log({'loss': run.config.lr * run.config.depth})\n\n\n"
        "if __name__ == '__main__':\n    parameters = {'lr': {'values': [0.1, 0.2]},\n"
        "                  'depth': {'values': os.listdir()}, 'width': {'values': [1, 2]}}\n"
        "    sweep = {'method': 'grid', 'metric': {'name': 'loss'}, 'parameters': parameters}\n"
        "    wandb.agent(wandb.sweep(sweep), function=train)\n"
    )

    done = CliRunner().invoke(cli, ["check", "search.py"], standalone_mode=False)

    assert done.return_value == 0
    codes = [line.rpartition("[")[2] for line in done.stdout.splitlines() if line.endswith("]")]
    assert codes == ["note WF026]", "warning WF101]"]


def test_a_sweep_that_only_running_tells_is_a_note() -> None:
    """It is not wrong; that nothing was compared is said."""
    Path("search.py").write_text("import wandb\nfrom mine import config\n\nwandb.sweep(config)\n")

    done = CliRunner().invoke(cli, ["check", "search.py"], standalone_mode=False)

    assert done.return_value == 0
    assert "`from mine import config` is known only when the code runs." in done.stdout
    assert done.stderr.endswith(
        "No code was read for search.py: `--objective FILE[:NAME]` names it.\n"
    )


def test_a_sweep_config_of_another_name() -> None:
    """The file that lies there is named."""
    Path("sweep.yaml").rename("sweep.yml")
    done = CliRunner().invoke(cli, ["check"], standalone_mode=False)
    assert str(done.exception).endswith("\nName the file: `wandb-flyte check sweep.yml`.")


def test_spec_of_a_folder() -> None:
    """It is said to be one."""
    done = CliRunner().invoke(cli, ["spec", "."], standalone_mode=False)
    assert str(done.exception).startswith(".: It is a folder. Name a file:")


def test_slow_work_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    """Once, while it goes on."""
    said: list[str] = []

    def is_said() -> bool:
        said.append(capsys.readouterr().err)
        return "Reading\n" in said

    with told_when_slow("Reading", after_s=0):
        until(is_said, "it says so")
    assert "".join(said) == "Reading\n"
