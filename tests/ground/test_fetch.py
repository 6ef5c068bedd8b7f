"""Outside addresses: what is reached, what is refused, and what a hostile server cannot do to us."""

import gzip
import json
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lti_tool.clock import now
from lti_tool.fetch import Answer, Fetcher, FetchProblem, Limits

QUICK = Limits(connect=1.0, read=1.0, total=0.4)
Script = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Outside:
    """A real server on loopback. `scripts` says what each path does; `seen` is what arrived."""

    port: int
    closing: threading.Event
    scripts: dict[str, Script] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    connections: list[object] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        def script(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(body)))
            for name, text in headers.items():
                handler.send_header(name.replace("_", "-"), text)
            handler.end_headers()
            handler.wfile.write(body)

        self.scripts[path] = script
        return self.url(path)

    def pours(self, path: str, start: bytes, drop: bytes, every: float = 0.0) -> str:
        """Sends `start`, and then `drop` again and again until the other side has had enough."""

        def script(handler: BaseHTTPRequestHandler) -> None:
            handler.close_connection = True
            handler.wfile.write(start)
            while not self.closing.wait(every):
                handler.wfile.write(drop)

        self.scripts[path] = script
        return self.url(path)


def serve(tls: ssl.SSLContext | None = None) -> Iterator[Outside]:
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            place.connections.append(self.client_address)

        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            place.seen.append((self.command, self.path, dict(self.headers), sent))
            try:
                place.scripts[self.path.partition("?")[0]](self)
            except OSError:
                self.close_connection = True  # the other side hung up, as it should

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None: ...

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    place = Outside(server.server_port, closing)
    server.daemon_threads = True
    listening = threading.Thread(target=server.serve_forever, args=(0.01,))
    listening.start()
    yield place
    closing.set()
    server.shutdown()
    server.server_close()
    listening.join()


@pytest.fixture
def outside() -> Iterator[Outside]:
    yield from serve()


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(frozenset({"127.0.0.1"}), "lti-tool/test")


def refusal(call: Callable[[], object]) -> FetchProblem:
    with pytest.raises(FetchProblem) as caught:
        call()
    return caught.value


# What works


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


def test_a_compressed_body_arrives_unpacked(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.says("/roster", gzip.compress(b'{"members": [1]}'), Content_Encoding="gzip")

    assert fetcher.get(url).json() == {"members": [1]}


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


# Which addresses


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


def test_a_name_server_that_hangs_counts_against_the_time(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: enough.wait(20))
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get("https://lms.example/", limits=Limits(total=0.2)))

    enough.set()
    assert problem.kind == "too_slow"
    assert time.monotonic() - began < 2


# Time and size

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


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
    assert time.monotonic() - began < QUICK.total + 0.6


def test_a_pause_longer_than_the_read_time_is_too_slow(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/stall", HEAD + b"Content-Length: 9\r\n\r\nab", b"c", every=30)
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get(url, limits=Limits(read=0.2, total=20)))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < 2


def test_a_body_announced_too_large_is_not_read(outside: Outside, fetcher: Fetcher) -> None:
    url = outside.pours("/huge", HEAD + b"Content-Length: 2000000000\r\n\r\n", b"", every=0.02)
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get(url))

    assert problem.kind == "too_large"
    assert time.monotonic() - began < 1


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


# Redirects


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


# Words


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


# Certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for `localhost` that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[Outside]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    yield from serve(context)


def test_a_certificate_nobody_vouches_for_is_refused(secure: Outside) -> None:
    fetcher = Fetcher(frozenset({"localhost"}), "t")

    problem = refusal(lambda: fetcher.get(f"https://localhost:{secure.port}/"))

    assert problem.kind == "bad_tls"
    assert secure.seen == []


def test_a_trusted_certificate_is_accepted_for_its_own_name_only(
    secure: Outside, certificate: tuple[Path, Path]
) -> None:
    secure.says("/page", b"safe")
    fetcher = Fetcher(frozenset({"localhost", "127.0.0.1"}), "t", authorities=certificate[0])

    answer = fetcher.get(f"https://localhost:{secure.port}/page")
    fetcher.get(f"https://localhost:{secure.port}/page")
    other_name = refusal(lambda: fetcher.get(f"https://127.0.0.1:{secure.port}/page"))

    assert answer.body == b"safe"
    assert other_name.kind == "bad_tls"
    assert len(secure.seen) == 2


def test_a_drip_behind_tls_is_given_up_too(secure: Outside, certificate: tuple[Path, Path]) -> None:
    secure.pours("/drip", HEAD, b"X: y\r\n", every=0.02)
    fetcher = Fetcher(frozenset({"localhost"}), "t", authorities=certificate[0])
    began = time.monotonic()

    problem = refusal(lambda: fetcher.get(f"https://localhost:{secure.port}/drip", limits=QUICK))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < QUICK.total + 0.6


def test_a_handshake_that_never_ends_is_given_up(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        problem = refusal(lambda: fetcher.get(f"https://127.0.0.1:{silent.getsockname()[1]}/", limits=QUICK))

    assert problem.kind == "too_slow"
    assert time.monotonic() - began < QUICK.total + 0.6
