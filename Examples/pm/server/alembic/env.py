from logging.config import fileConfig

from alembic import context

from app import models  # noqa: F401  registers the tables on Base.metadata
from app.config import settings
from app.database import Base, engine

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def run_offline() -> None:
    context.configure(url=settings.database_url, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Two releases that start at the same moment migrate one after the other.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727001)")
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
