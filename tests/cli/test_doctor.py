"""`wandb-flyte doctor`: what is there, what is missing, and the remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from wandb_flyte.cli._doctor import diagnose

from .conftest import RunCli


def test_bare_laptop_is_enough(run_cli: RunCli) -> None:
    """With neither key nor Flyte config nothing is in the way, and each gap has its remedy."""
    done = run_cli("doctor")

    assert done.code == 0, done.out
    assert "\n--  W&B key: none: local runs use the local backend\n" in done.out
    assert "      `flyte create config --endpoint HOST`, for `run --remote`\n" in done.out


def test_json(run_cli: RunCli) -> None:
    """`--json` prints one document with every check."""
    report = json.loads(run_cli("doctor", "--json").out)

    names = [check["name"] for check in report["checks"]]
    assert report["ok"] is True
    assert names == [
        "Python",
        "wandb-flyte",
        "flyte",
        "wandb",
        "copier",
        "git",
        "git identity",
        "local extra",
        "W&B key",
        "data folder",
        "local backend",
        "Flyte config",
        "project",
    ]


def test_no_backend_at_all(run_cli: RunCli, without_modules: Callable[..., dict[str, str]]) -> None:
    """Without a key and without the `local` extra no run is possible: red, exit code 1."""
    done = run_cli("doctor", env=without_modules("optuna"))

    assert done.code == 1
    assert "no  local extra: not installed: optuna\n" in done.out
    assert "pip install 'wandb-flyte[local]'" in done.out


def test_missing_git(run_cli: RunCli, tmp_path: Path) -> None:
    """Without git some uses are not there: the line says what to do, and none of an identity."""
    done = run_cli("doctor", env={"PATH": str(tmp_path)})

    assert done.code == 0
    assert "--  git: not found\n      Install git: `new` and updates need it.\n" in done.out
    assert "git identity" not in done.out


@pytest.mark.usefixtures("clean_environment")
def test_key_is_named_by_its_source_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A W&B key is found, and its text is not part of the report."""
    key = "a" * 40
    monkeypatch.setenv("WANDB_API_KEY", key)
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.example.com")
    report = diagnose(tmp_path)

    found = next(check for check in report.checks if check.name == "W&B key")
    assert found.status == "ok"
    assert found.detail == "WANDB_API_KEY, for https://wandb.example.com"
    assert key not in str(report.to_json())


def test_flyte_config(run_cli: RunCli, tmp_path: Path) -> None:
    """The Flyte config is named with its endpoint; one without an endpoint has a remedy."""
    (tmp_path / ".flyte").mkdir()
    config = tmp_path / ".flyte" / "config.yaml"
    config.write_text("admin:\n  endpoint: dns:///flyte.example.com\n")
    good = run_cli("doctor").out
    config.write_text("task:\n  project: p\n")
    bad = run_cli("doctor").out
    config.write_text("admin: [\n")
    broken = run_cli("doctor").out

    assert f"ok  Flyte config: {config}, endpoint dns:///flyte.example.com\n" in good
    assert f"--  Flyte config: The Flyte config `{config}` names no endpoint.\n" in bad
    assert f"--  Flyte config: The Flyte config `{config}` is no YAML: while parsing" in broken


def test_project_and_its_template(run_cli: RunCli, project: Path) -> None:
    """Inside a project its folder and its template's version are shown, from subfolders too."""
    (project / ".copier-answers.yml").write_text("_commit: v0.1.0\n_src_path: x\n")
    done = run_cli("doctor", cwd=project / "small")

    assert f"ok  project: {project}, template v0.1.0\n" in done.out


def test_settings_that_python_can_not_read(run_cli: RunCli, project: Path) -> None:
    """A project that can't run is not ok."""
    (project / ".copier-answers.yml").write_text("_commit: v0.1.0\n_src_path: x\n")
    (project / "small" / "settings.py").write_text("TRIALS = 1\nAGENTS = (\n")
    done = run_cli("doctor", cwd=project)

    assert done.code == 1
    assert f"no  project: {project}, template v0.1.0; small/settings.py:2: Python can" in done.out


def test_answers_that_can_not_be_read(run_cli: RunCli, project: Path) -> None:
    """A project whose answers are of no use is no project that is not there."""
    (project / ".copier-answers.yml").write_text("<<<<<<< HEAD\na: 1\n=======\nb: 2\n>>>>>>> aa\n")
    done = run_cli("doctor", cwd=project)

    assert done.code == 1
    assert "conflict markers of a merge" in done.out
    assert "Keep what each side added" in done.out


def test_what_made_the_project(run_cli: RunCli, tmp_path: Path) -> None:
    """Inside a project the template, its version and its hash are shown; elsewhere they are not."""
    run_cli("new", "demo", "--output", str(tmp_path / "demo"), "--defaults")

    inside = json.loads(run_cli("doctor", "--json", cwd=tmp_path / "demo").out)["checks"][-1]
    outside = json.loads(run_cli("doctor", "--json", cwd=tmp_path).out)["checks"][-1]

    assert (inside["name"], inside["status"]) == ("made from", "ok")
    assert inside["detail"].startswith("wandb-flyte v")
    assert "(sha256:" in inside["detail"]
    assert outside["name"] == "project"
