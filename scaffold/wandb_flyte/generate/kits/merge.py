"""What several kits on each other answer together, and what none of them may override."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput

from .model import BUDGET, COUNTS, SETTINGS, Kit


@dataclass(frozen=True)
class Answer:
    """An answer that a kit gives.

    Attributes:
        value: The answer.
        kit: The kit's name.
        fixed: Whether nobody may give another one.
    """

    value: Any
    kit: str
    fixed: bool = False


@dataclass(frozen=True)
class Team:
    """What the kits of a project say together.

    Attributes:
        answers: What they answer, by `kit.toml`'s own names.
        caps: The most trials and agents, and the most that a sweep may take.
        profiles: What an agent can get, by name.
        currency: What prices are in.
        prices: What an hour costs.
        starter: The starter of a new project that names none, empty for the base's own.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    caps: Mapping[str, Answer] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    currency: str = ""
    prices: Mapping[str, float] = field(default_factory=dict)
    starter: str = ""


def merge(kits: Iterable[Kit]) -> Team:
    """What kits say together, each on the one before it.

    Raises:
        InvalidInput: One says what an earlier one does not let it say.
    """
    kits = tuple(kits)
    findings: list[Finding] = []
    answers: dict[str, Answer] = {}
    caps: dict[str, Answer] = {}
    profiles: dict[str, Mapping[str, Any]] = {}
    prices: dict[str, float] = {}
    starter = currency = ""
    for kit in kits:
        for key, answer in _own_answers(kit):
            known = answers.get(key)
            if known is not None and known.fixed and known.value != answer.value:
                findings.append(_fixed(kit, key, answer.value, known))
            elif known is None or not known.fixed:
                answers[key] = answer
        for key, value in kit.manifest.caps.items():
            if key in caps and caps[key].value < value:
                findings.append(_fixed(kit, f"caps.{key}", value, caps[key]))
            else:
                caps[key] = Answer(value, kit.name, fixed=True)
        profiles |= kit.manifest.profiles
        prices |= kit.manifest.prices
        currency = kit.manifest.currency or currency
        starter = kit.manifest.starter or starter
    findings += _check_whole(kits, answers, profiles, starter)
    if findings:
        raise InvalidInput(findings)
    return Team(answers, caps, profiles, currency, prices, starter)


def team_answer(kits: Iterable[Kit], team: Team) -> dict[str, Any]:
    """What the base template is told of its kits, as its answer `team`."""
    kits = tuple(kits)
    if not kits:
        return {}
    image: dict[str, list[str]] = {}
    environment: dict[str, str] = {}
    dependencies: list[str] = []
    for kit in kits:
        for layer, values in kit.blocks.image.items():
            known = image.setdefault(layer, [])
            known += [value for value in values if value not in known]
        environment |= kit.blocks.environment
        dependencies += [name for name in kit.blocks.dependencies if name not in dependencies]
    own = ("entity", "host", "registry", "base_image", "secret")
    return {
        **{key: team.answers[key].value for key in own if key in team.answers},
        **{f"most_{key}": team.caps[key].value for key in COUNTS if key in team.caps},
        "budget": {key: team.caps[key].value for key in BUDGET if key in team.caps},
        "currency": team.currency,
        "profiles": {name: dict(resources) for name, resources in team.profiles.items()},
        "prices": dict(team.prices),
        "dependencies": dependencies,
        "ci_jobs": "\n".join(kit.blocks.ci_jobs for kit in kits if kit.blocks.ci_jobs),
        "image": image,
        "environment": environment,
    }


def _own_answers(kit: Kit) -> list[tuple[str, Answer]]:
    return [
        (key, Answer(values[key], kit.name, fixed))
        for values, fixed in ((kit.manifest.defaults, False), (kit.manifest.fixed, True))
        for key in SETTINGS
        if key in values
    ]


def _fixed(kit: Kit, key: str, value: Any, known: Answer) -> Finding:
    return Finding(
        f"The kit `{kit.name}` answers `{key}` with `{value}`, and the kit `{known.kit}` fixes it "
        f"as `{known.value}`.",
        file=f"{kit.source}@{kit.version}: kit.toml",
        path=key,
    )


def _check_whole(
    kits: tuple[Kit, ...],
    answers: Mapping[str, Answer],
    profiles: Mapping[str, Any],
    starter: str,
) -> list[Finding]:
    if not kits:
        return []
    findings = []
    file = f"{kits[-1].source}@{kits[-1].version}: kit.toml"
    profile = answers.get("profile")
    if profile is not None and profile.value not in profiles:
        findings.append(Finding(f"There is no profile `{profile.value}`.", file=file))
    if starter and starter not in {name for kit in kits for name in kit.starters}:
        findings.append(Finding(f"There is no starter `{starter}`.", file=file, path="starter"))
    findings += _same_jobs(kits)
    return findings


def _same_jobs(kits: tuple[Kit, ...]) -> list[Finding]:
    import yaml

    owners: dict[str, str] = {}
    findings = []
    for kit in kits:
        for job in yaml.safe_load(kit.blocks.ci_jobs) or {}:
            if job in owners:
                message = f"The job `{job}` is in the kit `{owners[job]}` too."
                file = f"{kit.source}@{kit.version}: blocks/ci-jobs.yml"
                findings.append(Finding(message, "Give it another name.", file))
            owners[job] = kit.name
    return findings
