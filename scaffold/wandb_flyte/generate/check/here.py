"""Which sweep config and which code are meant, from where the user stands."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wandb_flyte.errors import Finding, UserError
from wandb_flyte.generate.params import check_params, renew_params

from .checking import check_files
from .fix import fix_sweep

_SWEEP = "sweep.yaml"


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        findings: The findings that are left, by file and line.
        fixed: What was mended, a line each.
    """

    findings: tuple[Finding, ...]
    fixed: tuple[str, ...] = ()


def check_here(
    folder: Path, sweep: Path | None, objective: str | None, *, fix: bool = False
) -> CheckResult:
    """Checks a sweep config with its code.

    Args:
        folder: Where the user stands.
        sweep: The sweep config; by default the project's, or `sweep.yaml` in the folder.
        objective: `FILE:NAME`, or a script's file; by default the project's objective, or the
            program that the sweep config names.
        fix: Mend what is safe to mend first.

    Raises:
        UserError: There is no sweep config here.
    """
    project = _project(folder) if sweep is None or sweep.name == _SWEEP else None
    if project is not None and sweep is not None and not _same(project / _SWEEP, folder / sweep):
        project = None
    if sweep is None:
        sweep = _shown((project or folder) / _SWEEP, folder)
        if not (folder / sweep).is_file():
            message = f"There is no `{_SWEEP}` here, and this is no project's folder."
            raise UserError(message, "Name the file: `wandb-flyte check my_sweep.yaml`.")
    package = _package(project) if project is not None else None
    if objective is None and package is not None and project is not None:
        objective = _objective(project, package, folder)
    fixed = list(fix_sweep(sweep)) if fix else []
    params = _shown(package / "params.py", folder) if package is not None else None
    if fix and params is not None and renew_params(params, sweep):
        fixed.append(f"{params}: renewed from {sweep}")
    findings = check_files(sweep, objective, (project,) if project is not None else ())
    if params is not None:
        findings += check_params(params, sweep)
    return CheckResult(tuple(findings), tuple(fixed))


def _project(folder: Path) -> Path | None:
    for root in (folder.resolve(), *folder.resolve().parents):
        if (root / ".copier-answers.yml").is_file() and (root / _SWEEP).is_file():
            return root
    return None


def _package(root: Path) -> Path | None:
    name = _answers(root).get("package")
    if isinstance(name, str) and name.isidentifier() and (root / name).is_dir():
        return root / name
    return None


def _objective(root: Path, package: Path, folder: Path) -> str | None:
    name = _answers(root).get("objective")
    file = package / "objective.py"
    if not isinstance(name, str) or not name.isidentifier() or not file.is_file():
        return None
    return f"{_shown(file, folder)}:{name}"


def _answers(root: Path) -> dict[str, object]:
    import yaml

    try:
        loaded = yaml.safe_load((root / ".copier-answers.yml").read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _shown(file: Path, folder: Path) -> Path:
    """The file as the user would name it from where they stand."""
    return Path(os.path.relpath(file, folder)) if file.is_absolute() else file
