"""Files that a Hydra config is put together from, and that are not there: it stops then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from wandb_flyte.analysis.config.hydra_files import Absent, files_of
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, near, shown
from wandb_flyte.generate.check.trial.hydra import absent_files
from wandb_flyte.generate.check.trial.values import listed
from wandb_flyte.generate.names import show


def check_hydra_absent(case: Case) -> Iterator[Finding]:
    """The config itself, what its defaults lists name, and what the sweep chooses of a group."""
    if case.command is None or case.program.interface.style != "hydra":
        return
    folder, absent = absent_files(case)
    for one in absent:
        others = _others(folder, one)
        own = folder / _with_ending(one.name.rpartition("/")[2])
        if one.by and not others and not own.is_file():
            continue  # Another package may bring the whole group along.
        chosen = _chosen_by_sweep(one, case)
        if chosen:
            yield _not_an_option(one, chosen, others, case)
        elif one.by:
            yield _not_there(folder, one, others)
        elif not folder.is_dir() or others:
            yield _without_config(folder, one, others, case)


def _others(folder: Path, absent: Absent) -> list[str]:
    """What lies beside where a file should be, without endings."""
    beside = folder / PurePosixPath(absent.name).parent
    files = (one for end in ("yaml", "yml") for one in beside.glob(f"*.{end}"))
    return sorted(one.stem for one in files)


def _with_ending(name: str) -> str:
    return name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"


def _chosen_by_sweep(absent: Absent, case: Case) -> str:
    """The parameter that chooses an option of a group; empty where another place does."""
    option = absent.name.removeprefix(f"{absent.group}/")
    for parameter in case.sweep.parameters:
        values = map(str, listed(parameter.distribution) or ())
        if parameter.path == (parameter.name,) and parameter.name.lstrip("+") == absent.group:
            return parameter.name if option in values else ""
    return ""


def _not_an_option(absent: Absent, name: str, others: list[str], case: Case) -> Finding:
    option = absent.name.removeprefix(f"{absent.group}/")
    message = (
        f"`{show(name)}` may be `{show(option)}`, and there is no"
        f" `{show(_with_ending(absent.name))}` in the Hydra config: it would stop."
    )
    hint = f"It takes {', '.join(f'`{show(one)}`' for one in others[:12])}."
    if other := near(option, others):
        hint = f"Did you mean `{show(other)}`?"
    return case.in_sweep(("parameters", name), message, hint, "WF106", "error")


def _not_there(folder: Path, absent: Absent, others: list[str]) -> Finding:
    file, line = _place(folder, absent)
    name = _with_ending(absent.name)
    message = f"There is no `{show(name)}` in the Hydra config: every trial stops here."
    option = absent.name.rpartition("/")[2]
    other = near(option, others)
    hint = f"Did you mean `{show(other)}`?" if other else "Add it, or name another one."
    if not others:
        own = _with_ending(option)
        hint = f"There is `{show(own)}` in the config's own folder: move it there."
    return Finding(message, hint, shown(file), line, "", "warning", "WF116")


def _place(folder: Path, absent: Absent) -> tuple[Path, int]:
    """The file that names another one, and the line in which it does."""
    file = next((one for one in files_of(folder, absent.by) if one.is_file()), folder)
    option = absent.name.rpartition("/")[2]
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    named = (n for n, line in enumerate(lines, 1) if "-" in line and option in line)
    return file, next(named, 1)


def _without_config(folder: Path, absent: Absent, others: list[str], case: Case) -> Finding:
    name = _with_ending(absent.name)
    what = f"no `{show(name)}`" if others else "no such folder"
    message = f"Hydra looks for its config in `{show(shown(folder))}`, and there is {what}."
    other = near(absent.name, others)
    hint = f"There is `{show(other)}`: is it that one?" if other else "Add it, or name another one."
    return case.in_code((case.program.file, 1), message, hint, "WF116", "warning")
