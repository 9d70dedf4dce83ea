"""`python -m PACKAGE` of a project: its sweep in this process, its end in the exit code."""

from __future__ import annotations

import argparse
import sys

from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.runtime.launch import CANCELED, run
from wandb_flyte.runtime.results import SweepResult


def run_locally(package: str) -> int:
    """Runs a project's parallel sweep in Flyte's local mode and prints its best trial.

    The command line may say `--trials N` and `--agents N`; without them the project's settings do.

    Args:
        package: The package with the `workflow` module, such as `digits` or `digits.sweeps.wide`.

    Returns:
        The exit code, as that of `wandb-flyte run`: 0 when at least one trial finished, 1 when
        none did or when the project has a mistake, which is then printed, 130 after Ctrl-C.

    Raises:
        SystemExit: With 0 after `--help`, with 2 for any other option.
    """
    from flyte.errors import BaseRuntimeError

    inputs = _inputs(package)
    try:
        result = run(package, inputs)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)  # noqa: T201 this is a program's end
        return CANCELED
    except (UserError, BaseRuntimeError) as error:
        # Flyte has logged where a task failed, and raises its message alone.
        for each in error.findings if isinstance(error, InvalidInput) else [error]:
            print(f"error: {each}", file=sys.stderr)  # noqa: T201 this is a program's end
        return 1
    print(_summary(result))  # noqa: T201
    return 0


def _inputs(package: str) -> dict[str, int]:
    """What the command line says of the sweep's size, by the task's inputs."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}",
        description="Run the sweep on this machine. `wandb-flyte run` can do more.",
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument("--trials", dest="total_trials", type=int, metavar="N", help="how many")
    parser.add_argument("--agents", dest="num_agents", type=int, metavar="N", help="at a time")
    return vars(parser.parse_args())


def _summary(result: SweepResult) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in result.counts.items())
    line = f"{counts}: {result.url}"
    if result.best is None:
        return line
    return f"{line}\nbest: {result.metric} = {result.best.metric} with {result.best.config}"
