"""A platform whose key set is odd, hostile or slow: its own launches suffer, nobody else's (RFC 7517)."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from flask import Flask
from jwt.algorithms import RSAAlgorithm
from werkzeug import Request, Response

from lti_tool import clock
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch import platform_keys
from lti_tool.launch.model import PlatformKeys, Registration
from lti_tool.launch.platform_keys import KeyCache, key_cache, usable_keys
from lti_tool.logs import init_logs
from lti_tool.settings import Settings
from tests.make.organization import make_organization
from tests.make.serving import free_port, serving
from tests.make.visit import make_registration

_PAIR = generate_private_key(65537, 2048)
GOOD = {**RSAAlgorithm.to_jwk(_PAIR.public_key(), as_dict=True), "kid": "one", "use": "sig", "alg": "RS256"}


@dataclass
class KeyHost:
    """Answers with whatever `says` makes of the number of the request."""

    url: str = ""
    says: Callable[[int], Response] = lambda _: answer([GOOD])
    asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        Request(environ)
        with self._lock:
            self.asked += 1
            number = self.asked
        return self.says(number)(environ, start_response)


def answer(keys: Any, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps({"keys": keys}), content_type="application/json", headers=named)


@pytest.fixture
def host() -> Iterator[KeyHost]:
    port = free_port()
    host = KeyHost(f"http://127.0.0.1:{port}/jwks")
    with serving(host, port):
        yield host


@pytest.fixture
def platform(app: Flask, host: KeyHost) -> Registration:
    registration = make_registration(make_organization())
    with transaction():
        db.session.get_one(Registration, registration).jwks_url = host.url
    return db.session.get_one(Registration, registration)


def refusal(platform: Registration, kid: str) -> str:
    with pytest.raises(Problem) as refused:
        key_cache().find(platform, kid)
    return refused.value.code


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "said",
    ["max-age=²", "max-age=-1", "max-age=1e9", "max-age=" + "9" * 4000, "max-age", "=,=,;", "max-age=0", "max-age=x"],
)
def test_a_cache_control_of_any_spelling_is_no_fault(platform: Registration, host: KeyHost, said: str) -> None:
    host.says = lambda _: answer([GOOD], Cache_Control=said)

    assert key_cache().find(platform, "one").key_size == 2048


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", '{"keys": null}', '{"keys": {}}', '{"keys": []}', '{"keys": [null, 7, []]}', "<html>", "{}"],
)
def test_what_is_no_key_set_gives_no_key(platform: Registration, host: KeyHost, body: str) -> None:
    host.says = lambda _: Response(body, content_type="application/json")

    assert refusal(platform, "one") == "keys_unavailable"


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "RS384"},
        {"kty": "oct", "k": "AAAA"},
        {"kid": 7},
        {"kid": None},
        {"e": "AQ"},
        {"n": number((1 << 1023) + 1)},
        {"n": number((1 << 20_000) + 1)},
        {"n": 7},
        {"n": "ü"},
    ],
)
def test_a_key_that_may_not_or_should_not_verify_is_left_out(change: dict[str, Any]) -> None:
    assert usable_keys([{**GOOD, **change}]) == {}


def test_of_a_key_set_with_private_halves_only_the_public_ones_are_kept_and_the_operator_is_told(
    platform: Registration, host: KeyHost, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    private = {**RSAAlgorithm.to_jwk(_PAIR, as_dict=True), **GOOD, "key_ops": ["sign", "verify"]}
    host.says = lambda _: answer([private])
    init_logs(settings.model_copy(update={"log_level": "WARNING"}))

    key_cache().find(platform, "one")
    checked = CliRunner().invoke(main, ["check"]).output

    [kept] = db.session.get_one(PlatformKeys, platform.id).keys
    logged = "".join(capfd.readouterr())
    assert set(kept) == {"kty", "kid", "n", "e"}
    assert '"platform_keys_private"' in logged
    assert private["d"] not in logged
    assert "wrong Test LMS publishes its private keys" in checked


def test_a_thousand_keys_are_not_all_taken() -> None:
    assert len(usable_keys([{**GOOD, "kid": str(number)} for number in range(1000)])) == 64


def test_a_key_set_that_is_another_one_each_time_is_not_worth_a_fetch_each_time(
    platform: Registration, host: KeyHost
) -> None:
    host.says = lambda number: answer([{**GOOD, "kid": f"made-up-{number}"}])

    refusals = {refusal(platform, f"asked-{number}") for number in range(1000)}

    assert (refusals, host.asked) == ({"kid_unknown"}, 1)


def test_a_crowd_with_one_new_kid_causes_one_fetch(app: Flask, platform: Registration, host: KeyHost) -> None:
    host.says = lambda _: (time.sleep(0.3), answer([GOOD]))[1]

    def come(_: int) -> int:
        with app.app_context():
            return key_cache().find(db.session.get_one(Registration, platform.id), "one").key_size

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(come, range(12))) == {2048}
    assert host.asked == 1


def test_nobody_waits_for_ever_behind_a_slow_fetch(
    app: Flask, platform: Registration, host: KeyHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_keys, "_WAIT", 0.2)
    slow = threading.Event()
    host.says = lambda _: (slow.wait(4), answer([GOOD]))[1]

    def first() -> None:
        with app.app_context():
            key_cache().find(db.session.get_one(Registration, platform.id), "one")

    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(first)
        while not host.asked:
            time.sleep(0.01)
        assert refusal(platform, "one") == "keys_unavailable"
        slow.set()
        fetching.result()


def test_a_set_kept_by_a_clock_that_was_wrong_is_fetched_again_within_a_day(
    app: Flask, platform: Registration, host: KeyHost
) -> None:
    key_cache().find(platform, "one")
    with transaction():
        db.session.get_one(PlatformKeys, platform.id).fresh_until = clock.now() + timedelta(days=4000)
    fresh = KeyCache(app.extensions["fetcher"])

    fresh.find(platform, "one")

    assert fresh._held[platform.id].fresh_until - time.monotonic() <= 24 * 3600


def test_a_second_process_finds_the_last_good_set_while_the_platform_is_down(
    app: Flask, platform: Registration, host: KeyHost
) -> None:
    key_cache().find(platform, "one")
    host.says = lambda _: Response("down", status=503)
    with transaction():
        db.session.get_one(PlatformKeys, platform.id).fresh_until = clock.now() - timedelta(hours=1)

    assert KeyCache(app.extensions["fetcher"]).find(platform, "one").key_size == 2048


def test_processes_that_fetch_the_first_set_in_the_same_moment_all_find_the_key(
    app: Flask, platform: Registration, host: KeyHost
) -> None:
    processes, together = 6, threading.Barrier(6)

    def says(_: int) -> Response:
        together.wait(10)
        return answer([GOOD])

    def first(_: int) -> int:
        with app.app_context():
            return KeyCache(app.extensions["fetcher"]).find(facts, "one").key_size

    host.says = says
    facts = db.session.get_one(Registration, platform.id)
    db.session.expunge(facts)
    with ThreadPoolExecutor(processes) as pool:
        sizes = list(pool.map(first, range(processes)))

    assert (sizes, host.asked) == ([2048] * processes, processes)


def test_a_key_set_without_end_is_cut(platform: Registration, host: KeyHost) -> None:
    host.says = lambda _: answer([{**GOOD, "x5c": ["A" * 300_000]}])

    assert refusal(platform, "one") == "keys_unavailable"


def test_the_slow_key_set_of_one_platform_holds_no_launch_of_another(
    app: Flask, platform: Registration, host: KeyHost
) -> None:
    slow, first_answered = threading.Event(), threading.Event()
    other = make_registration(make_organization("Other"))
    with transaction():
        db.session.get_one(Registration, other).jwks_url = host.url

    def says(number: int) -> Response:
        if number == 1:
            slow.wait(4)
            first_answered.set()
        return answer([GOOD])

    def find(registration: str) -> None:
        with app.app_context():
            key_cache().find(db.session.get_one(Registration, registration), "one")

    host.says = says

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(find, platform.id)
        while not host.asked:
            time.sleep(0.01)
        find(other)
        assert not first_answered.is_set()
        slow.set()
        waiting.result()
