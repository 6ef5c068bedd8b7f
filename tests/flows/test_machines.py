"""Two web processes and two workers on PostgreSQL, Redis and S3, and one of them killed in the middle of its work.

`python -m tests.soak machines` tells the same stories again and again.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask_migrate import upgrade

from tests.launch.gradebook.term import Term
from tests.make.house import house
from tests.make.machines import Machines, machines
from tests.make.postgres import create_database
from tests.make.redis import Server
from tests.make.s3 import S3
from tests.soak import machines as stories


@dataclass(frozen=True)
class Installation:
    """One for the whole file: to start it takes longer than a story."""

    machines: Machines
    term: Term
    began: float


@pytest.fixture(scope="module")
def installation(
    postgres: Callable[[], str], shared_redis: Server, private_objects: S3, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    url, folder = create_database(postgres()), tmp_path_factory.mktemp("machines")
    with house(folder, database_url=url, jobs_url=shared_redis.url):
        upgrade()
    began = time.time()
    with machines(url, shared_redis.url, private_objects, folder, learners=stories.LEARNERS) as running:
        yield Installation(running, stories.begin(running), began)


@pytest.mark.xdist_group("machines")
class TestKilledInTheMiddle:
    """In this order; the last one looks back at all of them."""

    def test_a_roster_is_read_to_its_end(self, installation: Installation) -> None:
        assert list(stories.roster(installation.machines)) == []

    def test_a_bulk_award_gives_everybody_one_badge(self, installation: Installation) -> None:
        assert list(stories.bulk(installation.machines)) == []

    def test_a_score_is_delivered_once_in_effect(self, installation: Installation) -> None:
        assert list(stories.delivery(installation.machines, installation.term)) == []

    def test_everybody_gets_in_though_a_web_process_dies(self, installation: Installation) -> None:
        assert list(stories.launches(installation.machines)) == []

    def test_scheduled_work_was_done_once_for_all_of_them(self, installation: Installation) -> None:
        assert installation.machines.kills == 4
        assert list(stories.schedule(installation.began)) == []
