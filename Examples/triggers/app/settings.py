import logging
import os
import sys
from dataclasses import dataclass, field

REQUIRED = ("DATABASE_URL", "API_KEY_SALT", "WEBHOOK_SECRET")


@dataclass(frozen=True)
class Settings:
    database_url: str = field(repr=False)
    api_key_salt: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    log_level: str
    delivery_timeout_seconds: float
    max_attempts: int
    poll_seconds: float


def load_settings() -> Settings:
    missing = [name for name in REQUIRED if not os.environ.get(name)]
    if missing:
        sys.exit(f"not set: {', '.join(missing)} (see .env.example)")
    return Settings(
        database_url=os.environ["DATABASE_URL"],
        api_key_salt=os.environ["API_KEY_SALT"],
        webhook_secret=os.environ["WEBHOOK_SECRET"],
        log_level=os.getenv("LOG_LEVEL", "info").upper(),
        delivery_timeout_seconds=float(os.getenv("DELIVERY_TIMEOUT_SECONDS", "10")),
        max_attempts=int(os.getenv("MAX_ATTEMPTS", "6")),
        poll_seconds=float(os.getenv("POLL_SECONDS", "1")),
    )


def configure_logging(level: str) -> None:
    logging.basicConfig(
        stream=sys.stdout, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("httpx").setLevel("WARNING")
