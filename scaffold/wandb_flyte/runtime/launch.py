"""Runs a project's sweep in Flyte's local mode, as a process of its own.

`wandb-flyte run` starts it as `python -m wandb_flyte.runtime.launch PACKAGE …`, follows the sweep
over the wire, and reads the result file once it has ended.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from types import FrameType, MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from wandb_flyte._agreed import FlyteKey
from wandb_flyte.errors import UserError
from wandb_flyte.runtime.results import SweepResult, TrialResult
from wandb_flyte.runtime.trials.failures import describe, where

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.records import SweepRef
    from wandb_flyte.runtime.backend.wire import WireClient

TASK = "run_parallel_sweep"
CANCELED = 130
# Begins the name of a run that only measures how long a trial takes.
PILOT = "pilot-"
# From the request to cancel until the process gives up on an orderly end: two heartbeats and the
# grace that a trial has after SIGTERM.
_PATIENCE_S = 30.0


def main(arguments: Sequence[str]) -> int:
    """Run the sweep; returns 0, 1 when it failed, 130 when it was canceled."""
    options = _parser().parse_args(arguments)
    # These are none of the objective's business, which may parse its own while it is imported.
    sys.argv = sys.argv[:1]
    inputs = json.loads(options.inputs)
    joined = str(inputs.get("sweep_id") or "")
    canceling = Canceling(options.name, options.entity, options.project, joined)
    canceling.install()
    try:
        result = run(options.package, inputs, options.name)
    except BaseException as error:  # Whatever happened, the command line is told.
        traceback.print_exc()
        # The trials' own reasons are with their runs, where the command line reads them.
        write_outcome(options.result, None, _reason(error))
        return CANCELED if canceling.asked else 1
    write_outcome(options.result, result, "")
    return CANCELED if canceling.asked else 0


def run(
    package: str, inputs: Mapping[str, Any] = MappingProxyType({}), name: str | None = None
) -> SweepResult:
    """Run `PACKAGE.workflow:run_parallel_sweep` in Flyte's local mode.

    Args:
        package: The package with the workflow, found from the working directory.
        inputs: The task's inputs by name; its own defaults without them.
        name: The Flyte run's name; by default Flyte makes one.

    Raises:
        UserError: The package has no such task, or the task has no such input.
    """
    import flyte

    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    task = getattr(_workflow(package), TASK, None)
    file = f"{package.replace('.', '/')}/workflow.py"
    if task is None:
        raise UserError(
            f"There is no task `{TASK}` in `{file}`.",
            hint="`wandb-flyte run` runs the task of this name.",
        )
    # Flyte's local mode leaves out what it does not know, without a word.
    if unknown := [given for given in inputs if given not in task.native_interface.inputs]:
        raise UserError(
            f"The task `{TASK}` in `{file}` has no input `{unknown[0]}`.",
            hint="It needs `total_trials`, `num_agents` and `sweep_id` for what `run` can say.",
        )
    done = flyte.with_runcontext(mode="local", name=name).run(task, **inputs)
    outputs = done.outputs()
    result = outputs[0] if isinstance(outputs, Sequence) else outputs
    if not isinstance(result, SweepResult):
        raise TypeError(f"{TASK} returned {type(result).__name__}, not a SweepResult")
    return result


def _workflow(package: str) -> ModuleType:
    name = f"{package}.workflow"
    try:
        return import_module(name)
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        place = where(error)
        why = f"{describe(error)} ({place})" if place else describe(error)
        raise UserError(f"`{name}` can't be imported: {why}") from error


def of_pilot(description: str) -> bool:
    """Whether the sweep of this description only measures how long a trial takes."""
    key = FlyteKey.in_text(description)
    return key is not None and key.run.startswith(PILOT)


def write_outcome(file: Path, result: SweepResult | None, error: str) -> None:
    """Write what `read_outcome` reads, in one step."""
    text = json.dumps({"result": asdict(result) if result else None, "error": error}, default=str)
    scratch = file.with_suffix(".part")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(file)


def read_outcome(file: Path) -> tuple[SweepResult | None, str] | None:
    """The result and the error that the process left, or None when it left nothing."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    raw = said["result"]
    if raw is None:
        return None, str(said["error"])
    trials = [TrialResult(**trial) for trial in raw.pop("trials")]
    best = raw.pop("best")
    result = SweepResult(**raw, trials=trials, best=TrialResult(**best) if best else None)
    return result, str(said["error"])


class Canceling:
    """Turns SIGINT and SIGTERM into the sweep's orderly end.

    The sweep is canceled at the backend, whose next word to each agent ends its trial; then the
    Flyte run comes to its end by itself. Before there is a sweep, or when that takes too long,
    the process ends at once.

    Args:
        run_name: The Flyte run's name.
        entity: The sweep's entity; empty for the key's default one.
        project: The sweep's project.
        joined: The sweep that the run goes on with, as `entity/project/id`; empty for a new one.
    """

    def __init__(self, run_name: str, entity: str, project: str, joined: str = "") -> None:
        self.asked = False
        self._joined = joined
        self._address = (entity, project, run_name)

    def install(self) -> None:
        """Take over the signals."""
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._on_signal)

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        if self.asked:
            os._exit(CANCELED)
        self.asked = True
        # In a thread: the main one is inside Flyte, and a handler must not wait for the network.
        threading.Thread(target=self._cancel, daemon=True).start()

    def _cancel(self) -> None:
        print("canceling the sweep", file=sys.stderr, flush=True)  # noqa: T201 the log
        try:
            canceled = self._cancel_sweep()
        except Exception:  # A backend that is away must not keep us alive.
            traceback.print_exc()
            canceled = False
        if canceled:
            threading.Event().wait(_PATIENCE_S)
        os._exit(CANCELED)

    def _cancel_sweep(self) -> bool:
        from wandb_flyte.runtime.backend.backends import resolve_backend
        from wandb_flyte.runtime.backend.wire import WireClient

        backend = resolve_backend(None, in_pod=False)
        client = WireClient(backend.api_url, backend.key, patience_s=5.0)
        sweep = self._sweep(client, backend.entity)
        if sweep is None:
            return False
        client.set_sweep_state(sweep, "CANCELED")
        return True

    def _sweep(self, client: WireClient, entity: str) -> SweepRef | None:
        from wandb_flyte.runtime.backend.records import SweepRef

        if self._joined:
            return SweepRef(*self._joined.split("/"))
        given, project, run_name = self._address
        return client.find_sweep(given or entity or client.viewer(), project, run_name)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wandb_flyte.runtime.launch")
    parser.add_argument("package", help="the package with the workflow")
    parser.add_argument("--inputs", default="{}", help="the task's inputs, a JSON object")
    parser.add_argument("--result", type=Path, required=True, help="where the result goes")
    parser.add_argument("--name", required=True, help="the Flyte run's name")
    parser.add_argument("--entity", default="", help="the sweep's W&B entity")
    parser.add_argument("--project", required=True, help="the sweep's W&B project")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
