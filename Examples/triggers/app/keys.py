"""API keys. ``python -m app.keys NAME`` makes one and prints it; only its hash is stored."""

import hashlib
import hmac
import secrets
import sys
from typing import Annotated

import psycopg
from fastapi import Depends, Header, HTTPException, Request, status

from app.database import Database
from app.settings import load_settings


def hash_key(key: str, salt: str) -> str:
    # Keys are 256 random bits, so a fast hash is enough; the salt keeps a stolen table useless elsewhere.
    return hmac.new(salt.encode(), key.encode(), hashlib.sha256).hexdigest()


def authenticate(
    request: Request, database: Database, x_api_key: Annotated[str | None, Header()] = None
) -> int:
    row = None
    if x_api_key:
        row = database.execute(
            "SELECT id FROM api_keys WHERE hash = %s AND revoked_at IS NULL",
            (hash_key(x_api_key, request.app.state.settings.api_key_salt),),
        ).fetchone()
    if row is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "a valid X-Api-Key header is needed")
    return row["id"]


ApiKey = Annotated[int, Depends(authenticate)]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m app.keys NAME")
    settings = load_settings()
    key = f"tr_{secrets.token_urlsafe(32)}"
    with psycopg.connect(settings.database_url, connect_timeout=10) as connection:
        connection.execute(
            "INSERT INTO api_keys (name, hash) VALUES (%s, %s)", (sys.argv[1], hash_key(key, settings.api_key_salt))
        )
    print(key)


if __name__ == "__main__":
    main()
