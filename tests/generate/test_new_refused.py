"""A request that can't be met is refused with everything that is wrong, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.user_code._imports import is_required
from wandb_flyte.generate.user_code.objective import ObjectiveRef

from .helpers import request


def listing(folder: Path) -> list[str]:
    """Everything below a folder, with sizes."""
    return sorted(f"{path} {path.lstat().st_size}" for path in folder.rglob("*"))


def refused(wanted: NewProject) -> str:
    """The message that a request is refused with. The folder has to stay as it is."""
    before = listing(Path.cwd())
    with pytest.raises(UserError) as caught:
        new_project(wanted)
    assert listing(Path.cwd()) == before
    return str(caught.value)


@pytest.mark.parametrize("value", ["a\nb", "a\x00b", "a/b", "a#b", "a\u2028b", "x" * 129])
def test_text_that_wandb_never_takes_is_refused(work: Path, value: str) -> None:
    """A name with control characters or separators is a finding."""
    assert "can't be the name of a W&B project." in refused(request(wandb_project=value))


def test_everything_wrong_is_told_at_once(work: Path) -> None:
    """Name, target, objective and sweep config are all checked before anything is said."""
    (work / "class").mkdir()
    (work / "class/file").touch()
    (work / "train.py").write_text("def train(:\n")
    (work / "sweep.yaml").write_text("method: randm\nparameters: {lr: {min: 2, max: 1}}\n")

    lines = refused(request("class", trials=0)).splitlines()

    assert lines[:3] == [
        "The project name `class` is a Python keyword. Try `class-sweep`.",
        "The folder `class` is not empty. Choose another one.",
        "train.py:1: Python can't read it: invalid syntax.",
    ]
    assert lines[-1] == "--trials: `0` is not between 1 and 1000000. Say 4, for example."
    assert len(lines) >= 6


def test_no_such_objective_file(work: Path) -> None:
    """A missing objective file is named."""
    assert refused(request(objective=ObjectiveRef(Path("gone.py"), "train"))) == (
        "gone.py: There is no such file. Give the objective as `FILE:NAME`."
    )


def test_no_such_function(work: Path) -> None:
    """A missing function is named, with the closest one there is."""
    assert refused(request(objective=ObjectiveRef(Path("train.py"), "trian"))) == (
        "train.py: There is no function `trian`. Did you mean `train.py:train`?"
    )


def test_a_syntax_error_has_its_line(work: Path) -> None:
    """A broken objective is told with the line that Python stopped at."""
    (work / "train.py").write_text("import wandb\n\ndef train(config)\n    pass\n")

    assert refused(request()) == "train.py:3: Python can't read it: expected ':'."


def test_no_such_sweep_file(work: Path) -> None:
    """A missing sweep config is named."""
    assert refused(request(spec=Path("gone.yaml"))) == (
        "gone.yaml: There is no such file. Give the path of a W&B sweep config."
    )


def test_a_sweep_file_without_an_objective(work: Path) -> None:
    """A sweep config alone is no project."""
    assert refused(request(objective=None)) == (
        "The sweep config `sweep.yaml` has no objective to go with it. "
        "Give it as `--objective FILE:NAME`, or name a script there: `program: train.py`."
    )


def test_an_objective_without_a_sweep_file(work: Path) -> None:
    """An objective alone is no project."""
    assert refused(request(spec=None)) == (
        "The objective `train.py:train` has no sweep config to go with it. "
        "Give it as `--spec sweep.yaml`; "
        "`wandb-flyte spec train.py:train --output sweep.yaml` drafts one."
    )


def test_a_search_without_an_end(work: Path) -> None:
    """A random search that nothing ends is told both remedies."""
    text = (work / "sweep.yaml").read_text().replace("run_cap: 4\n", "")
    (work / "sweep.yaml").write_text(text)

    assert refused(request()) == (
        "sweep.yaml:1: method: A `random` search has no end of its own. "
        "Give the number of trials with `--trials 20`, or write `run_cap: 20` here."
    )


@pytest.mark.parametrize(
    "text",
    [
        "method: [random\n",
        "method: random\nrun_cap: 4\n",
        "method: annealing\nrun_cap: 4\nparameters: {lr: {value: 1}}\n",
        "method: random\nrun_cap: 4\nparameters: {lr: {min: 2, max: 1}}\n",
        "method: random\nrun_cap: 4\nparameters: {lr: {min: 1e-5, max: 1}}\n",
        "method: bayes\nrun_cap: 4\nparameters: {lr: {min: 1, max: 2}}\n",
        "method: grid\nparameters: {lr: {min: 0.1, max: 0.2}}\n",
    ],
)
def test_a_wrong_sweep_config_is_refused(work: Path, text: str) -> None:
    """What spec finds wrong with a sweep config, `new` says, and writes nothing."""
    (work / "sweep.yaml").write_text(text)

    assert refused(request()).startswith("sweep.yaml:")


@pytest.mark.parametrize("name", ["class", "json", "my sweep", "wandb"])
def test_a_wrong_name_is_refused(work: Path, name: str) -> None:
    """What names.py finds wrong with a name, `new` says, and writes nothing."""
    assert refused(request(name)).startswith(f"The project name `{name}` ")


def test_a_target_that_is_not_empty(work: Path) -> None:
    """A folder with something in it is left alone."""
    (work / "demo").mkdir()
    (work / "demo/file").touch()

    assert refused(request()) == "The folder `demo` is not empty. Choose another one."


def test_a_target_that_is_a_file(work: Path) -> None:
    """A file is left alone."""
    (work / "demo").touch()

    assert refused(request()) == "`demo` is a file. Choose another folder."


def test_a_target_that_is_a_broken_link(work: Path) -> None:
    """A link to nothing is left alone."""
    (work / "demo").symlink_to("nowhere")

    assert refused(request()) == "`demo` is a link to nothing. Choose another folder."


def test_a_target_in_no_folder(work: Path) -> None:
    """Folders around the target are not made up."""
    assert refused(request(target=Path("a/demo"))) == (
        f"There is no folder `{work}/a`. Make it first."
    )


def test_no_such_starter(work: Path) -> None:
    """A starter that is not there is told, with those that are."""
    assert refused(request(objective=None, spec=None, starter="slow")) == (
        "There is no starter `slow`.\n"
        "There are `pytorch`, `quickstart`, `scikit-learn`, `script`, `xgboost`."
    )


def test_a_starter_beside_one_s_own_files(work: Path) -> None:
    """A starter that nothing would come from is told, not left out."""
    message = refused(request(starter="pytorch"))

    assert message == (
        "--starter: The starter `pytorch` has an objective and a sweep config. "
        "Leave it out, or your own: `--objective` and `--spec`."
    )
    assert refused(request(objective=None, starter="pytorch")).startswith("--starter: ")


@pytest.mark.parametrize(
    "given",
    [{}, {"objective": None}, {"objective": None, "spec": None}, {"spec": None}],
)
def test_a_program_that_no_sweep_config_names(work: Path, given: dict[str, None]) -> None:
    """With an objective, the quickstart or a sweep config that names none it is of no use."""
    assert (
        "--program: `main.py` is the program of no sweep config here. "
        "`--program` needs `--spec FILE`, whose `program` it is, and no `--objective`."
    ) in refused(request(program=Path("main.py"), **given)).splitlines()


def test_an_entity_with_a_space(work: Path) -> None:
    """An entity is part of every address; a project may have spaces."""
    assert refused(request(wandb_entity="a b", wandb_project="a b")) == (
        "--entity: `a b` can't be the name of a W&B entity. Use letters, digits, `-` and `_`."
    )


@pytest.mark.parametrize("name", ["gone.yaml", ".", "/dev/null"])
def test_a_sweep_config_that_cannot_be_read(work: Path, name: str) -> None:
    """Nothing is said of the objective that it may have named."""
    message = refused(request(objective=None, spec=Path(name)))

    assert message.startswith(f"{name}: ")
    assert "\n" not in message


def test_a_failure_half_way_leaves_nothing(work: Path, home: Path) -> None:
    """When git refuses to commit, the project that was rendered goes away again."""
    (home / ".gitconfig").write_text("[core]\nrepositoryFormatVersion = 99\n[broken\n")

    message = refused(request())

    assert message.startswith(("`git ", "Git failed: "))


@pytest.mark.parametrize("name", ["settings", "flyte", "run_sweep", "DEFAULTS"])
def test_an_objective_does_not_hide_what_the_workflow_uses(work: Path, name: str) -> None:
    """A function whose name workflow.py has for something else is refused."""
    (work / "train.py").write_text(f"def {name}(config):\n    return config\n")

    assert refused(request(objective=ObjectiveRef(Path("train.py"), name))) == (
        f"train.py:1: `{name}` is a name that the project's workflow.py has a use for. "
        "Call the function `objective`, for example."
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=12), objective=st.text(max_size=60), sweep=st.text(max_size=80))
def test_whatever_is_given_is_refused_politely(
    work: Path, name: str, objective: str, sweep: str
) -> None:
    """Random input is refused by findings, never by a traceback."""
    (work / "train.py").write_text(objective, errors="replace")
    (work / "sweep.yaml").write_text(sweep, errors="replace")

    with pytest.raises(InvalidInput):
        new_project(request(name or "x", target=Path("demo"), trials=0))


@pytest.mark.parametrize("name", ["nosuchpackage", "nosuch-package"])
def test_the_name_of_what_the_project_needs(work: Path, name: str) -> None:
    """A project would hide the package that its own code imports."""
    module = name.replace("-", "_")
    (work / "train.py").write_text(f"import {module}\n{(work / 'train.py').read_text()}")

    with pytest.raises(InvalidInput) as raised:
        new_project(request(name))

    assert str(raised.value) == (
        f"The project name `{name}` is the one of a package that the project needs. "
        f"Try `{name}-sweep`."
    )


def test_a_module_s_name_is_not_its_package_s() -> None:
    """`sklearn` is scikit-learn's, and both are names that a project with it can't have."""
    for package in ("sklearn", "scikit_learn"):
        assert is_required(package, ["numpy>=2", "scikit-learn>=1.6"])
    assert not is_required("digits", ["numpy>=2", "scikit-learn>=1.6"])


def test_what_only_the_files_own_agent_has(work: Path) -> None:
    """A name that is bound under the main guard, beside an agent, is no trial's in a project."""
    guard = 'if __name__ == "__main__":\n    scale = 2\n    wandb.agent("a/b/c", train)\n'
    code = "import wandb\n\n\ndef train(lr: float) -> float:\n    return lr * scale\n\n\n"
    (work / "train.py").write_text(code + guard)
    (work / "sweep.yaml").write_text(
        "method: grid\nmetric: {name: loss}\nparameters: {lr: {values: [0.1]}}\n"
    )

    assert "train.py:5: `scale` is bound under the main guard alone" in refused(request())


def test_what_only_the_files_own_sweep_has(work: Path) -> None:
    """A hyperparameter that the file adds to the sweep that it starts is none of a project's."""
    (work / "train.py").write_text(
        "import wandb\n\n\n"
        "def train() -> None:\n"
        "    config = wandb.init().config\n"
        '    wandb.log({"loss": config.lr * config.size})\n\n\n'
        'if __name__ == "__main__":\n'
        '    sweep = {"parameters": {"lr": {"values": [0.1]}}}\n'
        '    sweep["parameters"]["size"] = {"value": 3}\n'
        "    wandb.agent(wandb.sweep(sweep), train)\n"
    )
    (work / "sweep.yaml").write_text(
        "method: grid\nmetric: {name: loss}\nparameters: {lr: {values: [0.1]}}\n"
    )

    assert "train.py:6: The objective reads `size`" in refused(request())
