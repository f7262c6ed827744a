"""What the API accepts and returns."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.models import Priority, Status

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Person = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class ProjectIn(BaseModel):
    key: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,11}$")]
    name: Name
    description: str = Field(default="", max_length=10_000)


class ProjectOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    key: str
    name: str
    description: str
    created_at: datetime


class ProjectSummary(ProjectOut):
    open_tasks: int
    done_tasks: int


class TaskIn(BaseModel):
    title: Title
    description: str = Field(default="", max_length=10_000)
    status: Status = Status.TODO
    priority: Priority = Priority.NORMAL
    assignee: Person | None = None
    due_on: date | None = None


class TaskPatch(BaseModel):
    """A field that is absent stays as it is; only the nullable ones accept null."""

    title: Title = None
    description: str = Field(default=None, max_length=10_000)
    status: Status = None
    priority: Priority = None
    assignee: Person | None = None
    due_on: date | None = None


class TaskOut(TaskIn):
    model_config = ConfigDict(from_attributes=True)

    id: int
    project_id: int
    created_at: datetime
    updated_at: datetime


class CommentIn(BaseModel):
    author: Person
    body: Body


class CommentOut(CommentIn):
    model_config = ConfigDict(from_attributes=True)

    id: int
    task_id: int
    created_at: datetime


class TaskDetail(TaskOut):
    comments: list[CommentOut]
