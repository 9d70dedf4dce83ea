"""Lays the files of kits over what the base template makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput

from ..paths import check_names, link_on_the_way, set_executable
from .inspect import check_place
from .language import fill_name, render_text
from .model import Kit


def lay_over(kits: Sequence[Kit], folder: Path, answers: Mapping[str, Any]) -> None:
    """Writes the kits' files into a folder, each kit over the one before it.

    Raises:
        InvalidInput: A file can't be rendered, or its name leads out of the folder.
    """
    rendered, findings = _render(kits, answers)
    findings += _in_the_way(folder, rendered)
    if findings:
        raise InvalidInput(findings)
    for name, file in rendered.items():
        link_on_the_way(folder, name)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        set_executable(path, on=file.executable)


def users_own(kits: Sequence[Kit], answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Patterns of the files that kits write once and leave to the user."""
    return tuple(fill_name(pattern, answers) for kit in kits for pattern in kit.manifest.yours)


def moves(kits: Sequence[Kit], answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """The old and the new name of each file that kits renamed, in their order."""
    return [
        {fill_name(old, answers): fill_name(new, answers)}
        for kit in kits
        for old, new in kit.manifest.moves.items()
    ]


@dataclass(frozen=True)
class _File:
    content: bytes
    executable: bool
    source: str


def _render(
    kits: Sequence[Kit], answers: Mapping[str, Any]
) -> tuple[dict[str, _File], list[Finding]]:
    rendered: dict[str, _File] = {}
    findings: list[Finding] = []
    for kit in kits:
        for inner, content in kit.below("files").items():
            name, target = f"files/{inner}", fill_name(inner, answers)
            source = f"{kit.source}@{kit.version}: {name}"
            check_names([target], f"The kit `{kit.name}`")
            findings += check_place(source, target, str(answers["package"]))
            if inner.endswith(".jinja"):
                try:
                    content = render_text(source, content.decode("utf-8"), answers).encode()
                except InvalidInput as error:
                    findings += error.findings
                    continue
            rendered[target] = _File(content, name in kit.executables, source)
    return rendered, findings


def _in_the_way(folder: Path, rendered: Mapping[str, _File]) -> list[Finding]:
    findings = []
    for name, file in rendered.items():
        parents = [str(parent) for parent in PurePosixPath(name).parents][:-1]
        wrong = [parent for parent in parents if parent in rendered or (folder / parent).is_file()]
        if wrong or (folder / name).is_dir():
            message = f"`{(wrong or [name])[0]}` would be a file and a folder."
            findings.append(Finding(message, "Rename it.", file.source))
    return findings
