"""`params.py`: made from the sweep config, and told apart from a stale one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from wandb_flyte.generate.params import check_params, render_params, renew_params
from wandb_flyte.spec import parse_sweep

PARAMETERS = {
    "lr": {"distribution": "log_uniform_values", "min": 0.001, "max": 0.1},
    "batch-size": {"values": [16, 32]},
    "lambda": {"values": [0, 0.5]},
    "opt": {"parameters": {"name": {"values": ["adam", "it's"]}, "steps": {"min": 1, "max": 9}}},
    "mixed": {"values": [None, "x", [1]]},
    "bias": {"values": [True, False]},
    "long": {"values": [f"a quite long value, number {i}" for i in range(9)]},
}


def test_every_kind_of_parameter(tmp_path: Path) -> None:
    """The file is formatted, passes the type checker, and has Python names and types."""
    text = render_params(parse_sweep({"method": "random", "parameters": PARAMETERS}))
    file = tmp_path / "params.py"
    file.write_text(text)

    assert "    lr: float  # 0.001 to 0.1, log_uniform_values\n" in text
    assert "    batch_size: Literal[16, 32]\n    lambda_: float\n    opt: Opt\n" in text
    assert '    name: Literal["adam", "it\'s"]\n' in text
    assert "    mixed: list[Any] | str | None\n    bias: bool\n    long: str\n" in text
    ruff = [sys.executable, "-m", "ruff"]
    settings = ["--config", "line-length = 100", str(file)]
    subprocess.run([*ruff, "format", "--check", *settings], check=True)
    subprocess.run([*ruff, "check", "--select", "E,F,I,UP,B", *settings], check=True)
    subprocess.run([sys.executable, "-m", "mypy", "--strict", str(file)], check=True)


def test_names_that_begin_with_underscores(tmp_path: Path) -> None:
    """A field keeps one underscore: two would make it the class's own."""
    values = {"_u": {"value": 1}, "__d": {"value": 2}}
    text = render_params(parse_sweep({"method": "random", "parameters": values}))
    assert "    _u: int\n    _d: int\n" in text


def test_two_names_that_are_one_in_python_are_told(tmp_path: Path) -> None:
    """At each level, with both names."""
    sweep, file = tmp_path / "sweep.yaml", tmp_path / "params.py"
    sweep.write_text(
        "method: random\nparameters:\n  a-b: {values: [1, 2]}\n  a_b: {values: [1, 2]}\n"
        "  net: {parameters: {a-b: {value: 1}, c.d: {value: 1}, c_d: {value: 1}}}\n"
    )
    file.write_text("")
    assert renew_params(file, sweep)

    assert [(found.path, found.message, found.hint) for found in check_params(file, sweep)] == [
        (
            "parameters.a_b",
            "`Params` has one field, `a_b`, for `a-b` and `a_b`.",
            "Rename one of them.",
        ),
        (
            "parameters.net.c_d",
            "`Params` has one field, `c_d`, for `net.c.d` and `net.c_d`.",
            "Rename one of them.",
        ),
    ]


def test_a_stale_file_is_told_and_renewed(tmp_path: Path) -> None:
    """After a change of the sweep config, or without the file, it is renewed."""
    sweep, file = tmp_path / "sweep.yaml", tmp_path / "params.py"
    sweep.write_text("method: grid\nparameters: {x: {values: [1, 2]}}\n")
    (gone,) = check_params(file, sweep)
    assert gone.message == "There is no such file."
    assert renew_params(file, sweep)
    assert check_params(file, sweep) == []
    file.write_text("")

    assert [finding.code for finding in check_params(file, sweep)] == ["WF401"]
    assert renew_params(file, sweep)
    assert check_params(file, sweep) == []
    assert not renew_params(file, sweep)
