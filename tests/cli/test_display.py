"""What the display draws and the closing table says, from a sweep's runs."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from wandb_flyte.cli._display import LiveDisplay
from wandb_flyte.cli._run.progress import snapshot
from wandb_flyte.runtime.wire import RunInfo, SweepInfo, SweepRef


def sweep(**config: Any) -> SweepInfo:
    """A sweep of 1000 trials as a backend would tell it."""
    metric = {"name": "validation_loss", "goal": "minimize"}
    config = {"metric": metric, "run_cap": 1000, **config}
    return SweepInfo(SweepRef("e", "p", "s1"), "id", "s1", "RUNNING", config, "", 0, None)


def test_the_moving_line_fits_80_columns() -> None:
    """At 80 columns the line of a long sweep stays one line, its end cut off if it must be."""
    runs = [RunInfo(f"r{n}", f"r{n}", "failed") for n in range(120)]
    runs += [RunInfo(f"f{n}", f"f{n}", "finished", {"lr": 1}) for n in range(400)]
    runs += [RunInfo(f"o{n}", f"o{n}", "running") for n in range(16)]
    display = LiveDisplay(io.StringIO())
    display.moved(snapshot(sweep(), runs), 36000.0)
    shown = Console(file=io.StringIO(), width=80, force_terminal=True)
    shown.print(display._draw())

    text = shown.file.getvalue()  # type: ignore[attr-defined]
    assert len(text.splitlines()) == 1, text
    assert "520 of 1000 trials · 16 running · 120 failed · 10:00:00" in text
