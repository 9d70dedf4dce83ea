"""Values that a trial stops on, as a dry run of it shows: `None + "train"`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wandb_flyte.analysis.dry_run.trial import Stop
from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, shown
from wandb_flyte.generate.check.trial.followed import Followed
from wandb_flyte.generate.names import show

# What keeps trials from coming to what a dry run shows.
STOPS = frozenset({"WF106", "WF114", "WF115", "WF117", "WF119", "WF206"})
_NUMBER = re.compile(r"'-?\d+e-?\d+'", re.IGNORECASE)


def check_stopped(case: Case, followed: Followed, told: Sequence[Finding]) -> Iterator[Finding]:
    """The places where trials stop on a value, up to the one where all do.

    Args:
        case: The sweep and its code.
        followed: The dry run.
        told: What has been said already.
    """
    if any(one.severity == "error" and one.code != "WF101" for one in told):
        return
    said = {(one.file, one.line) for one in told}
    for stop in followed.result.stops if followed.result is not None else ():
        place = (shown(stop.place[0]), stop.place[1])
        if place not in said:
            said.add(place)
            yield _stopped(case, stop)
        if stop.sure:
            return


def _stopped(case: Case, stop: Stop) -> Finding:
    names = " and ".join(f"`{show('.'.join(path))}`" for path in sorted(stop.marks))
    trials = "Every trial" if stop.sure else "A trial that comes here"
    message = f"{trials} stops{' here' if stop.sure else ''}: {stop.what}."
    hint = f"It is of {names}." if names else "Neither the sweep nor the command gives another."
    if names and _NUMBER.search(stop.what):
        hint = f"YAML reads {names} as text: write a dot, as in `1.0e-5`."
    is_text = bool(names) and _NUMBER.search(stop.what) is not None
    sure = stop.sure and not is_text  # W&B may make numbers of them.
    return case.in_code(stop.place, message, hint, "WF120", "error" if sure else "warning")
