"""Code that starts agents: for an objective of another file, or for a sweep config."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.spec import NotPython, SweepDocument, parse_python

from .trial.named import files_below

# How many files are looked through, and how many bytes one may have.
_MOST = 2000
_LARGEST = 1_000_000


def find_launcher(file: Path, name: str) -> Path | None:
    """The first file below this folder that names another file's objective and starts agents.

    As `wandb.agent(sweep_id, partial(train, model))`, with `train` from that file.

    Args:
        file: The objective's file.
        name: The objective, or the method that it is.
    """
    own = file.resolve()
    starting = (one for one, content in _with_agents() if name.encode() in content)
    return next((one for one in starting if one != own and _starts(one, name)), None)


def with_agent(document: SweepDocument) -> SweepDocument:
    """A sweep config with the code that starts agents for it, and the objective that they get.

    Where nothing in a sweep config says what runs, that is in the code below this folder which
    loads it; or, if none is seen to, in the only file there whose agents may be for it.

    Returns:
        The document as it was where no code has such agents, or several files do.
    """
    if document.code or document.names_program:
        return document
    surely: list[SweepDocument] = []
    likely: list[SweepDocument] = []
    others: list[SweepDocument] = []
    for file, content in _with_agents():
        run, is_sure = document.with_agents_of(file.relative_to(Path.cwd()))
        if run.code:
            group = surely if is_sure else likely if _is_about(content, document) else others
            group.append(run)
    found = surely or likely or others
    return found[0] if len(found) == 1 else document


def _is_about(content: bytes, document: SweepDocument) -> bool:
    parameters = document.raw.get("parameters")
    names = list(map(str, parameters)) if isinstance(parameters, dict) else []
    named = [name for name in names if name.encode() in content]
    return document.path.name.encode() in content or len(named) > len(names) / 2


def _with_agents() -> Iterator[tuple[Path, bytes]]:
    """The Python files below this folder that may start agents, each with its content."""
    here = Path.cwd()
    files = [one for one in files_below({here}) if one.suffix == ".py"][:_MOST]
    for file in sorted(files):
        try:
            content = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
        except OSError:
            continue
        if b"agent" in content and b"wandb" in content:
            yield file, content


def _starts(file: Path, name: str) -> bool:
    try:
        tree = parse_python(file.read_bytes())
    except (OSError, NotPython):
        return False
    uses = (getattr(one, "id", getattr(one, "attr", "")) for one in walk(tree))
    return bool(agent_calls(tree)) and name in uses
