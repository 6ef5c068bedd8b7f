"""One time budget over name lookup, headers and body: a server that drips is given up."""

import gzip
import socket
import threading
import time

import pytest

from lti_tool.fetch import Fetcher, Limits
from lti_tool.fetch.budget import MOST_WORK
from tests.ground.fetch.outside import HEAD, QUICK, SOON, Outside, refusal


def test_a_name_server_that_hangs_counts_against_the_time(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: enough.wait(60))
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get("https://lms.example/", limits=Limits(total=0.2)))

    enough.set()
    assert problem.kind == "too_slow"
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (HEAD, b"X-More: y\r\n"),
        (HEAD + b"Content-Length: 90000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "one header", "many headers", "body", "chunks", "continue"],
)
def test_a_server_that_drips_is_given_up_after_the_total_time(
    outside: Outside, fetcher: Fetcher, start: bytes, drop: bytes
) -> None:
    url = outside.pours("/drip", start, drop, every=0.02)
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get(url, limits=QUICK))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < SOON


def test_a_pause_longer_than_the_read_time_is_too_slow(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/stall", HEAD + b"Content-Length: 9\r\n\r\nab", b"c", every=30)
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get(url, limits=Limits(read=0.2, total=60)))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
    ],
    ids=["a body in crumbs", "more to come", "nothing, packed"],
)
def test_a_server_cannot_keep_us_computing(outside: Outside, fetcher: Fetcher, start: bytes, drop: bytes) -> None:
    url = outside.pours("/crumbs", start, drop * 5000)
    begun = time.thread_time()

    problem = refusal(lambda: fetcher.get(url, limits=Limits(connect=60.0, read=60.0, total=60.0, size=10**9)))

    assert problem.kind == "too_slow"
    assert time.thread_time() - begun < 2 * MOST_WORK
