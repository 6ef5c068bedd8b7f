"""A platform beside the application and a course of it, for every test here that reads a roster over HTTP."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lti_tool.db import db
from lti_tool.launch.model import Registration
from tests.launch.roster.roster_server import (
    RosterServer,
    make_course,
    make_platform,
    roster_server,
)
from tests.make.space import make_space


@pytest.fixture
def lms() -> Iterator[RosterServer]:
    with roster_server() as server:
        yield server


@pytest.fixture
def registration(app: Flask, lms: RosterServer) -> str:
    return make_platform(lms)


@pytest.fixture
def organization(registration: str) -> str:
    return db.session.get_one(Registration, registration).organization_id


@pytest.fixture
def course(registration: str, organization: str, lms: RosterServer) -> str:
    """A course with a Space and a roster."""
    return make_course(registration, lms.roster_url, make_space(organization))
