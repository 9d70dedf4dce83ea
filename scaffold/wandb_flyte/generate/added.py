"""The sweeps that a project has beside its first one, as its answers record them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from wandb_flyte.errors import Finding

from .names import has_name_form, package_name, show
from .paths import is_inside

_MOST = 100
_LISTS = ("dependencies", "files")


@dataclass(frozen=True)
class AddedSweep:
    """A sweep that was added to a project.

    Attributes:
        name: Its name.
        package: The name of its package, in `sweeps` of the project's.
        objective: Its function.
        shares_objective: Whether that one is in the project's own objective.py.
        own_objective: Whether its objective.py is the user's code, and not a starter's.
        program: Whether its objective runs the program of its own sweep config.
        files: What of the user's its objective needs, in the project's folder.
        dependencies: What its objective needs, as requirements.
        trials: How many trials it has.
        agents: How many agents run them at once.
        wandb_project: The W&B project that its runs go to.
        wandb_entity: The W&B entity, empty for the user's default one.
        profile: Which of the kits' resource profiles its agents get, empty without one.
    """

    name: str
    package: str
    objective: str
    shares_objective: bool = False
    own_objective: bool = False
    program: bool = False
    files: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    trials: int = 1
    agents: int = 1
    wandb_project: str = ""
    wandb_entity: str = ""
    profile: str = ""

    @property
    def shares_program(self) -> bool:
        """Whether its objective runs the project's own program, with its own sweep config."""
        beside = not (self.program or self.shares_objective or self.own_objective)
        return beside and "program/" in self.files

    def record(self) -> dict[str, Any]:
        """What the answers say of it."""
        lists = {"dependencies": list(self.dependencies), "files": list(self.files)}
        return {**asdict(self), **lists}


def read_added(
    answers: Mapping[str, Any], file: str
) -> tuple[tuple[AddedSweep, ...], list[Finding]]:
    """The sweeps in a project's answers.

    Args:
        answers: The answers.
        file: Their file, for messages.

    Returns:
        The sweeps, and what is wrong with what the answers say of them.
    """
    listed = answers.get("sweeps") or []
    if not isinstance(listed, list) or len(listed) > _MOST:
        return (), [Finding("It is no list of sweeps.", file=file, path="sweeps")]
    findings: list[Finding] = []
    found: list[AddedSweep] = []
    for index, entry in enumerate(listed):
        path = f"sweeps[{index}]"
        added = _read(entry)
        if added is None:
            findings.append(Finding("It is no sweep of a project.", file=file, path=path))
        elif any(added.package == other.package for other in found):
            message = f"`{added.name}` stands there twice."
            findings.append(Finding(message, file=file, path=path))
        else:
            found.append(added)
    return tuple(found), findings


def find_added(sweeps: tuple[AddedSweep, ...], name: str) -> AddedSweep | None:
    """The sweep of this name, however it is written: `lr-search` and `LR_search` are one."""
    return next((each for each in sweeps if each.package == package_name(name)), None)


def _read(entry: Any) -> AddedSweep | None:
    """An entry that a template can be rendered with: no name in it leads anywhere else."""
    known = {field.name: field for field in fields(AddedSweep)}
    if not isinstance(entry, dict) or not {"name", "package", "objective"} <= set(entry):
        return None
    values = {key: value for key, value in entry.items() if key in known}
    for key, value in values.items():
        wanted = list if key in _LISTS else type(getattr(_EXAMPLE, key))
        if type(value) is not wanted:
            return None
    name, lists = values["name"], {key: values.get(key, []) for key in _LISTS}
    if not has_name_form(name) or values["package"] != package_name(name):
        return None
    texts = [text for listed in lists.values() for text in listed]
    if not values["objective"].isidentifier() or not all(isinstance(each, str) for each in texts):
        return None
    if not all(is_inside(path) for path in lists["files"]):
        return None
    return AddedSweep(**{**values, **{key: tuple(lists[key]) for key in _LISTS}})


_EXAMPLE = AddedSweep("example", "example", "objective")


def unknown_sweep(name: str, sweeps: tuple[AddedSweep, ...]) -> Finding:
    """That a project has no sweep of this name, and which ones it has."""
    known = ", ".join(f"`{each.name}`" for each in sweeps)
    hint = (
        f"Beside the first one, which needs no name, it has {known}."
        if sweeps
        else f"`wandb-flyte add sweep {show(name)}` adds one."
    )
    return Finding(f"This project has no sweep `{show(name)}`.", hint)
