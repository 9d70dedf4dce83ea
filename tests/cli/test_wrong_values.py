"""Values of options that can't be: wrong usage, in the same words by every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from wandb_flyte.cli._app import invoke


@pytest.fixture(autouse=True)
def _in_project(project: Path, monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> None:
    monkeypatch.chdir(project)


@pytest.mark.parametrize("command", [("new", "a"), ("add", "sweep", "a"), ("run",), ("plan",)])
@pytest.mark.parametrize("value", ["0", "-3", "80x", "1.5", ""])
@pytest.mark.parametrize("what", ["trials", "agents"])
def test_no_number(
    command: tuple[str, ...], value: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no whole number from 1 is told the same way everywhere."""
    assert invoke([*command, f"--{what}", value]) == 2
    told = capsys.readouterr().err
    assert f"Invalid value for '--{what}': `{value}` is no number of {what}. Give a" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("new", "a", "--objective", "nope.py"), "is not of the form `FILE:NAME`"),
        (("new", "a", "--trials", "2000000"), "--trials: `2000000` is not between 1 and 1000000."),
        (("trial", "=3"), "`=3` is no NAME=VALUE."),
        (("trial", "rate=3"), "There is no parameter `rate`."),
    ],
)
def test_wrong_usage(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other values that can't be have the same exit code."""
    assert invoke(words) == 2
    assert message in capsys.readouterr().err
