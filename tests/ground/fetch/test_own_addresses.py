"""The one exemption for addresses of our own: an exact beginning, and plain words after it."""

from http.server import BaseHTTPRequestHandler

import pytest

from lti_tool.fetch import Fetcher, Limits
from tests.ground.fetch.outside import Outside, refusal


def test_what_begins_like_our_own_addresses_may_be_reached_wherever_we_live(outside: Outside) -> None:
    url = outside.says("/own/run/keys.json", b'{"keys": []}')
    fetcher = Fetcher(frozenset(), "t", own=outside.url("/own/"))

    assert fetcher.get(url).json() == {"keys": []}
    assert fetcher.get(url + "?page=2").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/", "/own", "/own/", "/OWN/run", "/owner/run", "/own/../admin", "/own/run/../../admin", "/own/%2e%2e/admin",
        "/own/.", "/own//run", "/own/run;a", "/own/run\\..\\admin", "/own/run/./keys", "/own/run?next=/../admin",
    ],
)  # fmt: skip
def test_everything_else_of_ours_stays_refused(outside: Outside, path: str) -> None:
    fetcher = Fetcher(frozenset(), "t", own=outside.url("/own/"))

    assert refusal(lambda: fetcher.get(outside.url(path))).kind in ("refused_address", "bad_url")
    assert not outside.seen


@pytest.mark.parametrize("host", ["localhost", "127.1", "[::1]", "127.0.0.1.", "2130706433"])
def test_another_spelling_of_our_host_is_another_host(outside: Outside, host: str) -> None:
    fetcher = Fetcher(frozenset(), "t", own=outside.url("/own/"))

    assert refusal(lambda: fetcher.get(outside.url("/own/run", host=host))).kind == "refused_address"


def test_a_redirect_out_of_our_own_addresses_is_checked_like_any_other(outside: Outside) -> None:
    outside.says("/admin", b"secret")
    url = outside.says("/own/run", b"", 302, Location="/admin")
    fetcher = Fetcher(frozenset(), "t", own=outside.url("/own/"))

    assert refusal(lambda: fetcher.get(url, limits=Limits(redirects=3))).kind == "refused_address"
    assert [path for _, path, *_ in outside.seen] == ["/own/run"]


def test_without_an_own_address_nothing_is_exempt(outside: Outside) -> None:
    assert refusal(lambda: Fetcher(frozenset(), "t").get(outside.url("/own/run"))).kind == "refused_address"


def test_a_redirect_can_be_taken_as_it_is(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/login", b"", 303, Location="https://lms.example/auth?state=s")

    for answer in (fetcher.get(url, as_it_is=True), fetcher.post(url, data={"iss": "x"}, as_it_is=True)):
        assert (answer.status, answer.headers["Location"]) == (303, "https://lms.example/auth?state=s")


def test_cookies_come_one_by_one(outside: Outside, fetcher: Fetcher) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for line in ("a=1; Expires=Wed, 25 Nov 2026 01:00:00 GMT; Path=/", "b=2; Secure; Partitioned"):
            handler.send_header("Set-Cookie", line)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    outside.scripts["/"] = script

    assert fetcher.get(outside.url("/")).cookies == (
        "a=1; Expires=Wed, 25 Nov 2026 01:00:00 GMT; Path=/", "b=2; Secure; Partitioned",
    )  # fmt: skip


def test_a_cookie_that_is_given_is_sent_and_none_is_kept(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/", b"", Set_Cookie="own=1")

    fetcher.get(url, headers={"Cookie": "given=1"})
    fetcher.get(url)

    assert [headers.get("Cookie") for _, _, headers, _ in outside.seen] == ["given=1", None]
