"""Programs that give an agent the objective of another file, with arguments of their own."""

from __future__ import annotations

from pathlib import Path

from wandb_flyte.analysis.config.starts import agent_calls
from wandb_flyte.analysis.source.syntax import walk
from wandb_flyte.spec import NotPython, parse_python

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
    files = [one for one in files_below({Path.cwd()}) if one.suffix == ".py"][:_MOST]
    return next((one for one in sorted(files) if one != own and _starts(one, name)), None)


def _starts(file: Path, name: str) -> bool:
    try:
        if file.stat().st_size > _LARGEST:
            return False
        content = file.read_bytes()
        if b"agent" not in content or name.encode() not in content:
            return False
        tree = parse_python(content)
    except (OSError, NotPython):
        return False
    uses = (getattr(one, "id", getattr(one, "attr", "")) for one in walk(tree))
    return bool(agent_calls(tree)) and name in uses
