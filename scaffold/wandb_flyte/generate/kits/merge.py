"""What several kits on each other answer together, and what none of them may override."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput

from .manifest import FILE, line_of
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
        file=_file(kit),
        line=line_of(kit.files[FILE], f"fixed.{key}", f"defaults.{key}", key),
        path=key,
    )


def _file(kit: Kit) -> str:
    return f"{kit.source}@{kit.version}: {FILE}"


def _check_whole(
    kits: tuple[Kit, ...],
    answers: Mapping[str, Answer],
    profiles: Mapping[str, Any],
    starter: str,
) -> list[Finding]:
    if not kits:
        return []
    findings = []
    profile = answers.get("profile")
    if profile is not None and profile.value not in profiles:
        kit = next(kit for kit in reversed(kits) if kit.name == profile.kit)
        path = f"{'fixed' if profile.fixed else 'defaults'}.profile"
        findings.append(_absent(kit, path, "profile", profile.value, profiles))
    starters = {name for kit in kits for name in kit.starters}
    if starter and starter not in starters:
        kit = next(kit for kit in reversed(kits) if kit.manifest.starter)
        findings.append(_absent(kit, "starter", "starter", starter, sorted(starters)))
    findings += _same_jobs(kits)
    return findings


def _absent(kit: Kit, path: str, what: str, name: str, known: Iterable[str]) -> Finding:
    there = ", ".join(f"`{one}`" for one in known)
    message = f"There is no {what} `{name}`."
    hint = f"There is {there}." if there else ""
    return Finding(message, hint, _file(kit), line_of(kit.files[FILE], path), path)


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
