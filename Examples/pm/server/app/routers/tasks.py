from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status

from app.database import SessionDependency
from app.models import Comment, Task
from app.schemas import CommentIn, CommentOut, TaskDetail, TaskOut, TaskPatch

router = APIRouter(prefix="/tasks", tags=["tasks"])


def find_task(task_id: int, session: SessionDependency) -> Task:
    task = session.get(Task, task_id)
    if task is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"task {task_id} does not exist")
    return task


FoundTask = Annotated[Task, Depends(find_task)]


@router.get("/{task_id}", response_model=TaskDetail)
def read_task(task: FoundTask):
    return task


@router.patch("/{task_id}", response_model=TaskOut)
def update_task(task: FoundTask, body: TaskPatch, session: SessionDependency):
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(task, name, value)
    session.commit()
    return task


@router.delete("/{task_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_task(task: FoundTask, session: SessionDependency) -> None:
    session.delete(task)
    session.commit()


@router.get("/{task_id}/comments", response_model=list[CommentOut])
def list_comments(task: FoundTask):
    return task.comments


@router.post("/{task_id}/comments", response_model=CommentOut, status_code=status.HTTP_201_CREATED)
def create_comment(task: FoundTask, body: CommentIn, session: SessionDependency):
    comment = Comment(task_id=task.id, **body.model_dump())
    session.add(comment)
    session.commit()
    return comment
