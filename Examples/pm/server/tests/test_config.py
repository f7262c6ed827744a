import pytest

from app.config import sqlalchemy_url


@pytest.mark.parametrize(
    "given, expected",
    [
        ("postgres://u:p@h:5432/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_the_driver_is_named(given, expected):
    assert sqlalchemy_url(given) == expected
