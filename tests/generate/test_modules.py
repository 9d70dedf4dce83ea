"""What of a user's code comes along with an objective, and where imports find it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from wandb_flyte.errors import InvalidInput
from wandb_flyte.generate.add import SweepAddition, add_sweep
from wandb_flyte.generate.check.here import check_here
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject, Plan, make_plan
from wandb_flyte.generate.user_code.objective import ObjectiveRef

from .helpers import tree
from .updates import save

SWEEP = """\
method: grid
metric: {name: loss, goal: minimize}
parameters: {lr: {values: [0.1, 0.2]}}
"""
# Taken apart, so that no scanner of secrets stops at this file.
KEY = "AKIA" + "ABCDEFGH12345678"


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, which is the current one."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "sweep.yaml").write_text(SWEEP)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def request(code: Path, file: str, name: str = "f") -> NewProject:
    target = code.parent / "demo"
    return NewProject("demo", target, ObjectiveRef(Path(file), name), Path("sweep.yaml"))


def plan(code: Path, file: str) -> Plan:
    return make_plan(request(code, file))


LAYOUTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "beside": (
        "train.py",
        "train",
        {
            "train.py": "from net import loss\nimport data.loaders\ndef f(lr):\n"
            "    return loss(lr) + data.loaders.ONE\n",
            "net.py": "def loss(lr): return lr\n",
            "data/loaders.py": "ONE = 1\n",
        },
    ),
    "package": (
        "pkg/deep/train.py",
        "pkg.deep.train",
        {
            "pkg/__init__.py": "",
            "pkg/deep/__init__.py": "",
            "pkg/deep/train.py": "from ..net import loss\ndef f(lr):\n    return loss(lr) + 1\n",
            "pkg/net.py": "def loss(lr): return lr\n",
        },
    ),
    "src": (
        "src/pkg/train.py",
        "pkg.train",
        {
            "src/pkg/__init__.py": "",
            "src/pkg/train.py": "from pkg.net import loss\ndef f(lr):\n    return loss(lr) + 1\n",
            "src/pkg/net.py": "def loss(lr): return lr\n",
        },
    ),
    "script and package": (
        "scripts/train-it.py",
        "train_it",
        {
            "scripts/train-it.py": "from help_it import ONE\nfrom pkg import loss\n"
            "def f(lr):\n    return loss(lr) + ONE\n",
            "scripts/help_it.py": "ONE = 1\n",
            "src/pkg/__init__.py": "from .net import loss as loss\n",
            "src/pkg/net.py": "def loss(lr): return lr\n",
        },
    ),
    "namespace": (
        "scripts/train.py",
        "scripts.train",
        {
            "scripts/train.py": "from scripts.net import loss\nfrom lib.one import ONE\n"
            "def f(lr):\n    return loss(lr) + ONE\n",
            "scripts/net.py": "def loss(lr): return lr\n",
            "lib/one.py": "ONE = 1\n",
        },
    ),
    "imported": (
        "train.py",
        "lib",
        {
            "train.py": "from lib import f\n",
            "lib.py": "import one\ndef f(lr): return lr + one.ONE\n",
            "one.py": "ONE = 1\n",
        },
    ),
}


LONG = ("imported", "package", "script and package")


@pytest.mark.parametrize(
    "layout",
    [pytest.param(one, marks=[pytest.mark.long] * (one in LONG)) for one in LAYOUTS],
)
def test_imports_work_in_the_project(
    layout: str, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the code lies, the project's objective is the same function, from the same module."""
    file, module, files = LAYOUTS[layout]
    write(code, files)

    created = new_project(request(code, file))

    show = "from demo.objective import f; print(f.__module__, f(2))"
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=created.path, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == f"{module} 3\n", done.stderr
    monkeypatch.chdir(created.path)
    assert check_here(Path(), None, None).findings == ()
    assert '"pkg' not in (created.path / "pyproject.toml").read_text().partition("[tool")[0]


def test_files_that_it_opens_keep_their_place(code: Path) -> None:
    """Below the current folder, or beside the module: what is named in pieces is found, too."""
    write(
        code,
        {
            "train.py": "import os\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"
            "A = open('data/a.csv')\nB = HERE / 'data' / 'b.csv'\n"
            "C = os.path.join('data', 'c.csv')\nD = open('README.md')\ndef f(lr): return lr\n",
            **{f"data/{name}.csv": name for name in "abcd"},
            "README.md": "Mine.",
        },
    )

    around = plan(code, "train.py").around

    assert around is not None
    assert around.entries == ("data/a.csv", "data/b.csv", "data/c.csv", "train.py")
    assert around.left == ("README.md: the project has its own",)


def test_an_objective_alone_stays_one_file(code: Path) -> None:
    """Without anything around it, its own file is the project's objective.py."""
    write(code, {"train.py": "import math\ndef f(lr): return lr\n", "other.py": ""})

    planned = plan(code, "train.py")

    assert planned.objective_source == (code / "train.py").read_bytes()
    assert planned.entries == () == planned.left


def test_keys_are_told_and_left_out(code: Path) -> None:
    """In the objective's own file and in the modules around it."""
    write(code, {"train.py": f"import net\nA = '{KEY}'\ndef f(lr): return lr\n"})
    write(code, {"net.py": f"B = '{KEY}'\n"})

    planned = plan(code, "train.py")

    assert sorted(f"{warning.file}:{warning.line}" for warning in planned.warnings) == [
        "net.py:1",
        "train.py:2",
    ]
    assert not any(KEY.encode() in file.content for file in planned.copied)


def test_code_that_would_be_in_the_way_is_refused(code: Path) -> None:
    """A package of the project's name can't be in one folder with it."""
    write(code, {"demo/__init__.py": "", "demo/net.py": ""})
    write(code, {"demo/train.py": "from . import net\ndef f(lr): return lr\n"})

    with pytest.raises(InvalidInput) as refused:
        plan(code, "demo/train.py")

    assert [str(finding) for finding in refused.value.findings] == [
        "Your `demo/__init__.py` would be in the place of the project's own package. "
        "Give the project another name."
    ]


def test_an_objective_alone_may_have_the_project_s_name(code: Path) -> None:
    """Its file becomes the project's objective.py: nothing of its name is left to be in the way."""
    write(code, {"demo.py": "def f(lr: float) -> float:\n    return lr\n"})

    assert new_project(request(code, "demo.py")).copied == ()


def test_a_module_that_cannot_come_along_is_an_error(code: Path) -> None:
    """A link out of the folder: trials would fail on the import."""
    write(code.parent, {"elsewhere.py": ""})
    (code / "net.py").symlink_to(code.parent / "elsewhere.py")
    write(code, {"train.py": "import net\ndef f(lr): return lr\n"})

    with pytest.raises(InvalidInput) as refused:
        plan(code, "train.py")

    assert [str(finding) for finding in refused.value.findings] == [
        "train.py:1: `net` is a file of yours, which the project would not have. "
        "Move what you need from it into `train.py`, or install it as a package."
    ]


def test_modules_that_act_on_import_are_refused(code: Path) -> None:
    """A sweep that a module around the objective starts would be started by every trial."""
    write(code, {"train.py": "import net\ndef f(lr): return lr\n"})
    write(code, {"net.py": "import wandb\nwandb.agent('x')\n"})

    with pytest.raises(InvalidInput) as refused:
        plan(code, "train.py")

    assert [(f.file, f.line, f.code) for f in refused.value.findings] == [("net.py", 2, "WF405")]


def add(project: Path, objective: str) -> SweepAddition:
    function = ObjectiveRef(Path(objective), "f")
    return add_sweep(NewProject("more", project, function, Path("sweep.yaml"), into=project))


@pytest.fixture
def project(code: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose objective has a module around it, and which is the current folder."""
    write(code, {"train.py": "import net\ndef f(lr): return lr * net.ONE\n", "net.py": "ONE = 1\n"})
    path = new_project(request(code, "train.py")).path
    monkeypatch.chdir(path)
    return path


def test_an_added_sweep_uses_what_is_there(project: Path) -> None:
    """Code of the project's own folder stays where it is, and is told as what the pods need."""
    write(project, {"wide.py": "import net\ndef f(lr): return lr + net.ONE\n"})
    save(project)

    added = add(project, "wide.py")

    assert {c.path for c in added.changes if not c.path.startswith(("demo/", "tests/"))} == {
        ".copier-answers.yml",
        "README.md",
        "pyproject.toml",
    }
    assert added.left == ()
    settings = (project / added.folder / "settings.py").read_text()
    assert 'str(settings.ROOT / "net.py"),\n    str(settings.ROOT / "wide.py"),' in settings
    assert (project / added.objective).read_text().splitlines()[2] == "from wide import f"
    assert check_here(Path(), None, None).findings == ()


def test_an_added_sweep_that_shares_the_objective_shares_its_files(project: Path) -> None:
    """Its pods get the files of the project's own objective."""
    added = add_sweep(NewProject("more", project, spec=Path("sweep.yaml"), into=project))

    assert "FILES = settings.FILES\n" in (project / added.folder / "settings.py").read_text()
    workflow = (project / added.folder / "workflow.py").read_text()
    assert workflow.count("include=(str(SWEEP_FILE), *settings.FILES),") == 2


@pytest.mark.long
def test_an_added_sweep_overwrites_no_module(project: Path, code: Path) -> None:
    """A module of the same name is another one: both can't be in the project."""
    write(code, {"net.py": "ONE = 2\n"})
    before = tree(project)

    with pytest.raises(InvalidInput) as refused:
        add(project, str(code / "train.py"))

    assert [str(finding) for finding in refused.value.findings] == [
        "`net.py` is there already, and another one. Rename one of them."
    ]
    assert tree(project) == before
