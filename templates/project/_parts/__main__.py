"""Run the sweep on this machine: `python -m {{ module }}`."""

import flyte

from {{ module }}.workflow import run_parallel_sweep


def main() -> None:
    """Run the parallel sweep in Flyte's local mode and print its best trial."""
    flyte.init()
    run = flyte.with_runcontext(mode="local").run(run_parallel_sweep)
    result = run.outputs()[0]
    counts = ", ".join(f"{count} {state}" for state, count in result.counts.items())
    print(f"{counts}: {result.url}")
    if result.best is not None:
        print(f"best: {result.metric} = {result.best.metric} with {result.best.config}")


if __name__ == "__main__":
    main()
