"""Fresh databases with the house's own schema, on SQLite and on a private PostgreSQL."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from flask import Flask
from flask_migrate import upgrade

from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.make.inside import inside
from tests.make.postgres import create_database, private_postgres


@dataclass(frozen=True)
class Kind:
    """One kind of database: its name in the table, a fresh empty one, and a copy of one that nobody has open."""

    name: str
    fresh: Callable[[], str]
    copy: Callable[[str], str]


@contextmanager
def sqlite() -> Iterator[Kind]:
    with TemporaryDirectory(prefix="bench-sqlite-") as name:
        folder, number = Path(name), iter(range(1_000_000))

        def fresh() -> str:
            return f"sqlite:///{folder / f'{next(number)}.db'}"

        def copy(url: str) -> str:
            other = fresh()
            shutil.copy(url.removeprefix("sqlite:///"), other.removeprefix("sqlite:///"))
            return other

        yield Kind("SQLite", fresh, copy)


@contextmanager
def postgresql() -> Iterator[Kind]:
    """A server of our own; like the tests' it does not wait for the disk, and neither does the floor on it."""
    with private_postgres() as server:
        yield Kind("PostgreSQL", lambda: create_database(server), lambda url: create_database(url, template=True))


def postgresql_version() -> str:
    with private_postgres() as server, psycopg.connect(server) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"


@contextmanager
def house(settings: Settings) -> Iterator[Flask]:
    """The application inside its context, its schema up to date."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = create_app(settings)
    with inside(app):
        upgrade()
        yield app


@contextmanager
def house_on(url: str) -> Iterator[Flask]:
    """The application on one of these databases, with a folder of its own for a while."""
    with (
        TemporaryDirectory(prefix="bench-house-") as folder,
        house(Settings(data_dir=Path(folder), database_url=url, log_level="CRITICAL")) as app,
    ):
        yield app
