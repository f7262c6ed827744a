import logging

import psycopg
from fastapi import APIRouter, HTTPException, Request, status
from psycopg_pool import PoolTimeout

router = APIRouter(tags=["health"])
log = logging.getLogger("resume.health")


@router.get("/health")
def health(request: Request) -> dict[str, str]:
    """The AI service is not part of being healthy: reviews work without it."""
    try:
        with request.app.state.pool.connection(timeout=3) as connection:
            connection.execute("SELECT 1")
    except (psycopg.Error, PoolTimeout) as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the database does not answer") from None
    return {"status": "ok", "database": "ok", "ai": request.app.state.reviews.status}
