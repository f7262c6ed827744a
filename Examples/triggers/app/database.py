from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool


def make_pool(url: str, max_size: int = 8) -> ConnectionPool:
    return ConnectionPool(
        url,
        min_size=1,
        max_size=max_size,
        timeout=5,
        kwargs={"row_factory": dict_row, "connect_timeout": 5},
        check=ConnectionPool.check_connection,
        open=False,
    )


def get_connection(request: Request) -> Iterator[Connection]:
    """One transaction per request."""
    with request.app.state.pool.connection() as connection:
        yield connection


Database = Annotated[Connection, Depends(get_connection)]
