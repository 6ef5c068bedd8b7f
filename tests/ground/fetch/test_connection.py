"""Which address is connected to, and what goes with it: names that lie, cookies, proxies, certificates."""

import socket
import threading
from ipaddress import ip_address

import pytest

from lti_tool.fetch import Answer, Fetcher
from tests.ground.fetch.outside import Outside, refusal


def test_one_connection_serves_many_requests(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/page", b"x" * 30_000)

    for _ in range(5):
        fetcher.get(url)

    assert len(outside.seen) == 5
    assert len(outside.connections) == 1


def test_threads_do_not_share_a_connection(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/page", b"ok")
    answers: list[Answer] = []

    threads = [threading.Thread(target=lambda: answers.append(fetcher.get(url))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.body for answer in answers] == [b"ok"] * 8
    assert len(outside.connections) == 8


def test_a_cookie_of_one_answer_is_not_sent_with_the_next(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/page", b"", Set_Cookie="who=me; Path=/")

    fetcher.get(url)
    fetcher.get(url)

    assert "Cookie" not in outside.seen[1][2]


def test_proxies_of_the_environment_are_ignored(
    outside: Outside, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    url = outside.says("/page", b"direct")

    assert fetcher.get(url).body == b"direct"


def names(monkeypatch: pytest.MonkeyPatch, addresses: dict[str, str]) -> list[str]:
    """Point names at addresses, as a hostile name server would. Returns what is looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: object, **__: object) -> list[object]:
        asked.append(host)
        if host not in addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        family = socket.AF_INET6 if ip_address(addresses[host]).version == 6 else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (addresses[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1", "100.64.0.1", "fec0::1"])
def test_a_public_name_that_leads_inside_is_refused(
    outside: Outside, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    names(monkeypatch, {"lms.example": inside, inside: inside})

    problem = refusal(lambda: fetcher.get(f"https://lms.example:{outside.port}/"))

    assert problem.kind == "refused_address"
    assert problem.host == "lms.example"
    assert outside.connections == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = names(monkeypatch, {"lms.example": "8.8.8.8"})

    refusal(lambda: fetcher.get("https://lms.example/"))

    assert asked.count("lms.example") == 1
    assert set(asked) == {"lms.example", "8.8.8.8"}


def test_an_unknown_name_and_a_closed_port_are_unreachable(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = refusal(lambda: fetcher.get(f"http://127.0.0.1:{taken.getsockname()[1]}/"))
    names(monkeypatch, {})
    unknown = refusal(lambda: fetcher.get("https://lms.example/"))

    assert (closed.kind, unknown.kind) == ("unreachable", "unreachable")
