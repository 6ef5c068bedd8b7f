"""Jobs on each queue there is: Huey's SQLite file beside SQLite, and beside PostgreSQL either itself or Redis."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lti_tool import jobs
from lti_tool.settings import Settings
from tests.make.deeds import Deeds

_IN_VAIN = {("database_kind", "sqlite"), ("jobs_url", "redis")}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nobody who has one machine and its SQLite has a Redis beside it."""
    items[:] = [item for item in items if not _chosen(item).items() >= _IN_VAIN]


def _chosen(item: pytest.Item) -> dict[str, object]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


@pytest.fixture(params=["its own", "redis"], ids=["own", "redis"])
def jobs_url(request: pytest.FixtureRequest, database_kind: str, database_url: str) -> str:
    """The queue that lies with the database, or Redis."""
    if request.param == "redis":
        url: str = request.getfixturevalue("redis").url
        return url
    return database_url if database_kind == "postgresql" else ""


@pytest.fixture
def settings(settings: Settings, jobs_url: str) -> Settings:
    """As everywhere, but with this job engine."""
    return settings.model_copy(update={"jobs_url": jobs_url})


@pytest.fixture
def deeds(app: Flask, settings: Settings) -> Iterator[Deeds]:
    """An application whose jobs note what they do; answers the notes."""
    noted = Deeds(settings.data_dir / "deeds")
    jobs.init_jobs(app, settings, noted.handlers(), {"tick": (3600.0, noted.tick)})
    yield noted
    app.extensions["jobs"].engine.close()
