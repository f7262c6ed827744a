"""Settings, read from the environment once at import."""

import os
from dataclasses import dataclass


class ConfigurationError(RuntimeError):
    pass


@dataclass(frozen=True)
class Settings:
    database_url: str
    cors_origins: tuple[str, ...]
    pool_size: int
    log_level: str


def sqlalchemy_url(url: str) -> str:
    """Turn the URL that hosting platforms hand out into one that names our driver.

    SQLAlchemy dropped the ``postgres://`` alias, and plain ``postgresql://`` would pick psycopg2.
    """
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def load() -> Settings:
    try:
        database_url = os.environ["DATABASE_URL"]
    except KeyError:
        raise ConfigurationError("DATABASE_URL is not set, see .env.example") from None
    origins = os.environ.get("CORS_ORIGINS", "")
    return Settings(
        database_url=sqlalchemy_url(database_url),
        cors_origins=tuple(origin.strip() for origin in origins.split(",") if origin.strip()),
        pool_size=int(os.environ.get("DB_POOL_SIZE", "5")),
        log_level=os.environ.get("LOG_LEVEL", "info").upper(),
    )


settings = load()
