"""What a new project is made from: the request, checked as a whole, becomes a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wandb_flyte.errors import Finding, InvalidInput
from wandb_flyte.spec import SweepConfig, SweepDocument, check_sweep, load_sweep, parse_sweep

from .check.suppress import is_silenced
from .kits.choices import check_cap, choose, choose_profile, starter_of
from .kits.merge import Team, merge
from .kits.model import Kit
from .names import check_project_name, package_name, show, show_path
from .options import check_hidden, check_names, check_use, choose_place, note_agent
from .scratch import check_target
from .starters import Starter
from .user_code.objective import Objective, ObjectiveRef, read_objective

if TYPE_CHECKING:
    from .user_code.modules import Surroundings
    from .user_code.packing import Copied
    from .user_code.script import Script

Backend = Literal["auto", "local", "wandb"]

_AGENTS = 2
# A grid can have millions of points; this many are run unless the user asks for more.
_MOST_DEFAULT_TRIALS = 200
_MOST_TRIALS = 1_000_000
_MOST_AGENTS = 10_000


@dataclass(frozen=True)
class NewProject:
    """What a project is to be made from.

    Attributes:
        name: The project's name.
        target: The folder to make.
        objective: The objective; the starter's when there is none.
        spec: The sweep config; the starter's when there is no objective either.
        trials: How many trials a sweep has; by default as many as the sweep config says.
        agents: How many agents run them at once.
        wandb_project: The W&B project; by default the sweep config's, then the project's name.
        wandb_entity: The W&B entity; by default the sweep config's, then the user's default one.
        backend: Who keeps the runs; by default the kits', then auto.
        starter: The starter for what is not given; by default the kits', then the quickstart.
        profile: Which of the kits' resource profiles agents get; by default the kits' own choice.
        kits: The kits to make it with, each on the one before it.
        program: The file of the sweep config's program; by default the one at its path.
        into: The project to add a sweep to, or a folder in it; None to make a project. The name
            is the sweep's then, and the target is not used.
    """

    name: str
    target: Path
    objective: ObjectiveRef | None = None
    spec: Path | None = None
    trials: int | None = None
    agents: int | None = None
    wandb_project: str | None = None
    wandb_entity: str | None = None
    backend: Backend | None = None
    starter: str = ""
    profile: str | None = None
    kits: tuple[Kit, ...] = ()
    program: Path | None = None
    into: Path | None = None


@dataclass(frozen=True)
class Plan:
    """A request that can be carried out.

    Attributes:
        objective: The objective.
        sweep: The sweep config.
        document: The sweep config as its file has it.
        sweep_file: The sweep config's file, byte for byte.
        starter: The starter they came from, empty when they were given.
        dependencies: What the objective needs, as requirements.
        trials: How many trials a sweep has.
        agents: How many agents run them at once.
        wandb_project: The W&B project.
        wandb_entity: The W&B entity, empty for the user's default one.
        backend: Who keeps the runs.
        profile: Which of the kits' resource profiles agents get, empty without one.
        team: What the kits say.
        warnings: What may go wrong later.
        script: The sweep config's program, None for an objective.
        around: What comes along with an objective of the user's, None for any other.
    """

    objective: Objective
    sweep: SweepConfig
    document: SweepDocument
    sweep_file: bytes
    starter: str
    dependencies: tuple[str, ...]
    trials: int
    agents: int
    wandb_project: str
    wandb_entity: str
    backend: str
    profile: str
    team: Team
    warnings: tuple[Finding, ...]
    script: Script | None = None
    around: Surroundings | None = None

    @property
    def objective_source(self) -> bytes:
        """The project's objective.py."""
        return self.around.source if self.around else self.objective.source

    @property
    def entries(self) -> tuple[str, ...]:
        """What of the user's goes to the project's folder, beside its package."""
        return self.around.entries if self.around else ()

    @property
    def copied(self) -> tuple[Copied, ...]:
        """The files of the user's that come along: of a program, or around an objective."""
        source = self.around or self.script
        return source.files if source else ()

    @property
    def left(self) -> tuple[str, ...]:
        """What of the user's stays behind, a line each."""
        source = self.around or self.script
        # A starter's folder is not the user's: what is left there is nobody's concern.
        return source.left if source and not self.starter else ()


def make_plan(request: NewProject) -> Plan:
    """Checks a request.

    Raises:
        InvalidInput: Something about it is wrong; it has all there is to mend.
    """
    findings = [*check_project_name(request.name), *check_target(request.target)]
    plan = plan_request(request, findings)
    return replace(plan, wandb_project=plan.wandb_project or request.name)


def plan_request(
    request: NewProject,
    findings: list[Finding],
    *,
    at_home: bool = False,
    program: Path | None = None,
) -> Plan:
    """Checks what a request says of an objective and a sweep config.

    Args:
        request: The request.
        findings: What is wrong with it otherwise.
        at_home: Whether the objective is in its project already, with all that it needs.
        program: The folder of the program that the project has already, if it has one.

    Returns:
        The plan; its W&B project is empty where nothing names one.

    Raises:
        InvalidInput: Something is wrong; it has all there is to mend.
    """
    team = merge(request.kits)
    if request.objective is not None or request.spec is not None:
        return _make_plan(request, team, None, findings, at_home, program)
    with starter_of(request.kits, team, request.starter) as starter:
        return _make_plan(request, team, starter, findings, at_home)


def _make_plan(
    request: NewProject,
    team: Team,
    starter: Starter | None,
    findings: list[Finding],
    at_home: bool,
    program: Path | None = None,
) -> Plan:
    ref, spec = request.objective, request.spec
    if starter is not None:
        ref, spec = starter.objective, starter.spec
    of_sweep: list[Finding] = []
    document, sweep = _read_sweep(ref, spec, of_sweep)
    if ref is None and document is not None and document.code and document.objective:
        ref = ObjectiveRef(document.code, document.objective)
        if document.code != spec:
            findings.append(note_agent(document, ref))
    findings += check_use(request, document if starter is None else None)
    script, objective = None, None
    if ref is None and document is not None and document.names_program:
        if sweep is not None:
            from .user_code.script import read_script

            script = read_script(document, sweep, request.program, findings, program)
        objective = script.objective if script else None
    elif ref is not None or document is not None:
        objective = _read_objective(ref, spec, document, findings)
    findings += of_sweep
    trials, agents = _budget(request, team, document, sweep, findings)
    if sweep is not None and document is not None:
        findings += check_names(request, sweep, document)
    # What comes with this package is checked by its tests, and the reading of code takes time.
    if objective is not None and script is None and (starter is None or request.kits):
        findings += _check_code(objective, sweep, document, moved=not (starter or at_home))
    around = None
    if objective is not None and document is not None and not (script or starter or at_home):
        from .user_code.modules import read_surroundings

        package = package_name(request.name) if request.into is None else ""
        around = read_surroundings(objective, document.path, package, findings)
    source = starter or script or around
    if request.into is None and source is not None:
        findings += check_hidden(request.name, source.dependencies)
    project, entity = choose_place(request, team, sweep, document, findings)
    backend = choose(team, "backend", request.backend, findings) or "auto"
    profile = choose_profile(team, request.profile, findings)
    findings = _without_errors(findings)
    assert objective is not None and sweep is not None and document is not None  # noqa: S101
    return Plan(
        objective=objective,
        sweep=sweep,
        document=document,
        sweep_file=script.sweep_file if script else document.to_yaml(),
        starter=starter.name if starter else "",
        dependencies=source.dependencies if source else (),
        trials=trials,
        agents=agents,
        wandb_project=project,
        wandb_entity=entity,
        backend=backend,
        profile=profile,
        team=team,
        warnings=tuple(findings),
        script=script,
        around=around,
    )


def with_answers(plan: Plan, request: NewProject) -> Plan:
    """A plan with a request's trials, agents, W&B project and entity; no code is read again.

    Args:
        plan: The plan of a request that says the same of everything else.
        request: The request.

    Raises:
        InvalidInput: One of these can't be.
    """
    findings: list[Finding] = []
    trials, agents = _budget(request, plan.team, plan.document, plan.sweep, findings)
    findings += check_names(request, plan.sweep, plan.document)
    project, entity = choose_place(request, plan.team, plan.sweep, plan.document, findings)
    _without_errors(findings)
    return replace(
        plan,
        trials=trials,
        agents=agents,
        wandb_project=project or plan.wandb_project,
        wandb_entity=entity,
    )


def _without_errors(findings: list[Finding]) -> list[Finding]:
    findings = [finding for finding in findings if not is_silenced(finding)]
    if any(finding.severity == "error" for finding in findings):
        raise InvalidInput([finding for finding in findings if finding.severity == "error"])
    return findings


def _read_objective(
    ref: ObjectiveRef | None,
    spec: Path | None,
    document: SweepDocument | None,
    findings: list[Finding],
) -> Objective | None:
    if ref is None:
        message = f"The sweep config `{show_path(spec)}` has no objective to go with it."
        hint = "Give it as `--objective FILE:NAME`, or name a script there: `program: train.py`."
        if document is not None and document.code is not None:
            message += f" What `{show_path(document.code)}` gives its agent is no function's name."
        findings.append(Finding(message, hint))
        return None
    try:
        return read_objective(ref)
    except InvalidInput as error:
        findings += error.findings
        return None


def _read_sweep(
    ref: ObjectiveRef | None, spec: Path | None, findings: list[Finding]
) -> tuple[SweepDocument | None, SweepConfig | None]:
    if spec is None:
        name = f"{show_path(ref.file)}:{show(ref.name)}" if ref else ""
        findings.append(
            Finding(
                f"The objective `{name}` has no sweep config to go with it.",
                "Give it as `--spec sweep.yaml`; "
                f"`wandb-flyte spec {name} --output sweep.yaml` drafts one.",
            )
        )
        return None, None
    try:
        document = load_sweep(spec)
        if ref is None and not document.names_program:
            from .check.launchers import with_agent

            document = with_agent(document)
    except InvalidInput as error:
        findings += error.findings
        return None, None
    wrong = check_sweep(document)
    findings += wrong
    if any(finding.severity == "error" for finding in wrong):
        return document, None
    return document, parse_sweep(document.raw)


def _check_code(
    objective: Objective,
    sweep: SweepConfig | None,
    document: SweepDocument | None,
    *,
    moved: bool,
) -> list[Finding]:
    from .check.rules.stops import in_project
    from .check.rules.style import check_style
    from .checks import check_fit, check_place

    findings = check_place(objective) if moved else []
    if sweep is not None and document is not None:
        findings += in_project(check_fit(objective, sweep, document))
        # That a search has no end is told with the number of trials.
        findings += [f for f in check_style(document, sweep) if f.code != "WF023"]
    return findings


def _budget(
    request: NewProject,
    team: Team,
    document: SweepDocument | None,
    sweep: SweepConfig | None,
    findings: list[Finding],
) -> tuple[int, int]:
    for value, option, most in (
        (request.trials, "--trials", _MOST_TRIALS),
        (request.agents, "--agents", _MOST_AGENTS),
    ):
        if value is not None and not 1 <= value <= most:
            message = f"`{value}` is not between 1 and {most}."
            findings.append(Finding(message, "Say 4, for example.", path=option))
    if sweep is None or document is None:
        return 1, 1
    wanted = choose(team, "trials", request.trials, findings)
    trials = _trials(request, team, sweep, document, wanted)
    if trials is None:
        findings.append(
            Finding(
                f"A `{sweep.method}` search has no end of its own.",
                "Give the number of trials with `--trials 20`, or write `run_cap: 20` here.",
                show_path(document.path),
                document.line(("method",)),
                "method",
            )
        )
        return 1, 1
    said = sweep.run_cap or document.count
    if wanted is None and said is None and trials > _MOST_DEFAULT_TRIALS:
        findings.append(
            Finding(
                f"The grid has {trials} points; the project runs the first {_MOST_DEFAULT_TRIALS}.",
                f"`--trials {trials}` runs them all.",
                show_path(document.path),
                severity="warning",
            )
        )
        trials = _MOST_DEFAULT_TRIALS
    agents = choose(team, "agents", request.agents, findings) or min(_AGENTS, trials)
    check_cap(team, "trials", trials, findings, "" if wanted else show_path(document.path))
    check_cap(team, "agents", agents, findings)
    return trials, agents


def _trials(
    request: NewProject,
    team: Team,
    sweep: SweepConfig,
    document: SweepDocument,
    wanted: int | None,
) -> int | None:
    ends = [end for end in (sweep.end, None if sweep.run_cap else document.count) if end]
    end = min(ends, default=None)
    # A kit's default is for searches without an end; a sweep config that has one knows better.
    if request.trials is None and "trials" in team.answers and not team.answers["trials"].fixed:
        return end or wanted
    return end if wanted is None else wanted
