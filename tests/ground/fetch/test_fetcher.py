"""The four verbs, redirects, and words that give nothing away."""

import json

import pytest

from lti_tool.fetch import Fetcher, Limits
from tests.ground.fetch.outside import Outside, refusal


def test_an_answer_carries_status_headers_body_and_address(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/keys", b'{"keys": []}', 200, X_Mark="one")

    answer = fetcher.get(url + "?page=2", headers={"Accept": "application/json"})

    assert (answer.status, answer.reason, answer.body) == (200, "OK", b'{"keys": []}')
    assert answer.headers["x-mark"] == "one"
    assert answer.url == url + "?page=2"
    assert answer.json() == {"keys": []}
    _, path, headers, _ = outside.seen[0]
    assert path == "/keys?page=2"
    assert headers["User-Agent"] == "lti-tool/test"
    assert headers["Accept"] == "application/json"


def test_the_address_of_an_answer_stays_as_it_was_written(outside: Outside) -> None:
    """Whoever compares it with another one compares text; requests would write small letters and `~`."""
    outside.says("/a~b", b"here")
    url = outside.url("/a%7Eb", "LOCALHOST")

    assert Fetcher(frozenset({"localhost"}), "t").get(url).url == url


def test_a_refusal_by_the_server_is_an_answer_too(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/scores", b"no", 403)

    assert fetcher.get(url).status == 403


def test_post_put_and_delete_send_their_bodies(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/items", b"")

    fetcher.post(url, data={"grant_type": "client_credentials"})
    fetcher.post(url, data=b"raw", headers={"Content-Type": "text/plain"})
    fetcher.put(url, json={"label": "Ünit 1"})
    fetcher.delete(url)

    assert [(method, body) for method, _, _, body in outside.seen][:2] == [
        ("POST", b"grant_type=client_credentials"),
        ("POST", b"raw"),
    ]
    method, _, headers, body = outside.seen[2]
    assert (method, headers["Content-Type"], json.loads(body)) == (
        "PUT",
        "application/json",
        {"label": "Ünit 1"},
    )
    assert outside.seen[3][0] == "DELETE"


def test_a_redirect_is_not_followed_unless_allowed(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/old", b"", 302, Location="/new?token=abc")
    outside.says("/new", b"here")

    assert refusal(lambda: fetcher.get(url)).kind == "redirected"
    answer = fetcher.get(url, limits=Limits(redirects=1))

    assert answer.body == b"here"
    assert answer.url == outside.url("/new?token=abc")


def test_a_post_is_never_sent_on(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/token", b"", 307, Location="/elsewhere")

    problem = refusal(lambda: fetcher.post(url, data=b"assertion", limits=Limits(redirects=3)))

    assert problem.kind == "redirected"
    assert len(outside.seen) == 1


def test_a_redirect_inside_is_refused(outside: Outside) -> None:
    outside.says("/old", b"", 302, Location=outside.url("/secret", "127.0.0.1"))
    outside.says("/secret", b"secret")
    fetcher = Fetcher(frozenset({"localhost"}), "t")

    problem = refusal(lambda: fetcher.get(outside.url("/old", "localhost"), limits=Limits(redirects=2)))

    assert (problem.kind, problem.host) == ("refused_address", "127.0.0.1")
    assert [path for _, path, _, _ in outside.seen] == ["/old"]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://u:p@127.0.0.1/", "http://127.0.0.1/a b"])
def test_a_redirect_to_a_bad_address_is_refused(outside: Outside, fetcher: Fetcher, location: str) -> None:
    url = outside.says("/old", b"", 301, Location=location)

    assert refusal(lambda: fetcher.get(url, limits=Limits(redirects=2))).kind == "bad_url"


def test_a_circle_of_redirects_ends(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/round", b"", 302, Location="/round")

    assert refusal(lambda: fetcher.get(url, limits=Limits(redirects=3))).kind == "redirected"
    assert len(outside.seen) == 4


def test_the_endless_body_of_a_redirect_is_not_read(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/old", b"HTTP/1.1 302 Found\r\nLocation: /new\r\n\r\n", b"x" * 65_536)
    outside.says("/new", b"here")

    answer = fetcher.get(url, limits=Limits(redirects=1))

    assert answer.body == b"here"


def test_the_authorization_stays_with_its_host(outside: Outside) -> None:
    fetcher = Fetcher(frozenset({"127.0.0.1", "localhost"}), "t")
    outside.says("/same", b"", 302, Location="/other")
    outside.says("/other", b"", 302, Location=outside.url("/end", "localhost"))
    outside.says("/end", b"")
    headers = {"authorization": "Bearer abc", "Accept": "application/json"}

    fetcher.get(outside.url("/same"), headers=headers, limits=Limits(redirects=2))

    assert [seen[2].get("authorization") for seen in outside.seen] == ["Bearer abc", "Bearer abc", None]
    assert outside.seen[2][2]["Accept"] == "application/json"


@pytest.mark.parametrize("header", [{"X": "a\r\nY: b"}, {"X\r\nY": "b"}, {"X": "a\nY: b"}, {"X": "☃"}])
def test_a_header_cannot_bring_another(outside: Outside, fetcher: Fetcher, header: dict[str, str]) -> None:
    url = outside.says("/page", b"")

    assert refusal(lambda: fetcher.get(url, headers=header)).kind == "bad_url"
    assert outside.seen == []


def test_a_problem_says_neither_query_nor_token_nor_body(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/page", b"the secret body" * 100)

    problem = refusal(
        lambda: fetcher.get(url + "?token=secret", headers={"Authorization": "Bearer secret"}, limits=Limits(size=10))
    )

    assert (problem.kind, problem.host) == ("too_large", "127.0.0.1")
    assert "secret" not in str(problem) + repr(problem)
    assert "127.0.0.1" in str(problem)
