"""Jobs on the queue that belongs to each database: Huey's SQLite file, or Huey in PostgreSQL."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lti_tool import jobs
from lti_tool.settings import Settings
from tests.make.deeds import Deeds


@pytest.fixture
def settings(settings: Settings, database_kind: str, database_url: str) -> Settings:
    """As everywhere, but with the job engine of the same kind as the database."""
    return settings.model_copy(update={"jobs_url": database_url if database_kind == "postgresql" else ""})


@pytest.fixture
def deeds(app: Flask, settings: Settings) -> Iterator[Deeds]:
    """An application whose jobs note what they do; answers the notes."""
    noted = Deeds(settings.data_dir / "deeds")
    jobs.init_jobs(app, settings, noted.handlers(), {"tick": (3600.0, noted.tick)})
    yield noted
    app.extensions["jobs"].engine.huey.storage.close()
