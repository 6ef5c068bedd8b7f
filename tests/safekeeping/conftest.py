"""A second installation beside the first: its own database, its own folder, the same secret."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lti_tool.cli import main
from lti_tool.db import db
from lti_tool.settings import Settings
from tests.make.house import house
from tests.make.postgres import create_database

Elsewhere = Callable[..., AbstractContextManager[Flask]]


def command(*words: str) -> Result:
    """A verb of `lti-tool`, in the installation whose context this is."""
    db.session.rollback()
    result = CliRunner().invoke(main, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def copy_of(migrated: str, folder: Path) -> str:
    """Another database with every table and no row, of the same kind. Answers its URL."""
    if migrated.startswith("sqlite"):
        return f"sqlite:///{shutil.copy(migrated.removeprefix('sqlite:///'), folder / 'spaces.db')}"
    return create_database(migrated, template=True)


@pytest.fixture
def fresh(migrated: str, tmp_path: Path) -> Elsewhere:
    """Opens another installation on the same kind of database, with every table and no row."""

    @contextmanager
    def opened(name: str) -> Iterator[Flask]:
        folder = tmp_path / name
        folder.mkdir()
        with house(folder, database_url=copy_of(migrated, folder), secret_key="one") as app:
            yield app

    return opened


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path, postgres: Callable[[], str]) -> Elsewhere:
    """Opens another installation, on `sqlite` or on `postgresql`, without a table in its database."""

    @contextmanager
    def opened(kind: str, name: str = "elsewhere", **options: object) -> Iterator[Flask]:
        folder = tmp_path / name
        url = f"sqlite:///{folder / 'spaces.db'}" if kind == "sqlite" else create_database(postgres())
        folder.mkdir(exist_ok=True)
        with house(folder, **{"database_url": url, "secret_key": settings.secrets()[0], **options}) as app:
            yield app

    return opened
