"""`wandb-flyte check`: a sweep config and its code, read and compared. Nothing of them runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Generator, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from wandb_flyte.analysis.config.starts import agent_calls, has_own_agent
from wandb_flyte.analysis.program import Program, read_program
from wandb_flyte.analysis.source.compare import texts_of
from wandb_flyte.analysis.source.kinds import text
from wandb_flyte.analysis.source.sources import Unreadable
from wandb_flyte.errors import Finding, InvalidInput, Severity
from wandb_flyte.generate.names import show
from wandb_flyte.spec import (
    SweepConfig,
    SweepDocument,
    check_sweep,
    load_sweep,
    outline_sweep,
    parse_sweep,
)

from .launchers import find_launcher, with_agent
from .located import key_of, locate, not_from_its_own
from .rules.code import check_code
from .rules.flags import tell_of_agent
from .rules.items import check_items
from .rules.style import check_style
from .started_sweeps import document_in
from .suppress import without_silenced
from .trial.case import Case, in_document, shown, too_deep
from .trial.command import DEFAULT, Command, read_command
from .trial.values import is_condition
from .words import as_words, made_numbers

_PYTHON = re.compile(r"(^|/)python[\d.]*$")


def check_files(
    spec: Path, objective: str | None = None, roots: tuple[Path, ...] = ()
) -> list[Finding]:
    """Everything that is found wrong with a sweep config and the code it is for.

    Args:
        spec: The sweep config's file.
        objective: The objective as `FILE:NAME`, or a script's file; by default the `program` that
            the sweep config names.
        roots: More folders in which the program and its imports may be.

    Returns:
        The findings that no comment silences, by file and line.
    """
    return compare_files(spec, objective, roots)[0]


def compare_files(
    spec: Path, objective: str | None, roots: tuple[Path, ...]
) -> tuple[list[Finding], Path | None]:
    """The same, with the file of the code that the sweep config is for; None without any."""
    found: list[Finding] = []
    steps = _check(spec, objective, roots)
    while True:
        try:
            found.append(next(steps))
        except StopIteration as end:
            return without_silenced(found), end.value


def _check(
    spec: Path, objective: str | None, roots: tuple[Path, ...]
) -> Generator[Finding, None, Path | None]:
    try:
        document = load_sweep(spec)
    except InvalidInput as error:
        found = document_in(spec, error.findings) if _is_unknown(error.findings) else None
        if found is None:
            yield from map(_unless_unknown, error.findings)
            return _file_of(objective)
        document = found
    if (inner := document.inner()) is not None:
        key, document = inner
        message = (
            f"The sweep config stands under `{show(key)}`: `wandb sweep` looks for none there."
        )
        hint = "Move it to the top; or code has to give `wandb.sweep` that part."
        yield in_document(document, (), message, hint, "WF005", "warning")
    return (yield from _check_document(document, objective, roots))


def _is_unknown(findings: Sequence[Finding]) -> bool:
    """Whether only running the code would tell what a sweep config is."""
    return all(finding.code == "WF026" for finding in findings)


def _check_document(
    document: SweepDocument, objective: str | None, roots: tuple[Path, ...]
) -> Generator[Finding, None, Path | None]:
    found = check_sweep(document)
    whole = not any(finding.severity == "error" for finding in found)
    found = list(map(_unless_unknown, found))
    sweep = parse_sweep(document.raw) if whole else outline_sweep(document)
    if objective is None and (document := with_agent(document)).code:
        # What agents get without a name is called by the code itself.
        objective = f"{document.code}:{document.objective}".rstrip(":")
    given = _file_of(objective)
    if objective is not None and not objective.endswith(".py"):
        from wandb_flyte.generate.checks import check_objective
        from wandb_flyte.generate.user_code.objective import OutOfReach

        try:
            fits, code = check_objective(objective, sweep, document, whole=whole)
            within: Program | Finding | None = None
        except OutOfReach as error:
            fits = [replace(one, code="WF110") for one in error.findings]
            code, (given, within) = None, _program_of(objective, error.program, roots)
        if isinstance(within, Program) and agent_calls(within.flow.sources.entry.tree):
            # The file's own agent calls it, and can.
            fits = [replace(one, severity="note") for one in fits]
        if not isinstance(within, Program) or not has_own_agent(within.flow):
            made = made_numbers(code, sweep) if code is not None else frozenset()
            yield from (_as_word(one, made) for one in found)
            yield from (*check_style(document, sweep, compared=_compared(code, sweep)), *fits)
            return _file_of(objective)
        # As a program that is what the sweep config is compared with.
        found += fits
    called = objective is not None and not objective.endswith(".py")
    file, words = yield from check_script(document, sweep, whole, given, roots, called=called)
    # A program that gets words makes a number of `1e-5` itself; what nothing reads does no harm.
    yield from (_as_word(one, words) for one in found)
    return file


def _unless_unknown(finding: Finding) -> Finding:
    """A finding, as a note where only running the code would tell: that is not checked."""
    return replace(finding, severity="note") if finding.code == "WF026" else finding


def _program_of(
    objective: str, program: Path | None, roots: tuple[Path, ...]
) -> tuple[Path, Program | Finding]:
    """The program whose agent calls an objective that nothing else can, as far as there is one."""
    file, name = Path(objective.rpartition(":")[0]), objective.rpartition(":")[2]
    within = _read(program or file, roots)
    if program is None and isinstance(within, Program) and not has_own_agent(within.flow):
        program = find_launcher(file, name.rpartition(".")[2])
        within = _read(program, roots) if program is not None else within
    return program or file, within


def _compared(program: Program | None, sweep: SweepConfig) -> Mapping[str, Set[str]]:
    """The texts that each hyperparameter may be compared with, or be a key among.

    None for one of which the code only asks whether it is true.
    """
    texts = _texts_of(program)
    read = program.config.places if program is not None else {}
    parents = program.flow.scopes.parents if program is not None else {}
    tested = {
        name
        for name in sweep.names
        if (places := read.get((name,))) and all(is_condition(node, parents) for node, _ in places)
    }
    return {name: frozenset() if name in tested else texts for name in sweep.names}


def _texts_of(program: Program | None) -> Set[str]:
    """The texts that the code compares something with, or has as keys."""
    scopes = program.flow.scopes.reached if program is not None else ()
    compared = {
        one for scope in scopes for node in scope.each(ast.Compare) for one in texts_of(node)
    }
    keys = (key for scope in scopes for node in scope.each(ast.Dict) for key in node.keys)
    return compared | {one for key in keys if (one := text(key)) is not None}


def _file_of(objective: str | None) -> Path | None:
    """The file that an objective names, as `FILE:NAME` or alone."""
    if objective is None:
        return None
    file, named, _ = objective.rpartition(":")
    return Path(file if named and not objective.endswith(".py") else objective)


def _as_word(finding: Finding, words: Set[str]) -> Finding:
    """A finding, as a note where a value is text of which the code itself makes a number."""
    is_text_value = finding.code == "WF013" and finding.severity == "warning"
    is_word = is_text_value and _name_in(finding) in words
    return replace(finding, severity="note") if is_word else finding


def _name_in(finding: Finding) -> str:
    """The hyperparameter that a finding in the sweep config is about."""
    return finding.path.removeprefix("parameters.").partition(".value")[0]


def check_script(
    document: SweepDocument,
    sweep: SweepConfig,
    whole: bool,
    file: Path | None,
    roots: tuple[Path, ...],
    *,
    called: bool = False,
) -> Generator[Finding, None, tuple[Path | None, frozenset[str]]]:
    """Everything about a script and a sweep config, however the one is found by the other.

    Args:
        document: The sweep config's file.
        sweep: The sweep config, as far as it can be read.
        whole: Whether all of it could be read.
        file: The script; by default the program that the sweep config names.
        roots: More folders in which the program and its imports may be.
        called: Whether trials are calls that the script's own agent makes.

    Returns:
        The script's file, None without one; and the hyperparameters that reach it as words of a
        command line, and not otherwise, that the code makes numbers of, or that nothing reads.
    """
    guessed, missing = False, None
    is_command = not called and ("program" in document.raw or "command" in document.raw)
    command = read_command(sweep) if is_command else None
    folders = tuple(dict.fromkeys([document.path.absolute().parent, Path.cwd(), *roots]))
    if file is None and command is not None and command.program:
        file, guessed, missing = locate(document, command, folders)
    read_from = (*folders, *(folder / "src" for folder in folders))
    by_agent, run = command is None, None
    program = None if file is None or _is_shell(file) else _read(file, read_from, by_agent=by_agent)
    if missing is not None:
        yield not_from_its_own(missing, program, folders)
    if file is not None and command is not None:
        run = _run_by(program, document)
    if file is not None and run is not None:
        # Its own agent runs the trials, whatever program the sweep config names.
        command, program = None, _read(file, read_from, by_agent=True)
    if file is None or not isinstance(program, Program):
        yield from _check_alone(document, sweep)
        if file is not None and program is None and command is not None:
            yield from _check_shell(document, sweep, command)
        if isinstance(program, Finding):
            yield program
        return file, frozenset()
    if command is None and not has_own_agent(program.flow):
        # Who names a program means W&B's command for it.
        command = read_command(sweep)
    words = as_words(command, program, sweep)
    yield from _check_alone(document, sweep, words, _compared(program, sweep))
    if guessed and has_own_agent(program.flow):
        return file, words  # It reads the file itself, which then names any program.
    case = Case(document, sweep, program, command, whole)
    agents = agent_calls(program.flow.sources.entry.tree) if run is not None else []
    if run is not None and agents:
        yield tell_of_agent(agents[0], case, run.objective)
    try:
        found = list(check_code(case))
    except RecursionError:
        found = [too_deep(file)]
    yield from found
    unread = {_name_in(one) for one in found if one.code == "WF101"}
    return file, words | unread | made_numbers(program, sweep)


def _run_by(program: Program | Finding | None, document: SweepDocument) -> SweepDocument | None:
    """A sweep config with the function of a program's own agents, where that loads it itself."""
    if not isinstance(program, Program) or not has_own_agent(program.flow):
        return None
    run, is_sure = document.with_agents_of(program.file)
    return run if is_sure and run.code is not None else None


def _check_alone(
    document: SweepDocument,
    sweep: SweepConfig,
    words: Set[str] = frozenset(),
    compared: Mapping[str, Set[str]] | None = None,
) -> Iterator[Finding]:
    """What can be said of a sweep config and its command without the program."""
    yield from check_style(document, sweep, words, compared)
    yield from check_items(document, sweep)


def _is_shell(file: Path) -> bool:
    """Whether a program is a shell script: what it does with its words can't be read."""
    return file.suffix in (".sh", ".bash", ".zsh") or _interpreter(file).endswith("sh")


def _check_shell(
    document: SweepDocument, sweep: SweepConfig, command: Command
) -> Iterator[Finding]:
    """A shell script that the command, W&B's own for example, starts with Python."""
    parts = list(sweep.command or DEFAULT)
    places = [i for i, part in enumerate(parts) if part in ("${program}", command.program)]
    before = [part for part in parts[: min(places, default=0)] if not part.startswith("-")]
    if before and (before[-1] == "${interpreter}" or _PYTHON.search(before[-1])):
        name = show(command.program)
        message = f"`{name}` is a shell script, and the command starts it with Python."
        hint = 'Write `command: ["bash", "${program}", "${args}"]`.'
        yield in_document(document, key_of(command, document), message, hint, "WF210", "error")


def _interpreter(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            first = stream.readline(200).decode(errors="replace").split()
    except OSError:
        return ""
    return first[-1] if first and first[0].startswith("#!") else ""


def _read(file: Path, roots: tuple[Path, ...], *, by_agent: bool = False) -> Program | Finding:
    try:
        return read_program(file, roots=roots, by_agent=by_agent)
    except RecursionError:
        return too_deep(file)
    except Unreadable as error:
        severity: Severity = "note" if error.is_newer else "error"
        return Finding(str(error), error.hint, shown(file), error.line, "", severity, "WF110")
