"""What a new project's answers are, given its kits: the fixed first, then what the user says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding, UserError

from ..names import show
from ..starters import DEFAULT_STARTER, Starter, find_starter, list_starters, read_starter
from ..temporary import temporary_folder
from .merge import Team
from .model import SETTINGS, Kit


def choose(
    team: Team, key: str, given: Any, findings: list[Finding], swept: Any = None, file: str = ""
) -> Any:
    """One answer: the kits' fixed one, the option's, the sweep config's, the kits' default.

    Args:
        team: What the kits say.
        key: The answer's name in `kit.toml`.
        given: What the option says, None when it was not given.
        findings: What can't be is added here.
        swept: What the sweep config says, empty when it says nothing.
        file: The sweep config's file, for messages.
    """
    answer = team.answers.get(key)
    if answer is None or not answer.fixed:
        if given is not None:
            return given
        return swept or (answer.value if answer else None)
    if given is not None and given != answer.value:
        message = (
            f"`{SETTINGS[key]} {show(str(given))}` can't be: the kit `{answer.kit}` fixes "
            f"`{key}` as `{answer.value}`."
        )
        findings.append(Finding(message, "Leave the option out."))
    if swept and swept != answer.value:
        message = f"`{show(str(swept))}` can't be: the kit `{answer.kit}` fixes it as "
        findings.append(Finding(f"{message}`{answer.value}`.", "Take it out.", file, path=key))
    return answer.value


def choose_profile(team: Team, given: str | None, findings: list[Finding]) -> str:
    """The resource profile of the agents, empty when no kit has one."""
    if given is not None and given not in team.profiles:
        known = ", ".join(f"`{name}`" for name in team.profiles)
        hint = f"There are {known}." if known else "Profiles come with a kit: `--kit URL`."
        findings.append(Finding(f"There is no profile `{show(given)}`.", hint))
    chosen = choose(team, "profile", given, findings)
    return str(chosen or next(iter(team.profiles), ""))


def check_cap(team: Team, key: str, value: int, findings: list[Finding], file: str = "") -> None:
    """Whether a number of trials or agents is below the kits' cap."""
    cap = team.caps.get(key)
    if cap is None or value <= cap.value:
        return
    message = f"{value} {key} are more than {cap.value}, the cap of the kit `{cap.kit}`."
    most = f"`--{key} {cap.value}`" if file else f"{cap.value}"
    findings.append(Finding(message, f"Give {most} or fewer.", file))


@contextmanager
def starter_of(kits: Sequence[Kit], team: Team, name: str) -> Iterator[Starter]:
    """The starter of a new project: a kit's, of the last kit first, or this package's own.

    Args:
        kits: The project's kits.
        team: What they say.
        name: The starter's name; by default the kits' choice, then the quickstart.

    Raises:
        UserError: There is none of that name.
    """
    wanted = name or team.starter or DEFAULT_STARTER
    kit = next((kit for kit in reversed(kits) if wanted in kit.starters), None)
    if kit is None:
        theirs = [starter for kit in kits for starter in kit.starters]
        if theirs and wanted not in {starter.name for starter in list_starters()}:
            known = ", ".join(f"`{known}`" for known in sorted(theirs))
            raise UserError(
                f"There is no starter `{show(wanted)}`.", hint=f"The kits have {known}."
            )
        yield find_starter(wanted)
        return
    with temporary_folder() as scratch:
        folder = Path(scratch) / wanted
        for file, content in kit.below(f"starters/{wanted}").items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        yield read_starter(folder)
