"""Every test gets a sandbox of its own, with a tool installed."""

from collections.abc import Iterator

import pytest

from tests.sandbox.installation import Installation, installed_sandbox


@pytest.fixture
def lms() -> Iterator[Installation]:
    with installed_sandbox() as installation:
        yield installation
