"""What of a program comes along into a project, and what stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from wandb_flyte.cli.new import command
from wandb_flyte.errors import Finding, InvalidInput
from wandb_flyte.generate.check.checking import check_files
from wandb_flyte.generate.new import CreatedProject, new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.user_code import packing
from wandb_flyte.generate.user_code.targets import named_targets

SWEEP = """\
method: grid
metric: {name: loss, goal: minimize}
parameters: {lr: {values: [0.1, 0.2]}}
"""
SCRIPT = "import wandb\nrun = wandb.init()\nrun.log({'loss': run.config.lr})\n"
# Taken apart, so that no scanner of secrets stops at this file.
KEY = "AKIA" + "ABCDEFGH12345678"


@pytest.fixture
def code(work: Path) -> Path:
    """A folder with a program and its sweep config."""
    folder = work / "code"
    folder.mkdir()
    (folder / "train.py").write_text(SCRIPT)
    (folder / "sweep.yaml").write_text(f"program: train.py\n{SWEEP}")
    return folder


def make(folder: Path, extra: str = "") -> CreatedProject:
    """The project of a program that has some more lines."""
    with (folder / "train.py").open("a") as file:
        file.write(extra)
    request = NewProject("demo", folder.parent / "demo", spec=folder / "sweep.yaml")
    return new_project(request)


def told(findings: tuple[Finding, ...]) -> str:
    return "\n".join(f"{finding.severity}: {finding}" for finding in findings)


def test_packages_beside_it_are_imported_as_by_the_program(code: Path) -> None:
    """With `__init__.py` or without: what `python src/train.py` would find is there."""
    for name in ("helpers/net.py", "plain/parts/deep.py", "plain/by_name.py", "lone.py"):
        (code / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (code / "src" / name).write_text(f"NAME = {name!r}\n")
    (code / "src/helpers/__init__.py").write_text("")
    (code / "src/train.py").write_text(
        "import importlib, sys\nimport helpers.net\nimport lone\nfrom plain.parts import deep\n"
        "other = importlib.import_module('plain.' + 'by_name')\n"
        "print(helpers.net.NAME, lone.NAME, deep.NAME, other.NAME)\n" + SCRIPT
    )
    (code / "sweep.yaml").write_text(f"program: src/train.py\n{SWEEP}")
    created = make(code)

    text = (created.path / "pyproject.toml").read_text()
    assert not any(f'"{name}' in text for name in ("helpers", "plain", "lone"))
    program = created.path / "program"
    done = subprocess.run(
        [sys.executable, "src/train.py"],
        cwd=program,
        env={**os.environ, "WANDB_MODE": "disabled"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "helpers/net.py lone.py plain/parts/deep.py plain/by_name.py\n"


def test_an_installed_package_is_no_folder_of_data(code: Path) -> None:
    """Python takes the package before a folder of its name without `__init__.py`: so does this."""
    (code / "numpy").mkdir()
    (code / "numpy/convert.py").write_text("")
    created = make(code, "import numpy\n")
    assert '"numpy>=' in (created.path / "pyproject.toml").read_text()
    assert created.copied == ("train.py",)


def test_a_key_in_code_is_told_and_left_out(code: Path) -> None:
    """The project's copy has an empty string there, the user's own file is as it was."""
    created = make(code, f"KEY = '{KEY}'\n")
    assert "warning: " in told(created.warnings)
    assert "train.py:4: This looks like an AWS key: the project's copy has an empty string" in told(
        created.warnings
    )
    assert (created.path / "program/train.py").read_text() == SCRIPT + "KEY = ''\n"
    assert KEY in (code / "train.py").read_text()


def test_a_program_s_own_wandb_key_does_not_hide_the_trial_s(code: Path) -> None:
    """What sets `WANDB_API_KEY` is left out of the copy; a trial has its key already."""
    key = "0123456789" * 4
    lines = [
        f'os.environ["WANDB_API_KEY"] = "{key}"',
        f'KEY = "{key}"; os.environ["WANDB_API_KEY"] = KEY  # mine',
        f'if KEY: os.environ.setdefault(\n    "WANDB_API_KEY", "{key}")',
        f'os.environ.update(WANDB_API_KEY="{key}")',
        'os.environ.update(WANDB_API_KEY=KEY, WANDB_MODE="offline")',
        f'import wandb; wandb.login(key="{key}")',
    ]
    created = make(code, "\n".join(["import os", *lines, ""]))

    copied = (created.path / "program/train.py").read_text()
    assert copied.removeprefix(SCRIPT).splitlines() == [
        "import os",
        "pass",
        'KEY = ""; pass  # mine',
        "if KEY: pass",
        "pass",
        lines[4],
        'import wandb; wandb.login(key="")',
    ]
    assert "train.py:5: It sets `WANDB_API_KEY`, which the project's copy leaves out." in told(
        created.warnings
    )


@pytest.mark.parametrize("name", ["keys.json", ".env", ".env.local", "link.txt"])
def test_a_file_of_secrets_stays_behind(code: Path, name: str) -> None:
    """It is listed with the reason, also under another name, and is not in the project."""
    text = f'{{"aws": "{KEY}"}}' if name == "keys.json" else "PASSWORD=tomato\n"
    (code / (".env" if name == "link.txt" else name)).write_text(text)
    if name == "link.txt":
        (code / name).symlink_to(".env")
    created = make(code, f"open({name!r})\n")
    assert created.copied == ("train.py",)
    assert any(
        line.startswith((f"{code.name}/{name}:", f"{code}/{name}:")) for line in created.left
    )
    assert ("This looks like an AWS key" in told(created.warnings)) == (name == "keys.json")


def test_a_key_in_the_sweep_config_is_refused(code: Path) -> None:
    """The sweep config goes to W&B: nothing is made from one with a key in it."""
    (code / "sweep.yaml").write_text(f"program: train.py\n{SWEEP}# {KEY}\n")
    with pytest.raises(InvalidInput) as caught:
        make(code)
    assert "what looks like an AWS key" in str(caught.value)
    assert not (code.parent / "demo").exists()


@pytest.mark.parametrize("way", ["parent", "absolute", "link", "link-folder", "module", "package"])
def test_nothing_outside_of_its_folder_is_followed(code: Path, way: str) -> None:
    """Not by `..`, an absolute path or a link, as a data file or as a module; data is listed."""
    outside = code.parent / "outside"
    outside.mkdir()
    (outside / "data.txt").write_text("private")
    (outside / "extra.py").write_text("PRIVATE = 1\n")
    if way in ("link", "module"):
        name = "data.txt" if way == "link" else "extra.py"
        (code / name).symlink_to(outside / name)
    elif way in ("link-folder", "package"):
        (code / "linked").symlink_to(outside)
    lines = {
        "parent": "open('../outside/data.txt')\n",
        "absolute": f"open({str(outside / 'data.txt')!r})\n",
        "link": "open('data.txt')\n",
        "link-folder": "open('linked/data.txt')\n",
        "module": "def later():\n    import extra\n",
        "package": "def later():\n    import linked.extra\n",
    }
    created = make(code, lines[way])
    assert created.copied == ("train.py",)
    assert created.left
    assert all(b"rivate" not in p.read_bytes() for p in created.path.rglob("*") if p.is_file())


def test_sizes_have_their_limits(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file, all of them, and their number: what is too much stays behind and is listed."""
    monkeypatch.setattr(packing, "_MAX_FILE", 2 * 1024**2)
    monkeypatch.setattr(packing, "_MAX_TOTAL", 4 * 1024**2)
    monkeypatch.setattr(packing, "_MAX_FILES", 4)
    sizes = {"a.bin": 3, "b.bin": 2, "c.bin": 1, "d.bin": 1, "e.txt": 0, "f.txt": 0, "g.txt": 0}
    for name, size in sizes.items():
        with (code / name).open("wb") as file:
            file.truncate(size * 1024**2)
    created = make(code, f"FILES = {list(sizes)}\n")
    reasons = {line.split(": ")[0].split("/")[-1]: line.split(": ")[-1] for line in created.left}
    assert reasons["a.bin"] == "3 MiB are too much for a project"
    assert "d.bin" in reasons
    assert any(reason == "4 files come along already" for reason in reasons.values())
    assert len(created.copied) == 4
    assert {*created.copied, *reasons} >= {*sizes, "train.py"}


def test_what_stays_behind_is_printed(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line each on standard error, with a name that can't act on the terminal."""
    (code / "notes\x1b[2J.md").write_text("")
    (code / "checkpoints").mkdir()
    monkeypatch.chdir(code.parent)
    given = ["demo", "--spec", "code/sweep.yaml", "--defaults", "--no-kit"]
    done = CliRunner().invoke(command, given, catch_exceptions=False)
    assert done.exit_code == 0
    assert "stays behind: checkpoints/\n" in done.stderr
    assert "stays behind: notes" in done.stderr
    assert "\x1b" not in done.output


def test_a_shell_script_brings_what_it_starts(code: Path) -> None:
    """The Python files that it names come along with their modules, and `check` leaves it alone."""
    (code / "run.sh").write_text('#!/bin/sh\nexec python train.py --config "base.yaml" "$@"\n')
    (code / "train.py").write_text("import net\n" + SCRIPT)
    (code / "net.py").write_text("import yaml\n")
    (code / "base.yaml").write_text("epochs: 2\n")
    command = 'command: [sh, "${program}", "${args}"]'
    (code / "sweep.yaml").write_text(f"program: run.sh\n{command}\n{SWEEP}")

    created = make(code)

    assert created.copied == ("base.yaml", "net.py", "run.sh", "train.py")
    assert '"pyyaml' in (created.path / "pyproject.toml").read_text()
    assert check_files(created.path / "sweep.yaml", roots=(created.path / "program",)) == []


@pytest.mark.parametrize(
    ("head", "given", "written"),
    [
        ("program: train.py  # mine", "new.py", "program: new.py  # mine"),
        ("program: 'src/train.py'", "new one.py", 'program: "src/new one.py"'),
        (
            "command: [python, &p train.py, '${args}']\nname: *p",
            "new.py",
            "command: [python, &p new.py, '${args}']\nname: *p",
        ),
        (
            "program: &p train.py\ncommand: [python, *p, '${args}']",
            "new.py",
            "program: &p new.py\ncommand: [python, *p, '${args}']",
        ),
        (
            "program: >-\n  train.py\ncommand: [python, \"train\\x2epy\", '${args}']",
            "new.py",
            'program: "new.py"\ncommand: [python, "new.py", \'${args}\']',
        ),
        (
            'program: pkg.train\ncommand:\n- python\n- "-m"\n- ${program}\n- ${args}',
            "pkg/new.py",
            'program: pkg.new\ncommand:\n- python\n- "-m"\n- ${program}\n- ${args}',
        ),
    ],
)
def test_a_program_of_another_name_is_named(
    code: Path, head: str, given: str, written: str
) -> None:
    """`--program FILE` is what the project's sweep.yaml says, in `program` and `command`."""
    (code / "train.py").unlink()
    (code / given).parent.mkdir(exist_ok=True)
    (code / given).write_text(SCRIPT)
    spec = code / "sweep.yaml"
    spec.write_text(f"{head}\n{SWEEP}")

    request = NewProject("demo", code.parent / "demo", spec=spec, program=code / given)
    created = new_project(request)

    assert (created.path / "sweep.yaml").read_text() == f"{written}\n{SWEEP}"
    assert check_files(created.path / "sweep.yaml", roots=(created.path / "program",)) == []
    assert "note: " in told(created.warnings)


def test_a_program_outside_can_be_given(code: Path) -> None:
    """Its path leads out of the sweep config's folder: `--program` says that it is meant."""
    spec = code / "sub" / "sweep.yaml"
    spec.parent.mkdir()
    spec.write_text(f"program: ../train.py\n{SWEEP}")
    request = NewProject("demo", code.parent / "demo", spec=spec)
    with pytest.raises(InvalidInput, match=r"or the file with `--program FILE`\."):
        new_project(request)

    created = new_project(replace(request, program=code / "train.py"))

    assert created.copied == ("train.py",)
    assert (created.path / "sweep.yaml").read_text() == f"program: train.py\n{SWEEP}"


def test_a_program_of_another_name_for_a_sweep_in_code(code: Path) -> None:
    """A sweep config that stands in Python code is written with the file's name too."""
    (code / "train.py").rename(code / "new.py")
    spec = code / "sweep.py"
    spec.write_text(
        "import wandb\nCONFIG = {'program': 'train.py', 'method': 'grid',\n"
        "'command': ['python', 'train.py', '${args}'], 'parameters': {'lr': {'values': [1.0]}}}\n"
        "wandb.sweep(CONFIG)\n"
    )

    request = NewProject("demo", code.parent / "demo", spec=spec, program=code / "new.py")
    text = (new_project(request).path / "sweep.yaml").read_text()

    assert "program: new.py\n" in text
    assert "command: [python, new.py, '${args}']\n" in text


HYDRA = """
import hydra
import wandb
from hydra.utils import instantiate

@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    with wandb.init() as run:
        run.log({"loss": instantiate(cfg.model).loss(cfg.lr)})

main()
"""


def test_modules_that_a_hydra_config_names_come_along(code: Path) -> None:
    """Those of its `_target_` keys, in every group, with their imports; installed ones as such."""
    files = {
        "train.py": HYDRA,
        "conf/config.yaml": "defaults: [model: mlp, _self_]\nlr: 0.1\nall: &a [*a]\n",
        "conf/model/mlp.yaml": "parts:\n  - _target_: models.MLP\n",
        "conf/model/cnn.yaml": "_target_: nets.conv.deep.CNN\nopt: {_target_: sklearn.svm.SVC}\n",
        "conf/model/odd.yaml": "_target_: ${oc.env:HOME}\nx: {_target_: [a], _target_: 1}\n",
        "models.py": "import layers\n",
        "layers.py": "import optuna\n",
        "nets/__init__.py": "",
        "nets/conv/deep.py": "from ..shared import y\nimport layers\n",
        "nets/shared.py": "",
        "other.py": "",
    }
    for name, text in files.items():
        (code / name).parent.mkdir(parents=True, exist_ok=True)
        (code / name).write_text(text)
    command = 'command: [python, "${program}", "${args_no_hyphens}"]'
    (code / "sweep.yaml").write_text(f"program: train.py\n{command}\n{SWEEP}")

    created = make(code)

    assert {*created.copied} >= {"models.py", "layers.py", "nets/conv/deep.py", "nets/shared.py"}
    assert created.left == ("other.py",)
    project = (created.path / "pyproject.toml").read_text()
    assert '"scikit-learn>=' in project
    assert '"optuna>=' in project


def test_a_config_of_aliases_is_read_at_once() -> None:
    """What stands for a thousand times as much as it takes to write is not written out."""
    lines = ["a0: &a0 {_target_: models.MLP}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    names = list(named_targets("\n".join(lines).encode()))

    assert names == ["models.MLP"]
