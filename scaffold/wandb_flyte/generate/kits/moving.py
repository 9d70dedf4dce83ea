"""An update's part of kits: which versions a project gets, and which answers they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .layers import moves, users_own
from .merge import Team, merge, team_answer
from .model import SETTINGS, Kit
from .read import Chain, read_chain, read_recorded
from .records import Record
from .source import Source, parse_source

# What `kit.toml` calls an answer, and what the base template does, where a project can say it too.
_OWN = {
    "entity": "wandb_entity",
    "project": "wandb_project",
    "backend": "backend",
    "trials": "trials",
    "agents": "agents",
    "profile": "profile",
}


@dataclass(frozen=True)
class KitMove:
    """A kit that a project goes to another version of.

    Attributes:
        name: The kit's name.
        before: The version that the project has, empty when it has none.
        after: The version that it gets, empty when it gets none.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class AnswerChange:
    """An answer that kits change.

    Attributes:
        name: Its name in `kit.toml`.
        before: What the project says, None when it says nothing.
        after: What it will say.
        kit: The kit that says so.
        fixed: Whether the kit fixes it.
    """

    name: str
    before: Any
    after: Any
    kit: str
    fixed: bool


@dataclass(frozen=True)
class Layers:
    """The kits of an update: those that the project has, and those that it gets.

    Attributes:
        old: The kits that made the project, in the versions that made it.
        new: The kits that it gets.
        values: The answers that it gets.
        answers: Which of them change.
        notes: What the user should know.
    """

    old: tuple[Kit, ...] = ()
    new: tuple[Kit, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[AnswerChange, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def moved(self) -> tuple[KitMove, ...]:
        """The kits that change their version, come or go."""
        before = {kit.name: kit for kit in self.old}
        after = {kit.name: kit for kit in self.new}
        return tuple(
            KitMove(name, _version(before.get(name)), _version(after.get(name)))
            for name in dict.fromkeys([*before, *after])
            if name not in before
            or name not in after
            or before[name].record() != after[name].record()
        )

    def users_own(self) -> tuple[str, ...]:
        """Patterns of the files that kits write once and leave to the user."""
        return users_own(self.new, self.values)

    def moves(self) -> tuple[dict[str, str], ...]:
        """The new names of files that kits renamed since the project's versions, in order."""
        known = moves(self.old, self.values)
        return tuple(pair for pair in moves(self.new, self.values) if pair not in known)


@dataclass(frozen=True)
class KitAnswer:
    """An answer that a project has from a kit.

    Attributes:
        name: Its name in `kit.toml`.
        value: What the project says.
        kit: The kit.
        version: The kit's version.
        fixed: Whether the kit fixes it.
    """

    name: str
    value: Any
    kit: str
    version: str
    fixed: bool


def kit_answers(kits: Sequence[Kit], values: Mapping[str, Any]) -> tuple[KitAnswer, ...]:
    """The answers that a project has from its kits, and not from its user."""
    team = merge(kits)
    versions = {kit.name: kit.version for kit in kits}
    return tuple(
        KitAnswer(key, answer.value, answer.kit, versions[answer.kit], answer.fixed)
        for key, answer in team.answers.items()
        if key not in _OWN or values.get(_OWN[key]) == answer.value
    )


def open_layers(
    records: Sequence[Record], wanted: str | Source | None, values: Mapping[str, Any]
) -> Layers:
    """The kits of an update.

    Args:
        records: The kits that the project has.
        wanted: The kit that it gets, as `URL[@VERSION]`; the newest of its own when None.
        values: The project's answers, by the new template's names.

    Raises:
        UserError: A kit can't be had, or is none.
    """
    if not records and not wanted:
        return Layers(values=values)
    old = read_recorded(records)
    chain = _next(records, wanted)
    before, after = merge(old), merge(chain.kits)
    changed = tuple(_change(before, after, values))
    own = {_OWN[change.name]: change.after for change in changed if change.name in _OWN}
    kits = {
        "kits": [kit.record() for kit in chain.kits],
        "team": team_answer(chain.kits, after),
    }
    lost = _lost_profiles(after, values)
    notes = (*chain.notes, *_notes(old, before, changed, values), *lost)
    values = {**values, **own, **kits}
    return Layers(old, chain.kits, values, changed, notes)


def _next(records: Sequence[Record], wanted: str | Source | None) -> Chain:
    if wanted:
        return read_chain(parse_source(wanted) if isinstance(wanted, str) else wanted)
    return read_chain(Source(records[-1].source), at_least=records)


def _change(before: Team, after: Team, values: Mapping[str, Any]) -> list[AnswerChange]:
    changes = []
    for key in SETTINGS:
        was, will = before.answers.get(key), after.answers.get(key)
        if key in _OWN:
            now = values.get(_OWN[key])
            then = _own_answer(now, was.value if was else None, after, key)
        else:
            now, then = was.value if was else None, will.value if will else None
        if now != then:
            said = will or was
            kit, fixed = (said.kit, said.fixed) if said else ("", False)
            changes.append(AnswerChange(key, now, then, kit, fixed))
    for key in sorted({*before.caps, *after.caps}):
        now = before.caps[key].value if key in before.caps else None
        cap = after.caps.get(key)
        if now != (cap.value if cap else None):
            kit = cap.kit if cap else before.caps[key].kit
            changes.append(AnswerChange(f"caps.{key}", now, cap and cap.value, kit, fixed=True))
    return changes


def _own_answer(now: Any, was: Any, after: Team, key: str) -> Any:
    """What a project says after an update: its own word stays, unless a kit fixes another."""
    will = after.answers.get(key)
    if key == "profile" and now not in after.profiles and not (will and will.fixed):
        return will.value if will else next(iter(after.profiles), "")
    own = now != was and not (key == "entity" and not now and not was)
    if will is not None and (will.fixed or not own):
        return will.value
    # Nobody says an entity any more: the word was the kit's, not the project's.
    return "" if key == "entity" and now and not own else now


def _notes(
    old: Sequence[Kit],
    before: Team,
    changed: Sequence[AnswerChange],
    values: Mapping[str, Any],
) -> list[str]:
    settings = f"`{values['package']}/settings.py` is yours"
    shows = "`wandb-flyte diff --yours` shows what the template would write."
    if not old:
        return [f"{settings}, and reads no kit's `team.py` yet: {shows}"]
    # An entity stands in team.py, unless the project has one of its own.
    entity = before.answers.get("entity")
    others = ("", None, entity.value if entity else "")
    named = [
        f"`{change.name}`"
        for change in changed
        if change.name in _OWN and (change.name != "entity" or change.before not in others)
    ]
    if not named:
        return []
    return [f"{settings}, and the kits have other answers for it: {', '.join(named)}. {shows}"]


def _lost_profiles(after: Team, values: Mapping[str, Any]) -> list[str]:
    """What to say of the sweeps whose settings name a profile that no kit has any more."""
    package, known = values["package"], ", ".join(f"`{name}`" for name in after.profiles)
    began = [(package, values.get("profile"))] + [
        (f"{package}/sweeps/{added['package']}", added.get("profile"))
        for added in values.get("sweeps") or []
    ]
    remedy = (
        f"Put one of theirs there: {known}." if known else "Write `flyte.Resources(...)` there."
    )
    return [
        f"The kits have no profile `{profile}` any more, with which `{folder}/settings.py` began: "
        f'as long as it says `team.PROFILES["{profile}"]`, nothing runs. {remedy}'
        for folder, profile in began
        if profile and profile not in after.profiles
    ]


def _version(kit: Kit | None) -> str:
    return kit.version if kit else ""
