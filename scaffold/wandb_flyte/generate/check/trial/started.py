"""The user's own Python programs that a program starts, and the words that it gives them."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from wandb_flyte.analysis.command_line.interface import STRICT, Interface, option_for
from wandb_flyte.analysis.command_line.leftovers import second_name
from wandb_flyte.analysis.config.starts import is_command
from wandb_flyte.analysis.metrics.logs import Logs
from wandb_flyte.analysis.program import Program, read_program
from wandb_flyte.analysis.source.kinds import Kind, called_name, is_name, text
from wandb_flyte.analysis.source.scope import Scope
from wandb_flyte.analysis.source.sources import Unreadable
from wandb_flyte.analysis.tracing.callees import called_on
from wandb_flyte.errors import Finding
from wandb_flyte.generate.names import show

from .around import Around
from .beginning import beginning
from .case import Case, near, shown
from .switches import Switches

# What stands for a part of a word, or for words, that the source does not show.
_GAP = "\x00"
# What stands for the words that the program's own parser did not know.
_REST = "\x01"
_DEEPEST = 4
# Words of a command after which a path starts elsewhere, or is no path.
_ELSEWHERE = frozenset({"&&", "-m", ";", "cd"})
_FOLDERS = ("", "conf", "config", "configs")
_LONGEST = 200
# What reads what another program has written.
_READERS = frozenset(
    {"cloudpickle", "dill", "joblib", "json", "omegaconf", "pickle", "toml", "yaml"}
)
_DOTTED = re.compile(r"\w+(\.\w+)*")


class Start(NamedTuple):
    """A call that starts a Python file.

    Attributes:
        call: The call.
        scope: Where it stands.
        name: The file, as its command writes it; empty where the source does not show it.
        words: The words behind it, with a gap for what the source does not show.
        program: What is in the file; None where it is not there, or can't be read.
    """

    call: ast.Call
    scope: Scope
    name: str
    words: tuple[str, ...]
    program: Program | None


def read_starts(case: Case) -> tuple[Start, ...]:
    """What a program starts, each file read."""
    return tuple(_read(call, scope, case) for call, scope in case.program.starts)


def may_read(starts: Sequence[Start], path: tuple[str, ...], around: Around) -> bool:
    """Whether a program that is started may read a hyperparameter.

    It reads it from the trial's own config, or gets it in words that the source does not show.

    Args:
        starts: What is started.
        path: The hyperparameter.
        around: The files among which those may be that the source does not show.
    """
    return any(_may_give(start, path[0]) or _may_ask(start, path, around) for start in starts)


def _may_ask(start: Start, path: tuple[str, ...], around: Around) -> bool:
    """Whether a program may ask the trial's config for a hyperparameter, by itself or by others."""
    program = start.program
    if program is None:
        is_seen = not start.name and is_command(start.call, start.scope)
        return not is_seen or around.may_ask(path)
    if program.config.may_read(path) or program.merged.may_read(path):
        return True
    if _reads_files(program) and program.mentions.names(path[-1]):
        return True  # The config may have been written to a file.
    return bool(program.starts or program.imports_by_name) and around.may_ask(path)


def _reads_files(program: Program) -> bool:
    """Whether a program may read a file that another one has put a config into."""
    origins = (o for m in program.flow.sources.modules for o in m.outside.values())
    return not _READERS.isdisjoint(one.partition(".")[0] for one in origins)


def _may_give(start: Start, name: str) -> bool:
    """Whether a command may hold an option of a name that the started program has."""
    if _REST in start.words:
        return True
    unseen = any(_may_be_option(start.words, index) for index in range(len(start.words)))
    return unseen and start.program is not None and _has_option(start.program.interface, name)


def _may_be_option(words: Sequence[str], index: int) -> bool:
    """Whether the source does not show which option a word is; not only which value it has."""
    before = words[index - 1] if index else ""
    is_value = words[index] == _GAP and before.startswith("--") and "=" not in before
    return _GAP in words[index].partition("=")[0] and not is_value


def _has_option(interface: Interface, name: str) -> bool:
    """Whether a program may take an option of a name."""
    is_open = interface.open or interface.ignores_unknown or interface.style not in STRICT
    return is_open or option_for(interface, name) is not None


def logs_with(logs: Logs, starts: Sequence[Start]) -> Logs:
    """What a program and those that it starts log: any name, where one of them is not known."""
    programs = [start.program for start in starts]
    for program in programs:
        if program is None or program.starts or program.imports_by_name or not program.complete:
            return replace(logs, started=True)
        other = program.logs
        logs = replace(
            logs,
            names={**other.names, **logs.names},
            patterns=logs.patterns | other.patterns,
            unclear=logs.unclear or other.unclear or other.logs_config,
            foreign=logs.foreign or other.foreign,
            handed=logs.handed or other.unclear,
            evaluated=None,
            made=logs.made or other.made,
            integrations=logs.integrations | other.integrations,
            opens_run=logs.opens_run or other.opens_run,
            free=logs.free | set(other.names),
            places={},
            mentions_wandb=logs.mentions_wandb or other.mentions_wandb,
        )
    return replace(logs, started=False)


def check_starts(starts: Sequence[Start], case: Case, switches: Switches) -> Iterator[Finding]:
    """Files that are started and not there, and options that they do not have."""
    for start in starts:
        call, scope = start.call, start.scope
        if not start.name or not switches.reached(call, scope):
            continue
        if not is_there(start.name, case):
            message = f"There is no `{show(start.name)}` here, and every trial starts it."
            hint = "Add it, or name another one."
            yield case.in_code(scope.place(call), message, hint, "WF116", "warning")
        elif start.program is not None:
            yield from _unknown_options(start, start.program.interface, case)


def _unknown_options(start: Start, interface: Interface, case: Case) -> Iterator[Finding]:
    if _REST in start.words:
        yield from _unknown_rest(start, interface, case)
    if interface.style not in STRICT or interface.open or interface.ignores_unknown:
        return
    known = {name for option in interface.options for name in option.names}
    place = start.scope.place(start.call)
    flags = [word.partition("=")[0] for word in start.words if word.startswith("--")]
    names = [flag[2:] for flag in flags if _GAP not in flag and flag not in known]
    for name in [*names, *(case.sweep.names if _gives_all(start, case) else ())]:
        if name in ("", "help") or option_for(interface, name, start.words) is not None:
            continue
        message = f"`{show(start.name)}` has no option `--{show(name)}`: it would stop."
        other = near(name, [one[2:] for one in known if one.startswith("--")])
        hint = f"Did you mean `--{show(other)}`?" if other else "Add it there, or take it out here."
        yield case.in_code(place, message, hint, "WF201", "error")


def _unknown_rest(start: Start, interface: Interface, case: Case) -> Iterator[Finding]:
    """Hyperparameters that neither a program takes nor the one that gets the rest of its words."""
    own, command = case.program.interface, case.command
    strict = interface.style in STRICT and not (interface.open or interface.ignores_unknown)
    if command is None or command.passes != "flags" or not (strict or interface.style == "hydra"):
        return
    for name in case.sweep.names:
        takes = strict and option_for(interface, name, start.words) is not None
        if takes or option_for(own, name, command.words) is not None:
            continue
        file, line = start.scope.place(start.call)
        where = f"{shown(file)}:{line}"
        message = (
            f"{where} gives `--{show(name)}` to `{show(start.name)}`, which has no such option."
        )
        hint = "Hydra takes `name=value`, without dashes." if not strict else "It would stop."
        yield case.in_sweep(("parameters", name), message, hint, "WF201", "error")


def _gives_all(start: Start, case: Case) -> bool:
    """Whether a command has an option for each hyperparameter, by its name."""
    flow = case.program.flow
    for node in start.scope.each(ast.JoinedStr):
        if len(node.values) < 2:
            continue
        dashes, name = node.values[0], getattr(node.values[1], "value", None)
        if text(dashes) != "--" or not isinstance(name, ast.Name):
            continue
        for outer in flow.scopes.outwards(node):
            loops = [outer] if isinstance(outer, ast.For) else getattr(outer, "generators", [])
            for loop in loops:
                target = next(iter(getattr(loop.target, "elts", [loop.target])))
                kinds = flow.kinds(loop.iter, start.scope)
                if is_name(target, name.id) and kinds == {Kind("config")}:
                    return not any(isinstance(one, ast.If) for one in flow.scopes.outwards(node))
    return False


def _read(call: ast.Call, scope: Scope, case: Case) -> Start:
    words = _with_file(_words(next(iter(call.args), None), scope, case), case)
    index = next((i for i, word in enumerate(words) if word.endswith(".py")), None)
    if index is None or _GAP in words[index] or not _ELSEWHERE.isdisjoint(words):
        return Start(call, scope, "", (), None)
    name = words[index]
    return Start(call, scope, name, tuple(words[index + 1 :]), _program(name, case))


def _with_file(words: list[str], case: Case) -> list[str]:
    """The words of a command, with the file for a module of the user's own: `-m work.fit`."""
    place = words.index("-m") if words.count("-m") == 1 else len(words)
    module = "".join(words[place + 1 : place + 2])
    if not _DOTTED.fullmatch(module):
        return words
    path = module.replace(".", "/")
    names = (f"{path}.py", f"src/{path}.py", f"{path}/__main__.py")
    found = next((one for one in names if _file_of(one, case)), None)
    return words if found is None else [*words[:place], found, *words[place + 2 :]]


def _file_of(name: str, case: Case) -> Path | None:
    files = (root / name for root in start_folders(case))
    return next((one for one in files if one.is_file()), None)


def _program(name: str, case: Case) -> Program | None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or len(name) >= _LONGEST:
        return None
    file = _file_of(name, case)
    if file is None or file.resolve() in {one.resolve() for one in case.program.modules}:
        return None
    folders = (file.absolute().parent, *start_folders(case)[:2])
    try:
        return read_program(file, roots=(*folders, *(one / "src" for one in folders)))
    except (RecursionError, Unreadable):
        return None


def _words(node: ast.expr | None, scope: Scope, case: Case, depth: int = 0) -> list[str]:
    """The words of a command that a program puts together."""
    if (plain := text(node)) is not None:
        return _split(plain)
    if isinstance(node, ast.JoinedStr):
        return _split(_word(node, scope, case))
    if isinstance(node, ast.List | ast.Tuple):
        if depth >= _DEEPEST:
            return [_GAP]
        each = (
            _words(part.value, scope, case, depth + 1)
            if isinstance(part, ast.Starred)
            else [_word(part, scope, case)]
            for part in node.elts
        )
        return [word for words in each for word in words]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and depth < _DEEPEST:
        return [
            *_words(node.left, scope, case, depth + 1),
            *_words(node.right, scope, case, depth + 1),
        ]
    if isinstance(node, ast.Name) and depth < _DEEPEST:
        return _words_of(node.id, scope, case, depth + 1)
    if isinstance(node, ast.Call) and depth < _DEEPEST:
        targets = case.program.flow.scopes.resolve(node.func, scope)
        if called_name(node) in ("join", "split") and not targets and node.args:
            return _words(node.args[0], scope, case, depth + 1)  # Of `shlex`, or of a text.
        inner = targets[0] if len(targets) == 1 else None
        returns = inner.each(ast.Return) if isinstance(inner, Scope) else []
        if isinstance(inner, Scope) and len(returns) == 1:
            return _words(returns[0].value, inner, case, depth + 1)
    return [_GAP]


def _words_of(name: str, scope: Scope, case: Case, depth: int) -> list[str]:
    """The words in a list: those that it begins with, and those that are added one by one."""
    if _is_rest(name, scope):
        return [_REST]
    grown = [one.value for one in scope.each(ast.AugAssign) if is_name(one.target, name)]
    values = [one for one in scope.named_values.get(name, ()) if one not in grown]
    if len(values) != 1 or len(scope.binding(name)) != len(grown) + 1:
        return [_GAP]
    added = [(one, False) for one in grown]
    for call in scope.calls:
        if called_name(call) in ("append", "extend") and is_name(called_on(call.func), name):
            added += [(one, called_name(call) == "append") for one in call.args]
    words = _words(values[0], scope, case, depth)
    for one, is_word in sorted(added, key=lambda pair: pair[0].lineno):
        more_words = [_word(one, scope, case)] if is_word else _words(one, scope, case, depth)
        words += more_words if id(one) in scope.certain else [_GAP]
    return words


def _is_rest(name: str, scope: Scope) -> bool:
    """Whether a name has what a parser did not know of its words, and nothing else."""
    bound = [one for one in scope.each(ast.Assign) if name in map(second_name, one.targets)]
    call = bound[0].value if len(bound) == 1 and len(scope.binding(name)) == 1 else None
    return isinstance(call, ast.Call) and called_name(call) == "parse_known_args" and not call.args


def _word(node: ast.expr, scope: Scope, case: Case) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_word(part, scope, case) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        is_plain = node.conversion < 0 and node.format_spec is None
        return _word(node.value, scope, case) if is_plain else _GAP
    if isinstance(node, ast.Name):
        return _named(node.id, scope, case)
    plain = text(node)
    return _GAP if plain is None else plain


def _named(name: str, scope: Scope, case: Case) -> str:
    """The one text that a name stands for, wherever it is bound."""
    inner: Scope | None = scope
    while inner is not None:
        own = name in inner.takes
        values = None if own else inner.every_value(name)
        if values != []:
            found = {text(value) for value in values or (None,)}
            return (found.pop() or _GAP) if len(found) == 1 else _GAP
        inner = case.program.flow.scopes.around(inner)
    return _GAP


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def is_there(name: str, case: Case) -> bool:
    """Whether a file lies below some folder that a trial may be started in, or in a usual one.

    A path that leads out of the current folder may be anywhere, and one in a folder that git leaves
    out, or has as another repository, comes with that.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or _GAP in name or len(name) >= _LONGEST:
        return True
    if ".." in path.parts:
        here = Path.cwd().resolve()
        places = [(root / name).resolve() for root in start_folders(case)]
        inside = [one for one in places if one.is_relative_to(here) and one.parent.is_dir()]
        return not inside or any(one.is_file() for one in places)
    usual = [str(PurePosixPath(folder, name)) for folder in _FOLDERS]
    names = (name, *(usual if len(path.parts) == 1 else ()))
    if any((root / one).is_file() for root in start_folders(case) for one in names):
        return True
    return len(path.parts) > 1 and _comes_otherwise(path.parts[0], case)


def _comes_otherwise(folder: str, case: Case) -> bool:
    """Whether a folder that is not here, or empty, is none that git keeps: ignored, a submodule."""
    roots = list(dict.fromkeys(start_folders(case)))
    if any(next((root / folder).glob("*"), None) for root in roots):
        return False
    said = re.compile(rf"(?m)(^|[/\s]){re.escape(folder)}(/|\s|$)")
    files = (root / name for root in roots for name in (".gitignore", ".gitmodules"))
    return any(said.search(beginning(file)) for file in files)


def start_folders(case: Case) -> list[Path]:
    """The folders that a trial may be started in, the likeliest first."""
    roots = [Path.cwd(), case.document.path.absolute().parent]
    for file in case.program.modules:
        roots += list(file.absolute().parents)[:4]
    return [*dict.fromkeys(roots)]
