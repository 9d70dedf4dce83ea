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
            "PRAGMA busy_timeout = 10000; PRAGMA cache_size = -32768;"
        )
        return db

    def write(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `job` in the writer thread; the future is done once its changes are on disk.

        A job that raises changes nothing.
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
            if not future.set_running_or_notify_cancel():
                continue
            db.execute("SAVEPOINT job")
            try:
                answers.append((future, job(db), None))
            except Exception as error:  # handed to whoever waits for this job
                db.execute("ROLLBACK TO job")
                answers.append((future, None, error))
            db.execute("RELEASE job")
        db.execute("COMMIT")
    except sqlite3.Error as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        for _, future in jobs:
            if not future.done():
                future.set_exception(error)
        return
    for future, value, failure in answers:
        if failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(value)
