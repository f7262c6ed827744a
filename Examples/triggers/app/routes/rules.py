from fastapi import APIRouter, HTTPException, status
from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field, HttpUrl

from app.database import Database
from app.keys import ApiKey
from app.matching import Condition

router = APIRouter(prefix="/rules", tags=["rules"])


class NewRule(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    event_type: str = Field(min_length=1, max_length=100)
    conditions: list[Condition] = Field(default=[], max_length=20)
    target_url: HttpUrl


class Rule(NewRule):
    id: int


@router.get("", response_model=list[Rule])
def list_rules(key: ApiKey, database: Database):
    return database.execute("SELECT * FROM rules WHERE api_key_id = %s ORDER BY id", (key,)).fetchall()


@router.post("", response_model=Rule, status_code=status.HTTP_201_CREATED)
def create_rule(body: NewRule, key: ApiKey, database: Database):
    conditions = [condition.model_dump() for condition in body.conditions]
    return database.execute(
        "INSERT INTO rules (api_key_id, name, event_type, conditions, target_url)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING *",
        (key, body.name, body.event_type, Jsonb(conditions), str(body.target_url)),
    ).fetchone()


@router.delete("/{rule_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_rule(rule_id: int, key: ApiKey, database: Database) -> None:
    deleted = database.execute("DELETE FROM rules WHERE id = %s AND api_key_id = %s", (rule_id, key)).rowcount
    if deleted == 0:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"rule {rule_id} does not exist")
