"""The tables, and how an older database becomes a newer one."""

from __future__ import annotations

import sqlite3

from wandb_flyte.errors import UserError

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
    # A run whose id was used anew: `reused` until its first row tells whether it starts over, and
    # `history_base` what has to be added to the client's line numbers when it goes on.
    """
    ALTER TABLE runs ADD COLUMN history_base INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN reused INTEGER NOT NULL DEFAULT 0;
    """,
    # Artifacts. A blob is the bytes of a file, kept once under their MD5; a membership is an
    # artifact's place in a collection, its version there.
    """
    CREATE TABLE artifact_types (
        id INTEGER PRIMARY KEY,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        description TEXT,
        created_at REAL NOT NULL,
        UNIQUE (project_id, name)
    );
    CREATE TABLE collections (
        id INTEGER PRIMARY KEY,
        project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
        type_id INTEGER NOT NULL REFERENCES artifact_types (id),
        name TEXT NOT NULL,
        is_portfolio INTEGER NOT NULL,
        description TEXT,
        tags TEXT NOT NULL DEFAULT '[]',
        next_version INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        UNIQUE (project_id, name)
    );
    CREATE TABLE artifacts (
        id INTEGER PRIMARY KEY,
        collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
        state TEXT NOT NULL DEFAULT 'PENDING',
        version INTEGER,
        digest TEXT NOT NULL,
        description TEXT,
        metadata TEXT,
        tags TEXT NOT NULL DEFAULT '[]',
        aliases TEXT NOT NULL DEFAULT '[]',
        ttl_seconds INTEGER,
        history_step INTEGER,
        client_id TEXT UNIQUE,
        distributed_id TEXT,
        size INTEGER NOT NULL DEFAULT 0,
        file_count INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL
    );
    CREATE INDEX artifacts_by_digest ON artifacts (collection_id, digest);
    CREATE TABLE memberships (
        id INTEGER PRIMARY KEY,
        collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        artifact_id INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        created_at REAL NOT NULL,
        UNIQUE (collection_id, version),
        UNIQUE (artifact_id, collection_id)
    );
    CREATE TABLE aliases (
        collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        alias TEXT NOT NULL,
        membership_id INTEGER NOT NULL REFERENCES memberships (id) ON DELETE CASCADE,
        PRIMARY KEY (collection_id, alias)
    ) WITHOUT ROWID;
    CREATE INDEX aliases_of_membership ON aliases (membership_id);
    CREATE TABLE manifests (
        id INTEGER PRIMARY KEY,
        artifact_id INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
        base_id INTEGER REFERENCES artifacts (id) ON DELETE SET NULL,
        kind TEXT NOT NULL,
        md5 TEXT
    );
    CREATE INDEX manifests_of_artifact ON manifests (artifact_id);
    CREATE INDEX manifests_by_blob ON manifests (md5);
    CREATE TABLE artifact_files (
        artifact_id INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        md5 TEXT NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (artifact_id, path)
    ) WITHOUT ROWID;
    CREATE INDEX artifact_files_by_blob ON artifact_files (md5);
    CREATE TABLE blobs (
        md5 TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        artifact_id INTEGER NOT NULL,
        created_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE run_artifacts (
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        artifact_id INTEGER NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
        is_input INTEGER NOT NULL,
        PRIMARY KEY (run_id, artifact_id, is_input)
    ) WITHOUT ROWID;
    CREATE INDEX runs_of_artifact ON run_artifacts (artifact_id, is_input);
    """,
    # How many trials a sweep has, so that a trial costs the same however many went before it.
    """
    ALTER TABLE sweeps ADD COLUMN trials INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sweeps ADD COLUMN prior_runs INTEGER NOT NULL DEFAULT 0;
    UPDATE sweeps SET
        trials = (SELECT count(*) FROM runs WHERE sweep_id = sweeps.id AND NOT prior),
        prior_runs = (SELECT count(*) FROM runs WHERE sweep_id = sweeps.id AND prior);
    CREATE TRIGGER run_joins_sweep AFTER INSERT ON runs WHEN new.sweep_id IS NOT NULL BEGIN
        UPDATE sweeps SET trials = trials + NOT new.prior, prior_runs = prior_runs + new.prior
        WHERE id = new.sweep_id;
    END;
    CREATE TRIGGER run_leaves_sweep AFTER DELETE ON runs WHEN old.sweep_id IS NOT NULL BEGIN
        UPDATE sweeps SET trials = trials - NOT old.prior, prior_runs = prior_runs - old.prior
        WHERE id = old.sweep_id;
    END;
    CREATE TRIGGER run_moves AFTER UPDATE OF sweep_id, prior ON runs BEGIN
        UPDATE sweeps SET trials = trials - NOT old.prior, prior_runs = prior_runs - old.prior
        WHERE id = old.sweep_id;
        UPDATE sweeps SET trials = trials + NOT new.prior, prior_runs = prior_runs + new.prior
        WHERE id = new.sweep_id;
    END;
    DROP INDEX runs_of_sweep;
    CREATE INDEX runs_of_sweep ON runs (sweep_id, state, prior);
    """,
    # Trials of other sweeps that a sweep learns from.
    """
    CREATE TABLE prior_trials (
        sweep_id INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
        run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        PRIMARY KEY (sweep_id, run_id)
    ) WITHOUT ROWID;
    CREATE INDEX sweeps_of_prior_trial ON prior_trials (run_id);
    """,
)


def migrate(db: sqlite3.Connection) -> None:
    """Bring the database to this version's tables, in one transaction.

    Raises:
        UserError: A newer version wrote the database.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise UserError(
            f"the database has version `{version}`, newer than this wandb-flyte knows"
            f" (`{len(MIGRATIONS)}`).",
            hint="Upgrade wandb-flyte.",
        )
    for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
        db.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
