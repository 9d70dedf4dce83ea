"""Code that starts agents: for an objective of another file, or for a sweep config."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.generate.names import ANSWERS
from wandb_flyte.spec import NotPython, SweepDocument, parse_python

from .started_sweeps import loads
from .trial.command import COPIES, PUT_AWAY
from .trial.named import files_below

# How many files are looked through, and how many bytes one may have.
_MOST = 2000
_LARGEST = 1_000_000
# Folders of what is no code for a sweep, or a copy of it.
_LEFT_OUT = COPIES | PUT_AWAY | {"wandb"}


def find_launcher(file: Path, name: str) -> Path | None:
    """The first file below this folder that names another file's objective and starts agents.

    As `wandb.agent(sweep_id, partial(train, model))`, with `train` from that file.

    Args:
        file: The objective's file.
        name: The objective, or the method that it is.
    """
    own = file.resolve()
    found = (one for one, content in _with_agents() if one != own and _starts(content, name))
    return next(found, None)


def with_agent(document: SweepDocument) -> SweepDocument:
    """A sweep config with the code that starts agents for it, and the objective that they get.

    Where nothing in a sweep config says what runs, that is in the code below this folder which
    loads it; or, if none is seen to, in the only file there whose agents may be for it: it has the
    file's name in it, or most of the hyperparameters', or is beside it.

    Returns:
        The document as it was where no code has such agents, or several files do.
    """
    if document.code or document.names_program:
        return document
    here, home = Path.cwd(), document.path.absolute().parent
    surely: list[SweepDocument] = []
    likely: list[SweepDocument] = []
    beside: list[SweepDocument] = []
    for file, content in _with_agents():
        run, is_sure = document.with_agents_of(file.relative_to(here))
        if not is_sure and loads(file.relative_to(here), document):
            # By way of functions of other files.
            run, is_sure = replace(run, code=file.relative_to(here), objective=""), True
        if run.code and is_sure:
            surely.append(run)
        elif run.code and _is_about(content, document):
            likely.append(run)
        elif run.code and file.parent == home:
            beside.append(run)
    for found in (surely, likely, beside):
        near = [run for run in found if run.code and (here / run.code).parent == home]
        if len(found) == 1 or len(near) == 1:
            return (near or found)[0]
        if found:
            break
    return document


def _is_about(content: bytes, document: SweepDocument) -> bool:
    parameters = document.raw.get("parameters")
    names = list(map(str, parameters)) if isinstance(parameters, dict) else []
    named = [name for name in names if name.encode(errors="replace") in content]
    return document.path.name.encode() in content or len(named) > len(names) / 2


def _with_agents() -> Iterator[tuple[Path, bytes]]:
    """The Python files below this folder that may start agents, each with its content.

    Not tests, nor what is built or put away, nor the projects that were generated here.
    """
    here = Path.cwd()
    files = (one for one in files_below({here}) if one.suffix == ".py")
    projects: dict[Path, bool] = {}
    for file in sorted(islice(files, _MOST), key=lambda one: (len(one.parts), one)):
        inner = file.relative_to(here).parts
        is_test = file.name.startswith("test_") or file.stem.endswith("_test")
        if is_test or not _LEFT_OUT.isdisjoint(map(str.lower, inner[:-1])):
            continue
        if any(_is_project(one, projects) for one in file.parents[: len(inner) - 1]):
            continue
        try:
            is_own = file.is_file() and file.resolve().is_relative_to(here.resolve())
            fits = is_own and file.stat().st_size <= _LARGEST
            content = file.read_bytes() if fits else b""
        except (OSError, RuntimeError):
            continue
        if b"agent" in content and b"wandb" in content:
            yield file, content


def _is_project(folder: Path, known: dict[Path, bool]) -> bool:
    if folder not in known:
        known[folder] = (folder / ANSWERS).is_file()
    return known[folder]


def _starts(content: bytes, name: str) -> bool:
    if name.encode() not in content:
        return False
    try:
        tree = parse_python(content)
    except NotPython:
        return False
    uses = (getattr(one, "id", getattr(one, "attr", "")) for one in walk(tree))
    return bool(agent_calls(tree)) and name in uses
