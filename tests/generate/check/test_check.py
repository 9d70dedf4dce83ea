"""Silencing, mending, and what a stranger's files can't do."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wandb
import yaml
from wandb_flyte.codes import CODES
from wandb_flyte.generate.check.checking import check_files
from wandb_flyte.generate.check.fix import fix_sweep
from wandb_flyte.generate.check.here import check_here
from wandb_flyte.spec import check_sweep, load_sweep

SOURCE = Path(__file__).parents[3] / "scaffold" / "wandb_flyte"
DOCS = Path(__file__).parents[3] / "docs" / "check.md"
SWEEP = """\
method: random  # as it was
run_cap: 2
program: train.py
parameters:
  lr: {min: 1e-3, max: 0.1}   # the rate
  share: {min: 0, max: 0.5}
"""
TRAIN = (
    "import wandb\nwandb.init()\nloss = wandb.config.lr * wandb.config.share\n"
    "wandb.log({'loss': loss})\n"
)


@pytest.fixture
def codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The codes found for a sweep config's text and a script's."""
    monkeypatch.chdir(tmp_path)

    def check(sweep: str, train: str = TRAIN) -> list[str]:
        Path("sweep.yaml").write_text(sweep)
        Path("train.py").write_text(train)
        return [finding.code for finding in check_files(Path("sweep.yaml"))]

    return check


def test_codes_are_documented() -> None:
    """The page explains every code there is, and none that is not there."""
    explained = re.findall(
        r"^### (WF\d+)\n\n(.+?)(?=\n### |\Z)", DOCS.read_text(), re.MULTILINE | re.DOTALL
    )

    assert [code for code, _ in explained] == sorted(CODES)
    assert [code for code, text in explained if not text.startswith(CODES[code])] == []


def test_codes_are_used() -> None:
    """Every code is given to some finding, and every finding's code is in the table."""
    used = {
        code
        for file in SOURCE.rglob("*.py")
        if file.name != "codes.py"
        for code in re.findall(r'"(WF\d{3})"', file.read_text("utf-8"))
    }

    assert used == set(CODES)


def test_comments_silence(codes: Callable[..., list[str]]) -> None:
    """A comment in the line, or alone above it, silences the codes that it names, or all."""
    wide = SWEEP.replace("min: 1e-3, max: 0.1}", "min: 0.0001, max: 0.1}").replace("0, ", "0.0, ")

    assert codes(wide) == ["WF021"]
    assert codes(wide.replace("# the rate", "# wandb-flyte: ignore[WF101, WF021]")) == []
    assert codes(wide.replace("  lr:", "  # wandb-flyte: ignore\n  lr:")) == []
    assert codes(wide.replace("# the rate", "# wandb-flyte: ignore[WF101]")) == ["WF021"]


def test_comments_silence_in_python(codes: Callable[..., list[str]]) -> None:
    """The same comment works in a script."""
    sound = SWEEP.replace("1e-3", "0.01").replace("0, ", "0.0, ")
    line = "print(wandb.config.width)"

    assert codes(sound, f"{TRAIN}{line}\n") == ["WF102"]
    assert codes(sound, f"{TRAIN}{line}  # wandb-flyte: ignore[WF102]\n") == []


def test_fix_changes_what_is_wrong_and_nothing_else(codes: Callable[..., list[str]]) -> None:
    """Numbers become numbers; comments, order and layout stay."""
    assert codes(SWEEP) == ["WF013", "WF015"]

    result = check_here(Path.cwd(), Path("sweep.yaml"), None, fix=True)

    fixed = SWEEP.replace("1e-3", "1.0e-3").replace("min: 0,", "min: 0.0,")
    assert Path("sweep.yaml").read_text() == fixed
    assert result.fixed == (
        "sweep.yaml:5: `1e-3` is now `1.0e-3`",
        "sweep.yaml:6: `0` is now `0.0`",
    )
    assert check_sweep(load_sweep(Path("sweep.yaml"))) == []
    assert check_here(Path.cwd(), Path("sweep.yaml"), None, fix=True).fixed == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lr: {min: &low 1e-3, max: 0.1}", "lr: {min: &low 1.0e-3, max: 0.1}"),
        ("lr: {min: &low '1e-3', max: 0.1}", "lr: {min: &low 1.0e-3, max: 0.1}"),
        (
            "lr: {min: &low # low\n    1e-3, max: 0.1}",
            "lr: {min: &low # low\n    1.0e-3, max: 0.1}",
        ),
        ("lr:\n    max: 0.1\n    min: >-\n      1e-3\n", "lr:\n    max: 0.1\n    min: 1.0e-3\n"),
        ("lr: {min: 010, max: 9.5}", "lr: {min: 8.0, max: 9.5}"),
        ("lr: {min: 0x1_0, max: 99.5}", "lr: {min: 16.0, max: 99.5}"),
        ("lr: {min: +1_0, max: 99.5}", "lr: {min: 10.0, max: 99.5}"),
    ],
)
def test_what_is_mended_means_what_it_meant(
    codes: Callable[..., list[str]], before: str, after: str
) -> None:
    """Anchors stay before their values, and a number is written as YAML reads it."""
    mended = (
        "method: random\nrun_cap: 2\nprogram: train.py\nparameters:\n  {}\n  share: {{value: 1}}\n"
    )
    codes(mended.format(before))

    check_here(Path.cwd(), Path("sweep.yaml"), None, fix=True)

    assert Path("sweep.yaml").read_text() == mended.format(after)
    assert check_sweep(load_sweep(Path("sweep.yaml"))) == []


@pytest.mark.parametrize(
    "written",
    [
        "lr: {min: !!str 1e-3, max: 0.1}",  # It says that it is text.
        "lr: {min: !!int 1, max: 9.5}",
        "lr: {min: &low 1, max: 9.5}\n  size: {min: *low, max: 9}",  # As a float it would fit one.
    ],
)
def test_what_can_t_be_mended_stays(codes: Callable[..., list[str]], written: str) -> None:
    """Another text after a tag, or of a limit that others share, would break something else."""
    sweep = f"method: random\nrun_cap: 2\nprogram: train.py\nparameters:\n  {written}\n"
    codes(sweep)

    assert check_here(Path.cwd(), Path("sweep.yaml"), None, fix=True).fixed == ()
    assert Path("sweep.yaml").read_text() == sweep


def test_an_unknown_method_is_one_finding(codes: Callable[..., list[str]]) -> None:
    """A search of an unknown method is not said to have no end."""
    found = codes("method: nope\nmetric: {name: loss}\nparameters: {lr: {values: [0.1, 0.2]}}\n")

    assert "WF006" in found
    assert "WF023" not in found


def test_a_script_is_never_run(codes: Callable[..., list[str]]) -> None:
    """Neither the script nor what it imports acts, whatever it would do on import."""
    Path("helper.py").write_text("open('helper-ran', 'w').close()\n")
    codes(SWEEP, f"import helper\nopen('ran', 'w').close()\nraise SystemExit(3)\n{TRAIN}")

    assert not Path("ran").exists()
    assert not Path("helper-ran").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("!!python/object/apply:os.system ['touch ran']", "WF001"),
        ("a: &a [*a]", "WF001"),
        ("method: !!python/name:os.system x", "WF004"),
        ("x: " + "[" * 3000, "WF001"),
        ("#" * 1_100_000, "WF001"),
    ],
)
def test_a_hostile_sweep_config_is_refused(
    codes: Callable[..., list[str]], text: str, code: str
) -> None:
    """Tags, anchors that hold themselves, depth and size end in a finding."""
    assert code in codes(text)
    assert not Path("ran").exists()


@pytest.mark.parametrize(("settings", "told"), [("TRIALS = 20\n", []), ("X = 1\n", ["WF023"])])
def test_a_project_s_own_number_of_trials_ends_a_search(
    settings: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search without an end is told only where settings.py does not end it."""
    monkeypatch.chdir(tmp_path)
    files = {
        ".copier-answers.yml": "package: demo\nobjective: f\n",
        "sweep.yaml": "method: random\nmetric: {name: loss}\nparameters: {lr: {values: [1, 2]}}\n",
        "demo/objective.py": "def f(lr):\n    return {'loss': lr}\n",
        "demo/settings.py": settings,
    }
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)

    found = [finding.code for finding in check_here(Path.cwd(), None, None).findings]
    assert [code for code in found if code == "WF023"] == told


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("python train.py ${args}", "WF011"),
        ('["${interpreter}", "${program}", "${args_no_hyphens}"]', "WF202"),
        ("[python, train.py]", "WF203"),
    ],
)
def test_what_a_hint_says_is_yaml(codes: Callable[..., list[str]], command: str, code: str) -> None:
    """A macro is no item of a list in brackets without its quotes."""
    program = "import argparse, wandb\np = argparse.ArgumentParser()\n"
    program += "p.add_argument('--lr', type=float)\nargs = p.parse_args()\n"
    program += "run = wandb.init()\nrun.log({'loss': args.lr})\n"
    text = f"method: grid\nprogram: train.py\ncommand: {command}\nmetric: {{name: loss}}\n"
    assert code in codes(f"{text}parameters: {{lr: {{values: [0.1]}}}}\n", program)

    (hint,) = [f.hint for f in check_files(Path("sweep.yaml")) if f.code == code]

    listed = f"[{hint.split('`')[1].strip('[]')}]"
    assert yaml.safe_load(listed)[-1] == "${args}"


def test_a_program_outside_is_not_read(codes: Callable[..., list[str]]) -> None:
    """A path with `..`, an absolute one and a link lead to nothing outside the folders."""
    outside = Path.cwd().parent / "outside.py"
    outside.write_text(TRAIN)
    Path("link.py").symlink_to(outside)
    sound = SWEEP.replace("1e-3", "0.01").replace("0, ", "0.0, ")
    for program in ("../outside.py", str(outside), "link.py"):
        assert codes(sound.replace("train.py", program)) == ["WF205"]
        (finding,) = check_files(Path("sweep.yaml"))
        assert finding.severity == "note"
        assert "is not below this folder or the sweep config's: it is not read." in finding.message
    assert codes(sound.replace("train.py", "../gone.py")) == ["WF205"]
    assert check_files(Path("sweep.yaml"))[0].message == "There is no program `../gone.py` here."


def test_a_folder_outside_is_not_read(codes: Callable[..., list[str]]) -> None:
    """A program may put any folder on its path; what is imported from outside stays unseen."""
    for name in ("outside", "inside"):
        folder = Path.cwd().parent / "outside" if name == "outside" else Path("inside")
        folder.mkdir()
        (folder / f"from_{name}.py").write_text("def train(config):\n    return config.lr\n")
    sound = SWEEP.replace("1e-3", "0.01").replace("0, ", "0.0, ")
    text = "import os, sys, wandb\n"
    text += "sys.path.insert(0, os.path.join(os.path.dirname(__file__), {path!r}))\n"
    text += "from {module} import train\nrun = wandb.init()\n"
    text += "run.log({{'loss': train(run.config)}})\n"

    assert codes(sound, text.format(path="inside", module="from_inside")) == ["WF101"]
    assert codes(sound, text.format(path="../outside", module="from_outside")) == []


def test_a_huge_script_is_refused(codes: Callable[..., list[str]]) -> None:
    """A script of several megabytes is not parsed."""
    assert "WF110" in codes(SWEEP, "x = 1\n" * 400_000)


def test_code_that_can_not_be_followed_is_not_called_wrong(codes: Callable[..., list[str]]) -> None:
    """What goes to code that is not seen may be read there."""
    sound = SWEEP.replace("1e-3", "0.01").replace("0, ", "0.0, ")
    imports = "import wandb, library\nfrom library import code, keys, name"
    for line in (
        "library.train(**wandb.config)",
        "library.train(wandb.config)",
        "getattr(wandb.config, name)",
        "[wandb.config[key] for key in keys]",
        "[getattr(wandb.config, f'{key}') for key in keys]",
        "for key in wandb.config.keys():\n    setattr(library.settings, key, wandb.config[key])",
        "library.train(run)",
        "exec(code, {'config': wandb.config})",
    ):
        assert codes(sound, f"{imports}\nrun = wandb.init()\n{line}\n") == [], line


NO_WANDB = """\
import argparse, wandb
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--no-wandb", action="store_true")
args = parser.parse_args()
"""


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("WF109", "if not args.no_wandb:\n    wandb.init()\n    wandb.log({'loss': args.lr})\n"),
        ("WF301", "wandb.init()\nif not args.no_wandb:\n    wandb.log({'loss': args.lr})\n"),
    ],
)
def test_an_option_that_has_to_go_is_not_to_be_added(
    codes: Callable[..., list[str]], code: str, body: str
) -> None:
    """The hint is right for an option that the command gives, as for one that it lacks."""
    command = 'command: [python, "${program}", --no-wandb, "${args}"]\n'
    sweep = "program: train.py\nmethod: grid\nmetric: {name: loss}\n"
    found = codes(f"{sweep}{command}parameters: {{lr: {{values: [1, 2]}}}}\n", NO_WANDB + body)

    (hint,) = [f.hint for f in check_files(Path("sweep.yaml")) if f.code == code]
    assert [one for one in found if one != "WF101"] == [code]
    assert hint == "Change the command, the sweep, or the option's default."


@pytest.mark.parametrize("objective", [None, "train.py:train"])
def test_code_that_is_nested_deep_is_no_crash(tmp_path, monkeypatch, objective) -> None:
    """Some hundred operators or attributes in a row are said to be too many."""
    monkeypatch.chdir(tmp_path)
    Path("sweep.yaml").write_text(SWEEP.replace("1e-3", "0.01").replace("0, ", "0.0, "))
    long = f"    rate = config.lr{'.real' * 600}\n    rate = rate{' + 1' * 600}\n"
    body = f"    wandb.init()\n{long}    wandb.log({{'loss': rate * config.share}})\n"
    Path("train.py").write_text(f"import wandb\ndef train(config):\n{body}train(wandb.config)\n")

    found = [(one.code, one.severity) for one in check_files(Path("sweep.yaml"), objective)]

    assert ("WF110", "warning") in found


def test_a_path_that_leads_up_and_back_in_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the sweep config's folder `..` may lead to a program below the current one."""
    monkeypatch.chdir(tmp_path)
    for folder in ("sweeps", "src"):
        Path(folder).mkdir()
    Path("src/train.py").write_text("import wandb\nrun = wandb.init()\nrun.log({'loss': 1})\n")
    Path("sweeps/sweep.yaml").write_text(
        "method: grid\nprogram: ../src/train.py\nmetric: {name: loss}\n"
        "parameters: {lr: {values: [1, 2]}}\n"
    )

    found = [f"{f.code} {f.message}" for f in check_files(Path("sweeps/sweep.yaml"))]

    assert found == ["WF101 Nothing in `train.py` reads `lr`."]


def test_every_parameter_of_init(codes: Callable[..., list[str]]) -> None:
    """No parameter that the installed wandb's `init` has is called unknown."""
    given = ", ".join(f"{name}=None" for name in inspect.signature(wandb.init).parameters)
    train = TRAIN.replace("init()", f"init({given})")

    assert "WF115" not in codes(SWEEP, train)
    assert "WF115" in codes(SWEEP, TRAIN.replace("init()", "init(count=3)"))


@pytest.mark.parametrize("text", ['f"{wandb.config["lr"]}"', 'f"{\n    wandb.config.lr}"'])
def test_newer_syntax(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An f-string that only Python 3.12 can read is no error of the program's."""
    monkeypatch.chdir(tmp_path)
    Path("sweep.yaml").write_text(SWEEP.replace("1e-3", "0.001"))
    Path("train.py").write_text(f"{TRAIN}print({text})\n")

    found = {one.code: one.severity for one in check_files(Path("sweep.yaml"))}

    assert found.get("WF110") == ("note" if sys.version_info < (3, 12) else None)


def test_a_program_above_its_sweep_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several of a name that one is read: its folder is where some start the agent."""
    for name, key in (("one", "lr"), ("two", "rate")):
        config = tmp_path / name / "config"
        config.mkdir(parents=True)
        (config / "sweep.yaml").write_text(
            "program: main.py\nmethod: grid\nmetric: {name: loss}\n"
            "parameters: {lr: {values: [0.1]}}\n"
        )
        code = f"import wandb\n\nrun = wandb.init()\nrun.log({{'loss': run.config.{key}}})\n"
        (tmp_path / name / "main.py").write_text(code)
    monkeypatch.chdir(tmp_path)

    found = {name: check_files(Path(name, "config", "sweep.yaml")) for name in ("one", "two")}

    assert [(one.code, one.severity) for one in found["one"]] == [("WF205", "note")]
    assert {one.code for one in found["two"]} == {"WF101", "WF102", "WF205"}


def test_fix_leaves_what_is_in_another_encoding_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be read for sure is not written."""
    monkeypatch.chdir(tmp_path)
    spec, content = Path("sweep.yaml"), "method: grid\nname: é\nlr: 1e-5\n".encode("latin-1")
    spec.write_bytes(content)
    assert fix_sweep(spec) == []
    assert spec.read_bytes() == content
