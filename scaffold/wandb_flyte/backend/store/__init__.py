"""What the backend keeps, and the only place that speaks SQL.

Modules hold functions that take a connection: `Database.read()` gives one for reading, and
`Database.write(job)` calls `job` with the one for writing.
"""

from __future__ import annotations

from wandb_flyte.backend.store.database import Database
from wandb_flyte.backend.store.models import Agent, File, Project, Run, Sweep

__all__ = ["Agent", "Database", "File", "Project", "Run", "Sweep"]
