import pytest

from app.matching import matches

PAYLOAD = {"order": {"total": 120, "currency": "EUR", "tags": ["new"]}, "note": None}


@pytest.mark.parametrize(
    "field, op, value, expected",
    [
        ("order.total", "gt", 100, True),
        ("order.total", "lt", 100, False),
        ("order.total", "gt", "100", False),
        ("order.currency", "eq", "EUR", True),
        ("order.tags", "contains", "new", True),
        ("order.total", "contains", 1, False),
        ("order.missing", "eq", None, False),
        ("order.missing", "ne", 1, True),
        ("order.missing", "exists", None, False),
        ("order.missing", "exists", False, True),
        ("note", "exists", True, True),
        ("order.total.deeper", "exists", True, False),
    ],
)
def test_a_condition(field, op, value, expected):
    assert matches([{"field": field, "op": op, "value": value}], PAYLOAD) is expected


def test_no_condition_matches_everything():
    assert matches([], {})
