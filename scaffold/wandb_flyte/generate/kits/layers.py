"""Lays the files of kits over what the base template makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput

from ..paths import check_names, link_on_the_way
from .language import fill_name, render_text
from .model import Kit


def lay_over(kits: Sequence[Kit], folder: Path, answers: Mapping[str, Any]) -> None:
    """Writes the kits' files into a folder, each kit over the one before it.

    Raises:
        InvalidInput: A file can't be rendered, or its name leads out of the folder.
    """
    rendered, findings = _render(kits, answers)
    if findings:
        raise InvalidInput(findings)
    for name, content in rendered.items():
        link_on_the_way(folder, name)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


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


def _render(
    kits: Sequence[Kit], answers: Mapping[str, Any]
) -> tuple[dict[str, bytes], list[Finding]]:
    rendered: dict[str, bytes] = {}
    findings: list[Finding] = []
    for kit in kits:
        for name, content in kit.below("files").items():
            target = fill_name(name, answers)
            check_names([target], f"The kit `{kit.name}`")
            if not name.endswith(".jinja"):
                rendered[target] = content
                continue
            try:
                text = render_text(f"files/{name}", content.decode("utf-8"), answers)
            except InvalidInput as error:
                findings += error.findings
                continue
            rendered[target] = text.encode()
    return rendered, findings
