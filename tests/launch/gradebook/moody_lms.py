"""The sandbox LMS with moods: any of its answers can be replaced, or lost on the way back."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug import Request, Response

from lti_tool.app import create_app
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.settings import Settings
from tests.make.inside import inside
from tests.make.lms import Campus, connect
from tests.make.serving import free_port, serving


@dataclass
class Moods:
    """`instead`: answers to give first, by "METHOD ending"; `lost` of them are given only after the LMS has acted.

    `seen` is every request to the services as it came: method, path with query, headers, body.
    """

    instead: dict[str, list[Response]] = field(default_factory=dict)
    lost: dict[str, list[Response]] = field(default_factory=dict)
    before: Callable[["Seen"], None] | None = None
    seen: list["Seen"] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def around(self, lms: WSGIApplication) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            if "/lineitems" not in request.path and request.path != "/token":
                return lms(environ, start_response)
            body = request.get_data(cache=True)
            environ["wsgi.input"] = _Again(body)
            seen = Seen(request.method, request.full_path.rstrip("?"), dict(request.headers), body)
            if self.before:
                self.before(seen)
            with self._lock:
                self.seen.append(seen)
                chosen, lost = _next(self.instead, request), _next(self.lost, request)
            if lost is not None:
                Response.from_app(lms, environ)
            return (chosen or lost or lms)(environ, start_response)

        return answer

    def of(self, method: str, ending: str) -> list["Seen"]:
        return [one for one in self.seen if one.method == method and one.path.partition("?")[0].endswith(ending)]


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class _Again:
    """A body to be read once more."""

    def __init__(self, body: bytes) -> None:
        self._left = body

    def read(self, size: int = -1) -> bytes:
        end = len(self._left) if size < 0 else size
        piece, self._left = self._left[:end], self._left[end:]
        return piece

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


def _next(answers: dict[str, list[Response]], request: Request) -> Response | None:
    for named, waiting in answers.items():
        method, _, ending = named.partition(" ")
        if waiting and request.method == method and request.path.endswith(ending):
            return waiting.pop(0)
    return None


def said(status: int, document: object = None, **headers: str) -> Response:
    """An answer of the LMS; text is sent as a page."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(document, str):
        return Response(document, status=status, headers=named, content_type="text/html")
    return Response(json.dumps(document), status=status, headers=named, content_type="application/json")


@contextmanager
def moody_campus(database_url: str, folder: Path, moods: Moods) -> Iterator[Campus]:
    """As `campus`, with moods between the two."""
    port, lms_port = free_port(), free_port()
    url, lms_url = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    app = create_app(
        Settings(
            data_dir=folder, database_url=database_url, public_url=url, private_hosts=frozenset({"127.0.0.1"}),
            log_level="CRITICAL",
        )
    )  # fmt: skip
    sandbox = create_sandbox(SandboxSettings(url=lms_url, tool_url=url, learners=3))
    with inside(app), serving(app, port), serving(moods.around(sandbox), lms_port):
        yield Campus(app, url, sandbox.extensions["sandbox"], *connect(lms_url))
