"""Each variant of a generated project: its tree, its tools, its own tests, its way into a pod."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from textwrap import dedent

import pytest
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.user_code.objective import ObjectiveRef
from wandb_flyte.generate.wheel import build_wheel
from wandb_flyte.runtime.backend.local_server import LocalServer

from .golden import assert_golden
from .helpers import bare_environment, git, run_tool, tree

OBJECTIVE = '''\
"""An objective that came as it is, in a style of its own."""
import math, wandb

async def fit(cfg: dict):
  wandb.log({'score': math.sin(cfg['x'])})
'''
AROUND = {
    "src/deep/train.py": """\
from deep.net import  Net
from . import readers
def fit(x: int) -> dict:
    from deep.late import shift
    return {'score': Net(x)( readers.labels() ) + shift}
""",
    "src/deep/__init__.py": "# Deep.\n",
    "src/deep/net.py": """\
import math
class Net:
    def __init__(self, x): self.x = x
    def __call__(self, labels): return math.sin(self.x) * len(labels)
""",
    "src/deep/readers.py": """\
import pathlib
def labels():
    here = pathlib.Path(__file__).parent / 'one.txt'
    return open('data/labels.csv').read().split() + here.read_text().split()
""",
    "src/deep/late.py": "shift = 0.0\n",
    "src/deep/one.txt": "two\n",
    "data/labels.csv": "one\n",
}
SWEEP = """\
# Kept byte for byte, this comment included.
method: grid
metric: {name: score, goal: maximize}
parameters:
  x: {values: [0, 1, 2]}
project: surf
entity: acme
"""
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Variant:
    """One kind of project, made once for all tests of this module."""

    name: str
    package: str
    path: Path
    home: Path

    def environment(self) -> dict[str, str]:
        """A process's environment: the test's home, and nothing of W&B."""
        return {**bare_environment(), "HOME": str(self.home)}

    def run(self, *command: str, **environment: str) -> str:
        """Runs a command in the project and gives what it printed; a failure shows all of it."""
        return run_tool(*command, cwd=self.path, env={**self.environment(), **environment})

    def deploy(self, *what: str) -> str:
        """What Flyte would deploy to a cluster, with a prebuilt image."""
        return self.run(
            *("flyte", "--endpoint", "localhost:30080", "--insecure", "deploy", "--dry-run"),
            *("--copy-style", "none", "--version", "v1", *what),
            NO_COLOR="1",
            COLUMNS="200",
        )


@pytest.fixture(scope="module")
def variants(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Variant]:
    """A quickstart from a checkout; from a released wandb-flyte an objective, alone and in code."""
    folder = tmp_path_factory.mktemp("projects")
    quickstart = Variant("quickstart", "quick_demo", folder / "quick-demo", folder / "home")
    own = Variant("own", "waves", folder / "waves", folder / "home")
    around = Variant("around", "swell", folder / "swell", folder / "home")
    quickstart.home.mkdir()
    for name, text in AROUND.items():
        (folder / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "code" / name).write_text(text)
    (folder / "train.py").write_text(OBJECTIVE)
    (folder / "sweep.yaml").write_text(SWEEP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder / "home"))
        new_project(NewProject("quick-demo", quickstart.path, trials=8))
    code = f"""
        import os
        from pathlib import Path
        from wandb_flyte.generate.new import new_project
        from wandb_flyte.generate.user_code.objective import ObjectiveRef
        from wandb_flyte.generate.plan import NewProject
        folder = Path({str(folder)!r})
        new_project(NewProject(
            "waves", folder / "waves", ObjectiveRef(folder / "train.py", "fit"),
            folder / "sweep.yaml", agents=3, backend="local",
        ))
        os.chdir(folder / "code")
        new_project(NewProject(
            "swell", folder / "swell", ObjectiveRef(Path("src/deep/train.py"), "fit"),
            folder / "sweep.yaml", agents=2, backend="local",
        ))
    """
    python = released_python(folder)
    environment = own.environment()
    subprocess.run([str(python), "-c", dedent(code)], env=environment, check=True)
    return {variant.name: variant for variant in (quickstart, own, around)}


@pytest.fixture(params=["quickstart", "own", "around"])
def variant(request: pytest.FixtureRequest, variants: dict[str, Variant]) -> Variant:
    """Each variant in turn."""
    return variants[request.param]


@pytest.fixture(params=["quickstart", "own", pytest.param("around", marks=pytest.mark.long)])
def started(request: pytest.FixtureRequest, variants: dict[str, Variant]) -> Variant:
    """Each variant in turn, for what starts whole sweeps."""
    return variants[request.param]


def released_python(folder: Path) -> Path:
    """The Python of an environment where this wandb-flyte looks as if it came from an index."""
    environment = folder / "released"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    site = next((environment / "lib").glob("python*/site-packages"))
    wheel = folder / build_wheel(folder)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    local = wheel.name.split("-")[1]
    release = local.partition("+")[0]
    metadata = site / f"wandb_flyte-{local}.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace(local, release))
    metadata.parent.rename(site / f"wandb_flyte-{release}.dist-info")
    wheel.unlink()
    # Everything else comes from the environment that the tests run in.
    (site / "rest.pth").write_text(f"{distribution('copier').locate_file('')}\n")
    return environment / "bin" / "python"


def test_its_tree_is_the_golden_one(variant: Variant) -> None:
    """Every file is as expected, none is missing, none is new."""
    assert_golden(variant.path, variant.name)


def test_it_is_clean_under_its_own_tools(variant: Variant) -> None:
    """Formatter, linter and type checker have nothing to say, with the project's own settings."""
    variant.run("ruff", "format", "--check", "--no-cache", ".")
    variant.run("ruff", "check", "--no-cache", ".")
    variant.run("mypy")


def test_it_has_no_traces_of_templating(variant: Variant) -> None:
    """No file name and no line shows that a template was filled in."""
    for name, data in tree(variant.path).items():
        if name.endswith(".whl") or name == "sweep.yaml" or name.startswith(".github/"):
            continue
        text = data.decode()
        assert not any(sign in name + text for sign in ("{{", "}}", "{%", "jinja"))
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\n\n\n\n" not in text


def test_its_own_tests_pass(started: Variant) -> None:
    """As generated, with a real sweep of two agents on a local backend among them."""
    printed = started.run("pytest", "-q", "-p", "no:cacheprovider")

    assert "3 passed" in printed


def test_python_m_runs_the_parallel_sweep(variants: dict[str, Variant]) -> None:
    """`python -m PACKAGE` runs the sweep in Flyte's local mode and prints the best trial."""
    own = variants["own"]
    try:
        printed = own.run("python", "-m", own.package)
    finally:
        own.run("wandb-flyte", "local", "stop")

    assert re.search("3 finished: http://127.0.0.1:[0-9]+/acme/surf/sweeps/", printed)
    assert "best: score = 0.909" in printed
    assert "with {'x': 2}" in printed


def test_the_settings_win_over_the_sweep_file(variants: dict[str, Variant], tmp_path: Path) -> None:
    """A project and an entity that settings.py names are where the runs go."""
    own = prebuilt(variants["own"], tmp_path)
    with (own.path / "waves" / "settings.py").open("a") as file:
        file.write('PROJECT = "mine"\nENTITY = "me"\n')

    printed = own.run("python", "-c", "from waves import workflow; print(workflow.DEFAULTS)")

    assert '"project": "mine"' in printed
    assert '"entity": "me"' in printed
    assert "surf" not in printed
    assert "acme" not in printed


def test_it_serialises_with_a_prebuilt_image(variant: Variant, tmp_path: Path) -> None:
    """A plain string in settings.IMAGE is an image's name, and Flyte takes the project."""
    project = prebuilt(variant, tmp_path)

    printed = project.deploy(f"{variant.package}/workflow.py", "env")

    for task in ("run_parallel_sweep", "run_sweep", "sweep_agent"):
        assert f".{task}" in printed
    assert printed.count("ghcr.io/acme/train:1") == 2


def prebuilt(variant: Variant, folder: Path) -> Variant:
    """A copy of a project whose image is there already."""
    copy = Variant(variant.name, variant.package, folder / variant.path.name, variant.home)
    shutil.copytree(variant.path, copy.path)
    settings = copy.path / variant.package / "settings.py"
    with settings.open("a") as file:
        file.write('\nIMAGE = "ghcr.io/acme/train:1"\n')
    return copy


def test_an_agent_runs_in_a_pod(
    started: Variant, tmp_path: Path, local_server: LocalServer
) -> None:
    """Flyte's container entrypoint, given the code bundle alone, runs the sweep's trial."""
    project = prebuilt(started, tmp_path)
    settings = project.path / project.package / "settings.py"
    settings.write_text(settings.read_text() + 'PROJECT, ENTITY = "surf", "acme"\n')
    workflow = project.path / project.package / "workflow.py"
    call = "    return await run_agent("
    telling = workflow.read_text().replace(call, f'    print("mode:", flyte.ctx().mode)\n{call}')
    workflow.write_text(telling)
    printed = project.run("python", "-c", dedent(BUNDLE), str(tmp_path), project.package)
    bundle = json.loads(printed.splitlines()[-1])["tgz"]
    pod = tmp_path / "pod"
    pod.mkdir()
    (tmp_path / "outputs").mkdir()
    sweep_id = create_sweep(local_server, project)
    inputs = write_inputs(tmp_path, agent_id=0, sweep_id=sweep_id)
    options = {
        "--inputs": str(inputs),
        "--outputs-path": str(tmp_path / "outputs"),
        "--version": "v1",
        "--run-base-dir": str(tmp_path / "base"),
        "--raw-data-path": str(tmp_path / "raw"),
        "--checkpoint-path": str(tmp_path / "checkpoint"),
        "--name": "a1",
        "--run-name": "r1",
        "--project": "p",
        "--domain": "d",
        "--org": "o",
        "--tgz": bundle,
        "--dest": ".",
        "--resolver": "flyte._internal.resolvers.default.DefaultTaskResolver",
    }
    words = [word for pair in options.items() for word in pair]
    task = ["mod", f"{project.package}.workflow", "instance", "sweep_agent"]

    done = subprocess.run(
        [str(BIN / "a0"), *words, *task],
        cwd=pod,
        env={
            **project.environment(),
            "FLYTE_CLUSTERED_WORKER": "1",
            "_U_EP_OVERRIDE": "localhost:30080",
            "_U_INSECURE": "1",
            "WANDB_API_KEY": local_server.key,
            "WANDB_BASE_URL": local_server.url,
            "WANDB_FLYTE_BACKEND": "wandb",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )

    assert (tmp_path / "outputs" / "outputs.pb").exists(), done.stdout
    assert "mode: remote" in done.stdout
    assert (pod / "sweep.yaml").read_text() == (project.path / "sweep.yaml").read_text()
    assert [run.state for run in sweep_runs(local_server, sweep_id)] == ["finished"]


# Bundles the code as `flyte run` does: loaded modules, and what the environments include.
BUNDLE = """
    import asyncio, importlib, json, sys
    from pathlib import Path
    import flyte
    from flyte._code_bundle._includes import collect_env_include_files
    from flyte._code_bundle.bundle import build_code_bundle
    sys.path.insert(0, ".")
    workflow = importlib.import_module(f"{sys.argv[2]}.workflow")
    flyte.init(root_dir=Path.cwd())
    extra = collect_env_include_files([workflow.env, workflow.agent_env])
    bundle = asyncio.run(build_code_bundle(
        Path.cwd(), dryrun=True, copy_bundle_to=Path(sys.argv[1]), additional_files=extra
    ))
    print(json.dumps({"tgz": bundle.tgz}))
"""


def create_sweep(server: LocalServer, project: Variant) -> str:
    """A sweep of the project's own config, of one trial."""
    import yaml
    from wandb_flyte.runtime.backend.wire import WireClient

    config = yaml.safe_load((project.path / "sweep.yaml").read_text())
    client = WireClient(server.url, server.key)
    return client.create_sweep({**config, "run_cap": 1}, "acme", "surf", "").sweep_id


def sweep_runs(server: LocalServer, sweep_id: str) -> list[object]:
    """The sweep's runs, read back from the backend."""
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient

    client = WireClient(server.url, server.key)
    return list(client.sweep_runs(SweepRef("acme", "surf", sweep_id)))


def write_inputs(folder: Path, **values: object) -> Path:
    """A task's inputs as Flyte writes them for a pod."""
    from flyte._internal.runtime.convert import convert_from_native_to_inputs
    from flyte.models import NativeInterface

    interface = NativeInterface.from_types({k: (type(v), None) for k, v in values.items()}, {})
    inputs = asyncio.run(convert_from_native_to_inputs(interface, **values))
    path = folder / "inputs.pb"
    path.write_bytes(inputs.proto_inputs.SerializeToString())
    return path


def test_it_can_be_updated(
    variants: dict[str, Variant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain `copier update` brings the template's news, and leaves what is the user's."""
    from wandb_flyte.generate.template import append_release, install_template, templates_folder

    own = variants["own"]
    copy = Variant("own", own.package, tmp_path / "copy", own.home)
    git("clone", "--quiet", str(own.path), str(copy.path), cwd=tmp_path)
    (copy.path / "waves" / "settings.py").write_text("TRIALS = 99\n")
    git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", "Mine", cwd=copy.path)
    before = tree(copy.path)
    templates = tmp_path / "templates"
    shutil.copytree(templates_folder(), templates)
    (templates / "project.bundle").unlink(missing_ok=True)
    (templates / "project" / "NEWS.md").write_text("news\n")
    settings = templates / "project" / "{{ package }}" / "settings.py.jinja"
    settings.write_text("# New settings.\n" + settings.read_text())
    monkeypatch.setenv("HOME", str(own.home))
    append_release("9.0.0", templates)
    install_template(templates)

    copy.run("copier", "update", "--defaults", "--quiet")

    after = tree(copy.path)
    assert {name for name in after if after[name] != before.get(name)} == {
        "NEWS.md",
        ".copier-answers.yml",
    }
    assert set(before) <= set(after)
    assert b"_commit: v9.0.0\n" in after[".copier-answers.yml"]


def test_the_objective_reference_is_the_users(variants: dict[str, Variant]) -> None:
    """What new_project took is in the project as it was."""
    own = variants["own"]

    assert (own.path / "waves/objective.py").read_text() == OBJECTIVE
    assert ObjectiveRef.parse("train.py:fit").name in (own.path / "waves/workflow.py").read_text()
