"""Keys that every trial asks its config for, and that nothing gives, as a dry run of it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wandb_flyte.errors import Finding
from wandb_flyte.generate.check.trial.case import Case, near, shown
from wandb_flyte.generate.check.trial.followed import Followed
from wandb_flyte.generate.names import show


def check_missing_keys(
    case: Case, followed: Followed, told: Sequence[Finding]
) -> Iterator[Finding]:
    """The keys that the code reads, wherever it takes the config to, and that nothing gives.

    Args:
        case: The sweep and its code.
        followed: The dry run.
        told: What has been said already.
    """
    if any(one.code == "WF107" for one in told):
        return  # They are given, with dots between.
    result = followed.result
    said = {(one.file, one.line) for one in told}
    for key, place in result.missing.items() if result is not None else ():
        name = show(key)
        if any(one.code == "WF102" and f"`{name}`" in one.message for one in told):
            continue
        if (where := (shown(place[0]), place[1])) in said:
            continue
        said.add(where)
        message = f"The program reads `{name}`, which the sweep does not give."
        other = near(key, case.sweep.names)
        hint = f"Did you mean `{show(other)}`?" if other else "Give it in the sweep, or a default."
        yield case.in_code(place, message, hint, "WF102", "error")
