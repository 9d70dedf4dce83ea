"""`python -m PACKAGE` of a project: its sweep in this process, its end in the exit code."""

from __future__ import annotations

import sys

from wandb_flyte.errors import InvalidInput, UserError
from wandb_flyte.runtime.launch import CANCELED, run
from wandb_flyte.runtime.results import SweepResult


def run_locally(package: str) -> int:
    """Runs a project's parallel sweep in Flyte's local mode and prints its best trial.

    Args:
        package: The package with the `workflow` module, such as `digits` or `digits.sweeps.wide`.

    Returns:
        The exit code, as that of `wandb-flyte run`: 0 when at least one trial finished, 1 when
        none did or when the project has a mistake, which is then printed, 130 after Ctrl-C.
    """
    from flyte.errors import BaseRuntimeError

    try:
        result = run(package)
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


def _summary(result: SweepResult) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in result.counts.items())
    line = f"{counts}: {result.url}"
    if result.best is None:
        return line
    return f"{line}\nbest: {result.metric} = {result.best.metric} with {result.best.config}"
