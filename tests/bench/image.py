"""Pictures of awards per second, beside a bare Flask route that returns the same bytes.

Both are served by gunicorn in the same way. A picture is baked on every request: nothing finished is kept. What was
signed for one is kept, so the first request for an award is measured by itself.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from flask import Flask, make_response
from werkzeug.wrappers import Response

from lti_tool.badges.awards import Recipient, award_badge
from lti_tool.db import transaction
from lti_tool.settings import Settings
from tests.bench.databases import house
from tests.bench.http_client import exchange, header, write_requests
from tests.bench.launch import PROCESSES, THREADS, Serving
from tests.bench.measure import Finding, Target, in_turn
from tests.bench.servers import gunicorn, program
from tests.make.organization import make_organization
from tests.make.serving import free_port
from tests.make.space import make_badge

AWARDS = 400
FRESH = 150
TIMES = 5
CONNECTIONS = 16
PICTURE = "BENCH_PICTURE"
_FLOOR_IS = "a bare Flask route with the same bytes"


def bare() -> Flask:
    """The least that can be done: the picture lies in memory, and whoever asks gets it."""
    picture = Path(os.environ[PICTURE]).read_bytes()
    app = Flask("bare")

    @app.get("/image.png")
    def image() -> Response:
        response = make_response(picture)
        response.mimetype = "image/png"
        return response

    return app


def measure() -> Iterator[Finding]:
    for serving in (THREADS, PROCESSES):
        with tempfile.TemporaryDirectory(prefix="bench-image-") as folder, _open(Path(folder), serving) as scene:
            yield from _measure(scene, serving)


def _measure(scene: "_Scene", serving: Serving) -> Iterator[Finding]:
    known, fresh = scene.awards[:AWARDS], iter(scene.awards[AWARDS:])
    floor = partial(scene.rate, scene.bare, [_request("/image.png")] * AWARDS * TIMES, 200)
    again = [_request(path) for path in known]
    had = [_request(path, tag) for path, tag in zip(known, scene.tags(again), strict=True)]
    acts = {
        "floor": floor,
        "again": partial(scene.rate, scene.ours, again * TIMES, 200),
        "had": partial(scene.rate, scene.ours, had * TIMES, 304),
        "first": lambda: scene.rate(scene.ours, [_request(path) for path in islice(fresh, FRESH)], 200),
    }
    found = in_turn(serving.rounds, acts)
    what = f"An award's picture ({serving.name})"
    yield Finding(what, found["again"], _FLOOR_IS, found["floor"], "per s", Target(at_least=0.5))
    yield Finding(f"{what}, asked for the first time", found["first"], _FLOOR_IS, found["floor"], "per s")
    yield Finding(f"{what}, 304 for whoever has it", found["had"], _FLOOR_IS, found["floor"], "per s")


@dataclass(frozen=True)
class _Scene:
    """Both servers, and the paths of the awards' pictures."""

    folder: Path
    ours: int
    bare: int
    awards: Sequence[str]

    def rate(self, port: int, requests: Sequence[bytes], status: int) -> float:
        """Answers per second; every one of them has to be of this status."""
        place = self.folder / "requests"
        write_requests(place, requests)
        words = [sys.executable, "-m", "tests.bench.http_client", str(port), str(CONNECTIONS), str(place)]
        said = json.loads(subprocess.run(words, check=True, capture_output=True, text=True, timeout=300).stdout)
        if said["statuses"] != {str(status): len(requests)}:
            raise RuntimeError(f"Not every picture was answered with {status}: {said['statuses']}")
        return len(requests) / float(said["seconds"])

    def tags(self, requests: Sequence[bytes]) -> list[str]:
        return [header(answer, b"etag")[0].decode() for answer in exchange(self.ours, requests, CONNECTIONS)[1]]


@contextmanager
def _open(folder: Path, serving: Serving) -> Iterator[_Scene]:
    ours, bare_port = free_port(), free_port()
    settings = Settings(data_dir=folder / "ours", public_url=f"http://localhost:{ours}")
    with house(settings) as app:
        awards = _awards(AWARDS + FRESH * serving.rounds)
        picture = folder / "picture.png"
        picture.write_bytes(app.test_client().get(awards[0]).data)
    env = {
        "LTI_TOOL_DATA_DIR": str(settings.data_dir), "LTI_TOOL_PUBLIC_URL": settings.public_url, PICTURE: str(picture),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH")))),
    }  # fmt: skip
    apps = {"lti_tool.app:create_app()": ours, "tests.bench.image:bare()": bare_port}
    with ExitStack() as stack:
        for name, port in apps.items():
            words = gunicorn(name, port, serving.how)
            stack.enter_context(program(words, port=port, log=folder / f"{port}.log", env=env))
        yield _Scene(folder, ours, bare_port, awards)


def _awards(count: int) -> list[str]:
    badge = make_badge(make_organization())
    with transaction():
        made = [award_badge(badge=badge, recipient=Recipient(email=f"{one}@example.org")).id for one in range(count)]
    return [f"/public/assertions/{identity}/image.png" for identity in made]


def _request(path: str, tag: str | None = None) -> bytes:
    condition = f"If-None-Match: {tag}\r\n" if tag else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: image/*\r\n{condition}\r\n".encode()
