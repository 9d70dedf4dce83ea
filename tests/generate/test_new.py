"""A request becomes a project: its files, its settings, its first commit."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.checks import WORKFLOW_NAMES
from wandb_flyte.generate.new import CreatedProject, new_project
from wandb_flyte.generate.plan import NewProject, make_plan, with_answers
from wandb_flyte.generate.user_code.objective import ObjectiveRef

from .helpers import git, request, tree

GRID = """\
method: grid
metric: {name: loss}
parameters:
  lr: {values: [1, 2, 3]}
  depth: {value: 1}
"""


def made(wanted: NewProject) -> CreatedProject:
    """The project that a request makes."""
    created = new_project(wanted)
    assert sorted(tree(created.path)) == list(created.files)
    return created


def answers(project: Path) -> dict[str, object]:
    """What the project remembers of how it was made."""
    loaded: dict[str, object] = yaml.safe_load((project / ".copier-answers.yml").read_text())
    return loaded


def settings_of(project: Path) -> dict[str, object]:
    """The plain values in settings.py."""
    module = ast.parse(next(project.glob("*/settings.py")).read_text())
    found = {}
    for node in module.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant):  # type: ignore[attr-defined]
            found[target.id] = node.value.value  # type: ignore[attr-defined]
    return found


def test_the_inputs_are_copied_byte_for_byte(work: Path) -> None:
    """The objective and the sweep config are the user's: not a byte of them changes."""
    (work / "train.py").write_bytes(b"# caf\xc3\xa9\r\ndef train(config):\r\n\treturn config\r\n")
    (work / "sweep.yaml").write_bytes(GRID.replace("\n", "\r\n").encode() + b"# end {{ x }}")

    made(request())

    assert (work / "demo/demo/objective.py").read_bytes() == (work / "train.py").read_bytes()
    assert (work / "demo/sweep.yaml").read_bytes() == (work / "sweep.yaml").read_bytes()


def test_the_first_commit_is_the_pristine_result(work: Path) -> None:
    """What was generated is committed, so that edits show up as such."""
    created = made(request())

    assert created.git.committed
    assert git("status", "--porcelain", cwd=work / "demo") == ""
    assert git("log", "--format=%s", cwd=work / "demo") == "Generate demo with wandb-flyte"
    assert git("ls-files", cwd=work / "demo").splitlines() == sorted(created.files)


def test_nothing_but_the_project_is_left_in_the_folder(work: Path) -> None:
    """No scratch folder stays behind."""
    made(request())

    assert sorted(path.name for path in work.iterdir()) == ["demo", "sweep.yaml", "train.py"]


def test_a_project_knows_its_template_by_the_home(work: Path) -> None:
    """`_src_path` means the same on every machine, and `_commit` is in the bundle there."""
    made(request())

    assert answers(work / "demo")["_src_path"] == "~/.wandb-flyte/template.bundle"
    assert answers(work / "demo")["_commit"]


def test_an_empty_folder_is_taken(work: Path) -> None:
    """A folder that was made before is filled."""
    (work / "demo").mkdir()

    assert (made(request()).path / "sweep.yaml").is_file()


def test_the_current_folder_is_filled_in_place(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that stands in the folder finds the project there."""
    (work / "demo").mkdir()
    monkeypatch.chdir(work / "demo")
    inode = (work / "demo").stat().st_ino

    made(request(target=Path(), objective=None, spec=None))

    assert (work / "demo").stat().st_ino == inode
    assert (Path.cwd() / "sweep.yaml").is_file()


def test_inside_another_repository_the_command_to_commit_is_given(work: Path) -> None:
    """The outer repository is not touched."""
    git("init", "--quiet", cwd=work)

    created = made(request())

    assert not created.git.committed
    assert created.git.note == (
        f"`{work}` is a git repository already, so nothing was committed. GitHub runs what is in "
        "its own `.github/workflows`: move the project's `ci.yml` there, and set "
        "`working-directory: demo` for its steps."
    )
    assert created.git.command == (
        "cd demo && git add . && git commit -m 'Generate demo with wandb-flyte' -- ."
    )
    assert not (work / "demo/.git").exists()
    subprocess.run(created.git.command, shell=True, cwd=work, check=True, capture_output=True)
    assert git("status", "--porcelain", ".", cwd=work / "demo") == ""


def test_without_an_identity_the_project_is_made(
    work: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container that knows no name still gets a committed project."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    (home / ".gitconfig").write_text("[user]\nuseConfigOnly=true\n")

    created = made(request())

    assert created.git.committed
    assert created.git.note.startswith("Git does not know who you are")


@pytest.mark.parametrize(
    ("sweep", "trials", "expected"),
    [
        ("run_cap: 7\n", None, 7),
        ("run_cap: 7\n", 30, 30),
        ("", 12, 12),
    ],
)
def test_trials_are_what_was_asked_for_then_the_cap(
    work: Path, sweep: str, trials: int | None, expected: int
) -> None:
    """`--trials` wins over `run_cap`."""
    text = (work / "sweep.yaml").read_text().replace("run_cap: 4\n", sweep)
    (work / "sweep.yaml").write_text(text)

    assert made(request(trials=trials)).trials == expected
    assert settings_of(work / "demo")["TRIALS"] == expected


def test_a_grid_is_run_to_its_end(work: Path) -> None:
    """A grid's size is its number of trials, and no more agents are started than that."""
    (work / "sweep.yaml").write_text(GRID)

    assert made(request()).trials == 3


def test_a_huge_grid_is_not_run_by_accident(work: Path) -> None:
    """Only the first points are run unless more are asked for, and that is told."""
    (work / "sweep.yaml").write_text(GRID.replace("[1, 2, 3]", str(list(range(1000)))))

    created = made(request())

    assert created.trials == 200
    assert [str(warning) for warning in created.warnings] == [
        "sweep.yaml: The grid has 1000 points; the project runs the first 200. "
        "`--trials 1000` runs them all."
    ]


def test_one_trial_needs_one_agent(work: Path) -> None:
    """There are never more agents than trials by default."""
    assert made(request(trials=1)).agents == 1


def test_the_sweep_files_project_and_entity_become_the_settings(work: Path) -> None:
    """An existing sweep config keeps its place at W&B."""
    with (work / "sweep.yaml").open("a") as file:
        file.write("project: vision\nentity: acme\n")

    made(request())

    assert settings_of(work / "demo")["PROJECT"] == "vision"
    assert settings_of(work / "demo")["ENTITY"] == "acme"


def test_what_was_asked_for_wins_over_the_sweep_file(work: Path) -> None:
    """`--project` and `--entity` are the last word."""
    with (work / "sweep.yaml").open("a") as file:
        file.write("project: vision\nentity: acme\n")

    made(request(wandb_project="mine", wandb_entity="me", backend="local"))

    found = settings_of(work / "demo")
    assert (found["PROJECT"], found["ENTITY"], found["BACKEND"]) == ("mine", "me", "local")


def test_a_program_that_is_given_as_an_objective(work: Path) -> None:
    """What nobody meant is a note: its command line stays empty, and how to run it as it is."""
    with (work / "sweep.yaml").open("a") as file:
        file.write("program: train.py\n")

    created = made(request())

    (note,) = created.warnings
    assert note.severity == "note"
    assert str(note).partition("program: ")[2] == (
        "`train.py` is not run as a program: each trial calls its `train`, and no hyperparameter "
        "is on the command line. Leave `--objective` out to run it as `wandb agent` does."
    )


def test_the_objective_of_an_agent_that_loads_the_sweep_config(work: Path) -> None:
    """A sweep config that names no code has the objective with which other code starts agents."""
    (work / "launch.py").write_text(
        "import wandb\nimport yaml\nfrom train import train\n\n"
        "if __name__ == '__main__':\n    with open('sweep.yaml') as file:\n"
        "        sweep_id = wandb.sweep(yaml.safe_load(file), project='vision')\n"
        "    wandb.agent(sweep_id, function=train, count=2)\n"
    )

    (work / "sweep.yaml").write_text((work / "sweep.yaml").read_text().replace("run_cap: 4\n", ""))

    created = made(request(objective=None, trials=None))

    (note,) = created.warnings
    assert str(note) == (
        "sweep.yaml: Its objective is `train`, with which `launch.py` starts an agent. "
        "Give another one as `--objective FILE:NAME`."
    )
    assert (work / "demo/demo/objective.py").read_bytes() == (work / "train.py").read_bytes()
    found = settings_of(work / "demo")
    assert (found["PROJECT"], found["TRIALS"]) == ("vision", 2)


def test_an_agents_function_without_a_name_is_no_objective(work: Path) -> None:
    """The code is named whose agent has it."""
    (work / "launch.py").write_text(
        "import wandb\nimport yaml\nfrom train import train\n\n"
        "sweep_id = wandb.sweep(yaml.safe_load(open('sweep.yaml')))\n"
        "wandb.agent(sweep_id, function=lambda: train())\n"
    )

    with pytest.raises(InvalidInput) as caught:
        new_project(request(objective=None))

    assert "What `launch.py` gives its agent is no function's name." in str(caught.value)
    assert not (work / "demo").exists()


def test_imports_become_dependencies(work: Path) -> None:
    """What the objective imports is what the project depends on, by its distribution's name."""
    (work / "train.py").write_text(
        "import json, yaml, wandb, no_such_thing\nfrom sklearn.svm import SVC\n"
        "def train(config):\n    import torch.nn\n    return config\n"
    )

    created = made(request())

    project = tomllib.loads((work / "demo/pyproject.toml").read_text())["project"]
    names = [name.partition(">")[0].partition("=")[0] for name in project["dependencies"]]
    assert names == [
        "flyte",
        "no-such-thing",
        "pyyaml",
        "scikit-learn",
        "torch",
        "wandb",
        "wandb-flyte",
    ]
    assert [str(warning) for warning in created.warnings] == [
        "train.py: It imports `no_such_thing`, `torch`, not installed here. "
        "The project will depend on it under that name: check that the name is right."
    ]


HOSTILE = [
    'a"b',
    "a'b",
    "a\"\"\"b'''",
    "{{ 7 * 7 }}",
    "{{ project }}",
    "a - b = [c]",
    "!binary x",
    "${HOME} $(id) `id`",
    "*alias &anchor |",
    "yes",
    "123",
    "null",
    "é😀",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_strangers_text_is_data(work: Path, value: str) -> None:
    """Names at W&B come through generated Python and YAML unchanged, and do nothing there."""
    entity = value.replace(" ", "")  # It can't have spaces.
    made(request(wandb_project=value, wandb_entity=entity))

    assert settings_of(work / "demo")["PROJECT"] == value
    assert settings_of(work / "demo")["ENTITY"] == entity
    assert answers(work / "demo")["wandb_project"] == value


def test_the_users_own_copier_settings_do_not_matter(work: Path, home: Path) -> None:
    """A project is the same on every machine, whatever copier is set to there."""
    folder = home / ".config" / "copier"
    folder.mkdir(parents=True)
    (folder / "settings.yml").write_text("defaults: [1\n")

    assert made(request()).git.committed


@pytest.mark.parametrize("delay_s", [0.3, 0.6, 0.9, 1.2])
def test_ctrl_c_leaves_nothing(work: Path, delay_s: float) -> None:
    """Interrupted at any moment, there is a whole project or none."""
    code = (
        "from pathlib import Path; from wandb_flyte.generate.new import NewProject, new_project\n"
        "print('ready', flush=True)\n"
        "new_project(NewProject('demo', Path('demo')))"
    )
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(
        command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        process.wait(timeout=delay_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)  # The terminal's Ctrl-C reaches git, too.
    process.wait(timeout=60)
    process.stdout.close()

    left = {path.name for path in work.iterdir()} - {"train.py", "sweep.yaml"}
    assert left <= {"demo"}
    if left:
        assert git("status", "--porcelain", cwd=work / "demo") == ""
        assert (work / "demo/demo/workflow.py").is_file()


def test_the_objectives_name_is_kept(work: Path) -> None:
    """The workflow imports the function under the name it has."""
    (work / "train.py").write_text("def fit_größe(config):\n    return config\n")

    made(request(objective=ObjectiveRef(Path("train.py"), "fit_größe")))

    assert "import fit_größe\n" in (work / "demo/demo/workflow.py").read_text()


def test_every_name_of_the_workflow_is_known(work: Path) -> None:
    """The names that an objective can't have are those that workflow.py binds, no more or less."""
    made(request())
    module = ast.parse((work / "demo/demo/workflow.py").read_text())
    names = {alias.name for node in module.body for alias in getattr(node, "names", [])}
    for node in module.body:
        names |= {target.id for target in getattr(node, "targets", [])}
        names |= {node.name} if isinstance(node, ast.AsyncFunctionDef) else set()

    assert names - {"train"} == WORKFLOW_NAMES


def test_other_answers_need_no_code_read_again(work: Path) -> None:
    """A plan with other answers is what a request with them gives, and refuses the same."""
    wanted = request()
    other = replace(wanted, trials=7, agents=3, wandb_project="mine", wandb_entity="team")
    plan, whole = make_plan(wanted), make_plan(other)
    (work / "train.py").unlink()

    assert with_answers(plan, wanted) == plan
    assert with_answers(plan, other) == whole
    for wrong in ({"trials": 0}, {"agents": 10**9}, {"wandb_project": "a/b"}):
        with pytest.raises(InvalidInput):
            with_answers(plan, replace(wanted, **wrong))
