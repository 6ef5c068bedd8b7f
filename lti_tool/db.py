"""The database: naming convention, column types, and the one way to write.

SQLite is opened so that a writing transaction takes the write lock at its start (BEGIN IMMEDIATE): SQLAlchemy's
default lost read-then-write updates. Pages read freely and write only inside `transaction()`.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, String, TypeDecorator, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase

from lti_tool.places import PACKAGE
from lti_tool.settings import Settings

_SQLITE_WAIT_SECONDS = 30

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

ID = String(32)


class Row(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs its time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


db = SQLAlchemy(model_class=Row, session_options={"expire_on_commit": False})
migrate = Migrate(directory=str(PACKAGE / "migrations"))


def new_id() -> str:
    """32 hex digits that grow with time (good for indexes) and end in 80 random bits (no guessing)."""
    return f"{int(time.time() * 1000):012x}{secrets.token_hex(10)}"


def public_id() -> str:
    """22 random characters, for what strangers may address (decision 15: public ids are random)."""
    return secrets.token_urlsafe(16)


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the database to `app`; nothing is connected yet."""
    if settings.on_sqlite and not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"pool_pre_ping": not settings.on_sqlite}
    if settings.on_sqlite:
        options["connect_args"] = {"timeout": _SQLITE_WAIT_SECONDS, "check_same_thread": False}
    else:
        options |= {"pool_size": settings.web_threads, "max_overflow": settings.job_threads}
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, render_as_batch=True, compare_type=True)


@event.listens_for(Engine, "connect")
def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def transaction() -> Iterator[None]:
    """One writing transaction: commits at the end, rolls back on any exception, then runs what waits for it.

    Whatever was read before is read again inside. Transactions do not nest: actions never open one.
    """
    session = db.session()
    session.rollback()
    session.expire_all()
    waiting: list[Callable[[], None]] = []
    session.info["after_commit"] = waiting
    try:
        session.connection(execution_options={"writing": True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["after_commit"]
    for act in waiting:
        act()


def after_commit(act: Callable[[], None]) -> None:
    """Run `act` once the surrounding `transaction()` has committed, and never if it rolls back."""
    db.session().info["after_commit"].append(act)


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"
