from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS resumes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    filename   text NOT NULL,
    pages      integer NOT NULL,
    content    text NOT NULL,
    review     jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS resumes_user_id ON resumes (user_id, created_at DESC);
"""


def open_pool(url: str) -> ConnectionPool:
    pool = ConnectionPool(
        url,
        min_size=1,
        max_size=8,
        timeout=5,
        kwargs={"row_factory": dict_row, "connect_timeout": 5},
        check=ConnectionPool.check_connection,
        open=False,
    )
    pool.open(wait=True, timeout=15)
    return pool


def create_tables(pool: ConnectionPool) -> None:
    with pool.connection() as connection:
        # CREATE TABLE IF NOT EXISTS is no protection against a second process that starts now.
        connection.execute("SELECT pg_advisory_xact_lock(727002)")
        connection.execute(SCHEMA)


def get_connection(request: Request) -> Iterator[Connection[DictRow]]:
    """One transaction per request: committed when the route returns, rolled back when it raises."""
    with request.app.state.pool.connection() as connection:
        yield connection


Database = Annotated[Connection, Depends(get_connection)]
