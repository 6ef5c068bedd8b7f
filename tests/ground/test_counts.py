"""Limits count in one process or in Redis for all, by the same rules; without Redis they go on."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from limits.storage import Storage, storage_from_string

from lti_tool import counts
from lti_tool.counts import OwnCounts, SharedCounts, address_of_counts
from lti_tool.settings import BadSetting, Settings
from tests.make.programs import running
from tests.make.redis import Server, private_redis
from tests.make.serving import free_port


@pytest.fixture(params=["own", "shared"])
def counted(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """Each of the two, as Flask-Limiter gets it."""
    if request.param == "own":
        yield storage_from_string("own://")
        return
    yield from shared(request.getfixturevalue("redis"))


@pytest.fixture
def server() -> Iterator[Server]:
    """A Redis that this test may stop."""
    with private_redis() as own:
        yield own


def shared(server: Server) -> Iterator[SharedCounts]:
    storage = storage_from_string(f"shared+{server.url}")
    assert isinstance(storage, SharedCounts)
    yield storage
    storage.close()


def test_what_is_counted_adds_up_and_can_be_given_back(counted: Storage) -> None:
    assert [counted.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert (counted.incr("a", 60, -1), counted.get("a"), counted.get("b")) == (2, 2, 0)
    assert 55 < counted.get_expiry("a") - time.time() <= 60


def test_when_its_time_is_over_counting_begins_anew(counted: Storage) -> None:
    counted.incr("a", 1, 5)
    time.sleep(1.1)

    assert counted.get("a") == 0
    assert counted.incr("a", 1) == 1


def test_a_count_can_be_cleared_or_all_of_them(counted: Storage) -> None:
    counted.incr("a", 60), counted.incr("b", 60), counted.incr("c", 60)

    counted.clear("a")
    left = counted.get("a"), counted.get("b")
    counted.reset()

    assert (left, counted.get("b"), counted.get("c"), counted.check()) == ((0, 1), 0, 0, True)


def test_many_threads_lose_no_count(counted: Storage) -> None:
    def count() -> None:
        for _ in range(200):
            counted.incr("a", 60)

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted.get("a") == 1200


def test_counting_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The storage in memory that comes with the library starts one for each launch and more."""
    storage, started = OwnCounts(), list[threading.Thread]()
    monkeypatch.setattr(threading.Thread, "start", started.append)

    for _ in range(50):
        storage.incr("a", 60)
        storage.incr("a", 60, -1)
        time.sleep(0.001)

    assert started == []


def test_what_is_over_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "_LOOKED_THROUGH_EVERY", 0.2)
    storage = OwnCounts()
    for number in range(100):
        storage.incr(f"address {number}", 0.1)
    time.sleep(0.25)
    storage.incr("the next one", 60)

    assert storage.reset() == 1


def test_several_processes_count_as_one_and_each_for_itself_while_redis_is_away(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "_LEFT_ALONE", 0.2)
    for one in shared(server):
        for other in shared(server):
            together = [storage.incr("a", 60) for storage in (one, other, one, other)]
            server.stop()
            apart = [storage.incr("a", 60) for storage in (one, other, one, other)]
            away = one.check()
            server.start()
            time.sleep(0.25)
            again = [storage.incr("a", 60) for storage in (one, other)]

    assert (together, apart, away, again) == ([1, 2, 3, 4], [1, 1, 2, 2], False, [1, 2])


def test_a_redis_that_says_nothing_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        storage = storage_from_string(f"shared+redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        counted = [storage.incr("a", 60) for _ in range(100)]
        took = time.monotonic() - began
        storage.close()

    assert (counted[-1], 0.4 < took < 4) == (100, True)


@pytest.mark.parametrize(
    ("jobs", "limits", "address"),
    [
        ("", "", "own://"),
        ("postgresql://a/b", "", "own://"),
        ("redis://a/0", "", "shared+redis://a/0"),
        ("redis://a/0", "rediss://b/1", "shared+rediss://b/1"),
        ("redis://a/0", "memory://", "own://"),
    ],
)
def test_which_redis_counts(jobs: str, limits: str, address: str) -> None:
    assert address_of_counts(Settings(jobs_url=jobs, limits_url=limits)) == address


def test_an_address_that_cannot_be_read_is_told_without_its_password() -> None:
    with pytest.raises(ValueError, match="should begin with redis://"):
        Settings(limits_url="memcached://localhost")
    with pytest.raises(BadSetting, match="LIMITS_URL cannot be read") as refused:
        storage_from_string("shared+redis://:a-secret@host:port/0")
    assert "a-secret" not in str(refused.value)


def test_two_web_processes_have_one_limit_and_go_on_without_redis(tmp_path: Path, server: Server) -> None:
    ports = [free_port(), free_port()]
    settings = {"LIMITS_URL": server.url, "LOGIN_LIMIT": "4 per minute", "LOG_LEVEL": "ERROR", "JOBS_URL": server.url}

    def knock(port: int) -> int:
        return requests.post(f"http://127.0.0.1:{port}/lti/login", timeout=30).status_code

    with running(tmp_path, "serve", "--port", str(ports[0]), **settings) as one:
        assert one.wait_until_it_answers(f"http://127.0.0.1:{ports[0]}/readyz") == 200
        with running(tmp_path, "serve", "--port", str(ports[1]), **settings) as other:
            assert other.wait_until_it_answers(f"http://127.0.0.1:{ports[1]}/readyz") == 200
            together = [knock(ports[number % 2]) for number in range(6)]
            server.stop()
            apart = [knock(ports[number % 2]) for number in range(10)]

    assert together == [400] * 4 + [429] * 2
    assert apart == [400] * 8 + [429] * 2
