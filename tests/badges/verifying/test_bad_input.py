"""Hostile texts, pictures and servers: refused in a sentence, within bounds, and nothing forbidden is fetched."""

import gzip
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import NotUnderstood, given_file, given_text
from lti_tool.errors import Problem
from tests.make.foreign_badge import Reply, as_json, dripping, foreign_platform

ASSERTION = '"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://badges.example/1"'
TEXTS = {
    "twice the same member": f'{{{ASSERTION},"id":"https://badges.example/2"}}',
    "no number": f'{{{ASSERTION},"n":NaN}}',
    "a number without end": f'{{{ASSERTION},"n":1e99999}}',
    "half a letter": f'{{{ASSERTION},"name":"\\ud800"}}',
    "too deep": '{"a":' * 5000 + "1" + "}" * 5000,
    "too long": f'{{{ASSERTION},"name":"{"x" * 2_000_000}"}}',
    "a list": "[1, 2]",
    "nothing in it": "{}",
    "cut off": f"{{{ASSERTION}",
}
FORBIDDEN = [
    "http://10.0.0.1/award", "https://192.168.1.1/award", "https://169.254.169.254/latest/meta-data", "https://[::1]/award",
    "https://[::ffff:10.0.0.1]/award", "https://2130706433/award", "https://0x7f000001/award", "https://0177.0.0.1/award",
    "https://localhost/award", "file:///etc/passwd", "ftp://badges.example/award", "gopher://127.0.0.1:70/_", "https://",
    "https://user:secret@10.0.0.1/award",
]  # fmt: skip


def test_a_text_that_is_no_honest_json_is_refused(app: Flask) -> None:
    for what, text in TEXTS.items():
        with pytest.raises(Problem) as refused:
            check_badge(Given("json", text))

        assert (refused.value.code, refused.value.message[-1]) == ("badge_unreadable", "."), what


def test_no_address_inside_is_ever_asked(app: Flask) -> None:
    for address in FORBIDDEN:
        with pytest.raises(Problem) as refused:
            check_badge(Given("url", address))

        assert refused.value.code in ("badge_unreachable", "badge_unreadable"), address
        assert "secret" not in refused.value.message


def test_no_redirect_leads_inside(app: Flask) -> None:
    with foreign_platform() as platform:
        for there in ("http://10.0.0.1/", "http://localhost:1/", "file:///etc/passwd"):
            platform.replies["/away"] = Reply(b"", status=302, headers={"Location": there})

            with pytest.raises(Problem) as refused:
                check_badge(Given("url", f"{platform.url}/away"))

            assert refused.value.code == "badge_unreachable", there


def test_redirects_come_to_an_end(app: Flask) -> None:
    with foreign_platform() as platform:
        platform.replies["/round"] = Reply(b"", status=302, headers={"Location": "/round"})

        with pytest.raises(Problem, match="badge_unreachable"):
            check_badge(Given("url", f"{platform.url}/round"))

        assert len(platform.asked) < 30


def endless() -> Iterator[bytes]:
    for _ in range(100_000):
        yield b" " * 65_536


def test_a_body_without_end_is_cut_off_early(app: Flask) -> None:
    with foreign_platform() as platform:
        platform.replies["/endless"] = Reply(endless())
        bomb = gzip.compress(bytes(50_000_000))
        platform.replies["/bomb"] = Reply(bomb, headers={"Content-Encoding": "gzip"})

        for path in ("/endless", "/bomb"):
            with pytest.raises(Problem) as refused:
                check_badge(Given("url", platform.url + path))

            assert refused.value.code in ("badge_unreachable", "badge_unreadable")


def test_a_server_that_drips_is_left_alone_after_a_while(app: Flask) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"verify_seconds": 0.5})
    began = time.monotonic()
    with foreign_platform() as platform:
        platform.replies["/slow"] = Reply(dripping(6))

        with pytest.raises(Problem, match="badge_unreachable"):
            check_badge(Given("url", f"{platform.url}/slow"))

        assert time.monotonic() - began < 5  # not a measure of speed: the server alone would take longer


def test_a_badge_may_not_make_us_ask_all_the_world(app: Flask) -> None:
    with foreign_platform() as platform:
        award = platform.issue()
        for number in range(50):
            platform.put(f"/chain/{number}", {"id": f"{platform.url}/chain/{number + 1}", "type": "Assertion"})
        platform.change("/awards/1", badge=[f"{platform.url}/chain/{number}" for number in range(50)])

        check_or_refuse(Given("json", as_json(platform.document("/awards/1")).decode()))

        assert len(platform.asked) <= app.extensions["settings"].verify_requests
        assert award.url


def check_or_refuse(way: Given) -> str:
    try:
        return str(check_badge(way).valid)
    except Problem as refused:
        return refused.code


def test_a_foreign_context_that_changes_what_words_mean_is_not_believed(app: Flask) -> None:
    with foreign_platform() as platform:
        platform.put("/context", {"@context": {"name": "https://evil.example/other"}})
        document = platform.issue().document
        contexts = [document["@context"], f"{platform.url}/context"]
        platform.change("/awards/1", **{"@context": contexts})
        verdict = check_badge(Given("url", f"{platform.url}/awards/1"))

    assert not verdict.valid
    assert "/context" not in platform.asked


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_whatever_is_brought_is_recognised_or_refused(brought: str | bytes) -> None:
    assert recognised(brought) in ("image", "url", "json", "jwt", "not understood")


def recognised(brought: str | bytes) -> str:
    try:
        return (given_text(brought) if isinstance(brought, str) else given_file(brought)).kind
    except NotUnderstood:
        return "not understood"
