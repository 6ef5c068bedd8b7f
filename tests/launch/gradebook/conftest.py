"""A course with a Space, its roster and an objective, on the sandbox LMS with moods."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launch.gradebook.moody_lms import Moods, moody_campus
from tests.launch.gradebook.term import Term, begin_term


@pytest.fixture
def moods() -> Moods:
    return Moods()


@pytest.fixture
def term(database_url: str, tmp_path: Path, moods: Moods) -> Iterator[Term]:
    with moody_campus(database_url, tmp_path / "data", moods) as school:
        term = begin_term(school)
        moods.seen.clear()
        yield term
