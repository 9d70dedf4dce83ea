"""The state of a dry run, and what is noted of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from wandb_flyte.analysis.source.plain_classes import PLAIN_BASES
from wandb_flyte.analysis.source.sources import Module, Sources
from wandb_flyte.analysis.tracing.lightning import LIGHTNING, LOOKED_AT, TUNED

from .loose import Loose
from .objects import (
    Arguments,
    Bound,
    Foreign,
    Frame,
    Function,
    Instance,
    Klass,
    Method,
    ModuleObject,
    Partial,
    Super,
)
from .tables import REGION, TURN, Row, Table
from .trial import Given, Lost, Stop, Sweep, TooLong
from .values import ANY, NO_MARKS, UNKNOWN, Marks, Path, Some, Value, either, of

if TYPE_CHECKING:
    from .attributes import Attributes
    from .calls import Calls
    from .containers import Containers
    from .definitions import Definitions
    from .expressions import Expressions
    from .items import Items
    from .statements import Statements

_MOST_STEPS = 120_000
_DEEPEST = 30
# How often a function may stand on the stack.
_MOST_OF_ONE = 2
_MOST_STOPS = 50
_LOOKED_UP = re.compile(r"@(\w+)")
# How often what other packages may call is gone through, at most.
_ROUNDS = 2


class Machine:
    """A program that is gone through.

    Args:
        sources: The program.
        given: What the trial is given.

    Attributes:
        config: The trial's config.
        touched: The hyperparameters that something is made of.
        ends: Where the code gives each another name for the last time.
        place: The statement that is gone through: its file and line.
        changes: How often an object got something.
        states: How often a loop gave what was there before it another constant.
        asserts: Above 0 where what decides about a value counts, however it is decided.
        frames: Those of the functions that run, the outermost first.
        handles_logs: Whether the program itself handles what loggers are told.
        tries: How many `try` statements around what is gone through catch exceptions.
        stops: Where trials stop, in the order in which they come there.
        reached: The statements that a trial may come to, by their ids.
        missing: The keys that every trial asks its config for, and that nothing gives: where.
        modes: The mode of each run that is opened, as far as known.
        logged: The names under which something is logged.
        logs_unseen: Whether other names may be logged, too.
        sweeps: The sweeps that the program starts.
        environ: The environment's variables.
        weak: Above 0 where it is not known whether a run comes to it.
        loops: How many loops are around what is gone through, whose turns are not known.
        starts_trial: Whether an agent of the program's own has started the trial.
        written: What has been written to files, by the package that did it.
        loose: The names that what other packages have may change at any time.
    """

    attributes: Attributes
    calls: Calls
    containers: Containers
    definitions: Definitions
    expressions: Expressions
    items: Items
    statements: Statements

    def __init__(self, sources: Sources, given: Given) -> None:
        self.sources = sources
        self.given = given
        self.config = Table(dict(given.config), attributes=True, is_config=True)
        self.touched: set[Path] = set()
        self.ends: dict[Path, tuple[FilePath, int]] = {}
        self.place = (sources.entry.file, 1)
        self.weak = 0
        self._regions = 0
        self.loops = 0
        self._turns = 0
        self.starts_trial = False
        self.depth = 0
        self.main: ModuleObject | None = None
        self._steps = 0
        self._modules: dict[int, ModuleObject] = {}
        self._active: dict[int, int] = {}
        # What other packages have in their hands, by its id.
        self._out: dict[int, Any] = {}
        self.loose = Loose()
        self.changes = 0
        self.states = 0
        self.tries = 0
        self.asserts = 0
        self.frames: list[Frame] = []
        self.handles_logs = False
        self.stops: list[Stop] = []
        self.reached: set[int] = set()
        self.modes: list[tuple[Any, ...] | None] = []
        self.missing: dict[str, tuple[FilePath, int]] = {}
        self.logged: set[str] = set()
        self.logs_unseen = False
        self.sweeps: list[Sweep] = []
        self.written: dict[str, Marks] = {}
        self.environ = Table({}, either([None, Some(str)]))
        # What objects that other packages have hold, by the names of the attributes; and the
        # names that something unknown is asked for.
        self._held: dict[str, Marks] = {}
        self._asked: set[str] = set()

    def step(self) -> None:
        """Counts a step.

        Raises:
            TooLong: There were too many.
        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise TooLong

    @contextmanager
    def perhaps(self, when: bool = True) -> Iterator[None]:
        """Goes through something that a run may not come to."""
        if not when:
            yield
            return
        self.weak += 1
        self._regions += 1
        token = REGION.set(self._regions)
        try:
            yield
        finally:
            REGION.reset(token)
            self.weak -= 1

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Goes through a trial: whoever starts it, and when, every trial comes to that."""
        weak, tries, token = self.weak, self.tries, REGION.set(0)
        self.weak = self.tries = 0
        try:
            yield
        finally:
            REGION.reset(token)
            self.weak, self.tries = weak, tries

    def is_sure(self, held: Table | Row | Frame | Instance | object) -> bool:
        """Whether a change of something surely happens, if it is made at all."""
        region = REGION.get()
        return region == 0 or getattr(held, "region", 0) == region

    @contextmanager
    def looped(self) -> Iterator[None]:
        """Goes through a turn of a loop that stands for all of its turns."""
        self.loops += 1
        self._turns += 1
        token = TURN.set(self._turns)
        try:
            yield
        finally:
            TURN.reset(token)
            self.loops -= 1

    @contextmanager
    def inside(self, node: ast.AST) -> Iterator[bool]:
        """Goes into a function; False where it is too deep to."""
        known = self._active.get(id(node), 0)
        self._active[id(node)] = known + 1
        self.depth += 1
        try:
            yield self.depth <= _DEEPEST and known < _MOST_OF_ONE
        finally:
            self.depth -= 1
            self._active[id(node)] = known

    # -- what becomes of hyperparameters -----------------------------------------------------------

    def keep(self, value: Value) -> None:
        """Notes that the statement which is gone through gives a value another name."""
        for path in value.marks:
            self.ends[path] = self.place

    def marks_in(self, value: Value, seen: set[int] | None = None) -> Marks:
        """The hyperparameters that decide about a value, or about something in it."""
        seen, marks = set() if seen is None else seen, value.marks
        for option in value.options:
            if isinstance(option, Foreign):
                marks |= option.marks
            elif isinstance(option, Row | Table) and id(option) not in seen:
                self.step()
                seen.add(id(option))
                marks = marks.union(*(self.marks_in(one, seen) for one in option.values()))
        return marks

    def stop(self, what: str, marks: Marks = NO_MARKS) -> None:
        """Notes that a trial stops here, for any value that it may have."""
        sure = not self.weak
        if not self.tries and (sure or marks) and len(self.stops) < _MOST_STOPS:
            self.stops.append(Stop(self.place, what, marks, sure))

    def miss(self, key: Any) -> None:
        """Notes that a trial's config is asked for a key that nothing gives."""
        if self.given.closed and self.config.rest is None and not (self.weak or self.tries):
            self.missing.setdefault(str(key), self.place)

    def log(self, value: Value | None) -> None:
        """Notes the names of a dict that is logged."""
        for option in value.options if value is not None else (ANY,):
            if isinstance(option, Table):
                self.logged |= {str(key) for key in option.items}
                self.logs_unseen |= option.rest is not None or option is self.config
            else:
                self.logs_unseen = True

    def held_by(self, value: Value) -> Marks:
        """The same, with what the attributes of objects are."""
        marks = self.marks_in(value)
        for option in value.options:
            if isinstance(option, Instance):
                marks = marks.union(*(self.marks_in(one) for one in option.names.values()))
        return marks

    def touch(self, marks: Marks) -> None:
        """Notes that something depends on hyperparameters."""
        self.touched |= marks

    def hold(self, name: str, value: Value) -> None:
        """Notes what an object's attribute holds."""
        if marks := self.marks_in(value):
            self._held[name] = self._held.get(name, NO_MARKS) | marks

    def ask(self, name: str) -> None:
        """Notes that something unknown is asked for a name."""
        self._asked.add(name)

    def give_out(self, value: Value, seen: set[int] | None = None) -> None:
        """A value goes to code that is not read: what is in it matters."""
        self.touch(value.marks)
        seen = set() if seen is None else seen
        for option in value.options:
            if id(option) in seen:
                continue
            if isinstance(option, Table | Row):
                seen.add(id(option))
                if isinstance(option, Table) and option.is_frame:
                    raise Lost  # Whoever has it may set the names of the program.
                for one in list(option.values()):
                    self.step()
                    self.give_out(one, seen)
            elif isinstance(option, Foreign):
                self.touch(option.marks)
                if option.name == "argparse.ArgumentParser":
                    self.calls.packages.open_parser()
                if option.name == "wandb.Run":
                    self.logs_unseen = True
                    self.give_out(of(self.config), seen)
            elif isinstance(option, Method | Super):
                seen.add(id(option))
                self.give_out(option.of if isinstance(option, Method) else option.instance, seen)
            elif isinstance(option, Partial):
                seen.add(id(option))
                for one in (option.function, *option.arguments.all()):
                    self.give_out(one, seen)
                self.escape(option)
            else:
                self.escape(option)

    def give_all(self, arguments: Arguments) -> None:
        """The same for all that a call gives."""
        for one in arguments.all():
            self.give_out(one)

    def touch_named(self, arguments: Arguments, frame: Frame | None) -> None:
        """Notes what a text names for pandas to look up: `frame.query("rate > @low")`."""
        for value in arguments.all() if frame is not None else ():
            for option in value.options:
                for name in _LOOKED_UP.findall(option) if isinstance(option, str) else ():
                    if frame is not None:
                        self.touch(self.marks_in(self.attributes.name(name, frame)))

    def escape(self, option: Any) -> None:
        """Something of the program comes into the hands of code that may call it."""
        if not isinstance(option, Function | Klass | Instance | Bound | Partial):
            return
        key = id(option.function) if isinstance(option, Bound) else id(option)
        if key not in self._out:
            self._out[key] = option
            self.loose.note(option)

    def is_out(self, option: Any) -> bool:
        """Whether code that is not read has something in its hands."""
        return id(option) in self._out

    def _use(self, option: Any) -> None:
        """Calls what other packages may call, as they may."""
        if isinstance(option, Instance):
            self._use_all(option)
        else:
            result = self.calls.call(of(option), Arguments([], {}, UNKNOWN, UNKNOWN))
            self.give_out(result)

    def _use_all(self, instance: Instance) -> None:
        bases = instance.klass.outside
        asked = LOOKED_AT | (TUNED if self.given.tunes else frozenset())
        is_lightning = any(one.rpartition(".")[2] in LIGHTNING for one in bases)
        quiet = bool(bases) and all(
            one in PLAIN_BASES or one.rpartition(".")[2] in LIGHTNING for one in bases
        )
        for key, held in list(instance.names.items()):
            if not quiet or (is_lightning and key in asked):
                self.touch(self.marks_in(held))
        names = dict.fromkeys(name for one in instance.klass.bases for name in one.names)
        for name in names:
            value = instance.klass.find(name)
            for option in value.options if value is not None else ():
                if isinstance(option, Function) and name != "__init__":
                    method = self.attributes.bind(option, of(instance), instance.klass)
                    self.give_out(self.calls.call(method, Arguments([], {}, UNKNOWN, UNKNOWN)))

    def finish(self) -> None:
        """Goes through what other packages have, now that all of it is there."""
        for _ in range(_ROUNDS):
            before, done = (self.changes, len(self.touched)), 0
            while done < len(self._out):
                with self.perhaps(), self.looped():
                    self._use(list(self._out.values())[done])
                done += 1
            if (self.changes, len(self.touched)) == before:
                break
        for name in self._asked:
            self.touch(self._held.get(name, NO_MARKS))

    def outcome(self, arguments: Arguments, *others: Value) -> Value:
        """What code that is not read gives back: anything, or what it was given."""
        given = [*others, *arguments.all()]
        kept = [one for value in given for one in value.options if _goes_through(one)]
        return either([ANY, *kept])

    # -- modules -----------------------------------------------------------------------------------

    def module(self, source: Module) -> ModuleObject:
        """A file of the program, imported."""
        if id(source) not in self._modules:
            found = self._modules[id(source)] = ModuleObject(source)
            is_main = self.main is None
            self.main = self.main or found
            name = "__main__" if is_main else source.file.stem
            found.frame.names["__name__"] = of(name)
            found.frame.names["__file__"] = of(str(source.file.absolute()))
            self.statements.block(source.tree.body, found.frame)
        return self._modules[id(source)]

    def below(self, module: Module, name: str) -> ModuleObject | None:
        """A module inside a package."""
        folder = module.file if module.file.is_dir() else module.file.parent
        if module.file.is_file() and module.file.name != "__init__.py":
            return None
        for file in (folder / f"{name}.py", folder / name / "__init__.py"):
            if file.is_file() and (found := self.sources.read(file)) is not None:
                return self.module(found)
        return None


def _goes_through(option: Any) -> bool:
    """Whether code that is not read may give back what it was given, as it was."""
    if isinstance(option, Foreign):
        return option.name == "argparse.ArgumentParser"
    return isinstance(option, Function | Instance | Klass | Bound | Partial)
