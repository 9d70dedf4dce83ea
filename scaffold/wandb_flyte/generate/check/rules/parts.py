"""What a project can't run or be updated without: its answers, and the files of its sweeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from wandb_flyte.analysis.source.sources import Unreadable, parse_file
from wandb_flyte.errors import Finding, UserError
from wandb_flyte.generate.added import read_added
from wandb_flyte.generate.check.trial.case import shown
from wandb_flyte.generate.names import ANSWERS, show, show_path

_CODE = "WF406"
_RESTORE = "`git checkout HEAD -- {}` brings the committed one back."
_MOST_BYTES = 1024 * 1024


def read_loosely(root: Path) -> tuple[dict[str, object], list[Finding]]:
    """A project's answers as far as they can be read, and what keeps its sweeps from being found.

    Args:
        root: The project's folder.
    """
    from wandb_flyte.generate.answers import load_answers

    file = shown(root / ANSWERS)
    try:
        answers = load_answers(root)
    except UserError as error:
        message = error.message.replace(f"`{root / ANSWERS}`", "It")
        return {}, [Finding(message, error.hint, file, code=_CODE)]
    package, findings = answers.get("package"), read_added(answers, file)[1]
    if not isinstance(package, str) or not package.isidentifier():
        message = f"`{show(str(package))}` is no name of a package."
        findings = [*findings, Finding(message, _RESTORE.format(ANSWERS), file, path="package")]
    elif not (root / package).is_dir():
        findings = [*findings, _no_package(root, package, file)]
    return answers, [_coded(finding) for finding in findings]


def check_gone(root: Path) -> list[Finding]:
    """What to say of a folder that has all of a project but its answers; nothing of any other."""
    if not all((root / name).is_file() for name in ("pyproject.toml", "sweep.yaml")):
        return []
    packages = [each.parent.name for each in root.glob("*/workflow.py")]
    objectives = [name for name in packages if (root / name / "objective.py").is_file()]
    if not objectives:
        return []
    message = f"There is no such file, so nothing says what of `{objectives[0]}` is the objective."
    hint = f"{_RESTORE.format(ANSWERS)} `--objective FILE:NAME` says it too."
    return [Finding(message, hint, shown(root / ANSWERS), severity="warning", code=_CODE)]


def check_imported(files: Iterable[Path]) -> Iterator[Finding]:
    """What is wrong with Python files that a run imports: they are not there, or no Python."""
    for file in files:
        if has_markers(file):
            continue  # `check_merged` tells.
        try:
            parse_file(file)
        except Unreadable as error:
            hint = "" if file.is_file() else _RESTORE.format(show_path(file))
            message = str(error) if file.is_file() else "There is no such file."
            yield Finding(message, hint, show_path(file), error.line, code=_CODE)


def check_merged(root: Path, package: Path | None) -> Iterator[Finding]:
    """A finding for each of a project's files that has conflict markers of a merge."""
    files = [*root.glob("*.toml"), *root.glob("*.md"), *root.glob(".github/workflows/*.y*ml")]
    files += [*root.glob("tests/*.py"), *(package.rglob("*.py") if package else ())]
    for file in sorted(files):
        if line := _marker(file):
            message = "It has conflict markers, `<<<<<<<` to `>>>>>>>`."
            yield Finding(
                message, "Solve the conflict.", show_path(Path(shown(file))), line, "", code=_CODE
            )


def has_markers(file: Path) -> bool:
    """Whether a file has conflict markers of a merge."""
    return _marker(file) is not None


def _marker(file: Path) -> int | None:
    """The line of the first conflict marker; None for a file without a whole conflict."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            return None
        lines = file.read_bytes().splitlines()
    except OSError:
        return None
    starts = [number for number, line in enumerate(lines, 1) if line.startswith(b"<<<<<<< ")]
    ends = any(line.startswith(b">>>>>>> ") for line in lines[starts[0] :]) if starts else False
    return starts[0] if ends else None


def _no_package(root: Path, package: str, file: str) -> Finding:
    others = sorted(
        entry.name
        for entry in root.iterdir()
        if entry.name.isidentifier() and (entry / "workflow.py").is_file()
    )
    message = f"The project's package is `{package}`, and there is no such folder."
    hint = f"`git checkout HEAD -- {package}` brings the committed one back."
    if others:
        hint = f"There is `{others[0]}`: give it its name back."
    return Finding(message, hint, file, path="package")


def _coded(finding: Finding) -> Finding:
    return replace(finding, code=_CODE)
