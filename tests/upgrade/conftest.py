"""A database of a release, on either kind, as its own tools wrote it out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.settings import Settings
from tests.make.house import house
from tests.make.postgres import create_database
from tests.upgrade.releases import SECRET, Release

Opened = Callable[..., AbstractContextManager[Flask]]


@pytest.fixture
def empty(database_kind: str, postgres: Callable[[], str], tmp_path: Path) -> str:
    """The URL of a database without a table."""
    return f"sqlite:///{tmp_path / 'spaces.db'}" if database_kind == "sqlite" else create_database(postgres())


@pytest.fixture
def installed(empty: str, tmp_path: Path) -> Opened:
    """Opens this version on the database and the files that a release left."""

    @contextmanager
    def opened(release: Release, **options: object) -> Iterator[Flask]:
        release.into(empty)
        release.files_into(tmp_path)
        given = {"secret_key": SECRET, "public_url": "http://localhost:8000", **options}
        with house(tmp_path, database_url=empty, **given) as app:
            yield app

    return opened


def data_dir(app: Flask) -> Path:
    settings: Settings = app.extensions["settings"]
    return settings.data_dir


