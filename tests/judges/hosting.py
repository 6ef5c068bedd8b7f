"""A small host for badge documents on a free loopback port, so that judges can fetch them as they would
anywhere.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Page(NamedTuple):
    """What a path answers."""

    body: bytes
    kind: str = "application/ld+json"
    status: int = 200


class Host:
    """Pages by path. They may be changed at any time."""

    def __init__(self, name: str, port: int) -> None:
        self.authority = f"{name}:{port}"
        self.pages: dict[str, Page] = {}

    def url(self, path: str) -> str:
        return f"http://{self.authority}{path}"


@contextmanager
def hosting(name: str = "localhost") -> Iterator[Host]:
    """A running host that calls itself `name` in its URLs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = host.pages.get(self.path, Page(b"", "text/plain", 404))
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = Host(name, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
