"""One SQLite file: one thread writes, any thread reads."""

from __future__ import annotations

import itertools
import math
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from wandb_flyte.backend.errors import FolderGone, NotStored, not_stored
from wandb_flyte.backend.store import changes
from wandb_flyte.backend.store.schema import migrate

T = TypeVar("T")
Job = tuple[Callable[[sqlite3.Connection], Any], "Future[Any]"]

_MOST_JOBS_A_COMMIT = 64
# A commit takes no further jobs after so long: nobody waits for the rows of many others. Where the
# disk is slow it takes as long as the commit before, or syncing would leave no time for work.
_FULL_AFTER_S = 0.02
# Whoever sends rows can wait; an agent that asks for its next trial cannot. So long may jobs that
# came later overtake them.
_ROWS_GIVE_WAY_S = 2.0


class Database:
    """The store's file. A write that was answered is on disk.

    Args:
        path: The SQLite file, made when it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.PriorityQueue[tuple[float, int, Job | None]] = queue.PriorityQueue()
        self._handed_in = itertools.count()
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        connection = self._connect()
        self._opened = path.stat()
        migrate(connection)
        changes.track(connection)
        self._writer = threading.Thread(
            target=self._write_loop, args=(connection,), name="database-writer", daemon=True
        )
        self._writer.start()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        db.row_factory = sqlite3.Row
        db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            "PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 10000; PRAGMA cache_size = -8192;"
        )
        return db

    def write(
        self, job: Callable[[sqlite3.Connection], T], *, gives_way: bool = False
    ) -> Future[T]:
        """Run `job` in the writer thread; the future is done once its changes are on disk.

        A job that raises changes nothing. The future's error is `NotStored` when the disk took
        nothing.

        Args:
            job: What to do with the writer's connection.
            gives_way: Jobs that are handed in soon after it may be done before it.
        """
        future: Future[T] = Future()
        due = time.monotonic() + (_ROWS_GIVE_WAY_S if gives_way else 0)
        self._jobs.put((due, next(self._handed_in), (job, future)))
        return future

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection on a snapshot of everything answered so far; for reading only."""
        try:
            db = self._readers.get_nowait()
        except queue.Empty:
            db = self._connect()
            db.execute("PRAGMA query_only = ON")
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("ROLLBACK")
            self._readers.put(db)

    def check_in_place(self) -> None:
        """Check that the file is still where it was opened; else nothing that is written lasts.

        Raises:
            FolderGone: It was deleted, moved away or replaced.
        """
        try:
            in_place = os.path.samestat(self._path.stat(), self._opened)
        except OSError:
            in_place = False
        if not in_place:
            raise FolderGone(self._path.parent)

    def close(self) -> None:
        """Finish what was handed in, then close the file."""
        self._jobs.put((math.inf, next(self._handed_in), None))
        self._writer.join()
        while not self._readers.empty():
            self._readers.get_nowait().close()

    def _write_loop(self, db: sqlite3.Connection) -> None:
        took_s = 0.0
        while (job := self._jobs.get()[2]) is not None:
            started = time.monotonic()
            # Whatever is waiting shares one commit: the disk is synced once for all of it.
            together = itertools.chain([job], self._waiting(max(_FULL_AFTER_S, took_s)))
            _commit_together(db, together, self.check_in_place)
            took_s = time.monotonic() - started
        db.close()

    def _waiting(self, seconds: float) -> Iterator[Job]:
        """The jobs that wait, most urgent first, for so long at most."""
        full = time.monotonic() + seconds
        for _ in range(_MOST_JOBS_A_COMMIT - 1):
            if time.monotonic() >= full or self._jobs.empty():
                return
            entry = self._jobs.get()
            if entry[2] is None:
                self._jobs.put(entry)
                return
            yield entry[2]


def _commit_together(
    db: sqlite3.Connection, jobs: Iterator[Job], check: Callable[[], None]
) -> None:
    answers: list[tuple[Future[Any], Any, BaseException | None]] = []
    taken: list[Future[Any]] = []
    try:
        for job, future in jobs:
            if not future.set_running_or_notify_cancel():
                continue
            taken.append(future)
            if not db.in_transaction:
                db.execute("BEGIN IMMEDIATE")
            answers.append((future, *_do(db, job)))
        if db.in_transaction:
            check()
            db.execute("COMMIT")
    except (sqlite3.Error, NotStored) as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        for future in taken:
            future.set_exception(not_stored(error) or error)
        return
    for future, value, failure in answers:
        if failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(value)


def _do(db: sqlite3.Connection, job: Callable[[sqlite3.Connection], Any]) -> tuple[Any, Any]:
    """The job's value and its failure, which has changed nothing."""
    value: Any = None
    failure: BaseException | None = None
    db.execute("SAVEPOINT job")
    try:
        value = job(db)
    except Exception as error:  # handed to whoever waits for this job
        failure = error
    if not db.in_transaction:
        # SQLite itself took everything back, the jobs before included.
        raise not_stored(failure) or NotStored(failure or "the transaction was rolled back")
    if failure is not None:
        db.execute("ROLLBACK TO job")
    db.execute("RELEASE job")
    return value, failure
