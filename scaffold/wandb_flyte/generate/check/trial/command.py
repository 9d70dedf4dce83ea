"""What `wandb agent` would start for a sweep config: its program and command."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from wandb_flyte.spec import SweepConfig

# How each macro writes a hyperparameter (wandb/wandb_agent.py).
ARGS = {
    "${args}": "flags",
    "${args_no_hyphens}": "plain",
    "${args_no_equals}": "flags",
    "${args_no_boolean_flags}": "flags",
    "${args_append_hydra}": "append",
    "${args_override_hydra}": "override",
    "${args_json}": "json",
    "${args_json_file}": "json",
}
MACROS = frozenset({*ARGS, "${env}", "${interpreter}", "${program}"})
DEFAULT = ("${env}", "${interpreter}", "${program}", "${args}")
_MACRO = re.compile(r"\$\{[^}]*\}")
# Where copies of a program lie, and its tests.
COPIES = frozenset(
    {"build", "dist", "env", "node_modules", "site-packages", "test", "tests", "venv"}
)
# Folders of what is no longer used.
PUT_AWAY = frozenset({"archive", "archived", "attic", "backup", "deprecated", "legacy", "old"})
# Folders that projects have inside, which are no project's own name.
_USUAL = frozenset(
    {
        *("app", "bin", "code", "core", "examples", "experiments", "jobs", "lib", "main", "ml"),
        *("model", "models", "notebooks", "python", "run", "runs", "scripts", "source", "src"),
        *("sweep", "sweeps", "tools", "train", "training", "utils"),
    }
)
# What starts a program that stands somewhere behind it.
_LAUNCHERS = frozenset(
    {
        *("accelerate", "apptainer", "bash", "conda", "deepspeed", "docker", "env", "hatch"),
        *("horovodrun", "mamba", "micromamba", "mpirun", "nohup", "pdm", "pipx", "pixi", "poetry"),
        *("ray", "rye", "sbatch", "sh", "singularity", "srun", "time", "torchrun", "uvx"),
        *("xvfb-run", "zsh"),
    }
)
# What `python -m` starts a program with that stands behind it.
_STARTING_MODULES = frozenset(
    {
        *("accelerate.commands.launch", "cProfile", "coverage", "debugpy", "kernprof"),
        *("memory_profiler", "pdb", "scalene", "torch.distributed.launch", "torch.distributed.run"),
    }
)
_MODULE = re.compile(r"\w+(\.\w+)+", re.ASCII)
# What a file's name has at most, in bytes, wherever Linux and macOS keep files.
_LONGEST = 255
_NAME = re.compile(r"\w[\w-]*", re.ASCII)


@dataclass(frozen=True)
class Command:
    """A sweep's command, taken apart.

    Attributes:
        program: The program's path or, with `-m`, its module; empty when there is none.
        is_module: Whether it is started with `-m`.
        passes: How hyperparameters are written: `flags`, `plain`, `append`, `override`, `json`,
            or empty when they are not.
        words: What stands after the program, macros left out.
        index: The place of the args macro in the command, None without.
        uses_program: Whether the `program` key has a part in it.
        is_installed: Whether the program is the name of a command, which no Python is given.
    """

    program: str
    is_module: bool
    passes: str
    words: tuple[str, ...]
    index: int | None
    uses_program: bool
    is_installed: bool = False

    @property
    def flags(self) -> frozenset[str]:
        """The options that the command itself gives."""
        words = (word for item in self.words if not item.startswith("${") for word in item.split())
        return frozenset(word.partition("=")[0].lstrip("+") for word in words)


def read_command(sweep: SweepConfig) -> Command:
    """The command of a sweep config, W&B's default when it names none."""
    parts = sweep.command or DEFAULT
    program, is_module, at = _program(parts, sweep.program or "")
    macros = [(i, part) for i, part in enumerate(parts) if part in ARGS]
    words = tuple(part for part in parts[at + 1 :] if not _MACRO.fullmatch(part))
    return Command(
        program=program,
        is_module=is_module,
        passes=ARGS[macros[0][1]] if macros else "",
        words=words,
        index=macros[0][0] if macros else None,
        uses_program="${program}" in parts or sweep.command is None,
        is_installed=_NAME.fullmatch(program) is not None and not _given_to_python(parts[:at]),
    )


def _program(parts: tuple[str, ...], program: str) -> tuple[str, bool, int]:
    for index, part in enumerate(parts):
        before = parts[index - 1] if index else ""
        if part == "${program}":
            return program, before == "-m", index
        if before == "-m" and not part.startswith("-") and _starts_python(parts[: index - 1]):
            if part in _STARTING_MODULES:
                continue
            return part, True, index
        if part.endswith(".py"):
            return part, False, index
    named = [index for index, part in enumerate(parts) if not _MACRO.fullmatch(part)]
    is_script = bool(named) and parts[named[0]] not in _LAUNCHERS
    is_script &= not _starts_python(parts)
    return ("", False, named[0] if is_script else len(parts) - 1)


def _starts_python(parts: tuple[str, ...]) -> bool:
    return any("python" in part or part in ("${interpreter}", "run", "uv") for part in parts)


def _given_to_python(parts: tuple[str, ...]) -> bool:
    return any("python" in part or part in ("${interpreter}", "-m") for part in parts)


def find_program(command: Command, folders: tuple[Path, ...]) -> tuple[Path | None, Path | None]:
    """The program's file: where the sweep config says it is, or else where it is probably meant.

    Args:
        command: The command.
        folders: Where the path may start, the likeliest first.

    Returns:
        The file at its path, and the likeliest of that name elsewhere; None for what is not there.
    """
    relative = program_path(command)
    if relative is None:
        name = command.program.replace("\\", "/")
        usable = name.endswith((".py", ".sh")) and "\x00" not in name
        return None, (_below(name, folders) or _elsewhere(name, folders)) if usable else None
    for folder in folders:
        for path in (folder / relative, folder / "src" / relative if command.is_module else None):
            # `python -m package` and `python folder` start what is in there.
            mains = (path.with_suffix("") / "__main__.py", path / "__main__.py") if path else ()
            for found in (path, *mains[not command.is_module :]):
                if found is not None and _is_file(found) and _is_inside(found, folder):
                    return found, None
    if _MODULE.fullmatch(command.program) and relative.suffix != ".py":
        return None, find_program(replace(command, is_module=True), folders)[0]
    return None, from_above(relative, folders) or _elsewhere(str(relative), folders)


def led_to(command: Command, folders: tuple[Path, ...]) -> Path | None:
    """The file that a program's path leads to from one of the folders, wherever it lies."""
    paths = [folder / command.program for folder in folders] if command.program else []
    found = filter(_is_file, paths)
    return next((path.resolve() for path in found), None)


def program_path(command: Command) -> Path | None:
    """The program's path from the folder that it is started in; None for one that leads out."""
    name = command.program
    if not name or "\x00" in name:
        return None
    if command.is_module and not name.endswith(".py"):
        return Path(*[part for part in name.split(".") if part] or ["_"]).with_suffix(".py")
    path = Path(name)
    leads_out = path.is_absolute() or ".." in path.parts or "\\" in name
    return None if leads_out else path


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  (it takes any text, however long)


def _is_there(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110  (as above)


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _elsewhere(named: str, folders: tuple[Path, ...]) -> Path | None:
    """The file that a path most likely means, up to three folders down; None where several may.

    One that a folder above the first one has, as the agent is started there, is meant rather.
    """
    import glob

    asked = Path(named).parts
    if not asked or len(asked[-1].encode(errors="replace")) > _LONGEST:
        return None
    if (above := _above(named, folders)) is not None:
        return above
    found: dict[Path, tuple[str, ...]] = {}
    name = glob.escape(asked[-1])
    for folder in folders:
        for pattern in (name, f"*/{name}", f"*/*/{name}", f"*/*/*/{name}"):
            for path in folder.glob(pattern):
                parts = path.relative_to(folder).parts
                hidden = any(part.startswith(".") for part in parts)
                if path.is_file() and not hidden and _is_inside(path, folder):
                    found.setdefault(path.resolve(), parts)
    own = [path for path, parts in found.items() if COPIES.isdisjoint(parts[:-1])] or [*found]
    likeness = {path: _likeness(found[path], asked) for path in own}
    best = [path for path in own if likeness[path] == max(likeness.values())]
    return best[0] if len(best) == 1 else None


def _below(named: str, folders: tuple[Path, ...]) -> Path | None:
    """The file at the end of a path of another machine, by as many of its parts as can be."""
    parts = [part for part in Path(named).parts if part not in ("..", "/")]
    ends = (Path(*parts[start:]) for start in range(1, len(parts) - 1))
    return next((found for end in ends if (found := _in_one(end, folders))), None)


def from_above(relative: Path, folders: tuple[Path, ...]) -> Path | None:
    """The file at a path that begins with a folder's own name, as it does from above that folder.

    With no folder behind it, that has to be the name that the folder has here, too.

    Args:
        relative: The path.
        folders: Those whose name it may be.
    """
    first, rest = "".join(relative.parts[:1]), Path(*relative.parts[1:])
    if not rest.parts or first in _USUAL:
        return None
    is_deep = len(rest.parts) > 1
    called = [one for one in folders if is_deep or one.resolve().name.lower() == first.lower()]
    return _in_one(rest, tuple(one for one in called if not _is_there(one / first)))


def _in_one(relative: Path, folders: tuple[Path, ...]) -> Path | None:
    """The file at a path in the first folder that has one, and not outside of it."""
    paths = ((folder / relative, folder) for folder in folders)
    found = (path for path, folder in paths if _is_file(path) and _is_inside(path, folder))
    return next((path.resolve() for path in found), None)


def _above(named: str, folders: tuple[Path, ...]) -> Path | None:
    """The file at a path that starts above the first folder, and inside one of the others."""
    if Path(named).is_absolute() or ".." in Path(named).parts:
        return None
    inside = (up for up in folders[0].parents if any(_is_inside(up, one) for one in folders[1:]))
    found = (up / named for up in inside if _is_file(up / named) and _is_inside(up / named, up))
    return next((path.resolve() for path in found), None)


def _likeness(parts: tuple[str, ...], asked: tuple[str, ...]) -> tuple[int, bool]:
    """How many parts at the end of two paths are the same, and whether they have as many."""
    pairs = zip(reversed(parts), reversed(asked), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return same, len(parts) == len(asked)
