"""Where an objective stands, and how another process finds it."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.results import loggable
from wandb_flyte.runtime.trials.failures import TrialStopped, describe, exit_code_of, where
from wandb_flyte.runtime.trials.objective import ObjectiveRef, caller_of, load, refer_to

HERE = Path(__file__)


def objective(lr: float) -> float:
    return lr


class Trainer:
    def train(self, lr: float) -> float:
        return lr

    def __call__(self, lr: float) -> float:
        return lr


def closure() -> object:
    def inner(lr: float) -> float:
        return lr

    return inner


@functools.wraps(objective)
def disguised(lr: float) -> float:
    return objective(lr)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (lambda lr: lr, "a lambda has no name"),
        (closure(), "`closure.<locals>.inner` is defined inside another function"),
        (Trainer().train, "`Trainer.train` is a method, bound to an object of this process"),
        (functools.partial(objective, lr=1), "a functools.partial has no name of its own"),
        (Trainer(), f"it is no function but a `{__name__}.Trainer`"),
        (len, "it is no function but a `builtins.builtin_function_or_method`"),
        (disguised, f"`objective` is another object in `{__name__}` than the one given"),
    ],
    ids=["lambda", "closure", "method", "partial", "object", "builtin", "disguised"],
)
def test_what_another_process_cannot_import_is_refused_with_the_reason(given, reason):
    """Before any trial is taken, and with what to do instead."""
    with pytest.raises(UserError) as failure:
        refer_to(given)
    assert str(failure.value) == (
        f"The worker process can't import the objective: {reason}.\n"
        "Give run_agent a function that stands at the top level of a module."
    )


def test_a_function_is_found_again_from_its_reference():
    """Module and file of a function lead back to it."""
    ref = refer_to(objective)
    assert ref == ObjectiveRef(__name__, str(HERE), "objective")
    assert load(refer_to(f"{HERE}:objective"))(3) == 3
    assert load(refer_to("json:dumps"))({}) == "{}"


def test_a_file_in_a_package_is_imported_as_part_of_it(tmp_path: Path, monkeypatch):
    """Relative imports work, wherever the agent was started."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    package = tmp_path / "project_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "settings.py").write_text("RATE = 2\n")
    (package / "objective.py").write_text(
        "from .settings import RATE\n\ndef objective(lr):\n    return lr * RATE\n"
    )
    loaded = load(refer_to(f"{package}/objective.py:objective"))
    assert loaded(2) == 4
    assert loaded.__module__ == "project_of_a_test.objective"


def test_a_file_whose_name_is_taken_is_loaded_all_the_same(tmp_path: Path):
    """A script called like a module of the standard library is still the one that is meant."""
    (tmp_path / "json.py").write_text("def objective(lr):\n    return lr + 1\n")
    assert load(refer_to(f"{tmp_path}/json.py:objective"))(1) == 2


def test_the_main_script_is_not_run_again(tmp_path: Path):
    """An objective of `__main__` is found in its file, whose main part does not run again."""
    script = tmp_path / "script.py"
    script.write_text(
        "from wandb_flyte.runtime.trials.objective import load, refer_to\n"
        "def objective(lr):\n    return lr + 1\n"
        "if __name__ == '__main__':\n"
        "    print(load(refer_to(objective))(1))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.stdout == "2\n"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("objective", "`objective` is no `FILE:NAME` and no `MODULE:NAME`."),
        (f"{HERE}:nothing", f"There is no `nothing` in `{HERE}`."),
        ("json:no_such_name", "There is no `no_such_name` in `json`."),
        ("/nowhere/train.py:objective", "There is no file `/nowhere/train.py`."),
        ("json:__name__", "`json:__name__` is no function but `'json'`."),
    ],
)
def test_a_reference_that_leads_nowhere_says_so(reference, message):
    """File, module and name are told apart."""
    with pytest.raises(UserError) as failure:
        load(refer_to(reference))
    assert failure.value.message == message


def test_a_generator_is_no_objective():
    """A call of it would run nothing, and every trial would seem to finish."""
    with pytest.raises(UserError) as failure:
        caller_of(load(refer_to(f"{HERE.with_name('objectives.py')}:yields")))
    assert failure.value.message == (
        "The objective `yields` is a generator: a call of it runs nothing."
    )


def test_what_an_objective_returns_becomes_what_is_logged():
    """A number is the metric, a dict is logged as it is, anything else is not logged."""
    numpy = pytest.importorskip("numpy")
    assert loggable(0.5, "loss") == {"loss": 0.5}
    assert loggable(numpy.float32(0.5), "loss") == {"loss": 0.5}
    assert loggable({"loss": 1, "accuracy": 2}, "loss") == {"loss": 1, "accuracy": 2}
    for value in (None, True, "0.5", [0.5], object()):
        assert loggable(value, "loss") == {}
    assert loggable(0.5, "") == {}


def _called(folder: Path, source: str, *names: str) -> list[str]:
    """What functions print when they are objectives of a trial with `lr` 0.5, one after another."""
    pytest.importorskip("wandb")
    script = folder / "calls.py"
    script.write_text(
        "import wandb\n"
        "from wandb_flyte.errors import UserError\n"
        "from wandb_flyte.runtime.trials.objective import caller_of\n"
        "from wandb_flyte.runtime.trials.trial import Trial\n"
        f"{source}"
        "trial = Trial('r1', 's1', config={'lr': 0.5})\n"
        "wandb.init(config=trial.config, settings={'silent': True})\n"
        f"for objective in ({''.join(f'{name}, ' for name in names)}):\n"
        "    try:\n"
        "        caller_of(objective)(trial)\n"
        "    except UserError as error:\n"
        "        print(error.message)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"WANDB_MODE": "offline"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_reads_the_config_itself_keeps_its_own_parameters(tmp_path: Path) -> None:
    """As under `wandb.agent`: none of them is in the sweep, and all have defaults."""
    source = (
        "def reads_itself(device='cpu'):\n"
        "    print(wandb.init().config.lr, 'on', device)\n"
        "def of_depth(depth=1):\n"
        "    print(depth)\n"
    )
    expected = ["0.5 on cpu", "The objective does not take the sweep's `lr`."]
    assert _called(tmp_path, source, "reads_itself", "of_depth") == expected


def test_a_config_has_what_its_default_gives_and_the_sweep_does_not(tmp_path: Path) -> None:
    """As under `wandb.agent`, which calls `train()` and has the sweep's values win."""
    source = (
        "DEFAULTS = {'lr': 0.1, 'depth': 3}\n"
        "def opens(config=DEFAULTS):\n"
        "    with wandb.init(config=config) as run:\n"
        "        print(run.config.lr, run.config.depth)\n"
        "def takes(config: dict = DEFAULTS):\n"
        "    print(config, DEFAULTS)\n"
    )
    expected = ["{'lr': 0.5, 'depth': 3} {'lr': 0.1, 'depth': 3}", "0.5 3"]
    assert _called(tmp_path, source, "takes", "opens") == expected


def test_a_config_whose_default_is_of_a_dataclass(tmp_path: Path) -> None:
    """It says the type, annotated or not, and what the sweep does not give is the default's own."""
    source = (
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class Config:\n"
        "    lr: float = 0.1\n"
        "    depth: int = 3\n"
        "def plain(config=Config()):\n"
        "    print(config)\n"
        "def typed(config: Config = Config(depth=7)):\n"
        "    print(config)\n"
    )
    expected = ["Config(lr=0.5, depth=3)", "Config(lr=0.5, depth=7)"]
    assert _called(tmp_path, source, "plain", "typed") == expected


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("bad"), 1),
        (SystemExit(), 0),
        (SystemExit(0), 0),
        (SystemExit(3), 3),
        (SystemExit("a message"), 1),
        (KeyboardInterrupt(), 255),
        (TrialStopped("too long", 124), 124),
    ],
)
def test_exit_codes_are_those_of_a_process_that_ends_so(error, code):
    """As W&B records a script that ends with this error."""
    assert exit_code_of(error) == code


def test_a_failure_is_told_in_one_line_with_its_place_in_the_users_code():
    """The innermost line of the user's own, not the library's that it called."""
    with pytest.raises(ValueError) as caught:
        __import__("json").loads("{\n")
    line = caught.traceback[0].lineno + 1
    assert where(caught.value) == f"{HERE}:{line}"
    assert describe(ValueError("two\n  lines")) == "ValueError: two lines"
    assert describe(ValueError()) == "ValueError"


def test_a_syntax_error_is_where_it_stands(tmp_path: Path):
    """The line in the objective's file, although nothing of it ever ran."""
    file = tmp_path / "broken.py"
    file.write_text("x = 1\ndef objective(:\n")
    with pytest.raises(SyntaxError) as caught:
        load(refer_to(f"{file}:objective"))
    assert where(caught.value) == f"{file}:2"
