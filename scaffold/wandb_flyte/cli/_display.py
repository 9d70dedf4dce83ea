"""What the user sees while the sweep runs, and after it."""

from __future__ import annotations

import math
import signal
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

import click

from wandb_flyte.cli._output import drop_output, paint, wants_color
from wandb_flyte.cli._run.progress import Snapshot
from wandb_flyte.cli._run.report import RunReport, clock, config_line, flat, headline, plain_value
from wandb_flyte.runtime.results import SweepResult, TrialResult
from wandb_flyte.runtime.tasks.reasons import (
    STOPPED_EARLY,
    brief,
    early_lines,
    failure_lines,
    none_finished,
    short_place,
    trials_at,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

# A program's run has failed before its agent says why: how long its line waits for that.
_REASON_S = 5.0
# How many of the finished trials that can't be compared are named.
_MOST_NAMES = 3


class PlainDisplay:
    """One line for each thing that happens: for logs, pipes and CI.

    Args:
        stream: Where the lines go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._told: set[str] = set()
        self._reasonless: dict[str, float] = {}
        self._current: Snapshot | None = None

    def started(self, backend: str, log: str) -> None:
        """Say which backend it is and where the noise goes."""
        self.say(backend)
        self.say(f"log: {log}")

    def kept_config(self) -> None:
        """Say which sweep config counts."""
        self.say("sweep.yaml has changed since: the sweep goes on with the config that it has")

    def fewer_agents(self, why: str) -> None:
        """Say why not all agents run."""
        self.say(why)

    def found(self, url: str) -> None:
        """Say where the sweep's page is."""
        self.say(f"sweep: {url}")

    def moved(self, current: Snapshot, elapsed_s: float) -> None:
        """Say which trials ended since the last time."""
        for trial in self._news(current, elapsed_s):
            self._tell(trial, current)
        self._current = current

    def _news(self, current: Snapshot, elapsed_s: float) -> Iterator[TrialResult]:
        """The trials that ended since the last time, each with its reason if it has one."""
        if not self._told:
            self._told |= {trial.run_id for trial in current.ended[: current.known_before]}
        for trial in current.ended:
            if trial.run_id not in self._told and not self._waits(trial, elapsed_s):
                self._told.add(trial.run_id)
                yield trial

    def _waits(self, trial: TrialResult, elapsed_s: float) -> bool:
        if trial.state != "failed" or trial.error:
            return False
        since_s = self._reasonless.setdefault(trial.run_id, elapsed_s)
        return elapsed_s - since_s < _REASON_S

    def _tell(self, trial: TrialResult, current: Snapshot) -> None:
        total = "?" if current.total is None else current.total
        self.say(f"[{len(self._told)}/{total}] {describe(trial, current)}")

    def away(self, url: str) -> None:
        """Say that the backend is gone, and that nothing is lost by it yet."""
        self.say(f"the backend at {url} can't be reached: the trials wait for it, up to 10 minutes")

    def back(self) -> None:
        """Say that it is there again."""
        self.say("the backend is back")

    def stopping(self) -> None:
        """Say what Ctrl-C does."""
        self.say("stopping: the sweep is being canceled and its trials closed (Ctrl-C again kills)")

    def killing(self) -> None:
        """Say what the second Ctrl-C does."""
        self.say("killing every process of this run")

    def close(self) -> None:
        """Tell of the trials that failed and never got a reason."""
        if self._current is not None:
            for trial in self._news(self._current, math.inf):
                self._tell(trial, self._current)

    def say(self, text: str) -> None:
        """Print one line. Where nobody reads on, as under `| head`, the run is interrupted."""
        try:
            self._print(text)
        except OSError as error:
            drop_output(self._stream)
            if isinstance(error, BrokenPipeError):
                signal.raise_signal(signal.SIGHUP)  # It is a terminal that was closed.

    def _print(self, text: str) -> None:
        click.echo(text, file=self._stream)


class LiveDisplay(PlainDisplay):
    """A line that moves, for terminals; what stays are the links and the trials that failed.

    Args:
        stream: The terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._live: Live | None = None
        self._stopping = False
        self._spinner: RenderableType = ""
        # When the sweep began, by this machine's clock: the time shown runs on between two looks.
        self._began = time.monotonic()
        self._last_end = self._began

    def started(self, backend: str, log: str) -> None:
        """Say which backend it is, then begin to move."""
        super().started(backend, log)
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner

        self._spinner = Spinner("dots")
        console = Console(file=self._stream, no_color=not wants_color(self._stream))
        self._live = Live(
            get_renderable=self._draw, console=console, refresh_per_second=8, transient=True
        )
        self._live.start()

    def moved(self, current: Snapshot, elapsed_s: float) -> None:
        """Draw where the sweep stands."""
        previous = self._current
        super().moved(current, elapsed_s)
        now = time.monotonic()
        if previous is None or len(current.ended) > len(previous.ended):
            self._last_end = now
        self._began = now - elapsed_s

    def _tell(self, trial: TrialResult, current: Snapshot) -> None:
        if trial.failed:
            self.say(describe(trial, current))

    def stopping(self) -> None:
        """Say what Ctrl-C does, and leave it in sight."""
        self._stopping = True
        super().stopping()

    def close(self) -> None:
        """Take the moving line away."""
        super().close()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _print(self, text: str) -> None:
        if self._live is not None:
            # Above the moving line.
            self._live.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            super()._print(text)

    def _draw(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        now = time.monotonic()
        elapsed_s = now - self._began
        current = self._current
        if current is None:
            return self._spin(Text(f"starting · {clock(elapsed_s)}"))
        done = len(current.ended)
        left_s = current.time_left_s(self._last_end - self._began, now - self._last_end)
        words = [f"{done} of {current.total or '?'} trials", f"{current.running} running"]
        words.append(f"{current.failed} failed")
        words.append("stopping" if self._stopping else clock(elapsed_s))
        if left_s is not None and not self._stopping:
            words.append(f"about {clock(left_s)} left")
        bar = ProgressBar(total=current.total or max(done, 1), completed=done)
        row = self._spin(bar, Text(" · ".join(words)))
        best = current.best
        if best is None:
            return row
        line = (
            f"  best {current.goal.metric}={plain_value(best.metric)}  {config_line(best.config)}"
        )
        return Group(row, Text(line, no_wrap=True, overflow="ellipsis"))

    def _spin(self, *cells: RenderableType) -> RenderableType:
        from rich.table import Table

        row = Table.grid(padding=(0, 1))
        row.add_column(width=1)
        if len(cells) > 1:
            # What gives way when the terminal is narrow.
            row.add_column(max_width=24)
        row.add_column(no_wrap=True, overflow="ellipsis")
        row.add_row(self._spinner, *cells)
        return row


def display_for(stream: TextIO) -> PlainDisplay:
    """The display that suits a stream."""
    return LiveDisplay(stream) if stream.isatty() else PlainDisplay(stream)


def describe(trial: TrialResult, current: Snapshot) -> str:
    """A trial that ended, in one line."""
    parts = [STOPPED_EARLY if trial.stopped_early else trial.state, trial.name]
    if trial.metric is not None:
        parts.append(f"{current.goal.metric}={plain_value(trial.metric)}")
    parts.append(config_line(trial.config))
    if trial.error:
        where = f" ({short_place(trial.where)})" if trial.where else ""
        parts.append(f"{brief(trial.error)}{where}")
    return "  ".join(parts)


def print_report(
    report: RunReport, stream: TextIO | None = None, command: str = "wandb-flyte run"
) -> None:
    """Print the closing table.

    Args:
        report: How the run ended.
        stream: Where it goes, by default to stdout.
        command: The command line that runs this sweep.
    """
    out = sys.stdout if stream is None else stream
    color = {"finished": "green", "failed": "red"}.get(report.ending, "yellow")
    lines = ["", paint(headline(report), color, out)]
    if report.error and not _is_told_below(report):
        lines.append(f"reason: {report.error}")
    if report.result is not None:
        lines += _best(report) + _unmeasured(report.result) + _failures(report)
    lines += _links(report, command)
    try:
        click.echo("\n".join(lines), file=out)
    except OSError:  # The sweep has ended all the same.
        drop_output(out)


def _is_told_below(report: RunReport) -> bool:
    """Whether why the run failed is no more than what the list of its failed trials says."""
    result = report.result
    if result is None or not result.failures:
        return False
    lines = failure_lines(result.trials) + early_lines(result.trials)
    rest = report.error
    for line in [none_finished(result.sweep_id), *lines, trials_at(result.url)]:
        rest = rest.replace(line.rstrip("."), "", 1)
    return not rest.strip(" .\n")


def _best(report: RunReport) -> list[str]:
    result = report.result
    if result is None or result.best is None:
        return [f"no best trial: {report.warning}"] if report.warning else []
    best = result.best
    rows = {name: plain_value(value) for name, value in flat(best.config).items()}
    width = max(map(len, rows), default=0)
    score = f": {result.metric} = {plain_value(best.metric)}" if result.metric else ""
    return [
        "",
        f"best trial {best.name or best.run_id}{score}",
        *(f"  {name:<{width}}  {value}" for name, value in rows.items()),
    ]


def _unmeasured(result: SweepResult) -> list[str]:
    """The finished trials that can't be compared, where others can."""
    if result.best is None or not result.metric:
        return []
    trials = [trial for trial in result.trials if trial.state == "finished"]
    names = [trial.name or trial.run_id for trial in trials if trial.metric is None]
    if not names:
        return []
    shown = ", ".join(names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ["", f"finished without a finite `{result.metric}`: {shown}{more}"]


def _failures(report: RunReport) -> list[str]:
    if report.result is None or not report.result.failures:
        return []
    lines = [f"  {line}" for line in failure_lines(report.result.trials)]
    lines.append("  each with its config and its output on the sweep's page")
    return ["", "trials that did not finish", *lines]


def _links(report: RunReport, command: str) -> list[str]:
    rows = []
    if report.result is not None and not report.path:  # Else it was told when it was found.
        rows.append(("sweep", report.result.url))
    if report.run_url:
        rows.append(("best", report.run_url))
    rows.append(("log", report.log))
    if report.result is not None and not report.complete:
        more = f"{command} --sweep {report.result.sweep_id} --trials +N"
        rows.append(("more trials", more))
    width = max(len(name) for name, _ in rows)
    return ["", *(f"{name:<{width}}  {value}" for name, value in rows if value)]
