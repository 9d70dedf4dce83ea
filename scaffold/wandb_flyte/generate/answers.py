"""What a project says of its own making: `.copier-answers.yml`, checked before it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput, UserError

from .added import AddedSweep, read_added
from .kits.records import Record, read_records
from .names import ANSWERS
from .template import SOURCE

_LARGEST = 1_000_000
# A checkout of one side would drop what the other one added, so no hint says so.
_MARKERS = re.compile(r"^<{7} .*^>{7} ", re.MULTILINE | re.DOTALL)
_MERGED = (
    "Keep what each side added: under `sweeps` the whole entry of every sweep. In a merge "
    f"`git show :2:./{ANSWERS}` and `git show :3:./{ANSWERS}` show the two sides."
)
_COMMIT = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,199}")
_WHEEL = re.compile(r"wandb_flyte-[0-9A-Za-z.+!_]+-py3-none-any\.whl")


@dataclass(frozen=True)
class Answers:
    """A project's answers.

    Attributes:
        commit: The template's version, as `git describe` names it.
        values: The answers to the template's questions.
        wheel: The wheel in `wheels/`, empty when the project has none.
        kits: The kits that made it, each on the one before it.
        sweeps: The sweeps that were added to it.
    """

    commit: str
    values: Mapping[str, Any] = field(default_factory=dict)
    wheel: str = ""
    kits: tuple[Record, ...] = ()
    sweeps: tuple[AddedSweep, ...] = ()


def is_generated(folder: Path) -> bool:
    """Whether a folder lies in a project that was made from the template."""
    return any(
        (parent / ANSWERS).is_file() for parent in (folder.resolve(), *folder.resolve().parents)
    )


def find_root(start: Path) -> Path:
    """The folder of the project that a folder lies in.

    Raises:
        UserError: There is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / ANSWERS).is_file():
            return folder
    raise UserError(
        f"`{start}` is not in a project: no `{ANSWERS}` is there or above it.",
        hint="Make a project with `wandb-flyte new NAME`, then run this inside its folder.",
    )


def read_answers(root: Path) -> Answers:
    """A project's answers.

    Raises:
        UserError: They can't be read, or name another template than this package's own.
    """
    loaded = _load(root)
    kits, wrong = read_records(loaded, ANSWERS)
    sweeps, odd = read_added(loaded, ANSWERS)
    findings = [*_check(loaded), *wrong, *odd]
    if findings:
        raise InvalidInput(findings)
    values = {key: value for key, value in loaded.items() if not key.startswith("_")}
    return Answers(str(loaded["_commit"]), values, str(values.get("wheel") or ""), kits, sweeps)


def load_answers(root: Path) -> dict[Any, Any]:
    """What a project's file of answers holds, not checked; empty when it is no mapping.

    Raises:
        UserError: It can't be read.
    """
    import yaml

    file = root / ANSWERS
    try:
        if file.stat().st_size > _LARGEST:
            raise UserError(f"`{file}` is larger than {_LARGEST:,} bytes: these are no answers.")
        text = file.read_text(encoding="utf-8")
        if _MARKERS.search(text):
            raise UserError(f"`{file}` has conflict markers of a merge.", hint=_MERGED)
        loaded = yaml.safe_load(text)
    except OSError as error:
        raise UserError(f"`{file}` can't be read: {error.strerror or error}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(
            f"`{file}` is no YAML: {' '.join(str(error).split())}",
            hint=f"`git checkout HEAD -- {ANSWERS}` brings the committed one back.",
        ) from error
    return loaded if isinstance(loaded, dict) else {}


def _load(root: Path) -> dict[str, Any]:
    file = root / ANSWERS
    if file.is_symlink():
        raise UserError(f"`{file}` is a symbolic link.", hint="Put the file itself there.")
    loaded = load_answers(root)
    if not loaded or not all(isinstance(key, str) for key in loaded):
        raise UserError(f"`{file}` holds no answers.")
    return loaded


def _check(loaded: Mapping[str, Any]) -> list[Finding]:
    findings = []
    source, commit = loaded.get("_src_path"), loaded.get("_commit")
    if source != SOURCE:
        findings.append(
            Finding(
                f"`{source}` is not the template of wandb-flyte, which is `{SOURCE}`.",
                file=ANSWERS,
                path="_src_path",
                hint="An update takes nothing from anywhere else.",
            )
        )
    if not _COMMIT.fullmatch(str(commit or "")):
        findings.append(
            Finding(f"`{commit}` is no version of the template.", file=ANSWERS, path="_commit")
        )
    wheel = loaded.get("wheel") or ""
    if wheel and not _WHEEL.fullmatch(str(wheel)):
        findings.append(
            Finding(f"`{wheel}` is no wheel of wandb-flyte.", file=ANSWERS, path="wheel")
        )
    package = loaded.get("package")
    if not isinstance(package, str) or not package.isidentifier():
        findings.append(
            Finding(f"`{package}` is no name of a package.", file=ANSWERS, path="package")
        )
    return findings
