"""Mends in a sweep config what is safe to mend: the text at its place, and nothing around it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from wandb_flyte.errors import Finding, InvalidInput
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.generate.scalars import Place, scalar_places
from wandb_flyte.spec import as_number, check_sweep, load_sweep

from .suppress import without_silenced

Node: TypeAlias = Any  # A yaml.Node: yaml itself is imported only where a file is read.


def fix_sweep(file: Path) -> list[str]:
    """Mends a sweep config, and says what was mended, a line each.

    Numbers that YAML reads as text (WF013), names that it takes for something else (WF003), and an
    integer beside a float as limits (WF015). Comments and layout stay as they are.
    """
    import yaml

    try:
        document = load_sweep(file)
        file = document.path  # Code may load it from another one.
        data = file.read_bytes()
        text = data.decode("utf-8-sig")
    except (InvalidInput, UnicodeDecodeError):
        return []
    if not document.is_yaml:
        return []
    findings = without_silenced(check_sweep(document))
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    wanted = list(_edits(root, findings))
    places = scalar_places(text, [node for node, _ in wanted])
    edits: dict[int, tuple[Place, Node, str]] = {}
    for place, (node, new) in zip(places, wanted, strict=True):
        if _is_safe(place, node):
            edits.setdefault(place.start, (place, node, new))
    told = []
    for start in sorted(edits, reverse=True):
        place, node, new = edits[start]
        line = text.count("\n", 0, start) + 1
        told.append(f"{show_path(file)}:{line}: `{show(str(node.value))}` is now `{new}`")
        text = text[:start] + new + text[place.end :]
    if told:
        bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        _replace(file, bom + text.encode())
    return told[::-1]


def _edits(root: Node, findings: list[Finding]) -> Iterator[tuple[Node, str]]:
    """Nodes, and what to write for each."""
    import yaml

    for code, path, line in ((f.code, f.path, f.line) for f in findings):
        for node_path, key, node in _nodes(root, ""):
            if code == "WF013" and _is_in(node_path, path) and node.id == "scalar":
                number = as_number(node.value)
                if number:
                    yield node, number
            elif code == "WF015" and path and node_path in (f"{path}.min", f"{path}.max"):
                if node.tag.endswith(":int"):
                    # As YAML reads it: `010` is 8.
                    yield node, f"{yaml.safe_load(node.value)}.0"
            elif code == "WF003" and _is_misread(key, line):
                yield key, f'"{key.value}"'


def _is_safe(place: Place, node: Node) -> bool:
    """Whether another text changes this value, and no other: a limit's aliases may be whole."""
    return "!" not in place.before and not (place.before and node.tag.endswith(":int"))


def _is_in(node_path: str, path: str) -> bool:
    """Whether a finding is about a value, or about the list that it stands in."""
    return node_path == path or node_path.rpartition(".")[0] == path


def _is_misread(key: Node, line: int | None) -> bool:
    """Whether a key in a line is written plainly, and is no text to YAML."""
    if key is None or key.start_mark.line + 1 != line:
        return False
    return key.style is None and not key.tag.endswith((":str", ":merge"))


def _nodes(node: Node, path: str, depth: int = 0) -> Iterator[tuple[str, Node, Node]]:
    """Every value with its path and its key; a list's items have none."""
    if depth > 50:
        return
    if node.id == "mapping":
        for key, value in node.value:
            inner = f"{path}.{key.value}" if path else str(key.value)
            yield inner, key, value
            yield from _nodes(value, inner, depth + 1)
    elif node.id == "sequence":
        for index, item in enumerate(node.value):
            yield f"{path}.{index}", None, item
            yield from _nodes(item, f"{path}.{index}", depth + 1)


def _replace(file: Path, data: bytes) -> None:
    """Writes the whole file, or nothing of it."""
    target = file.resolve()
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        scratch.write_bytes(data)
        shutil.copymode(target, scratch)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
