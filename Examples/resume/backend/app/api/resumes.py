from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, UploadFile, status
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from app.ai import Review
from app.config import Settings, get_settings
from app.database import Database
from app.extraction import ExtractionError, extract
from app.security import CurrentUser

router = APIRouter(prefix="/resumes", tags=["resumes"])


class ResumeSummary(BaseModel):
    id: int
    filename: str
    pages: int
    created_at: datetime
    review: Review | None = None


class Resume(ResumeSummary):
    content: str


def find(resume_id: int, user_id: int, database: Database) -> dict:
    row = database.execute("SELECT * FROM resumes WHERE id = %s AND user_id = %s", (resume_id, user_id)).fetchone()
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"résumé {resume_id} does not exist")
    return row


@router.get("", response_model=list[ResumeSummary])
def list_resumes(user_id: CurrentUser, database: Database):
    return database.execute(
        "SELECT id, filename, pages, created_at, review FROM resumes WHERE user_id = %s ORDER BY created_at DESC",
        (user_id,),
    ).fetchall()


@router.post("", response_model=Resume, status_code=status.HTTP_201_CREATED)
def upload_resume(
    file: UploadFile,
    user_id: CurrentUser,
    database: Database,
    settings: Annotated[Settings, Depends(get_settings)],
):
    limit = settings.max_upload_mb * 1024 * 1024
    content = file.file.read(limit + 1)
    if len(content) > limit:
        raise HTTPException(
            status.HTTP_413_CONTENT_TOO_LARGE, f"a résumé has at most {settings.max_upload_mb} MB"
        )
    try:
        document = extract(content)
    except ExtractionError as error:
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, str(error)) from None
    return database.execute(
        "INSERT INTO resumes (user_id, filename, pages, content) VALUES (%s, %s, %s, %s) RETURNING *",
        # PostgreSQL stores no NUL in a text.
        (user_id, (file.filename or "resume")[:200], document.pages, document.text.replace("\0", "")),
    ).fetchone()


@router.get("/{resume_id}", response_model=Resume)
def read_resume(resume_id: int, user_id: CurrentUser, database: Database):
    return find(resume_id, user_id, database)


@router.post("/{resume_id}/review", response_model=Review)
def review_resume(resume_id: int, user_id: CurrentUser, request: Request):
    # No connection is held while the AI service thinks.
    pool = request.app.state.pool
    with pool.connection() as database:
        content = find(resume_id, user_id, database)["content"]
    review = request.app.state.reviews.review(content)
    with pool.connection() as database:
        database.execute("UPDATE resumes SET review = %s WHERE id = %s", (Jsonb(review.model_dump()), resume_id))
    return review


@router.delete("/{resume_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_resume(resume_id: int, user_id: CurrentUser, database: Database) -> None:
    find(resume_id, user_id, database)
    database.execute("DELETE FROM resumes WHERE id = %s", (resume_id,))
