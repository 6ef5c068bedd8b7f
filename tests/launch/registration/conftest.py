"""An LMS that wants to be connected."""

from collections.abc import Iterator

import pytest

from lti_tool.limits import limiter
from tests.launch.registration.some_lms import SomeLms, some_lms


@pytest.fixture
def lms() -> Iterator[SomeLms]:
    with some_lms() as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Every test begins with nothing counted: all of them come from one address."""
    yield
    if limiter.enabled and limiter._storage is not None:
        limiter.reset()
