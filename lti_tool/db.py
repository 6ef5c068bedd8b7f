"""The database: naming convention, column types, and the one way to write.

SQLite is opened so that a writing transaction takes the write lock at its start (BEGIN IMMEDIATE): SQLAlchemy's
default lost read-then-write updates. Pages read freely and write only inside `transaction()`.

On PostgreSQL many write at once. Whoever holds several rows takes them in one order, so that nobody waits in a circle:
a person, a Space, its members and what they handed in, badge classes by their ids, awards, completions. What concerns
other Spaces is done after the commit (decision 44).
"""

import hashlib
import secrets
import sqlite3
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    RootTransaction,
    String,
    Table,
    TypeDecorator,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from lti_tool.places import PACKAGE
from lti_tool.settings import Settings
from lti_tool.turn import WritersTurn

_SQLITE_WAIT_SECONDS = 30
_PATIENCE = {  # in seconds, but for the last: milliseconds
    "connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}  # fmt: skip

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
    """32 hex digits that grow with time (good for indexes, and for lists in the order in which things were made) and
    end in 68 random bits (no guessing).

    12 digits are milliseconds and 3 the part of a millisecond, as RFC 9562 section 6.2, method 3, has it: without them
    two rows of one millisecond would stand in either order.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    return f"{milliseconds:012x}{rest * 4096 // 1_000_000:03x}{secrets.token_hex(9)[1:]}"


def made_at(row_id: str) -> datetime:
    """When the row was made, in milliseconds, as its id says (see `new_id`)."""
    return datetime.fromtimestamp(int(row_id[:12], 16) / 1000, UTC)


def first_id_of(moment: datetime) -> str:
    """No row made at `moment` or later has a smaller id."""
    return f"{int(moment.timestamp() * 1000):012x}"


def public_id() -> str:
    """22 random characters, for what strangers may address (decision 15: public ids are random).

    None begins with a dash: a command line would take it for an option.
    """
    while (drawn := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return drawn


def public_id_of(*parts: str) -> str:
    """A public id that is the same for the same parts, one of which is random and comes from our page: nobody chooses
    an id by it.
    """
    for turn in range(100):
        digest = hashlib.sha256("\n".join((*parts, str(turn))).encode()).digest()
        drawn = urlsafe_b64encode(digest[:16]).decode().rstrip("=")
        if not drawn.startswith("-"):
            return drawn
    raise RuntimeError("A hundred digests began with a dash.")


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the database to `app`; nothing is connected yet."""
    if settings.on_sqlite and not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    # A statement's values are names and addresses: no error may carry them into a log.
    options: dict[str, Any] = {"pool_pre_ping": not settings.on_sqlite, "hide_parameters": True}
    if settings.on_sqlite:
        options["connect_args"] = {"timeout": _SQLITE_WAIT_SECONDS, "check_same_thread": False}
    else:
        options["connect_args"] = _patience(settings.database)
    if not _is_in_memory(settings):
        # A job needs one connection for its work and one to renew its lease; the sweep needs one more. Whoever finds
        # none kept opens one for a single request, and on SQLite that means to read the whole schema.
        options["pool_size"] = max(settings.web_threads, 2 * settings.job_threads + 1)
        # A thread that answers may hold two for a moment: its session's, and one for a single read (`single_read`). On
        # PostgreSQL connections are counted, and fewer do.
        further = settings.web_threads if settings.on_sqlite else 0
        options["max_overflow"] = max(further, settings.job_threads)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    app.extensions["writers_turn"] = _writers_turn(settings)
    db.init_app(app)
    app.teardown_appcontext(_let_go)  # before the session is removed: what comes last is done first
    migrate.init_app(app, db, render_as_batch=True, compare_type=True)


def _patience(url: str) -> dict[str, int]:
    """What libpq is told where DATABASE_URL says nothing: a machine that vanished is noticed within seconds, and a page
    answers that the database is away. By itself libpq waits two minutes for a new one, and TCP a quarter of an hour.
    """
    return {name: value for name, value in _PATIENCE.items() if name not in make_url(url).query}


def _let_go(_fault: BaseException | None) -> None:
    """What was only read is let go at the end. Where the database has gone away meanwhile there is nothing to let go,
    and whoever asked gets the answer that they have.
    """
    if db.session.registry.has():
        try:
            db.session.close()
        except (OperationalError, InterfaceError):
            db.session().invalidate()


def _writers_turn(settings: Settings) -> WritersTurn | AbstractContextManager[None]:
    """PostgreSQL lets many write at once; a database in memory has no other process."""
    if not settings.on_sqlite or _is_in_memory(settings):
        return nullcontext()
    return WritersTurn(Path(str(make_url(settings.database).database)))


def _is_in_memory(settings: Settings) -> bool:
    return settings.on_sqlite and make_url(settings.database).database in (None, "", ":memory:")


@event.listens_for(Engine, "connect")
def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    said = connection.get_execution_options()
    if connection.dialect.name == "sqlite" and "single_read" not in said:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if "writing" in said else "BEGIN")


@contextmanager
def transaction() -> Iterator[Connection]:
    """One writing transaction: commits at the end, rolls back on any exception, then runs what waits for either.

    Gives the connection of the session, for statements where every microsecond counts. Whatever was read before is
    read again inside. Transactions do not nest: actions never open one.
    """
    session = db.session()
    if "after_commit" in session.info:
        raise RuntimeError("A transaction is open already: actions never open one.")
    if session.in_transaction():
        session.rollback()
    session.expire_all()
    waiting: list[Callable[[], None]] = []
    undoing: list[Callable[[], None]] = []
    session.info.update(after_commit=waiting, after_rollback=undoing)
    try:
        try:
            with current_app.extensions["writers_turn"], _all_or_nothing(session) as connection:
                yield connection
        finally:
            del session.info["after_commit"], session.info["after_rollback"]
    except BaseException as fault:
        for act in () if _nobody_knows(fault) else undoing:
            act()
        raise
    for act in waiting:
        act()


@contextmanager
def plain_transaction() -> Iterator[tuple[Connection, RootTransaction]]:
    """A writing transaction of plain statements, past the session: for the one way where every microsecond counts."""
    with current_app.extensions["writers_turn"], db.engine.connect() as connection:
        writing = connection.execution_options(writing=True)
        with writing.begin() as change:
            yield writing, change


@contextmanager
def single_read() -> Iterator[Connection]:
    """A connection for one statement that reads. It needs no transaction, and on SQLite none is begun."""
    with db.engine.connect() as connection:
        yield connection.execution_options(single_read=True)


@contextmanager
def _all_or_nothing(session: Session) -> Iterator[Connection]:
    try:
        yield session.connection(execution_options={"writing": True})
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _nobody_knows(fault: BaseException) -> bool:
    """The connection broke, maybe in the middle of a commit, which may have come to the database all the same."""
    return isinstance(fault, DBAPIError) and fault.connection_invalidated


def after_commit(act: Callable[[], None]) -> None:
    """Run `act` once the surrounding `transaction()` has committed, and never if it rolls back."""
    db.session().info["after_commit"].append(act)


def after_rollback(act: Callable[[], None]) -> None:
    """Run `act` once the surrounding `transaction()` has come to nothing, and never if it commits, or may have. It does
    not fail: whoever waits is told the fault that came first.
    """
    db.session().info["after_rollback"].append(act)


def waiting_for_commit() -> int:
    """How many acts wait for the commit of the surrounding `transaction()`."""
    return len(db.session().info["after_commit"])


def insert_into(table: type[Row] | Table) -> postgresql.Insert:
    """An INSERT that can say what to do where the row is there already (`on_conflict_…`): of two processes that write
    the same row in the same moment, neither fails. Both databases' own forms of it are alike as far as they are used
    here.
    """
    dialect: Any = postgresql if is_postgresql() else sqlite
    return cast(postgresql.Insert, dialect.insert(table))


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"
