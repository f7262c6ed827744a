"""Does an event meet the conditions of a rule?"""

from typing import Any, Literal

from pydantic import BaseModel, Field

MISSING = object()


class Condition(BaseModel):
    """`field` is a path with dots into the payload, such as ``order.total``."""

    field: str = Field(min_length=1, max_length=200)
    op: Literal["eq", "ne", "gt", "lt", "contains", "exists"]
    value: Any = None


def lookup(payload: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(payload, dict) or part not in payload:
            return MISSING
        payload = payload[part]
    return payload


def holds(condition: Condition, payload: dict) -> bool:
    actual, wanted = lookup(payload, condition.field), condition.value
    if condition.op == "exists":
        return (actual is not MISSING) == (wanted is not False)
    if actual is MISSING:
        return condition.op == "ne"
    try:
        match condition.op:
            case "eq":
                return actual == wanted
            case "ne":
                return actual != wanted
            case "gt":
                return actual > wanted
            case "lt":
                return actual < wanted
            case "contains":
                return wanted in actual
    except TypeError:
        # A text is not greater than a number: the rule does not apply.
        return False


def matches(conditions: list[dict], payload: dict) -> bool:
    return all(holds(Condition.model_validate(each), payload) for each in conditions)
