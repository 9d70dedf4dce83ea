"""A sweep's own program: what of it comes along into a project, and what stays behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from wandb_flyte.analysis.program import read_program
from wandb_flyte.analysis.source.sources import Unreadable
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.checking import check_script
from wandb_flyte.generate.check.trial.case import shown
from wandb_flyte.generate.check.trial.command import (
    Command,
    find_program,
    program_path,
    read_command,
)
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.generate.template import templates_folder
from wandb_flyte.spec import SweepConfig, SweepDocument, load_sweep, parse_sweep

from ._imports import Import, requirements
from .objective import Objective, ObjectiveRef, read_objective
from .packing import MOST_LISTED, Copied, Layout, Pack, is_aside
from .renamed import name_of, with_program
from .secrets import find_secrets
from .targets import named_targets, read_targets

_MOST_READ = 1024 * 1024


@dataclass(frozen=True)
class Script:
    """A program with its files.

    Attributes:
        objective: The objective that runs it.
        files: What comes along.
        left: What stays behind, a line each.
        dependencies: What its imports need, as requirements.
        sweep_file: The sweep config's file, which names it as it is called in the project.
        is_shared: Whether it is the project's own already.
    """

    objective: Objective
    files: tuple[Copied, ...]
    left: tuple[str, ...]
    dependencies: tuple[str, ...]
    sweep_file: bytes
    is_shared: bool = False


@dataclass(frozen=True)
class Named:
    """The program that a sweep config names.

    Attributes:
        name: Its path, as the sweep config has it.
        there: Whether it is at its path.
        elsewhere: Files of its name that are somewhere else, the nearest first.
    """

    name: str
    there: bool
    elsewhere: tuple[Path, ...]


def named_program(spec: Path) -> Named | None:
    """The program that a sweep config names, None when it names none.

    Raises:
        InvalidInput: It is no sweep config.
    """
    document = load_sweep(spec)
    if not document.names_program:
        return None
    command = read_command(parse_sweep(document.raw))
    there = program_path(command) is None or find_script(document, command) is not None
    return Named(command.program, there, () if there else tuple(candidates(document, command)))


def read_script(
    document: SweepDocument,
    sweep: SweepConfig,
    given: Path | None,
    findings: list[Finding],
    own: Path | None = None,
) -> Script | None:
    """Reads the program of a sweep config. Nothing of it runs.

    Args:
        document: The sweep config's file.
        sweep: The sweep config.
        given: The program's file, when it is not at its path.
        findings: Gets what is wrong with it, and with the two together.
        own: The folder of the program that the project has already. What is in it is not copied.

    Returns:
        The program, None when it can't be read.
    """
    command = read_command(sweep)
    place = program_path(command)
    if place is None and given is not None and command.program:
        place = Path(given.name)
    if place is None:
        findings.append(_no_place(document, command))
        return None
    file = given or find_script(document, command)
    if file is None and own is not None:
        file = find_program(command, (own,))[0]
    if file is None or not file.is_file():
        findings.append(_not_there(document, command, given))
        return None
    findings += _secrets_of(document)
    is_shared = own is not None and file.resolve().is_relative_to(own.resolve())
    layout = _layout(file, place)
    if own is not None and is_shared:
        layout = replace(layout, homes=(own.resolve(),), below=Path())
    pack = Pack(layout, findings)
    dependencies: tuple[str, ...] = ("wandb",)
    if file.suffix == ".py":
        findings += [f for f in check_script(document, sweep, True, file, ()) if f.code != "WF023"]
        dependencies = _read_sources(pack, file)
    else:
        dependencies = _read_words(pack, file)
    pack.add(file.resolve())
    for word in command.words:
        pack.add_named(word.rpartition("=")[2], pack.layout.start)
    left = [*pack.left, *pack.others(pack.layout.start, document.path)]
    objective = read_objective(
        ObjectiveRef(templates_folder() / "program" / "objective.py", "objective")
    )
    files = tuple(pack.files[path] for path in sorted(pack.files))
    if is_shared:
        files, left = (), []
    sweep_file = _sweep_file(document, command, pack.layout.target(file.resolve()), findings)
    return Script(objective, files, tuple(left), dependencies, sweep_file, is_shared)


def find_script(document: SweepDocument, command: Command) -> Path | None:
    """The program's file at its path: from the sweep config's folder, or the current one."""
    return find_program(command, _folders(document))[0]


def candidates(document: SweepDocument, command: Command) -> list[Path]:
    """Files of the program's name that are somewhere else, the nearest first."""
    place = program_path(command)
    if place is None:
        return []
    found: dict[Path, Path] = {}
    for folder in _folders(document):
        for depth in ("", "*/", "*/*/", "*/*/*/"):
            for path in sorted(folder.glob(f"{depth}{_plain(place.name)}")):
                hidden = is_aside(path.relative_to(folder))
                inside = path.resolve().is_relative_to(folder.resolve())
                if path.is_file() and inside and not hidden:
                    found.setdefault(path.resolve(), path)
    return [Path(shown(path)) for path in list(found.values())[:MOST_LISTED]]


def _plain(name: str) -> str:
    import glob

    return glob.escape(name)


def _folders(document: SweepDocument) -> tuple[Path, ...]:
    return tuple(dict.fromkeys([document.path.absolute().parent, Path.cwd()]))


def _no_place(document: SweepDocument, command: Command) -> Finding:
    key = "program" if command.uses_program else "command"
    file, line = show_path(document.path), document.line((key,))
    if not command.program:
        message, hint = "It names no program of yours.", "Write `program: train.py`."
    else:
        message = f"The program `{show(command.program)}` is not below the sweep config's folder."
        hint = "Give its path from there, without `..`, or the file with `--program FILE`."
    return Finding(message, hint, file, line, key)


def _not_there(document: SweepDocument, command: Command, given: Path | None) -> Finding:
    key = "program" if command.uses_program and "program" in document.raw else "command"
    if given is not None:
        return Finding(f"There is no program `{show_path(given)}`.", path="--program")
    found = ", ".join(f"`{show_path(path)}`" for path in candidates(document, command))
    hint = "Paths start at the sweep config's folder. Give the file with `--program FILE`."
    if found:
        hint = f"There is {found}: give it with `--program FILE`."
    message = f"There is no program `{show(command.program)}` here."
    return Finding(
        message, hint, show_path(document.path), document.line((key,)), key, code="WF205"
    )


def _sweep_file(
    document: SweepDocument, command: Command, target: str | None, findings: list[Finding]
) -> bytes:
    """The sweep config, with the program's name in the project."""
    name = name_of(command, target) if target else command.program
    if name == command.program:
        return document.to_yaml()
    old, new = show(command.program), show(name)
    message = f"The project's sweep.yaml says `{new}` where yours says `{old}`."
    findings.append(Finding(message, file=show_path(document.path), severity="note"))
    return with_program(document, command.program, name)


def _secrets_of(document: SweepDocument) -> Iterator[Finding]:
    text = document.path.read_text(encoding="utf-8-sig", errors="replace")
    for secret in find_secrets(text):
        message = f"Here stands what looks like {secret.kind}."
        hint = "Take it out: `${envvar:NAME}` in the command reads a variable."
        yield Finding(message, hint, show_path(document.path), secret.line)


def _layout(file: Path, place: Path) -> Layout:
    """The program's files keep their place; it runs in the folder where its path starts."""
    file = file.resolve()
    if file.name == "__main__.py" and place.name != file.name:
        place = place.with_suffix("") / file.name
    deep = len(place.parts)
    at_place = file.parts[-deep:] == place.parts
    root = file.parents[deep - 1] if at_place else file.parent
    roots = tuple(dict.fromkeys([file.parent, root, root / "src"]))
    return Layout((root,), roots, below=Path() if at_place else place.parent)


def _read_sources(pack: Pack, file: Path) -> tuple[str, ...]:
    """Adds the files of a Python program; gives the requirements of their imports."""
    try:
        program = read_program(file, roots=pack.layout.roots)
    except Unreadable:
        return ("wandb",)  # The check has said so.
    sources = program.flow.sources
    modules, imports = sources.modules, set[Import]()
    if program.interface.style == "hydra":
        pack.add_configs(file.resolve().parent / (program.interface.config_dir or "."))
        configs = [f.content for f in pack.files.values() if f.path.endswith((".yaml", ".yml"))]
        names = sorted({name for content in configs for name in named_targets(content)})
        modules, imports = read_targets(names, sources, pack.layout.roots)
    imports |= {one for module in modules for one in pack.add_module(module)}
    return tuple(sorted({*requirements(imports), "wandb"}))


def _read_words(pack: Pack, file: Path) -> tuple[str, ...]:
    """Adds the files that a program which is no Python names, as a shell script does."""
    with file.open(encoding="utf-8", errors="replace") as stream:
        text = stream.read(_MOST_READ)
    needed = {"wandb"}
    for word in dict.fromkeys(re.split(r"[\s'\"=;&|()<>]+", text)):
        named = pack.layout.start / word
        if word.endswith(".py") and ".." not in named.parts and named.is_file():
            needed |= {*_read_sources(pack, named)}
        pack.add_named(word, file.parent)
    return tuple(sorted(needed))
