from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from psycopg import errors
from pydantic import BaseModel, Field, StringConstraints

from app.config import Settings, get_settings
from app.database import Database
from app.security import UNKNOWN_USER_HASH, create_token, hash_password, verify_password

router = APIRouter(prefix="/auth", tags=["auth"])

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
]


class Credentials(BaseModel):
    email: Email
    password: str = Field(min_length=8, max_length=200)


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


@router.post("/register", status_code=status.HTTP_201_CREATED)
def register(
    body: Credentials, database: Database, settings: Annotated[Settings, Depends(get_settings)]
) -> Token:
    try:
        row = database.execute(
            "INSERT INTO users (email, password_hash) VALUES (%s, %s) RETURNING id",
            (body.email, hash_password(body.password)),
        ).fetchone()
    except errors.UniqueViolation:
        raise HTTPException(status.HTTP_409_CONFLICT, "this address has an account") from None
    return Token(access_token=create_token(row["id"], settings))


@router.post("/login")
def login(body: Credentials, database: Database, settings: Annotated[Settings, Depends(get_settings)]) -> Token:
    row = database.execute("SELECT id, password_hash FROM users WHERE email = %s", (body.email,)).fetchone()
    matches = verify_password(body.password, row["password_hash"] if row else UNKNOWN_USER_HASH)
    if row is None or not matches:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "address or password is wrong")
    return Token(access_token=create_token(row["id"], settings))
