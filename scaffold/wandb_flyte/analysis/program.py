"""Everything that is known of a program before it runs: one object for all checks."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from .command_line.interface import Interface
from .command_line.options import read_interface
from .config.early import EarlyRead, find_early_read
from .config.mentions import Mentions
from .config.reader import Reader
from .config.reads import Place, Reads
from .config.starts import find_own_sweep, find_starts, imports_by_name
from .metrics.log_reader import LogReader
from .metrics.logs import Logs
from .source.kinds import Kind
from .source.makers import Made
from .source.scope import Scope
from .source.scopes import Scopes
from .source.sources import Sources
from .source.syntax import Function
from .tracing.bound_names import Names
from .tracing.callees import Callees
from .tracing.certain import Certain
from .tracing.flow import Flow
from .tracing.handed import HandedOver, read_handed


@dataclass(frozen=True)
class Program:
    """A script, or an objective with the file it stands in.

    Attributes:
        file: The file that is started, as the user named it.
        function: The objective; None for a script.
        config: What is read from the trial's config.
        merged: What is read from something that the config was put into.
        args: What is read from the parsed command line.
        hydra: What is read from Hydra's config.
        interface: The command line; of a script only.
        logs: What is logged.
        handed: The calls that every run makes with the whole config.
        rebound: Where the code loses the sweep's config: it binds `wandb.config` to its own.
        flow: What its expressions are.
        early: Where it asks for its config before it has opened its run.
        own_sweep: Where every run of it starts a sweep, with the file that it names for it.
        starts: Where it starts other programs, which may read and log what it does not.
        imports_by_name: Whether it imports modules whose names it makes.
        makes_any: Whether it makes something of parts of a config that the source does not show.
        certain: What every run comes to.
        complete: Whether every file of the program could be read.
        modules: The files of the program.
    """

    file: Path
    function: Function | None
    config: Reads
    merged: Reads
    args: Reads
    hydra: Reads
    interface: Interface
    logs: Logs
    flow: Flow
    handed: tuple[HandedOver, ...]
    rebound: tuple[Path, int] | None
    early: EarlyRead | None
    own_sweep: tuple[Place, str] | None
    starts: tuple[tuple[ast.Call, Scope], ...]
    imports_by_name: bool
    makes_any: bool
    certain: Certain
    complete: bool
    modules: tuple[Path, ...]

    @cached_property
    def mentions(self) -> Mentions:
        """The words of its source."""
        return Mentions(self.flow)

    @cached_property
    def names(self) -> Names:
        """What each of its scopes binds."""
        return Names(self.flow, self.certain)

    @cached_property
    def callees(self) -> Callees:
        """What its calls surely come to."""
        return Callees(self.flow, self.names)

    def without(self, loops: Iterable[ast.AST] = (), lost: Iterable[ast.AST] = ()) -> Program:
        """The program as it would be if some loops, comprehensions and values went nowhere."""
        old = self.flow
        begin = (old.sources, old.scopes, self.function, old.begins_with)
        flow = Flow(*begin, old.idle | frozenset(loops), old.lost | frozenset(lost))
        found = Reader(flow, self.certain).found
        return replace(
            self,
            flow=flow,
            config=found["config"],
            merged=found["merged"],
            args=found["args"],
            hydra=found["hydra"],
        )


def read_program(
    file: Path,
    name: str | None = None,
    roots: tuple[Path, ...] = (),
    config_argument: str | None = None,
    *,
    by_agent: bool = False,
) -> Program:
    """Reads a program from its source. Nothing of it runs.

    Args:
        file: The file that is started.
        name: The function in it that one trial calls; None for a script.
        roots: The folders where its imports may be.
        config_argument: The function's parameter that is the config.
        by_agent: Whether each trial is a call of the function that a script's own agent is given.

    Raises:
        Unreadable: The file is no Python.
    """
    sources = Sources(file, roots)
    start = _function(sources.entry.tree, name) if name else None
    scopes = Scopes(sources, start)
    given = {config_argument: Kind("config")} if config_argument else {}
    if start is not None and start.args.kwarg is not None:
        given[start.args.kwarg.arg] = Kind("config")
    return _read(file, start, Flow(sources, scopes, start, given), by_agent=by_agent)


def read_again(program: Program, made: Made) -> Program:
    """A program with what a config names of it.

    Args:
        program: The program, as it was read without that.
        made: What is named. Its modules are read already.
    """
    flow, start = program.flow, program.function
    scopes = Scopes(flow.sources, start, made)
    again = Flow(flow.sources, scopes, start, flow.begins_with)
    return _read(program.file, start, again, by_agent=program.certain.by_agent)


def _read(file: Path, start: Function | None, flow: Flow, *, by_agent: bool) -> Program:
    sources, certain = flow.sources, Certain(flow, by_agent=by_agent)
    found = Reader(flow, certain).found
    logs = LogReader(flow).logs
    starts = find_starts(flow)
    logs.started = bool(starts)
    return Program(
        file=file,
        function=start,
        config=found["config"],
        merged=found["merged"],
        args=found["args"],
        hydra=found["hydra"],
        interface=read_interface(flow) if start is None else Interface(),
        logs=logs,
        flow=flow,
        handed=read_handed(flow, certain),
        rebound=flow.rebound and (flow.rebound[0].module.file, flow.rebound[1]),
        early=find_early_read(flow, certain),
        own_sweep=find_own_sweep(flow, certain),
        starts=starts,
        imports_by_name=imports_by_name(flow),
        makes_any=logs.made,
        certain=certain,
        complete=sources.complete,
        modules=tuple(module.file for module in sources.modules),
    )


def _function(tree: ast.Module, name: str) -> Function | None:
    found = [n for n in ast.walk(tree) if isinstance(n, Function) and n.name == name]
    return found[-1] if found else None
