"""Adding a sweep to a project: planned first, then written once, as an update is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wandb_flyte.errors import Finding, InvalidInput, UserError
from wandb_flyte.spec import SweepDocument, load_sweep

from .added import AddedSweep, find_added
from .answers import Answers, find_root, read_answers
from .git import require_git
from .kits.read import read_recorded
from .names import ANSWERS, check_sweep_name, package_name, show
from .params import render_params
from .paths import check_places, link_on_the_way
from .plan import NewProject, Plan, plan_request
from .template import SOURCE
from .temporary import temporary_folder
from .updates.apply import apply, locked
from .updates.changes import FileChange, compare, with_modes
from .updates.checkout import mark_conflicts, needs_history, start_history
from .updates.target import Versions, open_versions
from .updates.update import read_project, rendered
from .user_code._imports import not_installed
from .user_code.objective import ObjectiveRef

_FOLDER = "sweeps"
_PROGRAM = "program"


@dataclass(frozen=True)
class SweepAddition:
    """A sweep that was added to a project.

    Attributes:
        root: The project's folder.
        name: The sweep's name.
        folder: Its own folder, relative to the project's.
        objective: Its objective's file, relative to the project's folder.
        changes: What happened to each file that was written, conflicts last.
        trials: How many trials it has.
        agents: How many agents run them at once.
        starter: The starter it came from, empty when it was given.
        left: What of its program stays behind, a line each.
        history: What was done about the project's git history, empty when it had one.
        warnings: What may go wrong later.
        missing: The requirements that have to be installed before it runs here.
    """

    root: Path
    name: str
    folder: str
    objective: str
    changes: tuple[FileChange, ...]
    trials: int
    agents: int
    starter: str
    left: tuple[str, ...]
    history: str
    warnings: tuple[Finding, ...]
    missing: tuple[str, ...]

    @property
    def conflicts(self) -> tuple[FileChange, ...]:
        """The files that the user has to look at."""
        return tuple(change for change in self.changes if change.kind == "conflict")


def plan_sweep(request: NewProject) -> Plan:
    """Checks what a sweep is to be added from, and `into` which project.

    With a sweep config alone its objective is the project's own, or the program that the sweep
    config names. The project's kits hold for it.

    Raises:
        UserError: Something about it is wrong; it has all there is to mend.
    """
    root = find_root(request.into or Path.cwd())
    return _plan(root, read_answers(root), request, shares=_shares_objective(request))


def add_sweep(request: NewProject, templates: Path | None = None) -> SweepAddition:
    """Adds a sweep to a project. It is left uncommitted, to be looked at.

    Args:
        request: What it is to be added from, as for `plan_sweep`.
        templates: The folder with the templates, by default this package's own.

    Raises:
        UserError: The sweep can't be added. The project is as it was.
    """
    require_git()
    root = find_root(request.into or Path.cwd())
    with locked(root):
        answers = read_answers(root)
        if request.objective is None and request.spec is None and not request.starter:
            raise InvalidInput([*_check_name(root, answers, request.name), _nothing(request.name)])
        shares = _shares_objective(request)
        plan = _plan(root, answers, request, shares=shares)
        added = _record(request, plan, str(answers.values["package"]), shares=shares)
        changes = _changes(root, answers, added, plan, templates)
        written = [change.path for change in changes if change.before is not None]
        history = start_history(root) if needs_history(root, written) else ""
        conflicts = [change for change in changes if change.kind == "conflict"]
        apply(root, changes, lambda: mark_conflicts(root, conflicts))
    home = str(answers.values["package"]) if added.shares_objective else _folder(answers, added)
    return SweepAddition(
        root=root,
        name=added.name,
        folder=_folder(answers, added),
        objective=f"{home}/objective.py",
        changes=tuple(changes),
        trials=plan.trials,
        agents=plan.agents,
        starter=plan.starter,
        left=plan.left,
        history=history,
        warnings=plan.warnings,
        missing=not_installed(plan.dependencies),
    )


def _plan(root: Path, answers: Answers, request: NewProject, *, shares: bool) -> Plan:
    findings = _check_name(root, answers, request.name)
    program = root / _PROGRAM if answers.values.get("program") else None
    if shares and program is not None and _read(request.spec) is not None:
        findings.append(_no_program(request, _own_program(root)))
    if shares:
        file = Path(os.path.relpath(root / str(answers.values["package"]) / "objective.py"))
        own = ObjectiveRef(file, str(answers.values.get("objective") or "objective"))
        request = replace(request, objective=own)
    request = replace(request, kits=read_recorded(answers.kits))
    project = f"{answers.values.get('project') or answers.values['package']}-{request.name}"
    plan = plan_request(request, findings, at_home=shares, program=program)
    return replace(plan, wandb_project=plan.wandb_project or project)


def _shares_objective(request: NewProject) -> bool:
    if request.objective is not None or request.spec is None:
        return False
    document = _read(request.spec)
    # What is wrong with one that can't be read is told in any case.
    return document is None or not (document.names_program or document.objective)


def _read(spec: Path | None) -> SweepDocument | None:
    try:
        return load_sweep(spec) if spec is not None else None
    except InvalidInput:
        return None


def _record(request: NewProject, plan: Plan, own: str, *, shares: bool) -> AddedSweep:
    return AddedSweep(
        name=request.name,
        package=package_name(request.name),
        objective=plan.objective.ref.name,
        shares_objective=shares,
        own_objective=not (shares or plan.starter or plan.script or plan.entries),
        program=plan.script is not None and not plan.script.is_shared,
        # The project's own package is in the pods anyway, and in its tools' hands.
        files=_shared(plan) or tuple(entry for entry in plan.entries if entry != f"{own}/"),
        dependencies=plan.dependencies,
        trials=plan.trials,
        agents=plan.agents,
        wandb_project=plan.wandb_project,
        wandb_entity=plan.wandb_entity,
        profile=plan.profile,
    )


def _shared(plan: Plan) -> tuple[str, ...]:
    """The folder of the project's own program, where the sweep runs that."""
    return (f"{_PROGRAM}/",) if plan.script is not None and plan.script.is_shared else ()


def _folder(answers: Answers, added: AddedSweep) -> str:
    return f"{answers.values['package']}/{_FOLDER}/{added.package}"


def _changes(
    root: Path, answers: Answers, added: AddedSweep, plan: Plan, templates: Path | None
) -> list[FileChange]:
    """What adding a sweep does to each file that it writes."""
    kits = read_recorded(answers.kits)
    values = {
        **answers.values,
        "sweeps": [each.record() for each in (*answers.sweeps, added)],
    }
    with (
        open_versions(root, answers, templates) as versions,
        temporary_folder() as scratch,
    ):
        _require_sweeps(versions, plan)
        current = versions.current
        base = rendered(current, Path(scratch) / "old", answers.values, kits)
        wanted = rendered(current, Path(scratch) / "new", values, kits)
        # A version that only the project's own wheel has was rendered from a copy of it.
        source = current.source.encode()
    wanted[ANSWERS] = wanted[ANSWERS].replace(source, SOURCE.encode())
    folder = _folder(answers, added)
    wanted |= _own_files(folder, added, plan)
    home = _copies_home(folder, plan)
    executables = {f"{home}{file.path}" for file in plan.copied if file.executable}
    beside = {file.path: file.content for file in plan.copied} if not home else {}
    _check_beside(root, beside)
    _check_new(root, sorted(wanted.keys() - base.keys() - beside.keys()))
    links, project = read_project(root, {*base, *wanted})
    # The answers are written by wandb-flyte alone, so nothing in them is merged.
    base[ANSWERS] = project[ANSWERS]
    changes = compare(project, base, wanted, moves={}, users_own=(), skip=links)
    return [change for change in with_modes(changes, (), executables) if change.writes]


def _own_files(folder: str, added: AddedSweep, plan: Plan) -> Mapping[str, bytes]:
    """The files of a sweep that no template makes."""
    files = {
        f"{folder}/sweep.yaml": plan.sweep_file,
        f"{folder}/params.py": render_params(plan.sweep).encode(),
    }
    if not added.shares_objective:
        files[f"{folder}/objective.py"] = _objective_source(plan)
    home = _copies_home(folder, plan)
    return files | {f"{home}{file.path}": file.content for file in plan.copied}


def _objective_source(plan: Plan) -> bytes:
    """A program's objective.py finds the sweep config beside itself, and the program there too."""
    source = plan.objective_source
    if plan.script is None:
        return source
    source = source.replace(b".parents[1]", b".parent")
    if plan.script.is_shared:
        source = source.replace(b'ROOT / "program"', b'HERE.parents[2] / "program"')
        source = source.replace(b"ROOT", b"HERE")
    return source


def _copies_home(folder: str, plan: Plan) -> str:
    return f"{folder}/program/" if plan.script else ""


def _require_sweeps(versions: Versions, plan: Plan) -> None:
    """Makes sure that the project's version of the template can have such a sweep."""
    commit, history = versions.current.commit, versions.history
    for question, is_asked, what in (
        ("sweeps", True, "knows one sweep"),
        ("program", plan.script is not None, "knows no programs of sweep configs"),
        ("files", bool(plan.entries or _shared(plan)), "knows no files beside its package"),
    ):
        if is_asked and not history.asks(commit, question):
            raise UserError(
                f"This project has template {history.name(commit)}, which {what}.",
                hint="`wandb-flyte update` brings it to the installed one; then add the sweep.",
            )


def _check_name(root: Path, answers: Answers, name: str) -> list[Finding]:
    if wrong := check_sweep_name(name):
        return wrong
    package = package_name(name)
    own = str(answers.values["package"])
    if package == own:
        return [Finding(f"The sweep name `{show(name)}` is the project's own.", "Choose another.")]
    if known := find_added(answers.sweeps, name):
        return [
            Finding(f"This project has a sweep `{known.name}` already.", "Choose another name.")
        ]
    if (root / own / f"{_FOLDER}.py").exists():
        file = f"{own}/{_FOLDER}.py"
        return [Finding(f"`{file}` is in the way of the folder `{own}/{_FOLDER}`.", "Rename it.")]
    return [
        Finding(f"`{path.relative_to(root).as_posix()}` is there already.", "Choose another name.")
        for folder, wanted in ((f"{own}/{_FOLDER}", package), ("tests", f"test_sweep_{package}.py"))
        for path in sorted((root / folder).iterdir() if (root / folder).is_dir() else ())
        if path.name.replace("-", "_").lower() == wanted
    ]


def _check_new(root: Path, names: Sequence[str]) -> None:
    """Makes sure that nothing is where the sweep's files come."""
    findings = [
        Finding(f"`{link}` is a symbolic link.", "Put the folder itself there.")
        for link in dict.fromkeys(link_on_the_way(root, name) for name in names)
        if link
    ] or [
        Finding(f"`{name}` is there already.", "Rename it first.")
        for name in names
        if (root / name).exists()
    ]
    if findings:
        raise InvalidInput(findings)
    check_places(root, names, ())


def _check_beside(root: Path, files: Mapping[str, bytes]) -> None:
    """Makes sure that the user's files are where they come, as they are, or nothing is."""
    findings = []
    for name, content in files.items():
        link_on_the_way(root, name)  # It refuses what leads out of the project.
        file = root / name
        if file.is_file() and file.read_bytes() != content:
            message = f"`{name}` is there already, and another one."
            findings.append(Finding(message, "Rename one of them."))
    if findings:
        raise InvalidInput(findings)
    check_places(root, files, ())


def _nothing(name: str) -> Finding:
    return Finding(
        f"Nothing says what the sweep `{show(name)}` is.",
        "Give `--spec FILE` for the project's objective, `--objective FILE:NAME` with it for "
        "another one, or `--starter NAME`.",
    )


def _own_program(root: Path) -> str:
    """The program that the project's own sweep config names; an example when it names none."""
    try:
        return str(load_sweep(root / "sweep.yaml").raw.get("program") or "train.py")
    except InvalidInput:
        return "train.py"


def _no_program(request: NewProject, own: str) -> Finding:
    return Finding(
        "The project's objective runs the program of its own sweep config, and this one names "
        "none.",
        f"Name one there, as in `program: {show(own)}`, or give `--objective FILE:NAME`.",
        str(request.spec),
    )
