import pytest
from fastapi.testclient import TestClient

import main


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setattr(main, "UPLOAD_DIR", tmp_path / "uploads")
    monkeypatch.setattr(main, "MEMORY_DIR", tmp_path / "memories")
    monkeypatch.setattr(main, "S3_BUCKET", None)
    with TestClient(main.app) as client:
        yield client


@pytest.fixture
def ticket(client):
    body = {"subject": "Printer", "description": "It only prints hats.", "requester": "Ada"}
    return client.post("/tickets", json=body).json()


def test_health(client):
    assert client.get("/health").json() == {"status": "ok", "tickets": 0, "s3": False}


def test_tickets_survive_a_restart(client, ticket):
    client.post(f"/tickets/{ticket['id']}/notes", json={"author": "Mira", "text": "Fedoras?"})
    with TestClient(main.app) as restarted:
        kept = restarted.get(f"/tickets/{ticket['id']}").json()
    assert kept["subject"] == "Printer"
    assert kept["notes"][0]["text"] == "Fedoras?"


def test_a_change_keeps_the_rest(client, ticket):
    changed = client.patch(f"/tickets/{ticket['id']}", json={"status": "closed"}).json()
    assert (changed["status"], changed["subject"]) == ("closed", "Printer")
    assert client.get("/tickets?status=open").json() == []
    assert client.get("/stats").json() == {"open": 0, "waiting": 0, "closed": 1}


@pytest.mark.parametrize("patch", [{"status": "gone"}, {"subject": ""}, {"urgency": None}])
def test_a_bad_change_is_refused(client, ticket, patch):
    assert client.patch(f"/tickets/{ticket['id']}", json=patch).status_code == 422


@pytest.mark.parametrize("search, count", [("HATS", 1), ("ada", 1), ("", 1), ("shoes", 0)])
def test_search_ignores_case(client, ticket, search, count):
    assert len(client.get("/tickets", params={"search": search}).json()) == count


def test_an_attachment_comes_back_as_a_download_and_goes_with_its_ticket(client, ticket, tmp_path):
    file = ("../../etc/a b<script>.html", b"<h1>hi</h1>", "text/html")
    added = client.post(f"/tickets/{ticket['id']}/attachments", files={"file": file}).json()
    assert (added["filename"], added["size"]) == ("a b_script_.html", 11)
    answer = client.get(f"/tickets/{ticket['id']}/attachments/{added['id']}")
    assert answer.content == b"<h1>hi</h1>"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert client.delete(f"/tickets/{ticket['id']}").status_code == 204
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_large_attachment_leaves_nothing_behind(client, ticket, tmp_path, monkeypatch):
    monkeypatch.setattr(main, "MAX_UPLOAD_MB", 0)
    answer = client.post(f"/tickets/{ticket['id']}/attachments", files={"file": ("a.txt", b"x")})
    assert answer.status_code == 413
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize("name, clean", [(None, "attachment"), ("..", "attachment"), ("C:\\x\\y.pdf", "y.pdf")])
def test_file_names_are_cleaned(name, clean):
    assert main.clean_filename(name) == clean
