import pytest

from app.keys import hash_key
from app.signing import sign, verify
from app.worker import LONGEST_PAUSE_SECONDS, backoff_seconds

BODY, SECRET = b'{"a":1}', "secret"


@pytest.mark.parametrize(
    "body, signature, secret, now, expected",
    [
        (BODY, sign(BODY, 1000, SECRET), SECRET, 1010, True),
        (BODY, sign(BODY, 1000, SECRET), SECRET, 1301, False),
        (BODY + b" ", sign(BODY, 1000, SECRET), SECRET, 1000, False),
        (BODY, sign(BODY, 1000, SECRET), "other", 1000, False),
        (BODY, "", SECRET, 1000, False),
        (BODY, "t=x,v1=y", SECRET, 1000, False),
    ],
)
def test_only_a_fresh_signature_of_this_body_counts(body, signature, secret, now, expected):
    assert verify(body, signature, secret, now) is expected


def test_the_same_key_has_another_hash_with_another_salt():
    assert hash_key("tr_x", "one") != hash_key("tr_x", "two")


def test_pauses_grow_up_to_an_hour():
    pauses = [backoff_seconds(attempt) for attempt in range(1, 20)]
    assert pauses[:3] == [5, 10, 20]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
