import json

import httpx
import pytest

from app.ai import ReviewClient, checklist
from app.breaker import CircuitBreaker
from app.config import Settings

ANSWER = {"score": 80, "summary": "Good.", "suggestions": ["Shorter."]}


def client(statuses, key="key", text=json.dumps(ANSWER), breaker=None):
    remaining = list(statuses)
    asked = []

    def respond(request):
        asked.append(request)
        status = remaining.pop(0)
        return httpx.Response(status, json={"candidates": [{"content": {"parts": [{"text": text}]}}]})

    settings = Settings(
        _env_file=None, database_url="postgresql://localhost/x", jwt_secret="x" * 32, google_api_key=key
    )
    made = ReviewClient(settings, httpx.MockTransport(respond), breaker, sleep=lambda _: None)
    return made, asked


@pytest.mark.parametrize(
    "statuses, source, calls",
    [([200], "gemini", 1), ([503, 429, 200], "gemini", 3), ([500, 500, 500], "checklist", 3), ([403], "checklist", 1)],
)
def test_it_retries_what_may_pass_and_falls_back(statuses, source, calls):
    made, asked = client(statuses)
    assert made.review("text").source == source
    assert len(asked) == calls


@pytest.mark.parametrize("text", ["", "sorry", "{", '{"score": 900, "summary": "", "suggestions": []}'])
def test_an_answer_that_is_no_review_falls_back(text):
    made, _ = client([200], text=text)
    assert made.review("text").source == "checklist"


@pytest.mark.parametrize("key", ["", None])
def test_without_a_key_nobody_is_asked(key):
    made, asked = client([], key=key)
    assert (made.review("text").source, asked, made.status) == ("checklist", [], "no key")


def test_the_key_is_not_in_the_address():
    made, asked = client([200], key="very-secret")
    made.review("text")
    assert "very-secret" not in str(asked[0].url)


def test_a_service_that_keeps_failing_is_left_alone_then_tried_once():
    now = [0.0]
    breaker = CircuitBreaker(failures_to_open=2, open_seconds=30, clock=lambda: now[0])
    made, asked = client([403, 403, 200], breaker=breaker)
    for _ in range(4):
        made.review("text")
    assert (len(asked), made.status) == (2, "unavailable")
    now[0] = 31
    assert made.review("text").source == "gemini"
    assert breaker.state == "closed"


def test_the_checklist_names_what_is_missing():
    assert "Add an e-mail address." in checklist("Ada").suggestions
    assert "Add an e-mail address." not in checklist("ada@example.org").suggestions
