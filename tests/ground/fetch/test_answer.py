"""What comes back: under a cap, unpacked, and taken as JSON only when it is strictly that."""

import gzip
import tracemalloc
from http.server import BaseHTTPRequestHandler

import pytest

from lti_tool.fetch import Answer, Fetcher, Limits
from tests.ground.fetch.outside import HEAD, Outside, refusal


def test_a_compressed_body_arrives_unpacked(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/roster", gzip.compress(b'{"members": [1]}'), Content_Encoding="gzip")

    assert fetcher.get(url).json() == {"members": [1]}


def test_a_body_announced_too_large_is_not_read(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/huge", HEAD + b"Content-Length: 2000000000\r\n\r\n", b"", every=0.02)

    problem = refusal(lambda: fetcher.get(url))

    assert problem.kind == "too_large"  # whoever waited for this body would find it too slow


def test_an_endless_body_is_cut_at_the_limit(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/endless", HEAD + b"\r\n", b"x" * 65_536)

    problem = refusal(lambda: fetcher.get(url))

    assert problem.kind == "too_large"


def test_a_body_of_exactly_the_limit_passes(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/edge", b"x" * 1000)

    assert len(fetcher.get(url, limits=Limits(size=1000)).body) == 1000
    assert refusal(lambda: fetcher.get(url, limits=Limits(size=999))).kind == "too_large"


def test_a_gzip_bomb_is_cut_at_the_decompressed_size(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/bomb", gzip.compress(bytes(80_000_000)), Content_Encoding="gzip")
    tracemalloc.start()

    problem = refusal(lambda: fetcher.get(url))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem.kind == "too_large"
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Length: 50\r\n\r\nshort",
        HEAD + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nshort",
        HEAD + b"Content-Length: 8\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"",
    ],
    ids=["cut off", "two lengths", "not gzip", "bad chunk", "nothing"],
)
def test_a_broken_transfer_is_unreachable(outside: Outside, fetcher: Fetcher, raw: bytes) -> None:
    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(raw)
        handler.close_connection = True

    outside.scripts["/broken"] = script

    assert refusal(lambda: fetcher.get(outside.url("/broken"))).kind == "unreachable"


def test_something_that_is_not_http_is_unreachable(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/ssh", b"SSH-2.0-OpenSSH\r\n", b"\r\n", every=0.01)

    assert refusal(lambda: fetcher.get(url)).kind == "unreachable"


def test_an_answer_does_not_show_its_body_in_a_log(outside: Outside, fetcher: Fetcher) -> None:
    answer = fetcher.get(outside.says("/page", b"secret") + "?secret")

    assert "secret" not in repr(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"3", b"null", b'{"iss": 1, "iss": 2}', b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}', b'{"a": "\xff"}', b'{"a": 1} x', b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": ' + b"[" * 70 + b"]" * 70 + b"}", b'{"a": ' + b"[" * 90_000 + b"]" * 90_000 + b"}",
    ],
)  # fmt: skip
def test_what_is_not_one_sound_json_object_is_refused(body: bytes) -> None:
    answer = Answer(200, {}, body, "https://lms.example/keys?token=secret")

    problem = refusal(answer.json)

    assert (problem.kind, problem.host) == ("not_json", "lms.example")


def test_json_objects_and_arrays_are_told_apart() -> None:
    listed = Answer(200, {}, b'[{"id": "1"}]', "https://lms.example/items")
    marked = Answer(200, {}, b'\xef\xbb\xbf{"a": [[1]]}', "https://lms.example/keys")

    assert listed.json_array() == [{"id": "1"}]
    assert marked.json() == {"a": [[1]]}
    assert refusal(marked.json_array).kind == "not_json"
