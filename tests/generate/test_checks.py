"""Whether an objective and a sweep config fit each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.generate.checks import check_fit, check_place
from wandb_flyte.generate.user_code.objective import ObjectiveRef, read_objective
from wandb_flyte.spec import load_sweep, parse_sweep

Write = Callable[[str, str], Path]
SWEEP = """\
method: random
metric: {name: loss}
parameters:
  lr: {min: 0.1, max: 1.0}
  depth: {values: [1, 2]}
"""


@pytest.fixture
def check(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., list[str]]:
    """The findings for the objective `f` of a source text, with their severities."""
    monkeypatch.chdir(tmp_path)

    def check_text(text: str, sweep: str = SWEEP) -> list[str]:
        write("train.py", text)
        write("sweep.yaml", sweep)
        objective = read_objective(ObjectiveRef(Path("train.py"), "f"))
        document = load_sweep(Path("sweep.yaml"))
        findings = check_fit(objective, parse_sweep(document.raw), document)
        return [f"{finding.severity}: {finding}" for finding in findings]

    return check_text


@pytest.mark.parametrize(
    "text",
    [
        "def f(lr, depth):\n    return lr * depth",
        "def f(lr=1.0, depth=1, epochs=3):\n    return lr * depth",
        "def f(**values):\n    return values['lr']",
        "def f(config):\n    return config['lr'] * config.depth",
        "def f(config):\n    return config['lr'] * config.get('depth', 1)",
        "from nets import build\ndef f(config):\n    return build(**config)",
        "from nets import run\ndef f(config):\n"
        "    return run([f'--{k}={v}' for k, v in config.items()])",
        "import wandb\ndef f():\n    wandb.init()\n    c = wandb.run.config\n"
        "    wandb.log({'loss': c.lr * c.depth})",
        "import wandb\ndef f():\n    with wandb.init() as r:\n"
        "        c = r.config\n        r.log({'loss': c.lr * c['depth']})",
        "import wandb\ndef f():\n    wandb.init(config={'epochs': 3})\n"
        "    c = wandb.config\n    wandb.log({'loss': c.lr * c.depth * c.epochs})",
        "import wandb\ndef f():\n    wandb.config.setdefaults({'epochs': 3})\n"
        "    c = wandb.config\n    return c.lr * c.depth * c.epochs",
        "import wandb\ndef g():\n    return wandb.config.lr, wandb.config.depth\n"
        "def f():\n    wandb.init()\n    wandb.log({'loss': g()})",
        "import nets, wandb\ndef f():\n    nets.train(wandb.init())",
        "import wandb\ndef f():\n    c = wandb.init().config\n"
        "    metrics = {'loss': c.lr * c.depth}\n"
        "    wandb.log(metrics)",
        "import wandb\ndef f(device='cpu'):\n    c = wandb.init().config\n"
        "    wandb.log({'loss': c.lr * c.depth, 'device': device})",
    ],
)
def test_what_fits_has_no_finding(check: Callable[..., list[str]], text: str) -> None:
    """Every way to read the config and to report the metric is understood, or left alone."""
    assert check(text) == []


def test_a_parameter_that_the_function_lacks(check: Callable[..., list[str]]) -> None:
    """Every call would fail on a name that the function does not take."""
    assert check("def f(lr):\n    return lr") == [
        "error: sweep.yaml:5: parameters.depth: `f` has no parameter `depth`. "
        "Add it to the function, or take it out of the sweep."
    ]


def test_a_value_that_is_no_member(check: Callable[..., list[str]]) -> None:
    """An enum's values and names are taken, as a trial takes them; anything else stops it."""
    enums = "import enum\nclass Depth(enum.IntEnum):\n    FLAT = 1\n    DEEP = {deep}\n"
    text = "def f(lr: float, depth: Depth | None = None):\n    return lr * depth"
    assert check(enums.format(deep=3) + text) == [
        "warning: sweep.yaml:5: parameters.depth: `depth` is annotated as `Depth | None`, and `2` "
        "is none. Change the values, or the annotation."
    ]
    assert check(enums.format(deep=2) + text) == []


def test_a_parameter_that_the_sweep_lacks(check: Callable[..., list[str]]) -> None:
    """Every call would fail without an argument that has no default."""
    assert check("\ndef f(lr, depth, width):\n    return lr * depth") == [
        "error: train.py:2: `f` needs `width`, which the sweep does not give. "
        "Add it to the sweep's parameters, or give it a default."
    ]


def test_a_key_that_the_sweep_lacks(check: Callable[..., list[str]]) -> None:
    """Every trial would fail on a key that is read without a default."""
    assert check("def f(config):\n    return config.lr * config['depth'] * config['width']") == [
        "error: train.py:2: The objective reads `width`, which the sweep does not give. "
        "Add it to the sweep's parameters."
    ]


def test_a_key_that_is_read_sometimes_may_be_missing(check: Callable[..., list[str]]) -> None:
    """What only some calls read is not held against the sweep."""
    text = "def f(config):\n    if config.lr > 9:\n        config.width\n    return config.depth"

    assert check(text) == []


def test_a_parameter_that_nothing_reads(check: Callable[..., list[str]]) -> None:
    """A parameter without effect is worth a warning."""
    assert check("def f(config):\n    return config.lr") == [
        "warning: sweep.yaml:5: parameters.depth: Nothing in `train.py` reads `depth`. "
        "Trials will not depend on it."
    ]


def test_a_returned_dict_is_logged(check: Callable[..., list[str]]) -> None:
    """What a returned dict holds is logged under its keys: the metric has to be among them."""
    assert check("def f(lr, depth):\n    return {'loss': lr, 'acc': depth}") == []
    assert (
        check("from nets import more\ndef f(lr, depth):\n    return {'acc': lr, **more(depth)}")
        == []
    )
    assert check("def f(lr, depth):\n    return {'acc': lr + depth}") == [
        "warning: sweep.yaml:2: metric.name: The objective never logs or returns `loss`; "
        "it logs `acc`. Without it no trial is the best one."
    ]


def test_a_metric_that_is_never_logged(check: Callable[..., list[str]]) -> None:
    """A metric that is neither logged nor returned leaves the sweep without a best trial."""
    text = "import wandb\ndef f(lr, depth):\n    wandb.log({'acc': lr, 'step': depth})"

    assert check(text) == [
        "warning: sweep.yaml:2: metric.name: The objective never logs or returns `loss`; "
        "it logs `acc`, `step`. Without it no trial is the best one."
    ]


def test_an_import_that_is_not_installed(write: Write) -> None:
    """A dependency is guessed for what is not installed, and the guess is told."""
    objective = read_objective(
        ObjectiveRef(write("train.py", "import cv2, numpy\nimport no_such\ndef f(): ..."), "f")
    )

    assert [str(finding) for finding in check_place(objective)] == [
        f"{objective.ref.file}: It imports `no_such`, `opencv-python`, not installed here. "
        "The project will depend on it under that name: check that the name is right."
    ]
