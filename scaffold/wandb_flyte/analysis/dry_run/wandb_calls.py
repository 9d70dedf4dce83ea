"""What W&B's own functions do in a trial."""

from __future__ import annotations

from typing import Any

from .machine import Machine
from .objects import Arguments, Foreign
from .tables import Table
from .trial import Sweep
from .values import NONE, UNKNOWN, Value, of

# Functions that only tell W&B something.
_NOTES = frozenset(
    {
        *("alert", "define_metric", "finish", "login", "save", "setup", "teardown", "use_artifact"),
        *("watch", "unwatch", "mark_preempting", "log_artifact", "log_code", "sweep", "Api"),
        *("Settings", "join", "status", "require", "link_artifact"),
    }
)
# Arguments of `wandb.init` that only say what a run is.
_TOLD = frozenset({"config", "id", "job_type", "name", "notes", "tags"})


class WandbCalls:
    """Calls functions of wandb.

    Args:
        machine: The program that is gone through.
    """

    def __init__(self, machine: Machine) -> None:
        self._m = machine
        self._run = Foreign("wandb.Run")

    def attribute(self, name: str) -> Value | None:
        """What an attribute of wandb's is; None for one of another package."""
        if name in ("wandb.config", "wandb.run.config"):
            return of(self._m.config)
        if name == "wandb.run":
            return of(self._run)
        return None

    def call(self, name: str, given: Arguments, *, of_run: bool = False) -> Value | None:
        """What a call of a function, or of a run's method, gives; None for an unknown one."""
        if name == "init" and not of_run:
            self.supply(given.get("config"))
            self._m.modes.append(self._mode(given))
            for key, value in given.names.items():
                if key not in _TOLD:
                    self._m.give_out(value)
            return of(self._run)
        if name in ("log", "summary.update"):
            self._m.log(given.get("data", 0))
            self._m.give_all(given)
            return NONE
        if name == "sweep" and not of_run:
            config = given.get("sweep", 0) or UNKNOWN
            sweep = Sweep(config, self._m.place, [])
            self._m.sweeps.append(sweep)
            return of(Foreign("wandb.sweep()", parts={"sweep": sweep}))
        if name == "agent" and not of_run:
            function = given.get("function", 1)
            self._note_agent(given.get("sweep_id", 0) or UNKNOWN, function)
            if function is not None and function.only is not None and self._m.given.runs_trials:
                self._m.starts_trial = True
                with self._m.trial():
                    self._m.calls.call(function, Arguments())
            return NONE
        if name.startswith("config.") and not of_run:
            return None
        return UNKNOWN if name in _NOTES else None

    def _note_agent(self, sweep_id: Value, function: Value | None) -> None:
        """Notes what the trials of a sweep are run with."""
        named = [one.parts["sweep"] for one in sweep_id.options if isinstance(one, Foreign)]
        for sweep in named or self._m.sweeps:
            if function is not None:
                sweep.functions.append(function)

    def _mode(self, given: Arguments) -> tuple[Any, ...] | None:
        """The mode of a run that is opened; None where it is not known."""
        mode = given.get("mode")
        if mode is None:
            mode = self._m.environ.items.get("WANDB_MODE", NONE)
        return mode.constants

    def supply(self, config: Value | None) -> None:
        """What `wandb.init` gets beside the sweep's values is there too."""
        for option in config.options if config is not None else ():
            if option is None:
                continue
            if isinstance(option, Table):
                for key, value in option.items.items():
                    self._m.config.items.setdefault(key, value)
                if option.rest is not None:
                    self._m.config.rest = option.rest
            elif not isinstance(option, Foreign):
                self._m.config.rest = UNKNOWN
