"""Real HTTP for tests: a WSGI application on a free loopback port, stopped when the test ends."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler, make_server


def free_port() -> int:
    """A port that nobody listens on. It lies below those that systems give to outgoing connections: one of these could
    be taken by a neighbour's request between the asking and the serving.
    """
    while True:
        port = random.SystemRandom().randrange(12_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: pytest shows what matters."""


def _closing(app: WSGIApplication) -> WSGIApplication:
    """Werkzeug's server forgets to close an answer, and the file that it reads, when the browser goes away before."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        body = app(environ, start_response)
        try:
            yield from body
        finally:
            if hasattr(body, "close"):
                body.close()

    return answer


@contextmanager
def serving(app: WSGIApplication, port: int) -> Iterator[None]:
    """Serve `app` on 127.0.0.1 with a thread for each request."""
    server = make_server("127.0.0.1", port, _closing(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)  # looks so often whether to stop
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
