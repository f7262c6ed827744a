from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, status
from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from app.database import Database
from app.keys import ApiKey
from app.metrics import EVENTS

router = APIRouter(prefix="/events", tags=["events"])


class NewEvent(BaseModel):
    type: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=100)
    payload: dict[str, Any] = {}


class Accepted(BaseModel):
    id: int
    duplicate: bool


class Delivery(BaseModel):
    rule_id: int
    status: str
    attempts: int
    last_result: str | None


class Event(BaseModel):
    id: int
    type: str
    payload: dict[str, Any]
    created_at: datetime
    processed_at: datetime | None
    deliveries: list[Delivery]


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def accept_event(
    body: NewEvent,
    key: ApiKey,
    database: Database,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Accepted:
    row = database.execute(
        "INSERT INTO events (api_key_id, type, payload, idempotency_key) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (api_key_id, idempotency_key) DO NOTHING RETURNING id",
        (key, body.type, Jsonb(body.payload), idempotency_key),
    ).fetchone()
    if row is not None:
        EVENTS.labels("accepted").inc()
        return Accepted(id=row["id"], duplicate=False)
    EVENTS.labels("duplicate").inc()
    row = database.execute(
        "SELECT id FROM events WHERE api_key_id = %s AND idempotency_key = %s", (key, idempotency_key)
    ).fetchone()
    return Accepted(id=row["id"], duplicate=True)


@router.get("/{event_id}", response_model=Event)
def read_event(event_id: int, key: ApiKey, database: Database):
    event = database.execute("SELECT * FROM events WHERE id = %s AND api_key_id = %s", (event_id, key)).fetchone()
    if event is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"event {event_id} does not exist")
    event["deliveries"] = database.execute(
        "SELECT rule_id, status, attempts, last_result FROM deliveries WHERE event_id = %s ORDER BY id", (event_id,)
    ).fetchall()
    return event
