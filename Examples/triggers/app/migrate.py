"""Applies the files of migrations/ in order, each once: ``python -m app.migrate``."""

import os
import sys
from pathlib import Path

import psycopg

DIRECTORY = Path(__file__).resolve().parent.parent / "migrations"


def migrate(url: str) -> list[str]:
    with psycopg.connect(url, connect_timeout=10) as connection:
        # One transaction for all: a failing file leaves the database as it was.
        connection.execute("SELECT pg_advisory_xact_lock(727003)")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied = {name for (name,) in connection.execute("SELECT name FROM schema_migrations")}
        pending = [file for file in sorted(DIRECTORY.glob("*.sql")) if file.name not in applied]
        for file in pending:
            connection.execute(file.read_text("utf-8"))
            connection.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (file.name,))
    return [file.name for file in pending]


if __name__ == "__main__":
    if "DATABASE_URL" not in os.environ:
        sys.exit("not set: DATABASE_URL")
    names = migrate(os.environ["DATABASE_URL"])
    print(f"migrations applied: {', '.join(names) or 'none, all were there'}")
