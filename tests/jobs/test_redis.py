"""Redis as the queue: what is true of it when it is away, comes back, or has lost everything."""

import json
import socket
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from lti_tool import jobs
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.jobs.engine import HueyEngine
from lti_tool.jobs.model import Job
from lti_tool.places import PACKAGE
from lti_tool.settings import BadSetting, Settings
from tests.jobs.test_worker import finished, spelled, workers
from tests.make.deeds import Deeds
from tests.make.programs import started, wait_until
from tests.make.redis import Server, private_redis
from tests.make.serving import free_port, serving

TOKEN = "a-token-for-tests-0123456789"
READY = {"status": "ok", "jobs": "ok", "files": "ok"}


@pytest.fixture
def server() -> Iterator[Server]:
    """A Redis that this test may stop."""
    with private_redis() as own:
        yield own


@pytest.fixture(params=["redis"])
def jobs_url(server: Server) -> str:
    return server.url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics_token": TOKEN})


@pytest.fixture
def told(app: Flask) -> Iterator[str]:
    """The address of the tool, which an operator asks."""
    port = free_port()
    with serving(app, port):
        yield f"http://127.0.0.1:{port}"
    app.extensions["jobs"].engine.close()


def write(say: str, delay: float = 0.0) -> str:
    with transaction():
        return jobs.enqueue("note", {"say": say}, delay=delay)


def ready(url: str) -> tuple[int, object]:
    answer = requests.get(f"{url}/readyz", timeout=20)
    return answer.status_code, answer.json()


def numbers(url: str) -> dict[str, float]:
    answer = requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
    found = text_string_to_metric_families(answer.text)
    return {sample.name: sample.value for family in found for sample in family.samples if "queue" in sample.name}


def check(settings: Settings) -> str:
    words = {
        "LTI_TOOL_DATABASE_URL": settings.database, "LTI_TOOL_JOBS_URL": settings.jobs_url,
        "LTI_TOOL_DATA_DIR": str(settings.data_dir),
    }  # fmt: skip
    db.session.rollback()
    return CliRunner().invoke(main, ["check"], env=words).output


def test_readiness_numbers_and_check_say_whether_redis_is_there(settings: Settings, told: str, server: Server) -> None:
    write("waits")
    with_it = ready(told), numbers(told), "queue" in check(settings)
    server.stop()
    without = ready(told), numbers(told), check(settings)
    server.start()
    again = ready(told), numbers(told), "queue" in check(settings)

    assert with_it == ((200, READY), {"spaces_job_queue_up": 1, "spaces_job_queue_messages": 1}, False)
    assert without[:2] == ((200, {**READY, "jobs": "ConnectionError"}), {"spaces_job_queue_up": 0})
    assert "wrong The job queue does not answer (ConnectionError): look at JOBS_URL." in without[2]
    assert "watch The Redis of LIMITS_URL (or JOBS_URL) does not answer" in without[2]
    assert again == ((200, READY), {"spaces_job_queue_up": 1, "spaces_job_queue_messages": 0}, False)


def test_a_page_that_tells_of_many_jobs_waits_once_for_a_redis_that_is_away(app: Flask, deeds: Deeds) -> None:
    """It takes every connection and never says a word, as behind a broken router."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        away = app.extensions["settings"].model_copy(update={"jobs_url": url})
        jobs.init_jobs(app, away, deeds.handlers(), {})
        began = time.monotonic()
        for number in range(20):
            write(f"job {number}")
        took = time.monotonic() - began
        app.extensions["jobs"].engine.close()

    assert 1 < took < 10
    assert db.session.query(Job).count() == 20


def test_jobs_are_done_while_redis_is_away_and_after_it_is_back(
    app: Flask, settings: Settings, deeds: Deeds, server: Server
) -> None:
    with workers(settings, deeds, count=2) as both:
        with_it = write("with it")
        wait_until(lambda: finished(with_it))
        server.stop()
        without = [write(f"without it {number}") for number in range(5)]
        wait_until(lambda: all(map(finished, without)))
        server.start()
        later = [write(f"again {number}") for number in range(5)]
        wait_until(lambda: all(map(finished, later)))
        assert [worker.poll() for worker in both] == [None, None]

    expected = [
        "with it",
        *(f"without it {number}" for number in range(5)),
        *(f"again {number}" for number in range(5)),
    ]
    assert sorted(line for line in deeds.lines() if not line.startswith("tick")) == sorted(expected)


def test_what_an_emptied_redis_has_forgotten_is_done_all_the_same(
    app: Flask, settings: Settings, deeds: Deeds, server: Server
) -> None:
    written = [write(f"job {number}", delay=0.5) for number in range(10)]
    server.empty()
    forgotten = app.extensions["jobs"].engine.waiting()
    with workers(settings, deeds, count=2):
        wait_until(lambda: all(map(finished, written)))

    assert forgotten == 0
    assert sorted(line for line in deeds.lines() if "tick" not in line) == sorted(f"job {n}" for n in range(10))


@pytest.mark.parametrize("address", ["redis://:a-secret@host:port/0"])
def test_an_address_that_cannot_be_read_is_told_without_its_password(settings: Settings, address: str) -> None:
    with pytest.raises(BadSetting, match="JOBS_URL cannot be read") as refused:
        HueyEngine(settings.model_copy(update={"jobs_url": address}))

    assert "a-secret" not in str(refused.value)


def test_a_worker_says_that_redis_is_away_in_lines_of_json_and_not_every_second(
    app: Flask, settings: Settings, deeds: Deeds, server: Server
) -> None:
    command = [sys.executable, "-m", "tests.jobs.worker_program", str(deeds.path), "3600"]
    with started(command, PACKAGE.parent, **{**spelled(settings), "LOG_LEVEL": "ERROR"}) as worker:
        with_it = write("with it")
        wait_until(lambda: finished(with_it))
        server.stop()
        without = write("without it")
        wait_until(lambda: finished(without))
        time.sleep(3)  # each thread of the engine asks about three times meanwhile
        worker.process.terminate()
        worker.process.wait(30)

    told = [json.loads(line) for line in worker.said]
    of_engine = {line["said"]: line["exception"] for line in told if line["event"] == "job_engine_failed"}
    assert len(of_engine) == sum(line["event"] == "job_engine_failed" for line in told)
    assert "ConnectionError" in of_engine["Error reading from queue"]
    assert f"127.0.0.1:{server.port}" not in "".join(worker.said)  # a fault's own words may hold a password
