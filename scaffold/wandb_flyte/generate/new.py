"""Making a project: everything is checked first, then written once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wandb_flyte.errors import Finding, UserError

from .git import GitOutcome, commit_all, require_git
from .kits.layers import lay_over
from .kits.merge import team_answer
from .names import package_name
from .params import render_params
from .paths import set_executable
from .plan import NewProject, Plan, make_plan
from .render import render
from .scratch import clear_killed, move_into_place, scratch_beside
from .template import Template, install_template
from .user_code._imports import not_installed
from .wheel import build_wheel, needs_wheel

if TYPE_CHECKING:
    from .user_code.packing import Copied


@dataclass(frozen=True)
class CreatedProject:
    """A project that was made.

    Attributes:
        path: Its folder.
        name: Its name.
        package: Its Python package.
        files: Its files, relative to the folder, sorted.
        trials: How many trials its sweep has.
        agents: How many agents run them at once.
        starter: The starter it came from, empty when the objective was given.
        wheel: The wheel of wandb-flyte it carries, empty when the package index has this version.
        git: What became of its first commit.
        warnings: What may go wrong later.
        missing: The requirements that have to be installed before its sweep runs here.
        copied: The files of the user's that come along beside objective.py and sweep.yaml.
        beside: The folder of the project that they are in.
        left: What of it stays behind, a line each.
    """

    path: Path
    name: str
    package: str
    files: tuple[str, ...]
    trials: int
    agents: int
    starter: str
    wheel: str
    git: GitOutcome
    warnings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    beside: str = ""
    left: tuple[str, ...] = ()


def new_project(request: NewProject) -> CreatedProject:
    """Makes a project.

    Raises:
        InvalidInput: Something about the request is wrong; it has all there is to mend.
        UserError: The project can't be written. Nothing of it is left behind.
    """
    require_git()
    clear_killed(request.target)
    plan = make_plan(request)
    template = install_template()
    package = package_name(request.name)
    with scratch_beside(request.target.absolute()) as folder:
        wheel = build_wheel(folder / "wheels") if needs_wheel() else ""
        (folder / package).mkdir()
        (folder / package / "objective.py").write_bytes(plan.objective_source)
        (folder / "sweep.yaml").write_bytes(plan.sweep_file)
        _copy(plan.copied, folder / "program" if plan.script else folder)
        params = folder / package / "params.py"
        params.write_text(render_params(plan.sweep), encoding="utf-8")
        answers = _answers(request, plan, package, wheel, template)
        render(template, folder, answers)
        lay_over(request.kits, folder, answers)
        _check_kept(plan, folder)
        files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
        message = f"Generate {request.name} with wandb-flyte"
        outcome = commit_all(folder, request.target, message)
        move_into_place(folder, request.target.absolute())
    return CreatedProject(
        path=request.target,
        name=request.name,
        package=package,
        files=tuple(files),
        trials=plan.trials,
        agents=plan.agents,
        starter=plan.starter,
        wheel=wheel,
        git=outcome,
        warnings=plan.warnings,
        missing=not_installed(plan.dependencies),
        copied=tuple(file.path for file in plan.copied),
        beside="program/" if plan.script else "./",
        left=plan.left,
    )


def _copy(files: Iterable[Copied], folder: Path) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        if file.executable:
            set_executable(path, on=True)


def _check_kept(plan: Plan, folder: Path) -> None:
    """Makes sure that no kit has a file where one of the user's is."""
    for file in plan.around.files if plan.around else ():
        if (folder / file.path).read_bytes() != file.content:
            message = f"Your `{file.path}` would be in the place of one of the kit's files."
            raise UserError(message, hint="Rename yours.")


def _answers(
    request: NewProject, plan: Plan, package: str, wheel: str, template: Template
) -> dict[str, Any]:
    return {
        "project": request.name,
        "package": package,
        "objective": plan.objective.ref.name,
        "own_objective": not (plan.starter or plan.script or plan.entries),
        "program": plan.script is not None,
        "files": list(plan.entries),
        "dependencies": list(plan.dependencies),
        "trials": plan.trials,
        "agents": plan.agents,
        "wandb_project": plan.wandb_project,
        "wandb_entity": plan.wandb_entity,
        "backend": plan.backend,
        "wheel": wheel,
        "kits": [kit.record() for kit in request.kits],
        "team": team_answer(request.kits, plan.team),
        "profile": plan.profile,
        "template_hash": template.content,
    }
