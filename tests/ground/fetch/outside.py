"""A real server on loopback, whose every answer a test can choose, however hostile."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lti_tool.fetch import FetchProblem, Limits

QUICK = Limits(connect=60.0, read=60.0, total=0.4)  # whoever gives up soon does so by the total alone
SOON = 20.0  # seconds, on however busy a machine
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
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


def refusal(call: Callable[[], object]) -> FetchProblem:
    with pytest.raises(FetchProblem) as caught:
        call()
    return caught.value
