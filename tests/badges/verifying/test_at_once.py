"""Slow servers hold few threads: strangers have places of their own, one for each neighbourhood."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
import requests
from flask import Flask

from tests.api.program import make_token
from tests.make.backpack import make_learner
from tests.make.foreign_badge import ForeignPlatform, Reply, foreign_platform
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.programs import wait_until
from tests.make.serving import free_port, serving

EVE, MALLORY, ADA = "203.0.113.9", "198.51.100.66", "192.0.2.7"
HOSTS = frozenset({"127.0.0.1"})


@dataclass
class Served:
    """The tool behind a proxy that says who asks, and a platform whose servers may be slow."""

    app: Flask
    url: str
    platform: ForeignPlatform
    token: str
    organization: str

    def stranger(self, neighbour: str, badge: str) -> requests.Response:
        """Somebody at this address gives the badge to the public page."""
        headers = {"X-Forwarded-For": neighbour}
        return requests.post(f"{self.url}/verify", data={"text": badge}, headers=headers, timeout=60)

    def program(self, neighbour: str, badge: str) -> requests.Response:
        headers = {"X-Forwarded-For": neighbour, "Authorization": f"Bearer {self.token}"}
        return requests.post(f"{self.url}/api/v1/verify", json={"url": badge}, headers=headers, timeout=60)

    def slow(self, name: str, released: Event) -> str:
        """A page whose links lead to answers that do not come: three times five seconds. Answers its address."""
        links = [f"/{name}/{number}" for number in range(3)]
        head = "".join(f'<link rel="alternate" type="application/json" href="{link}">' for link in links)
        for link in links:
            self.platform.replies[link] = Reply(_held(released))
        return self.platform.put(f"/{name}", f"<!doctype html><head>{head}</head>", kind="text/html")

    def is_held(self, name: str) -> bool:
        return f"/{name}/0" in self.platform.asked


def _held(released: Event) -> Iterator[bytes]:
    released.wait(30)
    yield b""


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    port = free_port()
    options = {"trusted_proxies": 1, "verify_at_once": 1, "verify_strangers_at_once": 2}
    with (
        house(tmp_path, database_url=database_url, private_badge_hosts=HOSTS, **options) as app,
        foreign_platform() as platform,
        serving(app, port),
    ):
        organization = make_organization()
        yield Served(app, f"http://127.0.0.1:{port}", platform, make_token(organization), organization)


@contextmanager
def at_it(served: Served, *whose: str, by_program: bool = False) -> Iterator[list["Future[requests.Response]"]]:
    """Whoever is named has a badge of a slow server checked, for as long as the block goes on."""
    released, ask = Event(), served.program if by_program else served.stranger
    with ThreadPoolExecutor() as threads:
        try:
            slow = {f"slow-{number}": neighbour for number, neighbour in enumerate(whose)}
            going = [threads.submit(ask, who, served.slow(name, released)) for name, who in slow.items()]
            wait_until(lambda: all(map(served.is_held, slow)))
            yield going
        finally:
            released.set()


@pytest.mark.parametrize(
    ("first", "next_door"),
    [(EVE, EVE), ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("::ffff:203.0.113.9", EVE)],
)
def test_one_neighbourhood_has_one_badge_checked_at_a_time_and_all_others_go_on(
    served: Served, first: str, next_door: str
) -> None:
    badge = served.platform.issue().url
    with at_it(served, first) as [going]:
        asked = len(served.platform.asked)
        refused = served.stranger(next_door, badge)
        looked_up = len(served.platform.asked) - asked
        others = [served.stranger(neighbour, badge).status_code for neighbour in (ADA, "2001:db8:1:3::1")]
        assert not going.done()
    afterwards = served.stranger(next_door, badge)

    assert (refused.status_code, refused.headers["Retry-After"], looked_up) == (503, "5", 0)
    assert "A badge is already being checked for your network" in refused.text
    assert others == [200, 200]
    assert (afterwards.status_code, "This badge is valid" in afterwards.text) == (200, True)


def test_strangers_cannot_keep_those_who_are_signed_in_from_checking(served: Served) -> None:
    badge = served.platform.issue()
    learner = make_learner(served.app, organization=served.organization)
    with at_it(served, EVE, MALLORY):
        stranger = served.stranger(ADA, badge.url)
        program = served.program(EVE, badge.url)
        brought = learner.bring(url=badge.url)

    assert (stranger.status_code, program.status_code, brought.status_code) == (503, 200, 303)
    assert "Many badges are being checked right now" in stranger.text
    assert program.json()["valid"] is True


def test_those_who_are_signed_in_cannot_keep_strangers_from_checking(served: Served) -> None:
    badge = served.platform.issue().url
    with at_it(served, EVE, by_program=True):
        other_program = served.program(ADA, badge)
        stranger = served.stranger(EVE, badge)

    assert (other_program.status_code, other_program.json()["error"]["code"]) == (503, "verify_busy")
    assert stranger.status_code == 200


def test_a_check_that_ends_in_a_refusal_gives_its_place_back(served: Served) -> None:
    refused = [served.stranger(EVE, "{}").status_code for _ in range(4)]

    assert refused == [422] * 4
    assert served.stranger(EVE, served.platform.issue().url).status_code == 200
