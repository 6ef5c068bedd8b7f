"""Every API test has a program with a token of its organization."""

import pytest
from flask import Flask

from tests.api.program import Program, make_program


@pytest.fixture
def program(app: Flask, organization: str) -> Program:
    return make_program(app, organization)
