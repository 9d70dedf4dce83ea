"""Why a sweep came to nothing, in words: the same for Flyte, for the log and for the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wandb_flyte.runtime.results import Goal, TrialResult

if TYPE_CHECKING:
    from wandb_flyte.runtime.backend.records import RunInfo

_MOST_LINES = 6
STOPPED_EARLY = "stopped early by hyperband"
# A backend calls killed what it was asked to stop: by a person, on a page or with Ctrl-C.
_UNKNOWN = {
    "killed": ": stopped",
    "failed": ", no reason is known",
    "crashed": ", no reason is known",
}
_LONGEST_REASON = 240
_MOST_KEYS = 8


def none_finished(sweep_id: str) -> str:
    """What a sweep came to of which not one trial finished."""
    return f"No trial of sweep `{sweep_id}` finished"


def trials_at(url: str) -> str:
    """Where a sweep's trials are to be seen."""
    return f"Its trials: {url}"


def failure_lines(trials: Sequence[TrialResult]) -> list[str]:
    """The trials that did not finish, one line for each kind of failure, the most frequent first.

    There are six lines at most; where there are more kinds, the last line counts the others.

    Of one kind are trials that ended in the same state, by the same type of exception, in the same
    place; the message is the first one's: `6 trials failed: RuntimeError: boom (objective.py:12)`.
    """
    groups: dict[tuple[str, str, str], list[TrialResult]] = {}
    for trial in trials:
        if trial.failed:
            kind = trial.error.partition(":")[0]
            groups.setdefault((trial.state, kind, trial.where), []).append(trial)
    ranked = sorted(groups.values(), key=len, reverse=True)
    # The line for all others would take the place of a single one.
    told = _MOST_LINES if len(ranked) <= _MOST_LINES else _MOST_LINES - 1
    lines = [_line(group) for group in ranked[:told]]
    if rest := ranked[told:]:
        count = sum(map(len, rest))
        lines.append(f"{count} more trials did not finish, for {len(rest)} other reasons")
    return lines


def early_lines(trials: Sequence[TrialResult]) -> list[str]:
    """How many trials early termination stopped, as one line; none when it stopped none."""
    count = sum(trial.stopped_early for trial in trials)
    return [f"{_trials(count)} {STOPPED_EARLY}"] if count else []


def _line(group: Sequence[TrialResult]) -> str:
    first = group[0]
    place = f" ({short_place(first.where)})" if first.where else ""
    reason = f": {brief(first.error)}{place}" if first.error else _UNKNOWN[first.state]
    return f"{_trials(len(group))} {first.state}{reason}"


def _trials(count: int) -> str:
    return "1 trial" if count == 1 else f"{count} trials"


def brief(reason: str) -> str:
    """A reason for one line: a trial's page has the whole of it."""
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON].rstrip()}…"


def short_place(where: str) -> str:
    """`FILE:LINE` from the working directory on, as far as the file is below it."""
    file, _, line = where.rpartition(":")
    path, here = Path(file), Path(os.path.realpath("."))
    below = path.is_absolute() and path.is_relative_to(here)
    return f"{path.relative_to(here)}:{line}" if below else where


def metric_warning(goal: Goal, runs: Sequence[RunInfo]) -> str:
    """What went wrong when runs finished and none has the sweep's metric; empty when nothing did.

    Args:
        goal: What the sweep optimises.
        runs: The sweep's runs.
    """
    summaries = [run.summary for run in runs if run.state == "finished"]
    if not goal.metric or not summaries:
        return ""
    if any(goal.value(summary) is not None for summary in summaries):
        return ""
    return f"no trial gave a finite `{goal.metric}`; {_instead(goal.metric, summaries)}"


def _instead(metric: str, summaries: Sequence[Mapping[str, Any]]) -> str:
    values = dict.fromkeys(str(summary[metric]) for summary in summaries if metric in summary)
    if values:
        return f"its last value was {', '.join(f'`{value}`' for value in list(values)[:3])}"
    keys = dict.fromkeys(
        key for summary in summaries for key in sorted(summary) if not key.startswith("_")
    )
    if not keys:
        return "they logged nothing"
    named = ", ".join(f"`{key}`" for key in list(keys)[:_MOST_KEYS])
    return f"they logged {named}" + (", …" if len(keys) > _MOST_KEYS else "")
