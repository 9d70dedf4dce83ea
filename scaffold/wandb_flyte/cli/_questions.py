"""The questions of `new` and `add sweep`: what can't be is refused, and asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from wandb_flyte.cli._output import complain
from wandb_flyte.errors import Finding, InvalidInput
from wandb_flyte.generate.add import plan_sweep
from wandb_flyte.generate.check.launchers import with_agent
from wandb_flyte.generate.drafts.draft import draft_sweep
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.generate.plan import NewProject, Plan, make_plan, with_answers
from wandb_flyte.generate.user_code.objective import ObjectiveRef, read_objective
from wandb_flyte.generate.user_code.script import Named, named_program
from wandb_flyte.spec import load_sweep

# What a search without an end of its own gets.
_TRIALS = 20

Answered = TypeVar("Answered")


def ask(request: NewProject) -> NewProject:
    """Ask for what was not given; Enter takes what the brackets show.

    Raises:
        InvalidInput: Something that was given can't be; no question comes after it.
    """
    # The name and the folder: with a starter nothing else can be wrong.
    bare = _plan(replace(request, objective=None, spec=None, program=None, trials=1, agents=None))
    named = named_program(request.spec) if request.spec is not None else None
    of_spec = load_sweep(request.spec) if request.spec is not None else None
    # In a project, one that says nothing of its code is for the project's own.
    if request.objective is None and of_spec is not None and request.into is None:
        of_spec = with_agent(of_spec)
    if request.objective is None and of_spec is not None and of_spec.code and of_spec.objective:
        own = ObjectiveRef(of_spec.code, of_spec.objective)
        request = replace(request, objective=own)
    if request.objective is not None:
        read_objective(request.objective)
    elif named is not None:
        request = _program(request, named)
    elif not request.starter and (request.into is None or request.spec is None):
        request = _objective(request, bare.starter)
    into_project = request.into is not None and not request.starter
    # The code is read here, and not again for an answer.
    if request.spec is None and (request.objective is not None or into_project):
        request, plan = _sweep_config(request)
    else:
        plan = _plan(request)
    if request.trials is None:
        request = _trials(request, plan)
    fixed = {key for key, answer in plan.team.answers.items() if answer.fixed}
    if request.agents is None and "agents" not in fixed:
        agents = str(with_answers(plan, request).agents)
        request = _until_good("Agents", agents, lambda text: _agents(request, text, plan))
    if request.wandb_project is None and "project" not in fixed:
        known = plan.wandb_project
        request = _until_good("W&B project", known, lambda text: _project(request, text, plan))
    if request.wandb_entity is None and "entity" not in fixed:
        known = plan.wandb_entity
        text = "W&B entity" if known else "W&B entity (empty: your default one)"
        request = _until_good(text, known, lambda text: _entity(request, text, plan))
    return request


def _objective(request: NewProject, starter: str) -> NewProject:
    def change(text: str) -> NewProject:
        if not text and request.spec is not None:
            raise InvalidInput([Finding("A sweep config of your own needs an objective.")])
        if not text:
            return request
        changed = replace(request, objective=ObjectiveRef.parse(text))
        if changed.objective is not None:
            read_objective(changed.objective)
        return changed

    own = f"the {starter} starter" if request.into is None else "the project's own"
    empty = f" (empty: {own})" if request.spec is None else ""
    return _until_good(f"Objective, FILE:NAME{empty}", "", change)


def _program(request: NewProject, named: Named) -> NewProject:
    """Which file is meant, when the sweep config's program is not at its path."""
    if request.program is not None or named.there:
        return request

    def change(text: str) -> NewProject:
        if not Path(text).is_file():
            raise InvalidInput([Finding(f"There is no file `{show(text)}`.")])
        return replace(request, program=Path(text))

    found = [show_path(path) for path in named.elsewhere]
    click.echo(f"The program {show(named.name)} is not at its path.")
    if len(found) > 1:
        click.echo(f"There is: {', '.join(found)}")
    return _until_good("Program", found[0] if found else "", change)


def _sweep_config(request: NewProject) -> tuple[NewProject, Plan]:
    ref, is_new = request.objective, request.into is None
    drafted = Path("sweep.yaml" if is_new else f"{request.name}.yaml")
    own = f"{show_path(ref.file)}:{show(ref.name)}" if ref is not None else "FILE:NAME"
    can_draft = ref is not None and not drafted.exists()
    drafts = f"`wandb-flyte spec {own}` drafts one"
    drafts = f"empty: a draft, as {show_path(drafted)}" if can_draft else drafts

    def change(text: str) -> tuple[NewProject, Plan]:
        if not text and can_draft:
            return _drafted(request, own, drafted)
        if not text:
            raise InvalidInput([Finding("A sweep config is needed.", f"{drafts}.")])
        changed = replace(request, spec=Path(text))
        return changed, _plan(changed)

    usual = "sweep.yaml" if is_new and drafted.is_file() else ""
    return _until_good("Sweep config" if usual else f"Sweep config ({drafts})", usual, change)


def _drafted(request: NewProject, objective: str, file: Path) -> tuple[NewProject, Plan]:
    """The request with a draft of a sweep config, which stays if a project can begin with it."""
    text = draft_sweep(objective)
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)
    changed = replace(request, spec=file)
    try:
        plan = _plan(changed)
    except InvalidInput:
        file.unlink()
        raise
    click.echo(f"{file}: every guess in it has a comment; look at them before a long sweep.")
    return changed, plan


def _trials(request: NewProject, plan: Plan) -> NewProject:
    try:
        known = str(with_answers(plan, request).trials)
    except InvalidInput:
        known = ""  # The search has no end.

    def change(text: str) -> NewProject:
        # Not given, when the sweep config says it: it may say it with a warning.
        changed = request if text == known else replace(request, trials=_number(text))
        return _checked(changed, plan)

    return _until_good("Trials", known or str(_TRIALS), change)


def _agents(request: NewProject, text: str, plan: Plan) -> NewProject:
    return _checked(replace(request, agents=_number(text)), plan)


def _project(request: NewProject, text: str, plan: Plan) -> NewProject:
    return _checked(replace(request, wandb_project=text or None), plan)


def _entity(request: NewProject, text: str, plan: Plan) -> NewProject:
    return _checked(replace(request, wandb_entity=text or None), plan)


def _checked(request: NewProject, plan: Plan) -> NewProject:
    with_answers(plan, request)
    return request


def _plan(request: NewProject) -> Plan:
    """The plan of a request that may say no number of trials yet."""
    request = replace(request, trials=request.trials or 1)
    return make_plan(request) if request.into is None else plan_sweep(request)


def _until_good(text: str, default: str, change: Callable[[str], Answered]) -> Answered:
    while True:
        answer: str = click.prompt(text, default=default, show_default=bool(default))
        try:
            return change(answer.strip())
        except InvalidInput as error:
            complain(InvalidInput([_of_the_answer(finding) for finding in error.findings]))


def _of_the_answer(finding: Finding) -> Finding:
    """The finding without the option that it would be about on a command line."""
    return replace(finding, path="") if finding.path.startswith("--") else finding


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidInput([Finding(f"`{text}` is no whole number.")]) from None
