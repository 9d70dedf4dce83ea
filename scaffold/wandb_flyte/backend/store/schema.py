"""The tables, and how an older database becomes a newer one."""

from __future__ import annotations

import sqlite3

from wandb_flyte.backend.errors import BackendError

# One entry a version of the database; an entry is never changed once released, only added.
MIGRATIONS = (
    """
    CREATE TABLE projects (
        id INTEGER PRIMARY KEY,
        entity TEXT NOT NULL,
        name TEXT NOT NULL,
        description TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        UNIQUE (entity, name)
    );
    CREATE TABLE sweeps (
        id INTEGER PRIMARY KEY,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        display_name TEXT,
        description TEXT,
        config TEXT NOT NULL,
        controller TEXT,
        scheduler TEXT,
        state TEXT NOT NULL DEFAULT 'PENDING',
        exhausted INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        heartbeat_at REAL,
        UNIQUE (project_id, name)
    );
    CREATE TABLE agents (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        sweep_id INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
        host TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'RUNNING',
        created_at REAL NOT NULL,
        heartbeat_at REAL
    );
    CREATE INDEX agents_of_sweep ON agents (sweep_id);
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        display_name TEXT NOT NULL,
        description TEXT,
        notes TEXT,
        tags TEXT NOT NULL DEFAULT '[]',
        group_name TEXT,
        job_type TEXT,
        commit_hash TEXT,
        repo TEXT,
        host TEXT,
        program TEXT,
        config TEXT NOT NULL DEFAULT '{}',
        summary TEXT NOT NULL DEFAULT '{}',
        system TEXT NOT NULL DEFAULT '{}',
        history_keys TEXT NOT NULL DEFAULT '{}',
        state TEXT NOT NULL,
        exit_code INTEGER,
        stop_requested INTEGER NOT NULL DEFAULT 0,
        preempting INTEGER NOT NULL DEFAULT 0,
        history_lines INTEGER NOT NULL DEFAULT 0,
        event_lines INTEGER NOT NULL DEFAULT 0,
        log_lines INTEGER NOT NULL DEFAULT 0,
        last_step INTEGER NOT NULL DEFAULT -1,
        sweep_id INTEGER REFERENCES sweeps (id) ON DELETE SET NULL,
        agent_id INTEGER REFERENCES agents (id) ON DELETE SET NULL,
        prior INTEGER NOT NULL DEFAULT 0,
        deliveries INTEGER NOT NULL DEFAULT 0,
        listed INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        heartbeat_at REAL NOT NULL,
        UNIQUE (project_id, name)
    );
    CREATE INDEX runs_of_sweep ON runs (sweep_id, prior, state);
    CREATE INDEX runs_of_agent ON runs (agent_id, state);
    CREATE INDEX runs_by_state ON runs (state, heartbeat_at);
    CREATE TABLE lines (
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        stream TEXT NOT NULL,
        idx INTEGER NOT NULL,
        step INTEGER,
        line TEXT NOT NULL,
        PRIMARY KEY (run_id, stream, idx)
    ) WITHOUT ROWID;
    CREATE INDEX lines_by_step ON lines (run_id, step) WHERE stream = 'history';
    CREATE TABLE writers (
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        stream TEXT NOT NULL,
        writer TEXT NOT NULL,
        offset INTEGER NOT NULL,
        idx INTEGER NOT NULL,
        PRIMARY KEY (run_id, stream, writer, offset)
    ) WITHOUT ROWID;
    CREATE TABLE files (
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        size INTEGER NOT NULL,
        md5 TEXT NOT NULL,
        mimetype TEXT NOT NULL,
        stored_as TEXT NOT NULL,
        updated_at REAL NOT NULL,
        PRIMARY KEY (run_id, name)
    ) WITHOUT ROWID;
    CREATE TABLE deleted_runs (
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (project_id, name)
    ) WITHOUT ROWID;
    CREATE TABLE alerts (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        severity TEXT NOT NULL,
        created_at REAL NOT NULL
    );
    """,
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the database to this version's tables, in one transaction.

    Raises:
        BackendError: A newer version wrote the database.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise BackendError(
            f"the database has version `{version}`, newer than this wandb-flyte knows "
            f"(`{len(MIGRATIONS)}`): upgrade wandb-flyte."
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        db.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
