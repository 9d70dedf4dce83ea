"""What packages' functions do, as far as it matters here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wandb_flyte.analysis.config.unused import is_idle_class

from .built_in import BuiltIn
from .command_line import CommandLine
from .config_calls import ConfigCalls
from .machine import Machine
from .methods import TELLS
from .objects import Arguments, Bound, Foreign, Frame, Function, Instance, Klass, Outside, Partial
from .tables import Row, Table
from .trial import Lost
from .values import NO_MARKS, NONE, UNKNOWN, Some, Value, either, join, of
from .wandb_calls import WandbCalls

# Decorators that leave what they get as it is.
_PLAIN_DECORATORS = (
    *("functools.wraps", "functools.lru_cache", "functools.cache", "torch.no_grad", "torch.jit."),
    *("torch.inference_mode", "torch.compile", "torch.enable_grad", "torch.cuda.amp.", "abc."),
    *("numba.", "tf.function", "tensorflow.function", "jax.jit", "typing.final", "typing.override"),
    *("typing_extensions.", "overrides.", "beartype", "jaxtyping.", "pytest.", "wandb_flyte."),
)
_SILENT = (
    *("logging.", "warnings.", "pprint.", "rich.", "loguru.", "tqdm.tqdm.write", "builtins.print"),
    *("time.", "click.echo", "typer.echo", "absl.logging.", "termcolor."),
)
# Functions that write down what they get, and give nothing back.
_WRITES = frozenset(
    {
        *("json.dump", "yaml.dump", "yaml.safe_dump", "omegaconf.OmegaConf.save", "pickle.dump"),
        *("omegaconf.OmegaConf.to_yaml", "json.dumps", "os.makedirs", "os.mkdir", "pprint.pformat"),
        *("hydra.core.hydra_config.HydraConfig.get", "os.path.exists", "os.path.isdir"),
    }
)
# Functions whose result depends on what they get, and that do nothing else.
_PURE = (*("math.", "os.path.", "pathlib.", "os.getenv", "str", "ast.literal_eval", "operator."),)
_COPIES = frozenset({"copy.copy", "copy.deepcopy"})
# What makes something read by attributes of a dict.
_NAMESPACES = frozenset(
    {
        *("argparse.Namespace", "types.SimpleNamespace", "omegaconf.OmegaConf.create"),
        *("easydict.EasyDict", "box.Box", "munch.Munch", "dotmap.DotMap", "addict.Dict"),
        *("munch.munchify", "munch.DefaultMunch.fromDict", "ml_collections.ConfigDict"),
        *("ml_collections.config_dict.ConfigDict", "omegaconf.DictConfig", "attrdict.AttrDict"),
        *("munch.Munch.fromDict", "transformers.utils.AttributeDict", "dotdict.dotdict"),
    }
)
_LOADS = frozenset(
    {
        *("yaml.safe_load", "yaml.load", "yaml.full_load", "yaml.unsafe_load", "json.load"),
        *("json.loads", "toml.load", "tomllib.load", "omegaconf.OmegaConf.load"),
    }
)

# What changes a list that it is given.
_CHANGES_LISTS = ("heapq.", "bisect.", "random.")
_RATES = ("lr", "weight_decay", "eps", "momentum")


class Packages:
    """Calls functions of packages.

    Args:
        machine: The program that is gone through.
    """

    NEVER = Outside("sys.exit()")

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        self._built_in = BuiltIn(machine)
        self._wandb = WandbCalls(machine)
        self._configs = ConfigCalls(machine)
        self._command_line = CommandLine(machine)
        self._command: Value | None = None
        self._known: dict[str, Callable[[Arguments, Frame | None], Value]] = {
            "functools.partial": self._partial,
            "typing.cast": lambda given, frame: given.get("val", 1) or UNKNOWN,
            "contextlib.suppress": lambda given, frame: of(Foreign("contextlib.suppress")),
            "functools.wraps": lambda given, frame: of(Outside("functools.wraps()")),
            "dataclasses.asdict": self._configs.as_dict,
            "dataclasses.astuple": self._configs.as_dict,
            "dataclasses.field": self._field,
            "pydantic.Field": self._field,
            "dataclasses.replace": self._configs.replaced,
            "omegaconf.OmegaConf.merge": self._configs.merged,
            "omegaconf.OmegaConf.to_container": self._configs.as_dict,
            "omegaconf.OmegaConf.to_object": self._configs.as_dict,
            "omegaconf.OmegaConf.update": self._configs.set_deep,
            "omegaconf.OmegaConf.set_struct": lambda given, frame: NONE,
            "omegaconf.OmegaConf.resolve": lambda given, frame: NONE,
            "omegaconf.OmegaConf.structured": lambda given, frame: given.get("obj", 0) or UNKNOWN,
            "omegaconf.open_dict": lambda given, frame: UNKNOWN,
            "typer.Typer": lambda given, frame: of(Foreign("typer.Typer")),
            "typer.run": self._started_by,
            "fire.Fire": self._started_by,
            "typer.Option": lambda given, frame: given.get("default", 0) or UNKNOWN,
            "typer.Argument": lambda given, frame: given.get("default", 0) or UNKNOWN,
            "sys.exit": lambda given, frame: of(self.NEVER),
            "os._exit": lambda given, frame: of(self.NEVER),
            "builtins.exit": lambda given, frame: of(self.NEVER),
            "builtins.quit": lambda given, frame: of(self.NEVER),
            "argparse.ArgumentParser": self._command_line.parser,
            "logging.getLogger": lambda given, frame: of(Foreign("logging.Logger")),
            "collections.defaultdict": lambda given, frame: of(Table({}, UNKNOWN)),
            "collections.OrderedDict": self._built_in.dict,
            "collections.namedtuple": lambda given, frame: UNKNOWN,
            "itertools.product": self._product,
            "itertools.chain": self._chained,
            "tqdm.tqdm": self._first,
            "tqdm.auto.tqdm": self._first,
            "tqdm.notebook.tqdm": self._first,
            "tqdm.trange": self._built_in.range,
            "torch.multiprocessing.spawn": self._spawn,
            "multiprocessing.Process": self._spawn,
        }

    def attribute(self, name: str) -> Value:
        """What an attribute of a package is."""
        if (found := self._wandb.attribute(name)) is not None:
            return found
        if name == "os.environ":
            return of(self._m.environ)
        if name == "sys.argv":
            return of(Row(None, Value((Some(str),))))
        return of(Outside(name))

    def call(self, name: str, given: Arguments, frame: Frame | None) -> Value:
        """What a call of a package's function gives."""
        if name.startswith("builtins.") and (known := self._built_in.find(name[9:])) is not None:
            return known(given, frame)
        if (known := self._known.get(name)) is not None:
            return known(given, frame)
        if name.startswith("wandb."):
            found = self._wandb.call(name.removeprefix("wandb."), given)
            if found is not None:
                return found
        if name in _COPIES:
            return self._configs.copy(given.places[0]) if given.places else UNKNOWN
        if name in _NAMESPACES:
            return self._configs.namespace(given)
        if name in _LOADS:
            found = self._configs.load(given, attributes="OmegaConf" in name)
            if found is UNKNOWN:
                # It may be what the trial has written there itself.
                self._m.touch(self._m.written.get(name.partition(".")[0], NO_MARKS))
            return found
        if name in _WRITES:
            return self._written(name, given)
        if name.startswith(_SILENT):
            return UNKNOWN
        if name.startswith(_PURE):
            return self._pure(given)
        if name in ("importlib.import_module", "builtins.__import__"):
            return self._imported(given)
        if self.is_plain_decorator(name.removesuffix("()")) or self._is_maker(name):
            own = (Function, Klass, Instance, Bound, Partial)
            if given.places and isinstance(given.places[0].options[0], own):
                return given.places[0]  # `jax.jit(train)`, used as a function.
            return of(Outside(f"{name.removesuffix('()')}()"))
        if is_idle_class(name):
            return self._idle(name, given)
        self._m.give_all(given)
        self._m.touch_named(given, frame)
        for value in given.all() if name.startswith(_CHANGES_LISTS) else ():
            for option in value.options:
                if isinstance(option, Row):
                    option.add(join(given.all()), surely=False)
        if name.endswith("WandbLogger"):
            self._wandb.supply(given.get("config"))
        return self._m.outcome(given)

    def method(self, option: Foreign, name: str, given: Arguments, frame: Frame | None) -> Value:
        """What a method of a package's object gives."""
        if option.name == "argparse.ArgumentParser":
            return self._command_line.method(option, name, given)
        if option.name == "wandb.Run":
            found = self._wandb.call(name, given, of_run=True)
            if found is not None:
                return found
        if option.name == "typer.Typer":
            return of(Outside(f"typer.Typer.{name}()"))
        if (option.name == "logging.Logger" or name in TELLS) and not self._m.handles_logs:
            return UNKNOWN
        self._m.touch(option.marks)
        if option.name == "open()":
            if name.startswith("read"):
                self._m.touch(NO_MARKS.union(*self._m.written.values()))
            return Value((Some(str),)) if name == "read" else UNKNOWN
        self._m.give_all(given)
        return self._m.outcome(given)

    # -- decorators --------------------------------------------------------------------------------

    def is_plain_decorator(self, name: str) -> bool:
        """Whether a decorator leaves what it gets as it is."""
        return bool(name) and name.startswith(_PLAIN_DECORATORS)

    def _is_maker(self, name: str) -> bool:
        return name == "hydra.main" or name.startswith("click.")

    def started(self, name: str, value: Value) -> Value | None:
        """A function that gets its arguments from the command line; None for others."""
        if name == "hydra.main":
            config = self._m.given.hydra
            if config is None:
                raise Lost
            return of(Partial(value, Arguments([config])))
        if name == "click.command":
            return of(Partial(value, self._options()))
        if name == "typer.Typer.command":
            if not isinstance(value.only, Function) or self._command is not None:
                raise Lost
            self._command = value
        return value if name.startswith(("click.", "typer.")) else None

    # -- functions ---------------------------------------------------------------------------------

    def _written(self, name: str, given: Arguments) -> Value:
        """Something is written down: what is not the whole config may be meant for others."""
        held = given.places[0].only if given.places else None
        is_whole = isinstance(held, Table) and (held.attributes or held.is_config or held.is_loose)
        if name.endswith("dump") and not is_whole:
            self._m.give_all(given)
        marks = NO_MARKS.union(*(self._m.marks_in(one) for one in given.all()))
        family = name.partition(".")[0]
        self._m.written[family] = self._m.written.get(family, NO_MARKS) | marks
        return Value((Some(),), marks)

    def _imported(self, given: Arguments) -> Value:
        """A module whose name the code makes."""
        names = (given.get("name", 0) or UNKNOWN).constants
        if names is None or len(given.places) > 1:
            if not self._m.given.options:
                raise Lost  # It may read the trial's config itself.
            return UNKNOWN
        found: list[Any] = []
        for name in names:
            loaded = self._m.sources.load(str(name))
            is_whole = loaded is not None and not loaded[1]
            found.append(self._m.module(loaded[0]) if loaded and is_whole else Outside(str(name)))
        return either(found)

    def _started_by(self, given: Arguments, frame: Frame | None) -> Value:
        """`typer.run(main)` and `fire.Fire(main)`: a function gets the command line's options."""
        function = given.get("component", 0) or UNKNOWN
        if not isinstance(function.only, Function):
            raise Lost
        return self._m.calls.call(function, self._options())

    def supply(self, config: Value) -> None:
        """Something is in the trial's config beside the sweep's values."""
        self._wandb.supply(config)

    def open_parser(self) -> None:
        """A parser of argparse goes to code that may add options, and read them."""
        self._command_line.is_open = True

    def run_command(self) -> Value:
        """`app()`: typer's only command gets the command line's options."""
        if self._command is None:
            raise Lost
        return self._m.calls.call(self._command, self._options())

    def _options(self) -> Arguments:
        return Arguments([], dict(self._m.given.options))

    def _partial(self, given: Arguments, frame: Frame | None) -> Value:
        if not given.places:
            return UNKNOWN
        rest = Arguments(given.places[1:], given.names, given.more, given.others)
        return of(Partial(given.places[0], rest))

    def _first(self, given: Arguments, frame: Frame | None) -> Value:
        return given.get("iterable", 0) or UNKNOWN

    def _pure(self, given: Arguments) -> Value:
        """Something that is made of what a function gets, and of nothing else."""
        marks = NO_MARKS.union(*(one.marks for one in given.all()))
        for value in given.all():
            for option in value.options:
                if isinstance(option, Row | Table | Instance | Function | Klass):
                    self._m.give_out(of(option))
        return Value((Some(),), marks)

    def _idle(self, name: str, given: Arguments) -> Value:
        """An object that does nothing until somebody uses it."""
        for key in _RATES if name.startswith("torch.optim.") else ():
            rate = given.get(key)
            if rate is not None and all(isinstance(one, str | None) for one in rate.options):
                shown = f"{rate.options[0]!r}"
                self._m.stop(f"the optimizer's `{key}` is `{shown}`", rate.marks)
        marks = NO_MARKS.union(*(self._m.marks_in(one) for one in given.all()))
        return of(Foreign(name, marks))

    def _field(self, given: Arguments, frame: Frame | None) -> Value:
        factory = given.names.get("default_factory")
        if factory is not None:
            return self._m.calls.call(factory, Arguments())
        return given.get("default", 0) or UNKNOWN

    def _product(self, given: Arguments, frame: Frame | None) -> Value:
        parts = [self._m.containers.element(one) for one in given.places]
        return of(Row(None, of(Row(parts, is_tuple=True))))

    def _chained(self, given: Arguments, frame: Frame | None) -> Value:
        parts = [self._m.containers.element(one) for one in given.all()]
        return of(Row(None, join(parts) if parts else UNKNOWN))

    def _spawn(self, given: Arguments, frame: Frame | None) -> Value:
        self._m.give_all(given)
        function = given.get("target") or given.get("fn", 0)
        args = given.names.get("args")
        row = args.only if args is not None else None
        if function is not None and isinstance(row, Row) and row.items is not None:
            with self._m.perhaps():
                self._m.calls.call(function, Arguments([UNKNOWN, *row.items]))
                self._m.calls.call(function, Arguments(list(row.items)))
        return UNKNOWN
