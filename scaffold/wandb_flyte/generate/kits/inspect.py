"""Looks a kit's files over before any of them is read: what could do harm is refused by name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from wandb_flyte.errors import Finding, InvalidInput

from ..paths import is_inside, show_file
from ..starters import read_about
from .language import check_language, check_placeholders, fill_name

_LARGEST = 1_000_000
_LARGEST_SUM = 10_000_000
_MOST = 2_000
_COPIER = frozenset({"copier.yml", "copier.yaml"})
_ANSWERS = ".copier-answers"
_OWN = ("objective.py", "params.py", "settings.py", "team.py")
_STARTER = ("starter.toml", "sweep.yaml")
_SAMPLE = {"package": "demo", "project": "demo"}


@dataclass(frozen=True)
class Entry:
    """A file of a kit, as git lists it.

    Attributes:
        name: Its name.
        mode: Its mode, such as `100644`.
        size: Its size in bytes.
        blob: What git calls its content.
    """

    name: str
    mode: str
    size: int
    blob: str


def check_entries(entries: Iterable[Entry]) -> list[Finding]:
    """What a kit's list of files has that no kit may have. No file is read for it."""
    entries = tuple(entries)
    findings = list(_clashes(entry.name for entry in entries))
    total, count = 0, 0
    for entry in entries:
        total, count = total + entry.size, count + 1
        name = show_file(entry.name)[1:-1]
        if entry.mode == "120000":
            findings.append(Finding("It is a symbolic link.", "Put the file itself there.", name))
        elif entry.mode == "160000":
            findings.append(Finding("It is a submodule.", "Put its files there.", name))
        if not is_inside(entry.name):
            hint = "Names stay inside the kit, without control characters."
            findings.append(Finding("It is no name of a kit's file.", hint, name))
        if entry.size > _LARGEST:
            message = f"It has {entry.size:,} bytes, and a kit's file at most {_LARGEST:,}."
            findings.append(Finding(message, file=name))
        if entry.name.lower() in _COPIER:
            message = "A kit is no copier template: its `_tasks` and `_migrations` are never run."
            findings.append(Finding(message, "Say what there is to say in `kit.toml`.", name))
    if total > _LARGEST_SUM:
        findings.append(Finding(f"The kit has {total:,} bytes, at most {_LARGEST_SUM:,} can be."))
    if count > _MOST:
        findings.append(Finding(f"The kit has {count:,} files, at most {_MOST:,} can be."))
    return findings


def check_files(files: Mapping[str, bytes]) -> list[Finding]:
    """What the files that go into projects would do there that a kit's may not."""
    findings = []
    places: dict[str, str] = {}
    for name, content in files.items():
        if not name.startswith("files/"):
            continue
        inner = name.removeprefix("files/")
        findings += check_placeholders(inner) and [
            Finding(wrong.message, wrong.hint, name) for wrong in check_placeholders(inner)
        ]
        place = fill_name(inner, _SAMPLE)
        findings += check_place(name, place, _SAMPLE["package"])
        if _folded(place) in places:
            findings.append(Finding(f"`{places[_folded(place)]}` is the same file.", file=name))
        places[_folded(place)] = name
        if inner.endswith(".jinja"):
            findings += _check_jinja(name, content)
    return findings


def check_starters(files: Mapping[str, bytes]) -> list[Finding]:
    """What a kit's starters lack."""
    names = {name.split("/")[1] for name in files if name.startswith("starters/")}
    return [found for name in sorted(names) for found in _check_starter(f"starters/{name}", files)]


def _check_starter(folder: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    for part in _STARTER:
        if f"{folder}/{part}" not in files:
            yield Finding("It is missing.", "A starter has it.", f"{folder}/{part}")
    if f"{folder}/starter.toml" not in files:
        return
    try:
        about = read_about(files[f"{folder}/starter.toml"])
    except InvalidInput as error:
        yield from (replace(found, file=f"{folder}/{found.file}") for found in error.findings)
        return
    has_one = f"{folder}/objective.py" in files
    if about.objective and not has_one:
        hint = (
            "Put the function there, or leave `objective` out: `sweep.yaml` names a program then."
        )
        yield Finding("It is missing.", hint, f"{folder}/objective.py")
    elif has_one and not about.objective:
        hint = "Name the function of its `objective.py`."
        yield Finding("It is missing.", hint, f"{folder}/starter.toml", None, "objective")


def check_place(name: str, place: str, package: str) -> list[Finding]:
    """What a file of a kit would do in a project that it may not.

    Args:
        name: The file's name in the kit.
        place: Its name in the project.
        package: The project's package.
    """
    parts = place.lower().split("/")
    if any(part.startswith(_ANSWERS) for part in parts):
        message = "It would say where the project comes from, which only wandb-flyte does."
    elif _folded(place) in {"sweep.yaml", *(_folded(f"{package}/{own}") for own in _OWN)}:
        message = "It is a file that every project has of its own."
    elif parts[0] in ("wheels", ".wandb-flyte-update"):
        message = f"`{parts[0]}` is wandb-flyte's."
    else:
        return []
    return [Finding(message, "Take it out.", name)]


def _clashes(names: Iterable[str]) -> Iterator[Finding]:
    """Names that are one on a file system that knows no upper and lower case, as a Mac's."""
    seen: dict[str, str] = {}
    for name in names:
        for part in (name, *map(str, PurePosixPath(name).parents)):
            known = seen.setdefault(_folded(part), part)
            if known != part:
                message = f"{show_file(known)} is the same name on some machines."
                yield Finding(message, "Rename one.", show_file(part)[1:-1])
                break


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _check_jinja(name: str, content: bytes) -> list[Finding]:
    try:
        return check_language(name, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        return [Finding(f"It is no UTF-8: {error}.", file=name)]
