"""Which file the program of a sweep config is, and what is wrong with the path that it gives."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from wandb_flyte.analysis.config.starts import has_own_agent
from wandb_flyte.analysis.program import Program
from wandb_flyte.analysis.source.kinds import text
from wandb_flyte.errors import Finding, Severity
from wandb_flyte.generate.names import show, show_path
from wandb_flyte.spec import SweepDocument

from .trial.beginning import beginning
from .trial.case import in_document, shown
from .trial.command import PUT_AWAY, Command, find_program, from_above, led_to
from .trial.installed import find_installed

# A path below a folder, and not out of it.
_PATH = re.compile(r"(?!\.\./)([\w.-]+/)+[\w.-]*")
# From here on a name is a misspelling: `train_hf` is not `train`.
_ALIKE = 0.9


def locate(
    document: SweepDocument, command: Command, folders: tuple[Path, ...]
) -> tuple[Path | None, bool, Finding | None]:
    """The program that a sweep config names.

    Args:
        document: The sweep config's file.
        command: Its command.
        folders: Where the program's path may start, the likeliest first.

    Returns:
        The program's file, None when it is not read; whether it only may be the one meant; and
        what is wrong with its path.
    """
    file, elsewhere = find_program(command, folders)
    there = file or led_to(command, folders)
    if there is None and command.is_installed:
        installed = find_installed(command, folders)
        return installed, False, None if installed else _not_seen(document, command)
    if there is None:
        if elsewhere is not None and _is_of_others(elsewhere, document.path.absolute().parent):
            return None, False, _not_there(document, command, elsewhere, "error")
        if elsewhere is None and (alike := _named_alike(command, folders)) is not None:
            return alike, True, _not_there(document, command, alike, "error", is_module=False)
        is_meant = elsewhere is not None and _is_meant(elsewhere, command, document, folders)
        missing = _not_there(document, command, elsewhere, "note" if is_meant else "error")
        return elsewhere, not is_meant, missing
    if not any(there.resolve().is_relative_to(folder.resolve()) for folder in folders):
        return None, False, _not_below(document, command)
    return there, False, None


def _named_alike(command: Command, folders: tuple[Path, ...]) -> Path | None:
    """A Python file where the program's path leads, with nearly its name."""
    from difflib import get_close_matches  # Only where something is amiss.

    path = Path(command.program)
    if path.suffix != ".py" or path.is_absolute() or ".." in path.parts:
        return None
    for folder in folders:
        # Too long, or with a null in it, it is no path at all.
        with suppress(OSError, RuntimeError, ValueError):
            files = {one.stem: one for one in sorted((folder / path).parent.glob("*.py"))}
            number = re.findall(r"\d+", path.stem)
            same = [one for one in files if re.findall(r"\d+", one) == number]
            for found in get_close_matches(path.stem, same, n=1, cutoff=_ALIKE):
                file = files[found].resolve()
                if file.is_file() and any(file.is_relative_to(one.resolve()) for one in folders):
                    return files[found]
    return None


def _is_of_others(file: Path, own: Path) -> bool:
    """Whether a file is beside the sweep config's folder, which has programs for W&B itself."""
    if file.is_relative_to(own) or own.is_relative_to(file.parent):
        return False
    return any("wandb.init(" in beginning(one) for one in own.glob("*.py"))


def _is_meant(
    file: Path, command: Command, document: SweepDocument, folders: tuple[Path, ...]
) -> bool:
    """Whether a file elsewhere is the one that the program's path leads to from where some start.

    In the program's own folder, in another or above this one; and some have written down where the
    program is on a machine of theirs.
    """
    path = PurePosixPath(command.program)
    tail = path.name if path.is_absolute() else path.as_posix()
    is_alike = file.as_posix().endswith(f"/{tail}") or file == from_above(Path(path), folders)
    return is_alike and not _is_put_away(file, document)


def _is_put_away(file: Path, document: SweepDocument) -> bool:
    """Whether a file is kept with what is no longer used, and its sweep config is not."""
    parts = {part.lower() for part in file.parts}
    return not PUT_AWAY.isdisjoint(parts.difference(map(str.lower, document.path.resolve().parts)))


def not_from_its_own(
    missing: Finding, program: Program | Finding | None, folders: tuple[Path, ...]
) -> Finding:
    """A warning of a program that is elsewhere, where it can't be meant to start in its folder.

    It names files that are found from the sweep config's folder or this one, and not from there.

    Args:
        missing: What is wrong with the program's path.
        program: The program, as far as it could be read.
        folders: Where its path may start.
    """
    if not isinstance(program, Program) or missing.severity != "note":
        return missing
    if has_own_agent(program.flow):
        return missing  # Which gets a function, and starts no program.
    own = program.file.absolute().parent
    scopes = program.flow.scopes.reached
    words = {text(node) or "" for scope in scopes for node in scope.each(ast.Constant)}
    paths = sorted(word for word in words if _PATH.fullmatch(word))
    found = [one for one in paths if any((folder / one).is_file() for folder in folders)]
    if not found or any((own / one).exists() for one in found):
        return missing
    hint = f"{missing.hint} It names `{show(found[0])}`, which is only found from here."
    return replace(missing, severity="warning", hint=hint)


def _not_below(document: SweepDocument, command: Command) -> Finding:
    name = show(command.program)
    message = (
        f"The program `{name}` is not below this folder or the sweep config's: it is not read."
    )
    hint = f"Name it yourself: `--objective {name}`."
    return in_document(document, key_of(command, document), message, hint, "WF205", "note")


def _not_seen(document: SweepDocument, command: Command) -> Finding:
    message = f"`{show(command.program)}` is no file here, but a command: its code is not read."
    hint = "Have it installed where trials run, and name its file yourself: `--objective FILE`."
    return in_document(document, key_of(command, document), message, hint, "WF205", "note")


def _not_there(
    document: SweepDocument,
    command: Command,
    elsewhere: Path | None,
    severity: Severity,
    *,
    is_module: bool = True,
) -> Finding:
    message = f"There is no program `{show(command.program)}` here."
    if elsewhere is not None:
        file = show_path(Path(shown(elsewhere.resolve())))
        is_module = is_module and elsewhere.name != PurePosixPath(command.program).name
        hint = f"It is the module of `{file}`: write `-m` before it in the command."
        hint = hint if is_module else f"There is `{file}`: is it that one?"
    else:
        hint = "Paths start at the sweep config's folder, or at the one you are in."
    return in_document(document, key_of(command, document), message, hint, "WF205", severity)


def key_of(command: Command, document: SweepDocument) -> tuple[str]:
    """The key of a sweep config that names the program.

    Args:
        command: The sweep's command.
        document: The sweep config's file.
    """
    return ("program" if command.uses_program and "program" in document.raw else "command",)
