"""What the text of an address forbids, before anything is looked up."""

import pytest

from lti_tool.fetch import Fetcher
from tests.ground.fetch.outside import Outside, refusal


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/keys",  # plain http
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
        "https://0x7f.1/", "https://0177.0.0.1/", "https://127.0.0.1./", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://[0:0:0:0:0:0:0:1]/", "https://localhost/", "https://localhost./", "https://LOCALHOST/",
        "https://a.localhost/", "https://0/", "https://0.0.0.0/", "https://10.1.2.3/",
        "https://192.168.0.1:8443/",
        "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/", "https://224.0.0.1/",
        "https://[fe80::1]/",
        "https://[fc00::1]/", "https://[fec0::1]/", "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[::7f00:1]/", "https://255.255.255.255/", "https://1.2.3.4.5/", "https://[:::]/",
        "https://[::ffff:0:127.0.0.1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:a00:1::1]/", "https://[2001::1]/",
        "https://[2001:db8::1]/", "https://[3fff::1]/", "https://[5f00::1]/", "https://[100::1]/", "https://[ff02::1]/",
        "https://[fd00:ec2::254]/", "https://192.88.99.1/", "https://198.18.0.1/", "https://240.0.0.1/",
        "https://1.2.3.0x7f/", "https://0x7f.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused_in_every_spelling(url: str) -> None:
    fetcher = Fetcher(frozenset({"lms.intern"}), "t")

    assert refusal(lambda: fetcher.may_reach(url)).kind == "refused_address"
    assert refusal(lambda: fetcher.get(url)).kind == "refused_address"


@pytest.mark.parametrize(
    "spelling",
    [
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "127.0.0.1.",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
    ],
)
def test_naming_an_address_allows_no_other_spelling_of_it(outside: Outside, fetcher: Fetcher, spelling: str) -> None:
    outside.says("/page", b"secret")

    problem = refusal(lambda: fetcher.get(outside.url("/page", spelling)))

    assert problem.kind == "refused_address"
    assert outside.seen == []


def test_a_named_host_may_be_loopback_and_plain_http_in_any_case(outside: Outside) -> None:
    outside.says("/page", b"hello")
    fetcher = Fetcher(frozenset({"LocalHost"}), "t")

    answer = fetcher.get(outside.url("/page", "LOCALHOST"))

    assert answer.body == b"hello"


def test_a_host_that_is_named_with_a_port_is_open_at_that_port_alone(outside: Outside) -> None:
    outside.says("/page", b"hello")
    named, next_door = (Fetcher(frozenset({f"LocalHost:{outside.port + step}"}), "t") for step in (0, 1))

    answer = named.get(outside.url("/page", "localhost"))
    problem = refusal(lambda: next_door.get(outside.url("/page", "localhost")))

    assert (answer.body, problem.kind, len(outside.seen)) == (b"hello", "refused_address", 1)


@pytest.mark.parametrize(
    ("named", "opens", "refuses"),
    [
        ("lms.intern:80", "http://lms.intern/", "http://lms.intern:8080/"),
        ("lms.intern:8080", "http://lms.intern:8080/", "http://lms.intern/"),
        ("10.0.0.1:443", "https://10.0.0.1/", "https://10.0.0.1:8443/"),
        ("[::1]:8080", "http://[::1]:8080/", "http://[::1]/"),
        ("::1", "http://[::1]:8080/", "http://[::1:8080]/"),
        ("[fc00::1]", "https://[fc00::1]:8443/", "https://[fc00::2]/"),
    ],
)
def test_a_port_is_the_usual_one_where_an_address_names_none(named: str, opens: str, refuses: str) -> None:
    fetcher = Fetcher(frozenset({named}), "t")

    fetcher.may_reach(opens)
    assert refusal(lambda: fetcher.may_reach(refuses)).kind == "refused_address"


@pytest.mark.parametrize(
    "url",
    ["https://lms.example", "https://lms.example:8443/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1]/"],
)
def test_public_names_and_addresses_may_be_saved(fetcher: Fetcher, url: str) -> None:
    fetcher.may_reach(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "lms.example", "//lms.example/", "ftp://lms.example/", "file:///etc/passwd",
        "javascript:alert(1)", "https://", "https:///path", "https://user:secret@lms.example/", "https://user@lms.example/",
        "https://lms.example/#part", "https://lms.example/a b", "https://lms.example/\r\nX: y",
        " https://lms.example/",
        "https://lms.example/\x00", "https://lms.example\\@127.0.0.1/", "https://lms.example:0/",
        "https://lms.example:99999/", "https://lms.example:/", "https://lms.example:x/",
        "https://１２７.0.0.1/",
        "https://%31%32%37.0.0.1/", "https://[fe80::1%25eth0]/", "https://[::1/",
        "https://lms.example/" + "a" * 9000,
    ],
)  # fmt: skip
def test_an_address_that_parsers_could_read_differently_is_refused(fetcher: Fetcher, url: str) -> None:
    problem = refusal(lambda: fetcher.may_reach(url))

    assert problem.kind == "bad_url"
    assert "secret" not in str(problem)
