"""Sweep configs that stand in Python code: `wandb.sweep({...})` is read, and nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from wandb_flyte.errors import Finding, InvalidInput, printable

from ._calls import chain_to, names_in
from ._document import Path, SweepDocument, load_sweep, read_text, refused
from ._expressions import TooMuch
from ._literals import BLOCKS, Literals
from ._nodes import wandb_calls
from ._source import NotPython, parse_python
from ._values import Loaded, Row, Table, Unknown, Value

_MOST_NODES = 100_000
_MOST_SWEEPS = 20
_MOST_DEPTH = 60
_Function = ast.FunctionDef | ast.AsyncFunctionDef
# What a sweep config does without.
_WORDS = frozenset({"description", "entity", "name", "project"})
_FILES = frozenset({".yaml", ".yml", ".json"})
_WRITE_IT_OUT = "Write the value out there, or write the sweep config as a `sweep.yaml`."


def load_python_sweep(path: FilePath, name: str) -> SweepDocument:
    """Reads the sweep config in a Python file.

    Args:
        path: The file.
        name: The name of its dict; empty for the one that is given to `wandb.sweep`.

    Raises:
        InvalidInput: It has none, several, or one that only running the code would tell.
    """
    try:
        return _Source(path, _parse(path)).document(name)
    except TooMuch:
        raise refused(path, "The code stands for more than a sweep config holds.") from None
    except (RecursionError, MemoryError):
        raise refused(path, "It is nested too deeply.") from None


def with_agents(document: SweepDocument, code: FilePath) -> tuple[SweepDocument, bool]:
    """A sweep config with what the agents in a Python file run its trials with.

    Returns:
        The document, without `code` where the file has no such agent; and whether the file loads
        it, or else its sweep is one that only running the code would tell, or made by hand.
    """
    try:
        return _Source(code, _parse(code)).beside(document)
    except (InvalidInput, TooMuch, RecursionError, MemoryError):
        return document, False


def _parse(path: FilePath) -> ast.Module:
    try:
        return parse_python(read_text(path))
    except NotPython as error:
        raise refused(path, error.message, line=error.line) from None


class _Source:
    def __init__(self, path: FilePath, tree: ast.Module) -> None:
        self._path = path
        self._tree = tree
        self._sweeps = wandb_calls(tree, "sweep")

    def document(self, name: str) -> SweepDocument:
        call = self._call(name)
        literals, found, line = self._found(name, call)
        return self._run_by(self._held(found, line), call, literals)

    def beside(self, document: SweepDocument) -> tuple[SweepDocument, bool]:
        found, is_sure = self._run_here(document)
        given = [_argument(each, "function", 1) for each in wandb_calls(self._tree, "agent")]
        own = any(_named(one) == found.objective and self._is_local(one) for one in given if one)
        is_named = found.objective in _functions(self._tree.body) and not own
        return (found if is_named else replace(found, objective="")), is_sure

    def _run_here(self, document: SweepDocument) -> tuple[SweepDocument, bool]:
        likely = document
        for call in self._sweeps[:_MOST_SWEEPS]:
            literals, found, _ = self._found("", call)
            if isinstance(found, Loaded):
                file = self._loaded(found)
                if file is not None and file.resolve() == document.path.resolve():
                    # What the code makes of it is another one.
                    run = self._run_by(document, call, literals)
                    return (document, False) if found.changes or found.part else (run, True)
            elif isinstance(found, Unknown) and likely.code is None:
                likely = self._run_by(document, call, literals)
        return likely if self._sweeps else self._run_by(document, None, Literals()), False

    def _run_by(
        self, document: SweepDocument, call: ast.Call | None, literals: Literals
    ) -> SweepDocument:
        """A sweep config with what `wandb.sweep` and the agents get beside it."""
        agents, raw, lines = self._agents(call), dict(document.raw), dict(document.lines)
        for key in ("project", "entity"):
            for each in (*agents, *([call] if call else [])):
                argument = _argument(each, key)
                value = literals.value(argument) if argument else None
                if isinstance(value, str) and value:
                    raw[key] = value
                    if document.path == self._path:
                        lines[(key,)] = each.lineno
        called = [_argument(each, "function", 1) for each in agents]
        functions = {_named(one) for one in called}
        counts = [literals.value(c) for each in agents if (c := _argument(each, "count", 4))]
        count = counts[0] if len(counts) == 1 and type(counts[0]) is int else None
        return replace(
            document,
            raw=raw,
            lines=lines,
            code=self._path if any(called) else None,
            objective=functions.pop() if len(functions) == 1 else "",
            count=count if count and count > 0 else None,
        )

    def _held(self, found: Value, line: int) -> SweepDocument:
        """The sweep config that is written out in the code, or in the file that it loads."""
        plain = _Plain(self._path)
        if isinstance(found, Loaded):
            return self._of_file(found)
        if isinstance(found, Unknown):
            raise InvalidInput([plain.finding(found, ())])
        if not isinstance(found, Table):
            raise refused(self._path, "What is swept there is no dict.", line=line)
        for key in _WORDS & found.items.keys():
            if isinstance(found.items[key][0], Unknown):
                del found.items[key]
        raw = plain.of(found, ())
        for path in plain.unknown:
            # Of a hyperparameter whose values are not known, the name is.
            if path[:1] != ("parameters",) or len(path) < 2:
                raise InvalidInput(plain.findings)
        return SweepDocument(
            path=self._path,
            raw=raw,
            lines=plain.lines,
            findings=tuple(plain.findings),
            unknown=tuple(plain.unknown),
            language="python",
        )

    def _of_file(self, found: Loaded) -> SweepDocument:
        """The sweep config that the code loads from a file."""
        name = f"`{printable(found.file)}`"
        if found.part:
            message = f"Its sweep config is a part of {name}, and is known only when the code runs."
            hint = "Let it have a file of its own."
            raise refused(self._path, message, hint, found.line, code="WF026")
        if found.changes:
            line = getattr(found.changes[0], "lineno", found.line)
            message = f"What it loads from {name} is changed here: only running the code tells how."
            raise refused(self._path, message, "Write that into the file.", line, code="WF026")
        file = self._loaded(found)
        if file is not None:
            return load_sweep(file)
        message = f"It loads its sweep config from {name}, which is no YAML or JSON file here."
        hint = "Paths start at the folder you are in, or at the code's."
        raise refused(self._path, message, hint, found.line)

    def _loaded(self, found: Loaded) -> FilePath | None:
        """The file that the code loads, when it is one that may hold a sweep config.

        What lies outside of the folder that the user is in, and of the code's, is not read.
        """
        here = FilePath.cwd()
        inside = (here, self._path.resolve().parent)
        for folder in (FilePath(), *self._path.parents):
            file = folder / found.file
            with suppress(OSError, RuntimeError, ValueError):  # No path, or a link to itself.
                real = file.resolve()
                is_inside = any(real.is_relative_to(each) for each in inside)
                if real.suffix.lower() in _FILES and is_inside and real.is_file():
                    own = file.is_absolute() and real.is_relative_to(here)
                    return real.relative_to(here) if own else file
        return None

    def _is_local(self, node: ast.expr) -> bool:
        """Whether a name is one that a function around it binds."""
        return any(_named(node) in names_in(one) for one in self._around(node))

    def _around(self, node: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions that a node is in, the outermost first."""
        chain = chain_to(self._tree, node)
        return [f for f in ast.walk(self._tree) if isinstance(f, _Function) and id(f) in chain]

    def _call(self, name: str) -> ast.Call | None:
        """The `wandb.sweep` that is meant."""
        if name:
            same = [c for c in self._sweeps if _named(_argument(c, "sweep", 0)) == name]
            return same[0] if same else None
        given = {
            (ast.unparse(_argument(c, "sweep", 0) or c), *self._around(c)): c for c in self._sweeps
        }
        if len(given) == 1:
            return next(iter(given.values()))
        if given:
            known = ", ".join(
                f"`{_short(_argument(c, 'sweep', 0) or c)}` in line {c.lineno}"
                for c in given.values()
            )
            message = f"It has several sweeps: {known}."
        else:
            message = "There is no `wandb.sweep(...)` in it."
        raise refused(self._path, message, f"Say which dict: `{self._path.name}:NAME`.")

    def _found(self, name: str, call: ast.Call | None) -> tuple[Literals, Value, int]:
        literals = Literals()
        literals.names["__file__"] = str(self._path.resolve())
        if call is None:
            node = self._binding(name)
            self._run_to(literals, node, beyond=True)
            return literals, literals.names.get(name, Unknown(node)), node.lineno
        self._run_to(literals, call)
        argument = _argument(call, "sweep", 0)
        return literals, literals.value(argument) if argument else Unknown(call), call.lineno

    def _run_to(self, literals: Literals, node: ast.AST, *, beyond: bool = False) -> None:
        """Goes through the module, then through the functions that a node is in, up to it."""
        inner = self._around(node)
        for root in (self._tree, *inner):
            if isinstance(root, _Function):
                literals.of_module = literals.of_module or dict(literals.names)
                for argument in ast.walk(root.args):
                    if isinstance(argument, ast.arg):
                        literals.names[argument.arg] = Unknown(argument)
            last = root is (inner[-1] if inner else self._tree) and not beyond
            if last:
                literals.run_to(root, node)
            else:
                literals.run(root.body)

    def _binding(self, name: str) -> ast.stmt:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                    return node
        raise refused(self._path, f"There is no dict `{printable(name)}` in it.")

    def _agents(self, call: ast.Call | None) -> list[ast.Call]:
        """The agents of a sweep: those that get its id, or all when none is seen to."""
        agents = wandb_calls(self._tree, "agent")
        ids = {
            target.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Assign) and node.value is call
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        own = [a for a in agents if _named(_argument(a, "sweep_id", 0)) in ids]
        others = [a for a in agents if not isinstance(_argument(a, "sweep_id", 0), ast.Constant)]
        others = others if call is not None else agents
        return own or (others if len(self._sweeps) < 2 else [])


@dataclass
class _Plain:
    """Makes plain values of what was found, and notes lines and what isn't known."""

    path: FilePath
    lines: dict[Path, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)
    _nodes: int = 0

    def of(self, value: Value, path: Path) -> Any:
        self._nodes += 1
        if self._nodes > _MOST_NODES or len(path) > _MOST_DEPTH:
            raise TooMuch  # Among others, a dict that holds itself.
        if isinstance(value, Table | Row) and value.doubt:
            value = value.doubt
        if isinstance(value, Table):
            return {key: self._at(v, (*path, key), line) for key, v, line in _items(value)}
        if isinstance(value, Row):
            return [self._at(v, (*path, str(i)), n) for i, (v, n) in enumerate(value.items)]
        if isinstance(value, Unknown):
            self.findings.append(self.finding(value, path))
            self.unknown.append(path)
            return None
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value

    def _at(self, value: Value, path: Path, line: int) -> Any:
        self.lines[path] = line
        return self.of(value, path)

    def finding(self, value: Unknown, path: Path) -> Finding:
        message = f"`{_short(value.node)}` is known only when the code runs."
        where = ".".join(printable(part) for part in path)
        file = str(self.path)
        return Finding(message, _WRITE_IT_OUT, file, value.line, where, code="WF026")


def _items(table: Table) -> Iterator[tuple[str, Value, int]]:
    for key, (value, line) in table.items.items():
        yield key.encode("utf-8", "replace").decode(), value, line


def _argument(call: ast.Call, name: str, place: int | None = None) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == name]
    if named:
        return named[0]
    return call.args[place] if place is not None and place < len(call.args) else None


def _functions(body: list[ast.stmt]) -> Iterator[str]:
    """The functions that a module defines or imports, under conditions too."""
    for node in body:
        if isinstance(node, _Function):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (each.asname or each.name for each in node.names)
        elif not isinstance(node, ast.ClassDef):
            for block in BLOCKS:
                yield from _functions(getattr(node, block, []))


def _named(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _short(node: ast.AST) -> str:
    text = printable(ast.unparse(node).strip().splitlines()[0])
    return f"{text[:57]}..." if len(text) > 60 else text
