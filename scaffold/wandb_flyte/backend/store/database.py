"""One SQLite file: one thread writes, any thread reads."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from wandb_flyte.backend.errors import NotStored, not_stored
from wandb_flyte.backend.store import changes
from wandb_flyte.backend.store.schema import migrate

T = TypeVar("T")
Job = tuple[Callable[[sqlite3.Connection], Any], "Future[Any]"]

_MOST_JOBS_A_COMMIT = 64


class Database:
    """The store's file. A write that was answered is on disk.

    Args:
        path: The SQLite file, made when it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._readers: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        connection = self._connect()
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

    def write(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `job` in the writer thread; the future is done once its changes are on disk.

        A job that raises changes nothing. The future's error is `NotStored` when the disk took
        nothing.
        """
        future: Future[T] = Future()
        self._jobs.put((job, future))
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

    def close(self) -> None:
        """Finish what was handed in, then close the file."""
        self._jobs.put(None)
        self._writer.join()
        while not self._readers.empty():
            self._readers.get_nowait().close()

    def _write_loop(self, db: sqlite3.Connection) -> None:
        open_for_jobs = True
        while open_for_jobs:
            jobs = []
            job = self._jobs.get()
            # Whatever is waiting shares one commit: the disk is synced once for all of it.
            while job is not None:
                jobs.append(job)
                if len(jobs) == _MOST_JOBS_A_COMMIT or self._jobs.empty():
                    break
                job = self._jobs.get()
            open_for_jobs = job is not None
            if jobs:
                _commit_together(db, jobs)
        db.close()


def _commit_together(db: sqlite3.Connection, jobs: list[Job]) -> None:
    answers: list[tuple[Future[Any], Any, BaseException | None]] = []
    try:
        db.execute("BEGIN IMMEDIATE")
        for job, future in jobs:
            if future.set_running_or_notify_cancel():
                answers.append((future, *_do(db, job)))
        db.execute("COMMIT")
    except (sqlite3.Error, NotStored) as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        for _, future in jobs:
            if future.running() or future.set_running_or_notify_cancel():
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
