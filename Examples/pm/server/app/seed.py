"""Sample data for development: ``python -m app.seed`` after the migrations, any number of times."""

from datetime import date, timedelta

from sqlalchemy import select

from app.database import SessionLocal
from app.models import Comment, Priority, Project, Status, Task


def sample_projects(today: date) -> list[Project]:
    return [
        Project(
            key="WEB",
            name="Website relaunch",
            description="New look, faster pages, one place for the documentation.",
            tasks=[
                Task(title="Agree on the page list", status=Status.DONE, assignee="Mira"),
                Task(
                    title="Write the start page",
                    status=Status.IN_PROGRESS,
                    priority=Priority.HIGH,
                    assignee="Jonas",
                    due_on=today + timedelta(days=7),
                    comments=[
                        Comment(author="Mira", body="Can the first paragraph say who it is for?"),
                        Comment(author="Jonas", body="Yes, new text is in the draft."),
                    ],
                ),
                Task(title="Redirect the old addresses", priority=Priority.HIGH, due_on=today + timedelta(days=14)),
                Task(title="Measure loading time on a phone", assignee="Ada"),
            ],
        ),
        Project(
            key="OPS",
            name="Operations",
            description="Keeping things running.",
            tasks=[
                Task(title="Restore last night's backup as a test", priority=Priority.HIGH, assignee="Ada"),
                Task(title="Renew the mail certificate", status=Status.DONE, assignee="Ada"),
                Task(title="Write down who is on call in December", priority=Priority.LOW),
            ],
        ),
    ]


def main() -> None:
    with SessionLocal.begin() as session:
        existing = set(session.scalars(select(Project.key)))
        missing = [project for project in sample_projects(date.today()) if project.key not in existing]
        session.add_all(missing)
    print(f"seed: added {len(missing)} projects, {len(existing)} were there")


if __name__ == "__main__":
    main()
