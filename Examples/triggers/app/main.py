import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from fastapi import FastAPI, HTTPException, Request, Response, status
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg_pool import PoolTimeout

from app.database import Database, make_pool
from app.metrics import DELIVERIES, UNPROCESSED, RequestMetrics
from app.routes import events, rules
from app.settings import configure_logging, load_settings

settings = load_settings()
configure_logging(settings.log_level)
log = logging.getLogger("triggers.api")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = settings
    app.state.pool = make_pool(settings.database_url)
    app.state.pool.open(wait=True, timeout=15)
    log.info("ready")
    yield
    app.state.pool.close()
    log.info("stopped")


app = FastAPI(title="Triggers", lifespan=lifespan)
app.add_middleware(RequestMetrics)
app.include_router(events.router, prefix="/v1")
app.include_router(rules.router, prefix="/v1")


@app.get("/health")
def health(request: Request) -> dict[str, str]:
    try:
        with request.app.state.pool.connection(timeout=3) as connection:
            connection.execute("SELECT 1")
    except (psycopg.Error, PoolTimeout) as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the database does not answer") from None
    return {"status": "ok"}


@app.get("/metrics")
def metrics(database: Database) -> Response:
    row = database.execute("SELECT count(*) AS waiting FROM events WHERE processed_at IS NULL").fetchone()
    UNPROCESSED.set(row["waiting"])
    counts = dict.fromkeys(("pending", "delivered", "failed"), 0)
    for each in database.execute("SELECT status, count(*) AS count FROM deliveries GROUP BY status"):
        counts[each["status"]] = each["count"]
    for name, count in counts.items():
        DELIVERIES.labels(name).set(count)
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})
