"""Why trials failed, as wandb-flyte's agents keep it in their runs' summaries."""

from __future__ import annotations

from dataclasses import dataclass

from wandb_flyte._agreed import FAILED, REASON_KEY
from wandb_flyte.backend.store import Run
from wandb_flyte.backend.web.text import cut


@dataclass(frozen=True)
class Failure:
    """Why a trial failed.

    Attributes:
        error: The error, as `ValueError: bad rate`.
        where: Where in the objective.
    """

    error: str
    where: str


def of(run: Run) -> Failure | None:
    """Why the run's trial failed; None when it did not, or nothing says so."""
    kept = run.summary_values.get(REASON_KEY)
    if run.state not in FAILED or not isinstance(kept, dict):
        return None
    return Failure(cut(str(kept.get("error") or "")), cut(str(kept.get("where") or "")))
