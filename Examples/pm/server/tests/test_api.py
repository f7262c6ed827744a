import pytest


def test_health_asks_the_database(client):
    assert client.get("/health").json() == {"status": "ok", "database": "ok"}


def test_projects_count_their_tasks(client, project):
    for status in ("todo", "in_progress", "done"):
        client.post(f"/api/projects/{project['id']}/tasks", json={"title": status, "status": status})
    [listed] = client.get("/api/projects").json()
    assert (listed["open_tasks"], listed["done_tasks"]) == (2, 1)


def test_a_key_is_taken_once(client, project):
    assert client.post("/api/projects", json={"key": "WEB", "name": "Other"}).status_code == 409


@pytest.mark.parametrize("key", ["", "web", "W", "1WEB", "WEB!", "ABCDEFGHIJKLM"])
def test_a_bad_key_is_refused(client, key):
    assert client.post("/api/projects", json={"key": key, "name": "x"}).status_code == 422


def test_a_task_moves_and_keeps_the_rest(client, project):
    created = client.post(f"/api/projects/{project['id']}/tasks", json={"title": "Write", "assignee": "Ada"}).json()
    moved = client.patch(f"/api/tasks/{created['id']}", json={"status": "done"}).json()
    assert (moved["status"], moved["assignee"], moved["title"]) == ("done", "Ada", "Write")
    assert client.get(f"/api/projects/{project['id']}/tasks?status=todo").json() == []


@pytest.mark.parametrize("patch", [{"status": "later"}, {"title": "  "}, {"title": None}, {"due_on": "soon"}])
def test_a_bad_change_is_refused(client, project, patch):
    created = client.post(f"/api/projects/{project['id']}/tasks", json={"title": "Write"}).json()
    assert client.patch(f"/api/tasks/{created['id']}", json=patch).status_code == 422


def test_comments_come_with_the_task(client, project):
    task = client.post(f"/api/projects/{project['id']}/tasks", json={"title": "Write"}).json()
    client.post(f"/api/tasks/{task['id']}/comments", json={"author": "Mira", "body": "When?"})
    assert [comment["body"] for comment in client.get(f"/api/tasks/{task['id']}").json()["comments"]] == ["When?"]


@pytest.mark.parametrize("path", ["/api/projects/99", "/api/projects/99/tasks", "/api/tasks/99", "/api/nothing"])
def test_what_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404
