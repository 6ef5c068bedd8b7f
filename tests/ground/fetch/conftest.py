"""What the tests of fetching share: a server outside, and a fetcher that may reach it."""

from collections.abc import Iterator

import pytest

from lti_tool.fetch import Fetcher
from tests.ground.fetch.outside import Outside, serve


@pytest.fixture
def outside() -> Iterator[Outside]:
    yield from serve()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(frozenset({"127.0.0.1"}), "lti-tool/test")
