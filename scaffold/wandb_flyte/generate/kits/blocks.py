"""A kit's `blocks`: what it adds to files of the base template, read as data and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from wandb_flyte._toml import NotToml, parse_toml
from wandb_flyte.errors import Finding, printable

from .model import EXTENSION_POINTS, Blocks

# PEP 508 as far as a kit needs it; nothing that could break out of a string in TOML.
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9._,\s-]+\])?\s*([<>=!~][^;\"'\\@]*)?"
    r"(;\s*[\w\s.<>=!'()]+)?"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JOB = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:~=<>!\[\],_-]*")
_LAYERS = ("apt", "pip", "commands")


def read_blocks(files: Mapping[str, bytes]) -> tuple[Blocks, list[Finding]]:
    """Reads a kit's `blocks` folder.

    Args:
        files: The folder's files.

    Returns:
        What they add, and what is wrong with them.
    """
    findings: list[Finding] = []
    found: dict[str, Any] = {}
    names = {file: point for point, file in EXTENSION_POINTS.items()}
    for name, content in files.items():
        file = f"blocks/{name}"
        if name not in names:
            known = ", ".join(f"`{other}`" for other in names)
            message = "The base template has no such extension point."
            findings.append(Finding(message, f"There are {known}.", file))
            continue
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            findings.append(Finding(f"It is no UTF-8: {error}.", file=file))
            continue
        value, wrong = _READERS[names[name]](text)
        found[names[name]] = value
        findings += [Finding(message, file=file) for message in wrong]
    return Blocks(**found) if not findings else Blocks(), findings


def _dependencies(text: str) -> tuple[tuple[str, ...], list[str]]:
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    wanted = tuple(line for line in lines if line)
    return wanted, [
        f"`{printable(line)}` is no requirement."
        for line in wanted
        if not _REQUIREMENT.fullmatch(line)
    ]


def _ci_jobs(text: str) -> tuple[str, list[str]]:
    import yaml

    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        return "", [f"It is no YAML: {' '.join(str(error).split())}."]
    if loaded is None:
        return "", []
    if not isinstance(loaded, dict) or not all(isinstance(job, dict) for job in loaded.values()):
        return "", ["It is no mapping of jobs."]
    wrong = [
        f"`{printable(str(name))}` is no name of a job of its own."
        for name in loaded
        if not _JOB.fullmatch(str(name)) or name == "test"
    ]
    if text.startswith((" ", "\t", "---", "%")) or "\t" in text:
        wrong.append("The names of jobs stand at the start of their lines.")
    return text.strip() + "\n", wrong


def _image(text: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    loaded, wrong = _toml(text)
    layers = {}
    for name, values in loaded.items():
        if name not in _LAYERS:
            wrong.append(f"`{printable(name)}` is no layer: there is `apt`, `pip` and `commands`.")
        elif not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            wrong.append(f"`{name}` is no list of texts.")
        else:
            layers[name] = tuple(values)
            wrong += [
                f"`{name}`: `{printable(value)}` can't be."
                for value in values
                if not (value.isprintable() if name == "commands" else _PACKAGE.fullmatch(value))
            ]
    return layers, wrong


def _environment(text: str) -> tuple[dict[str, str], list[str]]:
    loaded, wrong = _toml(text)
    wrong += [
        f"`{printable(str(name))}` is no variable with a text."
        for name, value in loaded.items()
        if not (_VARIABLE.fullmatch(name) and isinstance(value, str) and value.isprintable())
    ]
    return {name: str(value) for name, value in loaded.items()}, wrong


def _toml(text: str) -> tuple[dict[str, Any], list[str]]:
    try:
        return parse_toml(text), []
    except NotToml as error:
        return {}, [error.message]


_READERS: dict[str, Callable[[str], tuple[Any, list[str]]]] = {
    "dependencies": _dependencies,
    "ci_jobs": _ci_jobs,
    "image": _image,
    "environment": _environment,
}
