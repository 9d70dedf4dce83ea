"""Which sweep config and which code are meant, from where the user stands."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wandb_flyte.analysis.source.kinds import bindings, is_name
from wandb_flyte.analysis.source.sources import Unreadable, parse_file
from wandb_flyte.errors import Finding, InvalidInput, UserError
from wandb_flyte.generate.added import AddedSweep, read_added, unknown_sweep
from wandb_flyte.generate.names import ANSWERS, package_name
from wandb_flyte.generate.params import check_params, renew_params
from wandb_flyte.generate.user_code._on_import import acting, acts_on_import
from wandb_flyte.spec import NotPython

from .checking import compare_files
from .rules.parts import check_gone, check_imported, check_merged, read_loosely
from .rules.stops import in_project
from .suppress import is_silenced
from .trial.case import shown

_SWEEP = "sweep.yaml"


class CheckResult(NamedTuple):
    """What a check found.

    Attributes:
        findings: The findings that are left, by file and line.
        fixed: What was mended, a line each.
        read: The sweep configs, each with the file of its code, None when no code was read.
    """

    findings: tuple[Finding, ...]
    fixed: tuple[str, ...] = ()
    read: tuple[tuple[Path, Path | None], ...] = ()


class _Place(NamedTuple):
    """A sweep config and what belongs to it.

    Attributes:
        sweep: Its file.
        objective: The objective as `FILE:NAME`, None for the program that the sweep config names.
        params: Its `params.py`, None outside of a project.
        code: The Python files of a project that it can't run without.
        roots: Folders in which the program and its imports may be.
    """

    sweep: Path
    objective: str | None = None
    params: Path | None = None
    code: tuple[Path, ...] = ()
    roots: tuple[Path, ...] = ()


class _Project(NamedTuple):
    """The project around a folder, as its answers describe it.

    Attributes:
        root: Its folder.
        answers: What was answered when it was made.
        added: The sweeps that were added to it.
        problems: What keeps its sweeps from being found.
    """

    root: Path
    answers: dict[str, object]
    added: tuple[AddedSweep, ...]
    problems: tuple[Finding, ...]

    @property
    def package(self) -> Path | None:
        """The folder of its package; None when there is none of that name."""
        name = self.answers.get("package")
        is_plain = isinstance(name, str) and name.isidentifier()
        package = self.root / str(name)
        return package if is_plain and package.is_dir() else None


def check_here(
    folder: Path, sweep: Path | None, objective: str | None, *, fix: bool = False
) -> CheckResult:
    """Checks sweep configs with their code.

    Args:
        folder: Where the user stands.
        sweep: The sweep config, or the name of one of the project's sweeps; by default all of the
            project's, or `sweep.yaml` in the folder.
        objective: `FILE:NAME`, or a script's file; by default the project's objective, or the
            program that the sweep config names. Of several sweeps it is for the first.
        fix: Mend what is safe to mend first.

    Raises:
        UserError: There is no sweep config here.
    """
    project = _project(folder)
    places = _places(project, folder, sweep, objective)
    fixed: list[str] = []
    findings: list[Finding] = []
    if project is not None and (project.problems or any(place.params for place in places)):
        findings += [*project.problems, *check_merged(project.root, project.package)]
    read: list[tuple[Path, Path | None]] = []
    for place in places:
        found = _check(place, fix=fix)
        findings += found.findings
        fixed += found.fixed
        read += found.read
    return CheckResult(tuple(dict.fromkeys(findings)), tuple(fixed), tuple(read))


def _check(place: _Place, *, fix: bool) -> CheckResult:
    sweep, params = place.sweep, place.params
    fixed: list[str] = []
    if fix:
        from .fix import fix_sweep

        fixed += fix_sweep(sweep)
    if fix and params is not None and renew_params(params, sweep):
        fixed.append(f"{params}: renewed from {sweep}")
    found, code = compare_files(sweep, place.objective, place.roots)
    findings = [*check_imported(place.code), *found]
    if params is None and sweep.suffix == ".py":
        findings += _starts(sweep)
    if params is not None:
        findings = in_project(findings)
        findings += check_params(params, sweep)
        if _says_trials(params.with_name("settings.py")):
            findings = [finding for finding in findings if finding.code != "WF023"]
    read = (sweep, Path(shown(code)) if code else None)
    return CheckResult(tuple(findings), tuple(fixed), (read,))


def _starts(code: Path) -> list[Finding]:
    """Notes on what a file starts when it is imported: a script may, a project's code can't."""
    try:
        acts = acts_on_import(code.read_bytes())
    except (OSError, NotPython):
        return []  # It is told as the two are compared.
    found = [replace(acting(code, line, called), severity="note") for line, called in acts]
    return [
        replace(one, message=f"In a project {one.message}") for one in found if not is_silenced(one)
    ]


def _says_trials(settings: Path) -> bool:
    """Whether a project's settings end every search: its tasks take their `TRIALS` by default."""
    try:
        body = parse_file(settings).body
    except Unreadable:
        return False
    return any(is_name(target, "TRIALS") for target, _ in bindings(body))


def _places(
    project: _Project | None, folder: Path, sweep: Path | None, objective: str | None
) -> list[_Place]:
    own = _of_project(project, folder) if project is not None else {}
    if sweep is None:
        places = list(own.values()) or [_Place(Path(_SWEEP))]
        if not own and not (folder / _SWEEP).is_file():
            message = f"There is no `{_SWEEP}` here, and this is no project's folder."
            other = "sweep.yml" if (folder / "sweep.yml").is_file() else "my_sweep.yaml"
            raise UserError(message, f"Name the file: `wandb-flyte check {other}`.")
        places = places[:1] if objective else places
    else:
        named = own.get(package_name(str(sweep))) if not (folder / sweep).exists() else None
        same = (
            p for p in own.values() if (folder / p.sweep).resolve() == (folder / sweep).resolve()
        )
        place = named or next(same, None)
        if place is None and project is not None and _is_name(sweep, folder):
            raise InvalidInput([unknown_sweep(str(sweep), project.added)])
        # The file keeps the name that the user gave it.
        places = [named or (place._replace(sweep=sweep) if place else _Place(sweep))]
    return [place._replace(objective=objective or place.objective) for place in places]


def _of_project(project: _Project, folder: Path) -> dict[str, _Place]:
    """A project's sweeps by their packages' names; the first has none."""
    root, answers, added_sweeps, _ = project
    package = project.package
    if package is None:
        return {"": _Place(_shown(root / _SWEEP, folder), roots=(root, root / "program"))}
    main = AddedSweep("", "", str(answers.get("objective")), program=bool(answers.get("program")))
    places = {"": _place(folder, root, package, package, main)}
    for added in added_sweeps:
        home = package / "sweeps" / added.package
        code = package if added.shares_objective else home
        is_shared = added.shares_program and bool(answers.get("program"))
        added = replace(added, program=added.program or is_shared)
        programs = (home / "program", *([root / "program"] if is_shared else []))
        place = _place(folder, home, home, code, added)
        places[added.package] = place._replace(roots=(home, *programs))
    return places


def _place(folder: Path, home: Path, package: Path, code: Path, sweep: AddedSweep) -> _Place:
    """A sweep whose sweep config is in `home`, `params.py` in `package`, objective in `code`."""
    file = code / "objective.py"
    is_here = sweep.objective.isidentifier() and file.is_file() and not sweep.program
    return _Place(
        sweep=_shown(home / _SWEEP, folder),
        objective=f"{_shown(file, folder)}:{sweep.objective}" if is_here else None,
        params=_shown(package / "params.py", folder),
        # What else is wrong with the objective's file is found as the two are compared.
        code=tuple(
            _shown(each, folder)
            for each in (
                package / "settings.py",
                package / "workflow.py",
                *([] if is_here else [file]),
            )
        ),
        # The second is where the sweep config's own program is, if that is what is run.
        roots=(home, home / "program"),
    )


def _is_name(sweep: Path, folder: Path) -> bool:
    """Whether it is meant as the name of a sweep: a word that is no file here."""
    return not sweep.suffix and len(sweep.parts) == 1 and not (folder / sweep).exists()


def _project(folder: Path) -> _Project | None:
    """The project around a folder."""
    for root in (folder.resolve(), *folder.resolve().parents):
        if not (root / ANSWERS).is_file():
            if gone := check_gone(root):
                return _Project(root, {}, (), tuple(gone))
            continue
        answers, problems = read_loosely(root)
        added = tuple(read_added(answers, "")[0])
        project = _Project(root, answers, added, tuple(problems))
        # A project whose sweep config is gone is one all the same.
        if (root / _SWEEP).is_file() or ((project.package or root) / "workflow.py").is_file():
            return project
    return None


def _shown(file: Path, folder: Path) -> Path:
    """The file as the user would name it from where they stand."""
    return Path(os.path.relpath(file, folder)) if file.is_absolute() else file
