"""A program that is called otherwise than its sweep config says: the project's one follows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from wandb_flyte.generate.check.trial.command import Command, program_path
from wandb_flyte.generate.scalars import scalar_places
from wandb_flyte.spec import SweepDocument

_KEYS = ("program", "command")


def name_of(command: Command, target: str) -> str:
    """How a command names its program: as it does, when that leads to the file.

    Args:
        command: The command.
        target: The program's file, below the folder that it is started in.
    """
    place, path = program_path(command), PurePosixPath(target)
    if not command.is_module or command.program.endswith(".py"):
        return command.program if place is not None and path == PurePosixPath(place) else target
    whole = path.parent if path.name == "__main__.py" else path.with_suffix("")
    return ".".join(whole.parts)


def with_program(document: SweepDocument, old: str, new: str) -> bytes:
    """A sweep config as a YAML file, with another name of the program; the rest stays as it is."""
    if not document.is_yaml:
        changed = {
            key: _changed(document.raw[key], old, new) for key in _KEYS & document.raw.keys()
        }
        return replace(document, raw=document.raw | changed).to_yaml()
    import yaml

    data = document.to_yaml()
    text = data.decode("utf-8-sig")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = [node for node in _nodes(root) if node.value == old]
    # An anchor stands before the value, and stays; its aliases are the same node once more.
    places = dict(zip(scalar_places(text, nodes), nodes, strict=True))
    for place in sorted(places, reverse=True):
        is_plain = places[place].style is None and re.fullmatch(r"\w[\w./-]*", new)
        written = new if is_plain else json.dumps(new)
        text = text[: place.start] + written + text[place.end :]
    return text.encode()


def _changed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list | tuple):
        return [_changed(item, old, new) for item in value]
    return new if value == old else value


def _nodes(root: Any) -> Iterator[Any]:
    """The values of the program and of the command's items."""
    for key, value in root.value:
        if key.value in _KEYS:
            yield from value.value if value.id == "sequence" else [value]
