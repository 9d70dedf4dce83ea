"""What a search may learn from: its sweep's trials, read once and then as they change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import overload

from wandb_flyte.backend import jsontext
from wandb_flyte.backend.metrics import best_value, final_value
from wandb_flyte.backend.search import Observation
from wandb_flyte.backend.store import Sweep, changes, sweeps
from wandb_flyte.backend.store.changes import TrialRow
from wandb_flyte.backend.store.models import plain_config
from wandb_flyte.spec import SweepConfig


class Trials:
    """The trials of one sweep, oldest first."""

    def __init__(self, config: SweepConfig) -> None:
        # A grid asks for points alone.
        self._metric = None if config.method == "grid" else config.metric
        self._number: int | None = None
        self._places: dict[int, int] = {}
        self._observations: list[Observation] = []

    def at(self, db: sqlite3.Connection, sweep: Sweep) -> Sequence[Observation]:
        """The trials as they are now; read when the search looks at them, not at their number."""
        return _Lazily(self, db, sweep)

    def read(self, db: sqlite3.Connection, sweep: Sweep) -> list[Observation]:
        """The trials as they are now; one that has not changed is the very same object."""
        changed, self._number = changes.take(db, sweep, self._number)
        caught_up = changed is not None and self._catch_up(db, sweep, changed)
        if not caught_up or len(self._observations) != sweeps.size(db, sweep):
            self._read_all(db, sweep)
        return self._observations

    def _catch_up(self, db: sqlite3.Connection, sweep: Sweep, changed: list[int]) -> bool:
        """Take note of the changes; False when a trial is gone or came in between others."""
        rows = changes.trials(db, sweep, changed)
        if len(rows) < len(changed):
            return False
        last = next(reversed(self._places), 0)
        for row in rows:
            place = self._places.get(row.pk)
            if place is None:
                if row.pk < last:
                    return False
                self._add(row)
            else:
                self._observations[place] = self._observe(row, place)
        return True

    def _read_all(self, db: sqlite3.Connection, sweep: Sweep) -> None:
        known = {pk: self._observations[place] for pk, place in self._places.items()}
        self._places, self._observations = {}, []
        for row in changes.trials(db, sweep):
            self._add(row)
            # A strategy knows a trial again by the very object.
            if known.get(row.pk) == self._observations[-1]:
                self._observations[-1] = known[row.pk]

    def _add(self, row: TrialRow) -> None:
        place = self._places[row.pk] = len(self._observations)
        self._observations.append(self._observe(row, place))

    def _observe(self, row: TrialRow, place: int) -> Observation:
        metric, summary = self._metric, jsontext.mapping(row.summary)
        seen = Observation(
            run_id=row.name,
            config=plain_config(row.config),
            state=row.state,
            metric=best_value(metric, row.history_keys, summary) if metric else None,
            index=place,
            latest=final_value(metric, summary) if metric else None,
        )
        old = self._observations[place] if place < len(self._observations) else None
        return old if old == seen and old is not None else seen


class _Lazily(Sequence[Observation]):
    """The trials, whose number is known before they are read."""

    def __init__(self, trials: Trials, db: sqlite3.Connection, sweep: Sweep) -> None:
        self._trials, self._db, self._sweep = trials, db, sweep
        self._size = sweeps.size(db, sweep)
        self._read: list[Observation] | None = None

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Observation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Observation]: ...
    def __getitem__(self, index: int | slice) -> Observation | Sequence[Observation]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._all())

    def _all(self) -> list[Observation]:
        if self._read is None:
            self._read = self._trials.read(self._db, self._sweep)
        return self._read
