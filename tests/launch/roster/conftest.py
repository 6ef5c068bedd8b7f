"""A platform beside the application, for every test here that reads a roster over HTTP."""

from collections.abc import Iterator

import pytest

from tests.launch.roster.roster_server import RosterServer, roster_server


@pytest.fixture
def lms() -> Iterator[RosterServer]:
    with roster_server() as server:
        yield server
