from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, status
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.database import SessionDependency
from app.models import Project, Status, Task
from app.schemas import ProjectIn, ProjectOut, ProjectSummary, TaskIn, TaskOut

router = APIRouter(prefix="/projects", tags=["projects"])


def find_project(project_id: int, session: SessionDependency) -> Project:
    project = session.get(Project, project_id)
    if project is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"project {project_id} does not exist")
    return project


FoundProject = Annotated[Project, Depends(find_project)]


@router.get("", response_model=list[ProjectSummary])
def list_projects(session: SessionDependency):
    done = func.count(Task.id).filter(Task.status == Status.DONE)
    rows = session.execute(
        select(Project, func.count(Task.id), done).outerjoin(Task).group_by(Project.id).order_by(Project.name)
    )
    return [
        ProjectSummary(
            **ProjectOut.model_validate(project).model_dump(), open_tasks=total - finished, done_tasks=finished
        )
        for project, total, finished in rows
    ]


@router.post("", response_model=ProjectOut, status_code=status.HTTP_201_CREATED)
def create_project(body: ProjectIn, session: SessionDependency):
    project = Project(**body.model_dump())
    session.add(project)
    try:
        session.commit()
    except IntegrityError:
        raise HTTPException(status.HTTP_409_CONFLICT, f"a project with the key {body.key} exists") from None
    return project


@router.get("/{project_id}", response_model=ProjectOut)
def read_project(project: FoundProject):
    return project


@router.delete("/{project_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_project(project: FoundProject, session: SessionDependency) -> None:
    session.delete(project)
    session.commit()


@router.get("/{project_id}/tasks", response_model=list[TaskOut])
def list_tasks(
    project: FoundProject,
    session: SessionDependency,
    task_status: Annotated[Status | None, Query(alias="status")] = None,
    assignee: str | None = None,
):
    query = select(Task).where(Task.project_id == project.id).order_by(Task.created_at, Task.id)
    if task_status is not None:
        query = query.where(Task.status == task_status)
    if assignee is not None:
        query = query.where(Task.assignee == assignee)
    return session.scalars(query).all()


@router.post("/{project_id}/tasks", response_model=TaskOut, status_code=status.HTTP_201_CREATED)
def create_task(project: FoundProject, body: TaskIn, session: SessionDependency):
    task = Task(project_id=project.id, **body.model_dump())
    session.add(task)
    session.commit()
    return task
