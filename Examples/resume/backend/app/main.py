import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.ai import ReviewClient
from app.api import auth, health, resumes
from app.config import get_settings
from app.database import create_tables, open_pool

settings = get_settings()
logging.basicConfig(
    stream=sys.stdout, level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
)
# httpx logs every address that it asks.
logging.getLogger("httpx").setLevel("WARNING")
log = logging.getLogger("resume")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = open_pool(str(settings.database_url))
    create_tables(app.state.pool)
    app.state.reviews = ReviewClient(settings)
    log.info("ready, AI service: %s", app.state.reviews.status)
    yield
    app.state.reviews.close()
    app.state.pool.close()
    log.info("stopped")


app = FastAPI(title="Smart résumé", debug=settings.debug, lifespan=lifespan)
if settings.cors_origins:
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["*"],
        allow_headers=["authorization", "content-type"],
    )
app.include_router(health.router, prefix="/api/v1")
app.include_router(auth.router, prefix="/api/v1")
app.include_router(resumes.router, prefix="/api/v1")
