"""What a new project can begin from: real trainings, quick, and with something to find."""

from __future__ import annotations

import importlib.util
import random
import tomllib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits
from wandb_flyte.errors import UserError
from wandb_flyte.generate.new import new_project
from wandb_flyte.generate.plan import NewProject
from wandb_flyte.generate.starters import Starter, find_starter, list_starters
from wandb_flyte.generate.user_code.objective import ObjectiveRef
from wandb_flyte.spec import assemble, load_sweep, parse_sweep

from .helpers import bare_environment, run_tool

STARTERS = [starter.name for starter in list_starters()]
# Made as the one of numpy alone, with other packages; the others say it in every run.
LONG = ("scikit-learn", "script", "xgboost")


@pytest.fixture(params=STARTERS)
def starter(request: pytest.FixtureRequest) -> Starter:
    """Each starter in turn."""
    return find_starter(request.param)


@pytest.fixture
def installed(starter: Starter) -> None:
    """Skips the test where the starter's packages are not installed."""
    if starter.name == "pytorch" and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed here: `make starters` runs this with it")


def training(starter: Starter) -> Callable[..., float]:
    """The starter's objective, or the function in which its program trains."""
    ref = starter.objective or ObjectiveRef(starter.spec.with_name("train.py"), "train")
    spec = importlib.util.spec_from_file_location("starter_objective", ref.file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Callable[..., float] = getattr(module, ref.name)
    return function


def test_there_is_the_quickstart() -> None:
    """A project without inputs begins from it."""
    assert STARTERS == ["pytorch", "quickstart", "scikit-learn", "script", "xgboost"]


def test_an_unknown_starter_is_told_with_those_there_are() -> None:
    """The message lists what can be chosen."""
    with pytest.raises(UserError) as caught:
        find_starter("a\nb")

    assert caught.value.message == "There is no starter `a\\nb`."
    assert "`quickstart`" in caught.value.hint


def test_it_makes_a_project_without_a_warning(starter: Starter, tmp_path: Path) -> None:
    """A starter passes every check that a user's own inputs have to."""
    created = new_project(NewProject("demo", tmp_path / "demo", starter=starter.name))

    assert created.starter == starter.name
    assert created.warnings == ()


@pytest.fixture
def project(starter: Starter, tmp_path: Path) -> Path:
    """A project from a starter; the quickstart's is looked at in test_project.py."""
    if starter.name == "quickstart":
        pytest.skip("test_project.py has it")
    return new_project(NewProject("demo", tmp_path / "demo", starter=starter.name)).path


def run(project: Path, *command: str) -> str:
    """Runs a tool in a project and gives what it printed; a failure shows all of it."""
    return run_tool(*command, cwd=project, env=bare_environment())


def test_its_project_is_clean_and_names_its_packages(starter: Starter, project: Path) -> None:
    """Formatter, linter, type checker and `check` are content, PyTorch installed or not."""
    run(project, "ruff", "format", "--check", "--no-cache", ".")
    run(project, "ruff", "check", "--no-cache", ".")
    run(project, "mypy")
    run(project, "wandb-flyte", "check", "--strict")

    needed = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(starter.dependencies) <= set(needed)


@pytest.mark.parametrize(
    "starter",
    [pytest.param(name, marks=[pytest.mark.long] * (name in LONG)) for name in STARTERS],
    indirect=True,
)
@pytest.mark.usefixtures("installed")
def test_its_project_passes_its_own_tests(project: Path) -> None:
    """As generated, with a real sweep of two agents on a local backend among them."""
    assert "3 passed" in run(project, "pytest", "-q", "-p", "no:cacheprovider")


@pytest.mark.usefixtures("installed")
def test_its_parameters_are_typed_and_have_defaults(starter: Starter) -> None:
    """A starter can be called as it is, and a reader sees what each parameter is."""
    function = training(starter)
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]

    assert len(function.__defaults__ or ()) == len(names)
    assert set(names) | {"return"} == set(function.__annotations__)


@pytest.mark.long
@pytest.mark.usefixtures("installed")
def test_a_sweep_beats_the_defaults(starter: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over 5 seeds, the median of the best of 8 random trials is at most 0.8 x the default loss."""
    import wandb

    monkeypatch.setenv("WANDB_MODE", "disabled")
    monkeypatch.setattr(wandb, "run", None)  # A disabled run stays there when it has ended.
    objective = training(starter)
    config = parse_sweep(load_sweep(starter.spec).raw)

    def losses(seed: int) -> Iterator[float]:
        rng = random.Random(seed)
        for _ in range(8):
            drawn = [
                parameter.distribution.quantile(rng.random()) for parameter in config.parameters
            ]
            yield objective(**assemble(config, drawn))

    # More threads than that only wait for each other beside the other tests.
    with wandb.init(), threadpool_limits(1):
        limit = 0.8 * objective()
        # The median of five is below the limit when three are; each stops at its first that is.
        below = (seed for seed in range(5) if any(loss <= limit for loss in losses(seed)))
        assert len(list(islice(below, 3))) == 3
