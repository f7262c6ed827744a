"""Helpdesk API: tickets with notes and attachments, kept in files."""

import json
import logging
import os
import re
import sys
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import boto3
import uvicorn
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError
from fastapi import BackgroundTasks, FastAPI, HTTPException, Query, UploadFile, status
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field, StringConstraints

# --- settings ---

API_HOST = os.getenv("API_HOST", "0.0.0.0")
API_PORT = int(os.getenv("API_PORT", "8000"))
LOG_LEVEL = os.getenv("LOG_LEVEL", "info").lower()
ALLOWED_ORIGINS = [origin for origin in os.getenv("ALLOWED_ORIGINS", "").split(",") if origin]
UPLOAD_DIR = Path(os.getenv("UPLOAD_DIR", "uploads"))
MEMORY_DIR = Path(os.getenv("MEMORY_DIR", "memories"))
MAX_UPLOAD_MB = int(os.getenv("MAX_UPLOAD_MB", "20"))

AWS_REGION = os.environ.get("AWS_REGION", "eu-central-1")
S3_BUCKET = os.environ.get("S3_BUCKET")
S3_ENDPOINT_URL = os.environ.get("S3_ENDPOINT_URL") or None

logging.basicConfig(
    stream=sys.stdout, level=LOG_LEVEL.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
)
log = logging.getLogger("helpdesk")


# --- what the API accepts and returns ---

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class Status(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


class Urgency(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Note(BaseModel):
    author: Line
    text: Prose
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class NewNote(BaseModel):
    author: Line
    text: Prose


class Attachment(BaseModel):
    id: str
    filename: str
    content_type: str
    size: int


class NewTicket(BaseModel):
    subject: Line
    description: Prose
    requester: Line
    urgency: Urgency = Urgency.NORMAL


class Ticket(NewTicket):
    id: str = Field(default_factory=lambda: uuid.uuid4().hex[:12])
    status: Status = Status.OPEN
    assignee: str | None = None
    notes: list[Note] = []
    attachments: list[Attachment] = []
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class TicketPatch(BaseModel):
    """A field that is absent stays as it is; only the assignee may be set to null."""

    subject: Line = None
    status: Status = None
    urgency: Urgency = None
    assignee: Line | None = None


# --- storage ---


class TicketMemory:
    """All tickets in memory and in one JSON file, which is replaced as a whole so that a crash leaves no half of it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.file = directory / "tickets.json"
        self.lock = threading.RLock()
        self.tickets: dict[str, Ticket] = {}
        if self.file.exists():
            stored = json.loads(self.file.read_text("utf-8"))
            self.tickets = {each["id"]: Ticket.model_validate(each) for each in stored}

    def save(self, ticket: Ticket) -> Ticket:
        with self.lock:
            ticket.updated_at = datetime.now(UTC)
            self.tickets[ticket.id] = ticket
            self._write()
            return ticket

    def remove(self, ticket_id: str) -> None:
        with self.lock:
            self.tickets.pop(ticket_id, None)
            self._write()

    def get(self, ticket_id: str) -> Ticket:
        ticket = self.tickets.get(ticket_id)
        if ticket is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"ticket {ticket_id} does not exist")
        return ticket.model_copy(deep=True)

    def _write(self) -> None:
        temporary = self.file.with_suffix(".json.new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump([ticket.model_dump(mode="json") for ticket in self.tickets.values()], file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.file)


class AttachmentCopies:
    """Copies attachments to S3 where the machine has credentials; without them the local file is the only one."""

    def __init__(self, bucket: str | None) -> None:
        self.bucket = bucket
        self.client = None
        if bucket and boto3.Session().get_credentials() is not None:
            self.client = boto3.client(
                "s3",
                region_name=AWS_REGION,
                endpoint_url=S3_ENDPOINT_URL,
                config=BotoConfig(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3}),
            )

    @property
    def enabled(self) -> bool:
        return self.client is not None

    def copy(self, path: Path, key: str, content_type: str) -> None:
        try:
            self.client.upload_file(str(path), self.bucket, key, ExtraArgs={"ContentType": content_type})
            log.info("copied %s to the bucket", key)
        except (BotoCoreError, ClientError, boto3.exceptions.Boto3Error) as error:
            log.warning("no copy of %s: %s", key, type(error).__name__)


memory: TicketMemory
copies: AttachmentCopies


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    global memory, copies
    UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    memory = TicketMemory(MEMORY_DIR)
    copies = AttachmentCopies(S3_BUCKET)
    log.info(
        "ready: %d tickets in %s, attachments in %s, copies to S3 %s",
        len(memory.tickets),
        MEMORY_DIR,
        UPLOAD_DIR,
        "on" if copies.enabled else "off",
    )
    yield
    log.info("stopped")


app = FastAPI(title="Helpdesk", lifespan=lifespan)
if ALLOWED_ORIGINS:
    app.add_middleware(CORSMiddleware, allow_origins=ALLOWED_ORIGINS, allow_methods=["*"], allow_headers=["*"])


# --- routes ---


@app.get("/health")
def health() -> dict:
    writable = os.access(UPLOAD_DIR, os.W_OK) and os.access(MEMORY_DIR, os.W_OK)
    if not writable:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the data directories cannot be written")
    return {"status": "ok", "tickets": len(memory.tickets), "s3": copies.enabled}


@app.get("/tickets")
def list_tickets(
    ticket_status: Annotated[Status | None, Query(alias="status")] = None,
    search: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[Ticket]:
    wanted = search.casefold()
    found = [
        ticket
        for ticket in list(memory.tickets.values())
        if (ticket_status is None or ticket.status == ticket_status)
        and wanted in f"{ticket.subject}\n{ticket.description}\n{ticket.requester}".casefold()
    ]
    found.sort(key=lambda ticket: ticket.updated_at, reverse=True)
    return found[:limit]


@app.post("/tickets", status_code=status.HTTP_201_CREATED)
def create_ticket(body: NewTicket) -> Ticket:
    return memory.save(Ticket(**body.model_dump()))


@app.get("/tickets/{ticket_id}")
def read_ticket(ticket_id: str) -> Ticket:
    return memory.get(ticket_id)


@app.patch("/tickets/{ticket_id}")
def update_ticket(ticket_id: str, body: TicketPatch) -> Ticket:
    with memory.lock:
        ticket = memory.get(ticket_id)
        return memory.save(ticket.model_copy(update=body.model_dump(exclude_unset=True)))


@app.delete("/tickets/{ticket_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_ticket(ticket_id: str) -> None:
    with memory.lock:
        ticket = memory.get(ticket_id)
        memory.remove(ticket_id)
    for attachment in ticket.attachments:
        (UPLOAD_DIR / attachment.id).unlink(missing_ok=True)


@app.post("/tickets/{ticket_id}/notes", status_code=status.HTTP_201_CREATED)
def add_note(ticket_id: str, body: NewNote) -> Ticket:
    with memory.lock:
        ticket = memory.get(ticket_id)
        ticket.notes.append(Note(**body.model_dump()))
        return memory.save(ticket)


def clean_filename(name: str | None) -> str:
    """The last part of a path from any system, without what a header or a shell could trip over."""
    last = re.split(r"[/\\]", name or "")[-1]
    return re.sub(r"[^\w.\- ()]", "_", last).strip(". ")[:120] or "attachment"


@app.post("/tickets/{ticket_id}/attachments", status_code=status.HTTP_201_CREATED)
def add_attachment(ticket_id: str, file: UploadFile, background: BackgroundTasks) -> Attachment:
    memory.get(ticket_id)
    attachment = Attachment(
        id=uuid.uuid4().hex,
        filename=clean_filename(file.filename),
        content_type=file.content_type or "application/octet-stream",
        size=0,
    )
    path = UPLOAD_DIR / attachment.id
    try:
        with path.open("xb") as target:
            while chunk := file.file.read(256 * 1024):
                attachment.size += len(chunk)
                if attachment.size > MAX_UPLOAD_MB * 1024 * 1024:
                    raise HTTPException(
                        status.HTTP_413_CONTENT_TOO_LARGE, f"an attachment has at most {MAX_UPLOAD_MB} MB"
                    )
                target.write(chunk)
        with memory.lock:
            ticket = memory.get(ticket_id)
            ticket.attachments.append(attachment)
            memory.save(ticket)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if copies.enabled:
        key = f"tickets/{ticket_id}/{attachment.id}/{attachment.filename}"
        background.add_task(copies.copy, path, key, attachment.content_type)
    return attachment


@app.get("/tickets/{ticket_id}/attachments/{attachment_id}")
def read_attachment(ticket_id: str, attachment_id: str) -> FileResponse:
    for attachment in memory.get(ticket_id).attachments:
        path = UPLOAD_DIR / attachment.id
        if attachment.id == attachment_id and path.is_file():
            # Always a download: an uploaded page must not run in the helpdesk's own origin.
            return FileResponse(path, media_type=attachment.content_type, filename=attachment.filename)
    raise HTTPException(status.HTTP_404_NOT_FOUND, f"attachment {attachment_id} does not exist")


@app.get("/stats")
def stats() -> dict[str, int]:
    counts = {each.value: 0 for each in Status}
    for ticket in list(memory.tickets.values()):
        counts[ticket.status] += 1
    return counts


if __name__ == "__main__":
    uvicorn.run(app, host=API_HOST, port=API_PORT, log_level=LOG_LEVEL, log_config=None)
