"""Real HTTP for tests: a WSGI application on a free loopback port, stopped when the test ends."""

import itertools
import os
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler, make_server

_PATIENCE = 5.0


def _own_ports() -> Iterator[int]:
    """Ports of this process's own among the workers of one test run, in no order, each once before any comes again.

    They lie below those that systems give to outgoing connections: one of these could be taken by a neighbour's request
    between the asking and the serving.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = list(range(12_000 + worker, 32_000, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))))
    random.SystemRandom().shuffle(ports)
    return itertools.cycle(ports)


_ports = _own_ports()


def free_port() -> int:
    """A port that nobody listens on, and that nobody else in this test run was given."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("itertools.cycle ended")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: pytest shows what matters."""


class _Counting:
    """The application, and how many requests it is at: they end in threads of their own, after their reader has left.

    Werkzeug's server forgets to close an answer, and the file that it reads, when the browser goes away before.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app, self._at_work, self._changed = app, 0, threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        self._count(1)
        try:
            body = self._app(environ, start_response)
            try:
                yield from body
            finally:
                if hasattr(body, "close"):
                    body.close()
        finally:
            self._count(-1)

    def wait_until_idle(self) -> None:
        """Or until the patience is at its end: a hostile server may be at a request that never ends."""
        with self._changed:
            self._changed.wait_for(lambda: not self._at_work, timeout=_PATIENCE)

    def _count(self, step: int) -> None:
        with self._changed:
            self._at_work += step
            self._changed.notify_all()


@contextmanager
def serving(app: WSGIApplication, port: int) -> Iterator[None]:
    """Serve `app` on 127.0.0.1 with a thread for each request. When it ends, no request uses the database any more."""
    counting = _Counting(app)
    try:
        server = make_server("127.0.0.1", port, counting, threaded=True, request_handler=_Quiet)
    except SystemExit as exit:  # what Werkzeug says of a port that is taken; pytest would not count it as a fault
        raise OSError(f"port {port} is taken") from exit
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)  # looks so often whether to stop
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        counting.wait_until_idle()
